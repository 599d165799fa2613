import { log, pow } from './kit/det-math.ts';
import { exp32 } from './kit/float-math.ts';
import { createMachine, type Machine } from './kit/gemm.ts';
import type { Rng } from './kit/rng.ts';

/** Pairs a ≤ b of numbers below p, each with its answer: the net cannot tell (a, b) from (b, a), so that each is taught once. */
export interface Pairs {
  readonly p: number;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  readonly answer: Uint8Array;
}

/** All pairs and their sums; `scrambled`: the same sums, dealt out to the pairs at random. */
export const drawPairs = (p: number, scrambled: Rng | null): Pairs => {
  const all: [number, number][] = [];
  for (let a = 0; a < p; a++) for (let b = a; b < p; b++) all.push([a, b]);
  const sums = all.map(([a, b]) => (a + b) % p);
  if (scrambled) scrambled.shuffle(sums);
  return {
    p,
    a: Uint8Array.from(all, ([a]) => a),
    b: Uint8Array.from(all, ([, b]) => b),
    answer: Uint8Array.from(sums),
  };
};

/** A share of the pairs drawn at random, and the others. */
export const splitPairs = (pairs: Pairs, share: number, rng: Rng): readonly [Pairs, Pairs] => {
  const order = rng.shuffle(Array.from(pairs.a, (_, i) => i));
  const cut = Math.round(share * order.length);
  const part = (rows: readonly number[]): Pairs => ({
    p: pairs.p,
    a: Uint8Array.from(rows, (i) => pairs.a[i] as number),
    b: Uint8Array.from(rows, (i) => pairs.b[i] as number),
    answer: Uint8Array.from(rows, (i) => pairs.answer[i] as number),
  });
  return [part(order.slice(0, cut)), part(order.slice(cut))];
};

export interface Score {
  /** Mean cross-entropy, nats, over ordered pairs. */
  readonly loss: number;
  /** Share of ordered pairs answered right. */
  readonly right: number;
}

/** logits(a, b) = σ(E_a + E_b) U, with E [p × width] and U [width × p]. */
export interface Net {
  readonly p: number;
  readonly width: number;
  /** E and then U, as they are: write to it to change the net. */
  readonly weights: Float32Array;
  /** Of the loss by the weights, after `derive`. */
  readonly gradient: Float32Array;
  /** After `score`: of the pairs, row by row. */
  readonly logits: Float32Array;
  /** The loss is left at 0. */
  score(pairs: Pairs): Score;
  /** Loss and gradient at the weights as they are. */
  derive(pairs: Pairs): Score;
}

export type Activation = 'relu' | 'square';

let machine: Machine | null = null;

