import { exp, log, log1p } from './exp-log.ts';
import { normalQuantile } from './normal.ts';

/** Stirling's series, Σ B₂ₖ ÷ (2k (2k − 1) x²ᵏ⁻¹), from x = 12 on. */
const stirling = (x: number): number => {
  const z = 1 / (x * x);
  return (1 / 12 - z * (1 / 360 - z * (1 / 1_260 - z * (1 / 1_680 - z * (1 / 1_188 - (z * 691) / 360_360))))) / x;
};

/** ln Γ(x) for x > 0. */
export const logGamma = (x: number): number => {
  let shift = 1;
  let at = x;
  while (at < 12) {
    shift *= at;
    at += 1;
  }
  return (at - 0.5) * log(at) - at + 0.9189385332046728 + stirling(at) - log(shift);
};

/** Iₓ(a, b) for x below (a + 1) ÷ (a + b + 2), by the continued fraction of W. Lentz (Numerical Recipes 6.4). */
const betaFraction = (x: number, a: number, b: number): number => {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (d === 0 ? tiny : d);
  let value = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const step of [even, odd]) {
      d = 1 + step * d;
      c = 1 + step / c;
      d = 1 / (d === 0 ? tiny : d);
      if (c === 0) c = tiny;
      change = c * d;
      value *= change;
    }
    if (change > 1 - 1e-16 && change < 1 + 3e-16) break;
  }
  return value;
};

/** The regularised incomplete beta function Iₓ(a, b), 0 ≤ x ≤ 1; `rest` is 1 − x. */
const beta = (x: number, rest: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * (x < 0.5 ? log1p(-x) : log(rest)));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(rest, b, a)) / b;
};

/** The chance that Student's t of `degrees` > 0 degrees of freedom is at most t. */
export const tCdf = (t: number, degrees: number): number => {
  if (Number.isNaN(t)) return t;
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return t > 0 ? 1 : 0;
  const outside = beta(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - outside : outside;
};

const found = new Map<string, number>();

/** The t for which `tCdf(t, degrees)` is p, 0 < p < 1: by halving between bounds. */
export const tQuantile = (p: number, degrees: number): number => {
  if (p < 0.5) return -tQuantile(1 - p, degrees);
  if (!(p < 1 && degrees > 0)) return p === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
  if (p === 0.5) return 0;
  const key = `${p} ${degrees}`;
  const kept = found.get(key);
  if (kept !== undefined) return kept;
  let low = 0;
  let high = normalQuantile(p);
  while (tCdf(high, degrees) < p) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low < 1e-13 * high) break;
    if (tCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  found.set(key, high);
  return high;
};
