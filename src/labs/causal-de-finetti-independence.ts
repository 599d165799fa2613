import { cos, erfc, exp, log, normalCdf, normalQuantile, pow, tanh } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';
import { mean, ranks, sd } from './kit/stats.ts';

/** The G-statistic of two coins in the n × 2 × 2 counts, one table for each value of what is given; an empty one adds nothing. */
const gStatistic = (counts: Float64Array): number => {
  let g = 0;
  for (let table = 0; table < counts.length; table += 4) {
    const [a, b, c, d] = counts.subarray(table, table + 4) as unknown as [number, number, number, number];
    const total = a + b + c + d;
    const cells = [
      [a, a + b, a + c],
      [b, a + b, b + d],
      [c, c + d, a + c],
      [d, c + d, b + d],
    ] as const;
    for (const [seen, row, column] of cells) if (seen > 0) g += 2 * seen * log((seen * total) / (row * column));
  }
  return Math.max(0, g);
};

/** The p-value of two coins' independence, by the G-test with 1 degree of freedom; given a third coin, with 2. */
export const coinTest = (a: Float64Array, b: Float64Array, given: Float64Array | null): number => {
  const counts = new Float64Array(given === null ? 4 : 8);
  for (let i = 0; i < a.length; i++) {
    const at = 4 * (given?.[i] ?? 0) + 2 * (a[i] as number) + (b[i] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  const g = gStatistic(counts);
  return given === null ? erfc(Math.sqrt(g / 2)) : exp(-g / 2);
};

/** The values by rank, as a normal distribution would have them: what is independent stays so. */
export const normalScores = (values: Float64Array): Float64Array =>
  ranks(values).map((rank) => normalQuantile((rank - 0.5) / values.length));

/** cos(w x + b) for w from N(0, 1 ÷ width²) and b from 0 to 2π, row by row of n × count, every column centred (Rahimi and Recht, 2007). */
const features = (values: Float64Array, count: number, width: number, rng: Rng): Float64Array => {
  const out = new Float64Array(values.length * count);
  for (let k = 0; k < count; k++) {
    const [w, b] = [rng.normal() / width, 2 * Math.PI * rng.uniform()];
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const value = cos(w * (values[i] as number) + b);
      out[i * count + k] = value;
      sum += value;
    }
    for (let i = 0; i < values.length; i++) out[i * count + k] = (out[i * count + k] as number) - sum / values.length;
  }
  return out;
};

/** Aᵀ B, for A of n × p and B of n × q. */
const cross = (a: Float64Array, p: number, b: Float64Array, q: number): Float64Array => {
  const out = new Float64Array(p * q);
  for (let i = 0; i * p < a.length; i++)
    for (let j = 0; j < p; j++) {
      const value = a[i * p + j] as number;
      for (let k = 0; k < q; k++) out[j * q + k] = (out[j * q + k] as number) + value * (b[i * q + k] as number);
    }
  return out;
};

/** Solves S W = T for S symmetric and positive, p × p, and T of p × q, by Cholesky's factors; S is overwritten. */
const solve = (s: Float64Array, p: number, t: Float64Array, q: number): Float64Array => {
  const at = (i: number, j: number): number => s[i * p + j] as number;
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      s[i * p + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  const w = t.slice();
  for (let c = 0; c < q; c++) {
    for (let i = 0; i < p; i++) {
      let sum = w[i * q + c] as number;
      for (let k = 0; k < i; k++) sum -= at(i, k) * (w[k * q + c] as number);
      w[i * q + c] = sum / at(i, i);
    }
    for (let i = p - 1; i >= 0; i--) {
      let sum = w[i * q + c] as number;
      for (let k = i + 1; k < p; k++) sum -= at(k, i) * (w[k * q + c] as number);
      w[i * q + c] = sum / at(i, i);
    }
  }
  return w;
};

/** What a ridge regression on the features of what is given leaves of the others, in place. */
const takeOff = (of: Float64Array, q: number, given: Float64Array, p: number): void => {
  const s = cross(given, p, given, p);
  const n = given.length / p;
  for (let j = 0; j < p; j++) s[j * p + j] = (s[j * p + j] as number) + 1e-4 * n;
  const w = solve(s, p, cross(given, p, of, q), q);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < p; j++) {
      const value = given[i * p + j] as number;
      for (let k = 0; k < q; k++) of[i * q + k] = (of[i * q + k] as number) - value * (w[j * q + k] as number);
    }
};

/** The chance of a sum of squared normal values, with this mean and variance, above x: a χ² of the same, by Wilson and Hilferty (1931). */
const chanceAbove = (x: number, middle: number, variance: number): number => {
  const degrees = (2 * middle * middle) / variance;
  const step = 2 / (9 * degrees);
  return normalCdf(-(pow(x / middle, 1 / 3) - 1 + step) / Math.sqrt(step));
};

const [FEW, MANY] = [5, 25];

/**
 * The p-value of independence of two continuous variables, given a third or not: random features of both, less what those of the third
 * explain, and the squares of their covariances (after E. Strobl, K. Zhang and S. Visweswaran, 2019). Takes normal scores.
 */
export const scoreTest = (a: Float64Array, b: Float64Array, given: Float64Array | null, rng: Rng): number => {
  const n = a.length;
  const fa = features(a, FEW, 1, rng.fork('a'));
  const fb = features(b, FEW, 1, rng.fork('b'));
  if (given !== null) {
    const fz = features(given, MANY, 0.7, rng.fork('given'));
    takeOff(fa, FEW, fz, MANY);
    takeOff(fb, FEW, fz, MANY);
  }
  const size = FEW * FEW;
  const products = new Float64Array(n * size);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < FEW; j++)
      for (let k = 0; k < FEW; k++)
        products[i * size + j * FEW + k] = (fa[i * FEW + j] as number) * (fb[i * FEW + k] as number);
  const centre = new Float64Array(size);
  for (let i = 0; i < n * size; i++) centre[i % size] = (centre[i % size] as number) + (products[i] as number) / n;
  let statistic = 0;
  for (const value of centre) statistic += n * value * value;
  const second = cross(products, size, products, size);
  let [trace, squares] = [0, 0];
  for (let j = 0; j < size; j++)
    for (let k = 0; k < size; k++) {
      const value = (second[j * size + k] as number) / n - (centre[j] as number) * (centre[k] as number);
      if (j === k) trace += value;
      squares += value * value;
    }
  return chanceAbove(statistic, trace, 2 * squares);
};

/**
 * Which way a linear model with sparse noise is likelier: above 0 for x to y (A. Hyvärinen and S. Smith, 2013). The logarithm of the
 * ratio of likelihoods, to first order in the correlation ρ, for a log density of slope −tanh: ρ E[x tanh y − y tanh x].
 */
export const leaning = (x: Float64Array, y: Float64Array): number => {
  const [mx, my, sx, sy] = [mean(x), mean(y), sd(x), sd(y)];
  let [together, lean] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [((x[i] as number) - mx) / sx, ((y[i] as number) - my) / sy];
    together += u * v;
    lean += u * tanh(v) - tanh(u) * v;
  }
  return together * lean;
};