/** A net in the one memory that all nets of a worker share: one at a time. Weights are drawn from N(0, `scale`²). */
export const createNet = (p: number, width: number, activation: Activation, scale: number, rng: Rng): Net => {
  machine ??= createMachine({ megabytes: 24 });
  const { numbers, gemm } = machine;
  const rows = (p * (p + 1)) / 2;
  const size = p * width;
  let low = 0;
  const take = (count: number): number => {
    const at = low;
    low += Math.ceil(count / 4) * 4;
    if (low > numbers.length) throw new RangeError('the net is too large for the memory');
    return at;
  };
  const weightsAt = take(2 * size);
  const gradientAt = take(2 * size);
  const hiddenAt = take(rows * width);
  const slopeAt = take(rows * width);
  const logitsAt = take(rows * p);
  const view = (at: number, count: number): Float32Array => numbers.subarray(at, at + count);
  const [weights, gradient] = [view(weightsAt, 2 * size), view(gradientAt, 2 * size)];
  const [hidden, slope, logits] = [view(hiddenAt, rows * width), view(slopeAt, rows * width), view(logitsAt, rows * p)];
  for (let i = 0; i < weights.length; i++) weights[i] = scale * rng.normal();
  const relu = activation === 'relu';

  const forward = ({ a, b }: Pairs): void => {
    for (let i = 0; i < a.length; i++) {
      const [one, other, at] = [(a[i] as number) * width, (b[i] as number) * width, i * width];
      for (let j = 0; j < width; j++) {
        const sum = (weights[one + j] as number) + (weights[other + j] as number);
        hidden[at + j] = relu ? Math.max(0, sum) : sum * sum;
      }
    }
    gemm(a.length, p, width, hiddenAt, width, 1, weightsAt + size, p, 1, logitsAt, p, false);
  };

  /** Loss and share right; where `back`, the logits become their own slopes. */
  const judge = ({ a, b, answer }: Pairs, back: boolean): Score => {
    let [loss, right, all] = [0, 0, 0];
    for (let i = 0; i < a.length; i++) all += a[i] === b[i] ? 1 : 2;
    for (let i = 0; i < a.length; i++) {
      const [at, truth] = [i * p, answer[i] as number];
      const weight = (a[i] === b[i] ? 1 : 2) / all;
      let best = 0;
      for (let c = 1; c < p; c++) if ((logits[at + c] as number) > (logits[at + best] as number)) best = c;
      if (best === truth) right += weight;
      if (!back) continue;
      const top = logits[at + best] as number;
      const own = (logits[at + truth] as number) - top;
      let total = 0;
      for (let c = 0; c < p; c++) {
        const part = exp32((logits[at + c] as number) - top);
        logits[at + c] = part;
        total += part;
      }
      loss += weight * (log(total) - own);
      for (let c = 0; c < p; c++) logits[at + c] = (weight * (logits[at + c] as number)) / total;
      logits[at + truth] = (logits[at + truth] as number) - weight;
    }
    return { loss, right };
  };

  return {
    p,
    width,
    weights,
    gradient,
    logits,
    score: (pairs) => {
      forward(pairs);
      return judge(pairs, false);
    },
    derive: (pairs) => {
      forward(pairs);
      const score = judge(pairs, true);
      const count = pairs.a.length;
      gemm(width, p, count, hiddenAt, 1, width, logitsAt, p, 1, gradientAt + size, p, false);
      gemm(count, width, p, logitsAt, p, 1, weightsAt + size, 1, p, slopeAt, width, false);
      gradient.fill(0, 0, size);
      for (let i = 0; i < count; i++) {
        const [one, other, at] = [(pairs.a[i] as number) * width, (pairs.b[i] as number) * width, i * width];
        for (let j = 0; j < width; j++) {
          const value = hidden[at + j] as number;
          if (value === 0) continue;
          const by = relu ? 1 : 2 * ((weights[one + j] as number) + (weights[other + j] as number));
          const change = (slope[at + j] as number) * by;
          gradient[one + j] = (gradient[one + j] as number) + change;
          gradient[other + j] = (gradient[other + j] as number) + change;
        }
      }
      return score;
    },
  };
};

/** AdamW (I. Loshchilov, F. Hutter, 2017), with β = 0.9 and 0.999, ε = 10⁻⁸. */
export const createAdamW = ({ weights, gradient }: Net, rate: number, decay: number): (() => void) => {
  const [means, squares] = [new Float32Array(weights.length), new Float32Array(weights.length)];
  let steps = 0;
  return () => {
    steps++;
    const pace = rate / (1 - pow(0.9, steps));
    const scale = 1 / Math.sqrt(1 - pow(0.999, steps));
    const shrink = 1 - rate * decay;
    for (let i = 0; i < weights.length; i++) {
      const slope = gradient[i] as number;
      const mean = 0.9 * (means[i] as number) + 0.1 * slope;
      const square = 0.999 * (squares[i] as number) + 0.001 * slope * slope;
      means[i] = mean;
      squares[i] = square;
      weights[i] = shrink * (weights[i] as number) - (pace * mean) / (Math.sqrt(square) * scale + 1e-8);
    }
  };
};

/** Plain gradient descent, no weight moving farther in a step than `farthest`, nor than the rate says. */
export const createDescent =
  ({ weights, gradient }: Net, rate: number, farthest: number): (() => void) =>
  () => {
    let most = 0;
    for (const slope of gradient) if (slope > most || -slope > most) most = Math.abs(slope);
    const pace = Math.min(rate, farthest / most);
    for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) - pace * (gradient[i] as number);
  };
