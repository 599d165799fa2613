import { exp, expSum, log } from './exp-log.ts';

const TWO_OVER_ROOT_PI = 1.1283791670955126;
const ONE_OVER_ROOT_TWO_PI = 0.3989422804014327;

/** e^(−x²), with the square taken twice as long: near x = 27 it would lose ten bits otherwise. */
const gauss = (x: number): number => {
  const square = x * x;
  if (!(square < 750)) return square >= 750 ? 0 : Number.NaN;
  const cut = 134_217_729 * x;
  const high = cut - (cut - x);
  const rest = x - high;
  return expSum(-square, -(high * high - square + 2 * high * rest + rest * rest));
};

/** erf x for |x| < 2.5: 2 ÷ √π e^(−x²) Σ 2ⁿ x²ⁿ⁺¹ ÷ (1 · 3 ⋯ (2n + 1)), of which all terms have one sign. */
const series = (x: number): number => {
  let term = x;
  let sum = 0;
  for (let n = 1; sum + term !== sum; n++) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return TWO_OVER_ROOT_PI * gauss(x) * sum;
};

/** erfc x for x ≥ 2: e^(−x²) ÷ √π × 1 ÷ (x + ½ ÷ (x + 1 ÷ (x + 1½ ÷ (x + …)))). */
const fraction = (x: number): number => {
  let bottom = x;
  for (let k = 120; k >= 1; k--) bottom = x + k / 2 / bottom;
  return (TWO_OVER_ROOT_PI * gauss(x)) / 2 / bottom;
};

/** The error function, 2 ÷ √π ∫₀ˣ e^(−t²) dt. */
export const erf = (x: number): number => {
  if (x === 0 || Number.isNaN(x)) return x;
  if (x > 6) return 1;
  if (x < -6) return -1;
  if (x > 2) return 1 - fraction(x);
  return x < -2 ? fraction(-x) - 1 : series(x);
};

/** 1 − erf x, exact where that is small too. */
export const erfc = (x: number): number => {
  if (Number.isNaN(x)) return x;
  if (x > 27.3) return 0;
  if (x < -6) return 2;
  if (x < 0.5) return 1 - erf(x);
  return x < 2 ? 1 - series(x) : fraction(x);
};

/** The density of the standard normal distribution. */
export const normalDensity = (x: number): number => ONE_OVER_ROOT_TWO_PI * exp(-0.5 * x * x);

/** The chance that a standard normal value is at most x. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);

/**
 * The x for which `normalCdf(x)` is p, 0 ≤ p ≤ 1: a rational start (Abramowitz & Stegun 26.2.23, within 0.00045), and three steps
 * of Halley's method. NaN elsewhere.
 */
export const normalQuantile = (p: number): number => {
  if (!(p > 0 && p < 1)) return p === 0 ? Number.NEGATIVE_INFINITY : p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const change = (normalCdf(x) - p) / normalDensity(x);
    x -= change / (1 + 0.5 * x * change);
  }
  return x;
};
