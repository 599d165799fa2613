import { exp32 } from './float-math.ts';
import { expect, type Tape, type Tensor } from './tape.ts';

export interface AttentionShape {
  readonly batch: number;
  readonly length: number;
  readonly heads: number;
  /** Whether a place sees itself and those before it alone. */
  readonly causal: boolean;
}

export interface Attended {
  /** [batch × length, width]: the heads side by side. */
  readonly out: Tensor;
  /** [batch × heads × length × length]: how much of every place goes into each. */
  readonly weights: Tensor;
}

/**
 * Scaled dot-product attention (A. Vaswani et al., 2017): softmax(Q Kᵀ ÷ √d) V for every head of every sequence. `qkv` is
 * [batch × length, 3 × width]: queries, keys and values side by side, each `heads` times d wide.
 */
export const attend = (tape: Tape, qkv: Tensor, { batch, length, heads, causal }: AttentionShape): Attended => {
  const wide = qkv.shape.at(-1) as number;
  const width = wide / 3;
  const d = width / heads;
  expect(
    qkv.size === batch * length * wide && Number.isInteger(d),
    `${qkv.shape} is not ${batch} × ${length} × 3 × ${heads} heads`,
  );
  const { gemm } = tape.machine;
  const scale = 1 / Math.sqrt(d);
  const out = tape.make([batch * length, width], qkv);
  const weights = tape.make([batch, heads, length, length]);
  const square = length * length;
  const w = weights.data;

  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++) {
      const q = qkv.at + b * length * wide + h * d;
      const here = (b * heads + h) * square;
      gemm(length, length, d, q, wide, 1, q + width, 1, wide, weights.at + here, length, false);
      for (let i = 0; i < length; i++) {
        const at = here + i * length;
        const seen = causal ? i + 1 : length;
        let top = Number.NEGATIVE_INFINITY;
        for (let j = 0; j < seen; j++) if ((w[at + j] as number) > top) top = w[at + j] as number;
        let total = 0;
        for (let j = 0; j < seen; j++) {
          const e = exp32(((w[at + j] as number) - top) * scale);
          w[at + j] = e;
          total += e;
        }
        const share = 1 / total;
        for (let j = 0; j < seen; j++) w[at + j] = (w[at + j] as number) * share;
        for (let j = seen; j < length; j++) w[at + j] = 0;
      }
      gemm(
        length,
        d,
        length,
        weights.at + here,
        length,
        1,
        q + 2 * width,
        wide,
        1,
        out.at + b * length * width + h * d,
        width,
        false,
      );
    }

  tape.record(out, () => {
    const from = tape.claim(out).at;
    const { at: to, keep } = tape.claim(qkv);
    const ds = tape.make([length, length]);
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < heads; h++) {
        const q = qkv.at + b * length * wide + h * d;
        const dq = to + b * length * wide + h * d;
        const dOut = from + b * length * width + h * d;
        const here = (b * heads + h) * square;
        const p = weights.at + here;
        gemm(length, d, length, p, 1, length, dOut, width, 1, dq + 2 * width, wide, keep);
        gemm(length, length, d, dOut, width, 1, q + 2 * width, 1, wide, ds.at, length, false);
        for (let i = 0; i < length; i++) {
          let inner = 0;
          for (let j = 0; j < length; j++)
            inner += (ds.data[i * length + j] as number) * (w[here + i * length + j] as number);
          for (let j = 0; j < length; j++) {
            const at = i * length + j;
            ds.data[at] = scale * (w[here + at] as number) * ((ds.data[at] as number) - inner);
          }
        }
        gemm(length, d, length, ds.at, length, 1, q + width, wide, 1, dq, wide, keep);
        gemm(length, d, length, ds.at, 1, length, q, wide, 1, dq + width, wide, keep);
      }
  });
  return { out, weights };
};
