import { exp, expSum, LN2_HIGH, LN2_LOW, split } from './exp-log.ts';

// Numbers of some 106 bits as sums of two (T. J. Dekker, 1971): `low` is what the last operation lost.
let low = 0;

const SPLITTER = 134_217_729; // 2²⁷ + 1

/** a × b; exactly with `low`. */
const times = (a: number, b: number): number => {
  const product = a * b;
  const [ca, cb] = [SPLITTER * a, SPLITTER * b];
  const [ah, bh] = [ca - (ca - a), cb - (cb - b)];
  const [al, bl] = [a - ah, b - bh];
  low = ah * bh - product + ah * bl + al * bh + al * bl;
  return product;
};

/** a + b; exactly with `low`. */
const plus = (a: number, b: number): number => {
  const sum = a + b;
  const other = sum - a;
  low = a - (sum - other) + (b - other);
  return sum;
};

const TWO_THIRDS = 0.6666666666666666;
const TWO_THIRDS_LOW = 3.700743415417188e-17;

/** Σ 2 zⁿ ÷ (2n + 5) for n from 0. */
const series = (z: number): number => {
  let sum = 0;
  for (let k = 23; k >= 5; k -= 2) sum = 2 / k + z * sum;
  return sum;
};

/** ln x for a finite x > 0, and what of it does not fit into one number in `low`: some 62 bits are right. */
const logLong = (x: number): number => {
  const { mantissa, exponent } = split(x);
  // s = (m − 1) ÷ (m + 1), then ln m = 2 s + ⅔ s³ + s⁵ (2/5 + …).
  const top = mantissa - 1;
  const bottom = mantissa + 1;
  const bottomLow = mantissa - (bottom - 1);
  const s = top / bottom;
  const back = times(s, bottom);
  const sLow = (top - back - low - s * bottomLow) / bottom;
  const z = times(s, s);
  const zLow = low + 2 * s * sLow;
  const third = times(z, TWO_THIRDS);
  const thirdLow = low + zLow * TWO_THIRDS + z * TWO_THIRDS_LOW;
  const inner = plus(third, z * z * series(z));
  const innerLow = low + thirdLow;
  const cubic = times(s, inner);
  const cubicLow = low + s * innerLow + sLow * inner;
  const near = plus(2 * s, cubic);
  const nearLow = low + 2 * sLow + cubicLow;
  const all = plus(exponent * LN2_HIGH, near);
  const allLow = low + nearLow + exponent * LN2_LOW;
  const sum = all + allLow;
  low = allLow - (sum - all);
  return sum;
};

/** xʸ, with the special cases of `**`: of a negative x a whole y alone has a value. */
export const pow = (x: number, y: number): number => {
  if (y === 0) return 1;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === 1) return y - y === 0 ? 1 : Number.NaN;
  const odd = Math.floor(y) === y && Math.floor(y / 2) !== y / 2;
  if (x < 0 || (x === 0 && 1 / x < 0)) {
    if (Math.floor(y) !== y) return x === Number.NEGATIVE_INFINITY || x === 0 ? pow(-x, y) : Number.NaN;
    if (x === -1 && y - y !== 0) return Number.NaN;
    return odd ? -pow(-x, y) : pow(-x, y);
  }
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (x === Number.POSITIVE_INFINITY) return y > 0 ? x : 0;
  if (y - y !== 0) return x > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0;
  const ln = logLong(x);
  const lnLow = low;
  const rough = y * ln;
  if (!(rough < 720 && rough > -760)) return exp(rough);
  // Numbers above 2⁹⁹⁵ cannot be split; beside such a y, ln x is so small that the rest does not matter.
  if (y > 1e299 || y < -1e299) return exp(rough);
  const product = times(y, ln);
  return expSum(product, low + y * lnLow);
};
