/** Measures of ranked lists, as TREC has them, and how sure one can be of their means. */

/** What is relevant to a query: id → grade above 0. */
export type Judged = ReadonlyMap<string, number>;

const discount = (place: number): number => 1 / Math.log2(place + 2);

/** Normalised discounted cumulative gain of the first `depth`, 0 … 1; the gain of a paper is its grade. 0 where nothing is relevant. */
export const ndcgAt = (ranked: readonly string[], judged: Judged, depth: number): number => {
  const gained = ranked.slice(0, depth).reduce((sum, id, place) => sum + (judged.get(id) ?? 0) * discount(place), 0);
  const ideal = [...judged.values()]
    .sort((a, b) => b - a)
    .slice(0, depth)
    .reduce((sum, grade, place) => sum + grade * discount(place), 0);
  return ideal === 0 ? 0 : gained / ideal;
};

/** Share of what is relevant that is among the first `depth`; 0 where nothing is. */
export const recallAt = (ranked: readonly string[], judged: Judged, depth: number): number =>
  judged.size === 0 ? 0 : ranked.slice(0, depth).filter((id) => judged.has(id)).length / judged.size;

/** One over the place (from 1) of the first relevant paper among the first `depth`; 0 where there is none. */
export const reciprocalRankAt = (ranked: readonly string[], judged: Judged, depth: number): number => {
  const place = ranked.slice(0, depth).findIndex((id) => judged.has(id));
  return place < 0 ? 0 : 1 / (place + 1);
};

/** A mean, and the 2.5th and 97.5th percentile of means of samples drawn from the same values with replacement. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Mulberry32: numbers 0 … 1 that a seed alone decides. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Percentile bootstrap of a mean (Efron and Tibshirani 1993). All 0 of no values. The same values give the same estimate. */
export const bootstrap = (values: readonly number[], { resamples = 1_000, seed = 1 } = {}): Estimate => {
  if (values.length === 0) return { mean: 0, low: 0, high: 0 };
  const random = randomFrom(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  }).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.min(resamples - 1, Math.floor(share * resamples))] ?? 0;
  return { mean: values.reduce((sum, x) => sum + x, 0) / values.length, low: at(0.025), high: at(0.975) };
};
