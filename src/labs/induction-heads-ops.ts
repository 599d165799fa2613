import { exp32 } from './kit/float-math.ts';
import type { Tape, Tensor } from './kit/tape.ts';

/** Attention taken apart, so that each of its parts can be replaced by a perfect one. Lengths are short: plain loops. */
export interface Looks {
  readonly batch: number;
  readonly heads: number;
  /** Tokens of a sequence. */
  readonly length: number;
  /** Of these the last so many look; each sees itself and what comes before it. */
  readonly looking: number;
}

/**
 * How much of every token goes into each that looks: softmax(q · k ÷ √d) [batch × heads × looking × length]. q is
 * [batch × looking, width], k is [batch × length, width], the heads side by side.
 */
export const patternOf = (tape: Tape, q: Tensor, k: Tensor, { batch, heads, length, looking }: Looks): Tensor => {
  const width = q.shape.at(-1) as number;
  const d = width / heads;
  const scale = 1 / Math.sqrt(d);
  const out = tape.make([batch, heads, looking, length], q, k);
  const [qs, ks, p] = [q.data, k.data, out.data];
  /** Of every head and token that looks: where its query, its first key and its row of the pattern are, and how many it sees. */
  const each = (visit: (query: number, key: number, row: number, seen: number) => void): void => {
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < looking; i++)
          visit(
            (b * looking + i) * width + h * d,
            b * length * width + h * d,
            ((b * heads + h) * looking + i) * length,
            length - looking + i + 1,
          );
  };
  each((query, key, row, seen) => {
    let top = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < seen; j++) {
      let dot = 0;
      for (let c = 0; c < d; c++) dot += (qs[query + c] as number) * (ks[key + j * width + c] as number);
      p[row + j] = dot * scale;
      if ((p[row + j] as number) > top) top = p[row + j] as number;
    }
    let total = 0;
    for (let j = 0; j < seen; j++) {
      p[row + j] = exp32((p[row + j] as number) - top);
      total += p[row + j] as number;
    }
    for (let j = 0; j < seen; j++) p[row + j] = (p[row + j] as number) / total;
    for (let j = seen; j < length; j++) p[row + j] = 0;
  });
  tape.record(out, () => {
    const [dp, dq, dk] = [tape.gradient(out), tape.gradient(q), tape.gradient(k)];
    each((query, key, row, seen) => {
      let inner = 0;
      for (let j = 0; j < seen; j++) inner += (dp[row + j] as number) * (p[row + j] as number);
      for (let j = 0; j < seen; j++) {
        const slope = scale * (p[row + j] as number) * ((dp[row + j] as number) - inner);
        const at = key + j * width;
        for (let c = 0; c < d; c++) {
          dq[query + c] = (dq[query + c] as number) + slope * (ks[at + c] as number);
          dk[at + c] = (dk[at + c] as number) + slope * (qs[query + c] as number);
        }
      }
    });
  });
  return out;
};

/** What every token that looks takes: the values [batch × length, width] by its pattern: [batch × looking, width]. */
export const mixed = (tape: Tape, pattern: Tensor, v: Tensor, { batch, heads, length, looking }: Looks): Tensor => {
  const width = v.shape.at(-1) as number;
  const d = width / heads;
  const out = tape.make([batch * looking, width], pattern, v);
  const [p, vs, z] = [pattern.data, v.data, out.data];
  const each = (visit: (weight: number, value: number, to: number) => void): void => {
    for (let b = 0; b < batch; b++)
      for (let h = 0; h < heads; h++)
        for (let i = 0; i < looking; i++)
          for (let j = 0; j <= length - looking + i; j++)
            visit(
              ((b * heads + h) * looking + i) * length + j,
              (b * length + j) * width + h * d,
              (b * looking + i) * width + h * d,
            );
  };
  z.fill(0);
  each((weight, value, to) => {
    const share = p[weight] as number;
    for (let c = 0; c < d; c++) z[to + c] = (z[to + c] as number) + share * (vs[value + c] as number);
  });
  tape.record(out, () => {
    const dz = tape.gradient(out);
    const dp = pattern.learns ? tape.gradient(pattern) : null;
    const dv = tape.gradient(v);
    each((weight, value, to) => {
      const share = p[weight] as number;
      let inner = 0;
      for (let c = 0; c < d; c++) {
        const slope = dz[to + c] as number;
        inner += slope * (vs[value + c] as number);
        dv[value + c] = (dv[value + c] as number) + share * slope;
      }
      if (dp) dp[weight] = (dp[weight] as number) + inner;
    });
  });
  return out;
};

/** The mean over heads: [batch × heads × looking × length] to [batch × looking × length]. */
export const meanOfHeads = (tape: Tape, pattern: Tensor): Tensor => {
  const [batch = 0, heads = 0, looking = 0, length = 0] = pattern.shape;
  const block = looking * length;
  const out = tape.make([batch, looking, length], pattern);
  const [p, z] = [pattern.data, out.data];
  z.fill(0);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < block; i++)
        z[b * block + i] = (z[b * block + i] as number) + (p[(b * heads + h) * block + i] as number) / heads;
  tape.record(out, () => {
    const [dp, dz] = [tape.gradient(pattern), tape.gradient(out)];
    for (let at = 0; at < dp.length; at++) {
      const from = Math.floor(at / (heads * block)) * block + (at % block);
      dp[at] = (dp[at] as number) + (dz[from] as number) / heads;
    }
  });
  return out;
};

/**
 * `scale` × how much of each weighted place belongs to each group: [batch × … × places] to [batch × groups], over all but the
 * first dimension. `groups` has a number for every weight, −1 for none.
 */
export const gathered = (tape: Tape, weights: Tensor, groups: Int32Array, count: number, scale: number): Tensor => {
  const batch = weights.shape[0] as number;
  const each = weights.size / batch;
  const out = tape.make([batch, count], weights);
  out.data.fill(0);
  for (let at = 0; at < weights.size; at++) {
    const group = groups[at] as number;
    if (group < 0) continue;
    const to = Math.floor(at / each) * count + group;
    out.data[to] = (out.data[to] as number) + scale * (weights.data[at] as number);
  }
  tape.record(out, () => {
    const [dw, dz] = [tape.gradient(weights), tape.gradient(out)];
    for (let at = 0; at < dw.length; at++) {
      const group = groups[at] as number;
      if (group >= 0) dw[at] = (dw[at] as number) + scale * (dz[Math.floor(at / each) * count + group] as number);
    }
  });
  return out;
};
