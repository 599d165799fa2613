;; Dot products of one int8 vector with many, sixteen components at a time.
(module
  (memory (export "memory") 1)
  ;; For each of `count` vectors of `length` components (a multiple of 16) from `vectors` on, side by side:
  ;; out[i] = vectors[i] · query, as i32. All addresses are bytes.
  (func (export "dots") (param $query i32) (param $vectors i32) (param $count i32) (param $length i32) (param $out i32)
    (local $end i32) (local $at i32) (local $sum v128) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $each
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (loop $part
          (local.set $a (v128.load (i32.add (local.get $query) (local.get $at))))
          (local.set $b (v128.load (i32.add (local.get $vectors) (local.get $at))))
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.add
                (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_low_i8x16_s (local.get $a) (local.get $b)))
                (i32x4.extadd_pairwise_i16x8_s (i16x8.extmul_high_i8x16_s (local.get $a) (local.get $b))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $part (i32.lt_u (local.get $at) (local.get $length))))
        (i32.store
          (local.get $out)
          (i32.add
            (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
            (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $vectors (i32.add (local.get $vectors) (local.get $length)))
        (br $each))))
  ;; out[i] = sum over `count` rows of weights[r] × table[rows[r]][i], as f32. `rows` are i32, `weights` f32, a row of the
  ;; table is `length` int8 components (a multiple of 16).
  (func (export "sum") (param $table i32) (param $rows i32) (param $weights i32) (param $count i32) (param $length i32) (param $out i32)
    (local $part i32) (local $r i32) (local $v v128) (local $half v128) (local $w v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (block $done
      (loop $parts
        (br_if $done (i32.ge_u (local.get $part) (local.get $length)))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $c (v128.const f32x4 0 0 0 0))
        (local.set $d (v128.const f32x4 0 0 0 0))
        (local.set $r (i32.const 0))
        (block $added
          (loop $each
            (br_if $added (i32.ge_u (local.get $r) (i32.shl (local.get $count) (i32.const 2))))
            (local.set $w (v128.load32_splat (i32.add (local.get $weights) (local.get $r))))
            (local.set $v
              (v128.load
                (i32.add
                  (i32.add (local.get $table) (local.get $part))
                  (i32.mul (i32.load (i32.add (local.get $rows) (local.get $r))) (local.get $length)))))
            (local.set $half (i16x8.extend_low_i8x16_s (local.get $v)))
            (local.set $a
              (f32x4.add (local.get $a)
                (f32x4.mul (local.get $w) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
            (local.set $b
              (f32x4.add (local.get $b)
                (f32x4.mul (local.get $w) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
            (local.set $half (i16x8.extend_high_i8x16_s (local.get $v)))
            (local.set $c
              (f32x4.add (local.get $c)
                (f32x4.mul (local.get $w) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $half))))))
            (local.set $d
              (f32x4.add (local.get $d)
                (f32x4.mul (local.get $w) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $half))))))
            (local.set $r (i32.add (local.get $r) (i32.const 4)))
            (br $each)))
        (v128.store (local.get $out) (local.get $a))
        (v128.store offset=16 (local.get $out) (local.get $b))
        (v128.store offset=32 (local.get $out) (local.get $c))
        (v128.store offset=48 (local.get $out) (local.get $d))
        (local.set $out (i32.add (local.get $out) (i32.const 64)))
        (local.set $part (i32.add (local.get $part) (i32.const 16)))
        (br $parts)))))
