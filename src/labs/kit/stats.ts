import { normalCdf, normalQuantile } from './normal.ts';
import type { Rng } from './rng.ts';
import { tCdf, tQuantile } from './student.ts';

/** What many values come to: their mean with the 95 % interval of Student's t. */
export interface Summary {
  readonly n: number;
  /** NaN of no values. */
  readonly mean: number;
  /** Of the sample (n − 1); 0 for fewer than two values. */
  readonly sd: number;
  /** Unbounded for fewer than two values. */
  readonly ci95: Interval;
  readonly values: readonly number[];
}

export type Interval = readonly [low: number, high: number];
type Values = ArrayLike<number>;

const ANYTHING: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** The 97.5 % point of Student's t. */
export const t975 = (degrees: number): number => tQuantile(0.975, degrees);

/** Added from left to right, so that the sum is the same everywhere; NaN of no values. */
export const mean = (values: Values): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};

/** Σ (x − mean x) (y − mean y). */
const coproduct = (x: Values, y: Values): number => {
  const [mx, my] = [mean(x), mean(y)];
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += ((x[i] as number) - mx) * ((y[i] as number) - my);
  return sum;
};

/** Of the sample (n − 1); 0 for fewer than two values. */
export const sd = (values: Values): number =>
  values.length > 1 ? Math.sqrt(coproduct(values, values) / (values.length - 1)) : 0;

/** The value below which the share `q` of the values lies, straight between neighbours (Hyndman and Fan's 7th). NaN of none. */
export const quantile = (values: Values, q: number): number => {
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
  return low === undefined || high === undefined ? Number.NaN : low + (place - below) * (high - low);
};

export const median = (values: Values): number => quantile(values, 0.5);

/** Student's interval of the mean. */
export const tInterval = (values: Values, level = 0.95): Interval => {
  if (values.length < 2) return ANYTHING;
  const middle = mean(values);
  const half = (tQuantile(0.5 + level / 2, values.length - 1) * sd(values)) / Math.sqrt(values.length);
  return [middle - half, middle + half];
};

/** Mean, spread and 95 % interval. Values that are all the same have an interval of one point. */
export const summarise = (values: readonly number[]): Summary => ({
  n: values.length,
  mean: mean(values),
  sd: sd(values),
  ci95: tInterval(values),
  values,
});

/** a − b, place by place: their summary is that of a paired t-test. Throws RangeError where they differ in length. */
export const differences = (a: Values, b: Values): number[] => {
  if (a.length !== b.length) throw new RangeError('pairs need as many values on either side');
  return Array.from(a, (value, i) => value - (b[i] as number));
};

/** The percentile interval of a statistic over samples of the same size drawn with replacement (B. Efron, 1979). */
export const bootstrapInterval = <T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  rng: Rng,
  { level = 0.95, rounds = 2_000 }: { readonly level?: number; readonly rounds?: number } = {},
): Interval => {
  if (items.length < 2) return ANYTHING;
  const results = Float64Array.from({ length: rounds }, () =>
    statistic(Array.from(items, () => items[rng.int(items.length)] as T)),
  );
  return [quantile(results, 0.5 - level / 2), quantile(results, 0.5 + level / 2)];
};

/** Pearson's correlation; 0 where one of them does not vary. */
export const correlation = (x: Values, y: Values): number => {
  const scale = Math.sqrt(coproduct(x, x)) * Math.sqrt(coproduct(y, y));
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, coproduct(x, y) / scale));
};

/** From 1; those that are the same share the mean of their places. */
export const ranks = (values: Values): Float64Array => {
  const order = Array.from({ length: values.length }, (_, i) => i);
  order.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let i = from; i < to; i++) out[order[i] as number] = (from + to + 1) / 2;
    from = to;
  }
  return out;
};

/** Spearman's correlation: Pearson's of the ranks. */
export const rankCorrelation = (x: Values, y: Values): number => correlation(ranks(x), ranks(y));

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** The share of the variance of y that is explained. */
  readonly r2: number;
  /** Of the slope, Student's with n − 2 degrees of freedom; unbounded for fewer than three points. */
  readonly ci95: Interval;
}

/** The line of least squares through the points; level where x does not vary. */
export const fitLine = (x: Values, y: Values): Line => {
  const [xx, xy, yy] = [coproduct(x, x), coproduct(x, y), coproduct(y, y)];
  const slope = xx === 0 ? 0 : xy / xx;
  const left = Math.max(0, yy - slope * xy);
  const degrees = x.length - 2;
  const half = degrees > 0 && xx > 0 ? t975(degrees) * Math.sqrt(left / degrees / xx) : Number.POSITIVE_INFINITY;
  return {
    slope,
    intercept: mean(y) - slope * mean(x),
    r2: yy === 0 ? 0 : 1 - left / yy,
    ci95: [slope - half, slope + half],
  };
};

/** The interval of a share, `successes` of n, that keeps its level near 0 and 1 too (E. B. Wilson, 1927). */
export const wilsonInterval = (successes: number, n: number, level = 0.95): Interval => {
  if (n === 0) return [0, 1];
  const z = normalQuantile(0.5 + level / 2);
  const share = successes / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return [successes === 0 ? 0 : middle - half, successes === n ? 1 : middle + half];
};

/** Kolmogorov and Smirnov's statistic: the largest gap between the share of values up to x and `cdf(x)`. */
export const ksDistance = (values: Values, cdf: (x: number) => number = normalCdf): number => {
  const sorted = Float64Array.from(values).sort();
  let most = 0;
  for (const [i, value] of sorted.entries()) {
    const expected = cdf(value);
    most = Math.max(most, expected - i / sorted.length, (i + 1) / sorted.length - expected);
  }
  return most;
};

/** The two-sided chance of a mean as far from `expected`, by Student's t; 1 for fewer than two values. */
export const tTest = (values: Values, expected = 0): number => {
  const spread = sd(values) / Math.sqrt(values.length);
  if (values.length < 2) return 1;
  if (spread === 0) return mean(values) === expected ? 1 : 0;
  return 2 * tCdf(-Math.abs((mean(values) - expected) / spread), values.length - 1);
};
