import { log } from './exp-log.ts';
import { exp32 } from './float-math.ts';
import { expect, type Tape, type Tensor } from './tape.ts';

const widthOf = (x: Tensor): number => x.shape.at(-1) as number;

/** Writes e^(x − largest) ÷ their sum for the numbers from `at` on, and returns the logarithm of Σ eˣ. */
const softmaxRow = (x: Float32Array, at: number, width: number, out: Float32Array, to: number): number => {
  let top = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < width; j++) if ((x[at + j] as number) > top) top = x[at + j] as number;
  let total = 0;
  for (let j = 0; j < width; j++) {
    const e = exp32((x[at + j] as number) - top);
    out[to + j] = e;
    total += e;
  }
  const share = 1 / total;
  for (let j = 0; j < width; j++) out[to + j] = (out[to + j] as number) * share;
  return top + log(total);
};

/** Along the last dimension: e to every number, divided so that they add up to 1. */
export const softmax = (tape: Tape, x: Tensor): Tensor => {
  const width = widthOf(x);
  const out = tape.make(x.shape, x);
  for (let at = 0; at < x.size; at += width) softmaxRow(x.data, at, width, out.data, at);
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let at = 0; at < x.size; at += width) {
      let inner = 0;
      for (let j = 0; j < width; j++) inner += (dy[at + j] as number) * (out.data[at + j] as number);
      for (let j = 0; j < width; j++)
        dx[at + j] = (dx[at + j] as number) + (out.data[at + j] as number) * ((dy[at + j] as number) - inner);
    }
  });
  return out;
};

/** The logarithm of the softmax along the last dimension. */
export const logSoftmax = (tape: Tape, x: Tensor): Tensor => {
  const width = widthOf(x);
  const out = tape.make(x.shape, x);
  const shares = tape.make(x.shape);
  for (let at = 0; at < x.size; at += width) {
    const total = softmaxRow(x.data, at, width, shares.data, at);
    for (let j = 0; j < width; j++) out.data[at + j] = (x.data[at + j] as number) - total;
  }
  tape.record(out, () => {
    const [dx, dy] = [tape.gradient(x), tape.gradient(out)];
    for (let at = 0; at < x.size; at += width) {
      let all = 0;
      for (let j = 0; j < width; j++) all += dy[at + j] as number;
      for (let j = 0; j < width; j++)
        dx[at + j] = (dx[at + j] as number) + (dy[at + j] as number) - (shares.data[at + j] as number) * all;
    }
  });
  return out;
};

/**
 * The mean over rows of −ln softmax(logits)[target]: [1]. logits is [… × classes] with one target for every row; a target below 0
 * does not count.
 */
export const crossEntropy = (tape: Tape, logits: Tensor, targets: ArrayLike<number>): Tensor => {
  const width = widthOf(logits);
  expect(targets.length * width === logits.size, `${targets.length} targets for ${logits.shape}`);
  const out = tape.make([1], logits);
  const shares = tape.make(logits.shape);
  let [loss, count] = [0, 0];
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] as number;
    if (target < 0) continue;
    expect(target < width, `there is no class ${target}`);
    loss +=
      softmaxRow(logits.data, i * width, width, shares.data, i * width) - (logits.data[i * width + target] as number);
    count++;
  }
  expect(count > 0, 'no target counts');
  out.data[0] = loss / count;
  tape.record(out, () => {
    const d = (tape.gradient(out)[0] as number) / count;
    const dx = tape.gradient(logits);
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as number;
      if (target < 0) continue;
      for (let at = i * width; at < (i + 1) * width; at++)
        dx[at] = (dx[at] as number) + d * ((shares.data[at] as number) - (at - i * width === target ? 1 : 0));
    }
  });
  return out;
};

/** The mean of (x − target)² over all numbers: [1]. */
export const squaredError = (tape: Tape, x: Tensor, target: ArrayLike<number>): Tensor => {
  expect(target.length === x.size, `${target.length} targets for ${x.shape}`);
  const out = tape.make([1], x);
  let all = 0;
  for (let i = 0; i < x.size; i++) {
    const off = (x.data[i] as number) - (target[i] as number);
    all += off * off;
  }
  out.data[0] = all / x.size;
  tape.record(out, () => {
    const d = (2 / x.size) * (tape.gradient(out)[0] as number);
    const dx = tape.gradient(x);
    for (let i = 0; i < x.size; i++) dx[i] = (dx[i] as number) + d * ((x.data[i] as number) - (target[i] as number));
  });
  return out;
};

/** (x − mean) ÷ √(variance + 10⁻⁵) along the last dimension, times `gain`, plus `shift`, both of that length (J. L. Ba, 2016). */
export const layerNorm = (tape: Tape, x: Tensor, gain: Tensor, shift: Tensor): Tensor => {
  const width = widthOf(x);
  expect(gain.size === width && shift.size === width, `a gain of ${gain.shape} for ${x.shape}`);
  const out = tape.make(x.shape, x, gain, shift);
  const plain = tape.make(x.shape);
  const scales = tape.make([x.size / width]);
  const [from, to, flat, g, s] = [x.data, out.data, plain.data, gain.data, shift.data];
  for (let at = 0, row = 0; at < x.size; at += width, row++) {
    let middle = 0;
    for (let j = 0; j < width; j++) middle += from[at + j] as number;
    middle /= width;
    let variance = 0;
    for (let j = 0; j < width; j++) {
      const off = (from[at + j] as number) - middle;
      variance += off * off;
    }
    const scale = 1 / Math.sqrt(variance / width + 1e-5);
    scales.data[row] = scale;
    for (let j = 0; j < width; j++) {
      const value = ((from[at + j] as number) - middle) * scale;
      flat[at + j] = value;
      to[at + j] = value * (g[j] as number) + (s[j] as number);
    }
  }
  tape.record(out, () => {
    const [dx, dg, ds, dy] = [x, gain, shift, out].map((t) => tape.gradient(t)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    for (let at = 0, row = 0; at < x.size; at += width, row++) {
      let [sum, inner] = [0, 0];
      for (let j = 0; j < width; j++) {
        const d = dy[at + j] as number;
        const value = flat[at + j] as number;
        dg[j] = (dg[j] as number) + d * value;
        ds[j] = (ds[j] as number) + d;
        sum += d * (g[j] as number);
        inner += d * (g[j] as number) * value;
      }
      const scale = scales.data[row] as number;
      for (let j = 0; j < width; j++) {
        const d = (dy[at + j] as number) * (g[j] as number) - (sum + (flat[at + j] as number) * inner) / width;
        dx[at + j] = (dx[at + j] as number) + scale * d;
      }
    }
  });
  return out;
};
