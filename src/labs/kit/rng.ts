import { log } from './det-math.ts';

/**
 * A stream of chance that is the same on every machine. Streams are told apart by name: `fork` depends on the seed and the label
 * alone, never on what was drawn, so that a further draw here shifts no other stream.
 */
export interface Rng {
  /** An integer from 0 to 2³² − 1. */
  u32(): number;
  /** At least 0 and below 1, a multiple of 2⁻⁵³. */
  uniform(): number;
  /** Mean 0, variance 1. */
  normal(): number;
  /** An integer from 0 to `n` − 1, without bias; `n` from 1 to 2³². Throws RangeError elsewhere. */
  int(n: number): number;
  /** Puts the items in a random order, in place, and returns them. */
  shuffle<T>(items: T[]): T[];
  /** One of the items. Throws RangeError where there is none. */
  choice<T>(items: readonly T[]): T;
  /** An index, each as often as its weight says; weights ≥ 0 with a sum > 0. Throws RangeError elsewhere. */
  weighted(weights: ArrayLike<number>): number;
  fork(label: string): Rng;
}

const turn = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** MurmurHash3 (x86, 32 bits; A. Appleby, public domain) with one block for every UTF-16 unit. */
const hash = (text: string, seed: number): number => {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) {
    const block = Math.imul(turn(Math.imul(text.charCodeAt(i), 0xcc9e2d51), 15), 0x1b873593);
    h = (Math.imul(turn(h ^ block, 13), 5) + 0xe6546b64) | 0;
  }
  h ^= 4 * text.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

/** xoshiro128** 1.1 (D. Blackman, S. Vigna, 2018), 32 bits at a time with period 2¹²⁸ − 1. Not all four words may be 0. */
export const xoshiro128 = (a: number, b: number, c: number, d: number): (() => number) => {
  let [s0, s1, s2, s3] = [a | 0, b | 0, c | 0, d | 0];
  return () => {
    const result = Math.imul(turn(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = turn(s3, 11);
    return result;
  };
};

/** Between the labels of a stream's name; no label holds it. */
const UNDER = '\u0000';

/** The stream of a seed, a number or a name. */
export const createRng = (seed: string | number): Rng => {
  const name = String(seed);
  const u32 = xoshiro128(hash(name, 1), hash(name, 2), hash(name, 3), hash(name, 4) | 1);
  let spare = Number.NaN;

  const uniform = (): number => ((u32() >>> 5) * 67_108_864 + (u32() >>> 6)) / 9_007_199_254_740_992;

  /** The polar method of Marsaglia and Bray (1964), which makes two at a time. */
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };

  const int = (n: number): number => {
    if (!(Number.isInteger(n) && n >= 1 && n <= 4_294_967_296)) throw new RangeError(`no integer is below ${n}`);
    const limit = 4_294_967_296 - (4_294_967_296 % n);
    for (;;) {
      const drawn = u32();
      if (drawn < limit) return drawn % n;
    }
  };

  return {
    u32,
    uniform,
    normal,
    int,
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [items[i], items[j]] = [items[j] as never, items[i] as never];
      }
      return items;
    },
    choice: (items) => items[int(items.length)] as (typeof items)[number],
    weighted: (weights) => {
      let total = 0;
      for (let i = 0; i < weights.length; i++) {
        if (!((weights[i] as number) >= 0)) throw new RangeError('a weight is negative');
        total += weights[i] as number;
      }
      if (!(total > 0 && total < Number.POSITIVE_INFINITY)) throw new RangeError('the weights have no sum');
      let left = uniform() * total;
      let last = 0;
      for (let i = 0; i < weights.length; i++) {
        const weight = weights[i] as number;
        if (weight === 0) continue;
        if (left < weight) return i;
        left -= weight;
        last = i;
      }
      return last;
    },
    fork: (label) => createRng(name + UNDER + label),
  };
};
