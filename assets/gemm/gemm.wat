;; Products of matrices of f32, a block at a time: four rows by eight columns of the result are held in registers while k rises.
;; Every element is added up alone and in the order of k, each product and each sum rounded to f32: plain code gives the same bits.
;; All addresses and strides are bytes.
(module
  (memory (import "env" "memory") 1)
  ;; Lays out `k` rows of `count` numbers in panels of `width` (a multiple of 4) columns, each panel row by row; what is
  ;; missing of the last panel is 0. The number in row i, column j is at source + i × down + j × right.
  (func (export "pack") (param $source i32) (param $k i32) (param $down i32) (param $count i32) (param $right i32)
    (param $width i32) (param $out i32)
    (local $from i32) (local $i i32) (local $j i32) (local $in i32) (local $row i32)
    (block $done
      (loop $panels
        (br_if $done (i32.ge_s (local.get $from) (local.get $count)))
        (local.set $row (i32.add (local.get $source) (i32.mul (local.get $from) (local.get $right))))
        (local.set $i (local.get $k))
        (if (i32.and
              (i32.eq (local.get $right) (i32.const 4))
              (i32.le_s (i32.add (local.get $from) (local.get $width)) (local.get $count)))
          (then
            (loop $whole
              (local.set $j (i32.const 0))
              (loop $four
                (v128.store (local.get $out) (v128.load (i32.add (local.get $row) (local.get $j))))
                (local.set $out (i32.add (local.get $out) (i32.const 16)))
                (local.set $j (i32.add (local.get $j) (i32.const 16)))
                (br_if $four (i32.lt_s (local.get $j) (i32.shl (local.get $width) (i32.const 2)))))
              (local.set $row (i32.add (local.get $row) (local.get $down)))
              (br_if $whole (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))
          (else
            (loop $rows
              (local.set $j (local.get $from))
              (local.set $in (local.get $row))
              (loop $columns
                (if (i32.lt_s (local.get $j) (local.get $count))
                  (then (f32.store (local.get $out) (f32.load (local.get $in))))
                  (else (f32.store (local.get $out) (f32.const 0))))
                (local.set $out (i32.add (local.get $out) (i32.const 4)))
                (local.set $in (i32.add (local.get $in) (local.get $right)))
                (local.set $j (i32.add (local.get $j) (i32.const 1)))
                (br_if $columns (i32.lt_s (local.get $j) (i32.add (local.get $from) (local.get $width)))))
              (local.set $row (i32.add (local.get $row) (local.get $down)))
              (br_if $rows (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))))
        (local.set $from (i32.add (local.get $from) (local.get $width)))
        (br $panels))))
  ;; Adds the product of `rows` panels of a (four wide) and `columns` panels of b (eight wide), each `k` long, to the result at
  ;; c, whose rows are `stride` apart; where `keep` is 0, what stood there does not count.
  (func (export "tiles") (param $a i32) (param $b i32) (param $c i32) (param $stride i32) (param $rows i32) (param $columns i32)
    (param $k i32) (param $keep i32)
    (local $bp i32) (local $ap i32) (local $out i32) (local $j i32) (local $end i32) (local $c2 i32)
    (local $s00 v128) (local $s01 v128) (local $s10 v128) (local $s11 v128) (local $s20 v128) (local $s21 v128) (local $s30 v128) (local $s31 v128)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (loop $down
      (local.set $bp (local.get $b))
      (local.set $out (local.get $c))
      (local.set $j (local.get $columns))
      (local.set $end (i32.add (local.get $a) (i32.shl (local.get $k) (i32.const 4))))
      (loop $along
        (local.set $c2 (i32.add (local.get $out) (i32.shl (local.get $stride) (i32.const 1))))
        (if (local.get $keep)
          (then
            (local.set $s00 (v128.load (local.get $out)))
            (local.set $s01 (v128.load offset=16 (local.get $out)))
            (local.set $s10 (v128.load (i32.add (local.get $out) (local.get $stride))))
            (local.set $s11 (v128.load offset=16 (i32.add (local.get $out) (local.get $stride))))
            (local.set $s20 (v128.load (local.get $c2)))
            (local.set $s21 (v128.load offset=16 (local.get $c2)))
            (local.set $s30 (v128.load (i32.add (local.get $c2) (local.get $stride))))
            (local.set $s31 (v128.load offset=16 (i32.add (local.get $c2) (local.get $stride)))))
          (else
            (local.set $s00 (v128.const i32x4 0 0 0 0))
            (local.set $s01 (v128.const i32x4 0 0 0 0))
            (local.set $s10 (v128.const i32x4 0 0 0 0))
            (local.set $s11 (v128.const i32x4 0 0 0 0))
            (local.set $s20 (v128.const i32x4 0 0 0 0))
            (local.set $s21 (v128.const i32x4 0 0 0 0))
            (local.set $s30 (v128.const i32x4 0 0 0 0))
            (local.set $s31 (v128.const i32x4 0 0 0 0))))
        (local.set $ap (local.get $a))
        (loop $terms
          (local.set $b0 (v128.load (local.get $bp)))
          (local.set $b1 (v128.load offset=16 (local.get $bp)))
          (local.set $x (v128.load32_splat (local.get $ap)))
          (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat offset=4 (local.get $ap)))
          (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat offset=8 (local.get $ap)))
          (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $x (v128.load32_splat offset=12 (local.get $ap)))
          (local.set $s30 (f32x4.add (local.get $s30) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s31 (f32x4.add (local.get $s31) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $bp (i32.add (local.get $bp) (i32.const 32)))
          (br_if $terms (i32.lt_u (local.tee $ap (i32.add (local.get $ap) (i32.const 16))) (local.get $end))))
        (v128.store (local.get $out) (local.get $s00))
        (v128.store offset=16 (local.get $out) (local.get $s01))
        (v128.store (i32.add (local.get $out) (local.get $stride)) (local.get $s10))
        (v128.store offset=16 (i32.add (local.get $out) (local.get $stride)) (local.get $s11))
        (v128.store (local.get $c2) (local.get $s20))
        (v128.store offset=16 (local.get $c2) (local.get $s21))
        (v128.store (i32.add (local.get $c2) (local.get $stride)) (local.get $s30))
        (v128.store offset=16 (i32.add (local.get $c2) (local.get $stride)) (local.get $s31))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (br_if $along (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
      (local.set $a (local.get $end))
      (local.set $c (i32.add (local.get $c) (i32.shl (local.get $stride) (i32.const 2))))
      (br_if $down (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))
