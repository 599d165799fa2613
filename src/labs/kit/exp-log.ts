export const LN2_HIGH = 0.6931471803691238; // the first 33 bits of ln 2, so that k × LN2_HIGH is exact for |k| < 2²⁰
export const LN2_LOW = 1.9082149292705877e-10;
const LOG2_E = Math.LOG2E;

// 1 ÷ n!
const F2 = 0.5;
const F3 = 1 / 6;
const F4 = 1 / 24;
const F5 = 1 / 120;
const F6 = 1 / 720;
const F7 = 1 / 5_040;
const F8 = 1 / 40_320;
const F9 = 1 / 362_880;
const F10 = 1 / 3_628_800;
const F11 = 1 / 39_916_800;
const F12 = 1 / 479_001_600;
const F13 = 1 / 6_227_020_800;
const F14 = 1 / 87_178_291_200;

/** Powers of two, from 2⁻¹⁰²² to 2¹⁰²³. */
const POWERS = (() => {
  const powers = new Float64Array(2_046);
  powers[1_022] = 1;
  for (let k = 1_023; k < 2_046; k++) powers[k] = 2 * (powers[k - 1] as number);
  for (let k = 1_021; k >= 0; k--) powers[k] = (powers[k + 1] as number) / 2;
  return powers;
})();

/** x × 2ᵏ. */
const scale = (x: number, k: number): number => {
  if (k > 1_023) return x * (POWERS[2_045] as number) * (POWERS[Math.min(k, 2_046) - 1_023 + 1_022] as number);
  if (k < -1_022) return x * (POWERS[0] as number) * (POWERS[Math.max(k, -2_044) + 1_022 + 1_022] as number);
  return x * (POWERS[k + 1_022] as number);
};

/** eʳ − 1 for |r| ≤ ½ ln 2, by Taylor's series: the first term left out is below 2⁻⁵⁷ r. */
const expm1Near = (r: number): number => {
  const tail =
    F3 +
    r *
      (F4 +
        r * (F5 + r * (F6 + r * (F7 + r * (F8 + r * (F9 + r * (F10 + r * (F11 + r * (F12 + r * (F13 + r * F14))))))))));
  return r + r * r * (F2 + r * tail);
};

/** e^(x + low), where `low` is what of an exponent does not fit into one number. */
export const expSum = (x: number, low: number): number => {
  if (Number.isNaN(x)) return x;
  if (x > 709.9) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const high = x - k * LN2_HIGH;
  const rest = k * LN2_LOW - low;
  const r = high - rest;
  const lost = high - r - rest;
  const tail =
    F3 + r * (F4 + r * (F5 + r * (F6 + r * (F7 + r * (F8 + r * (F9 + r * (F10 + r * (F11 + r * (F12 + r * F13)))))))));
  return scale(1 + (r + (lost + r * r * (F2 + r * tail))), k);
};

/** eˣ. */
export const exp = (x: number): number => expSum(x, 0);

/** eˣ − 1, exact near 0 too. */
export const expm1 = (x: number): number => {
  if (Number.isNaN(x) || x === 0) return x;
  if (x > 40) return exp(x);
  if (x < -40) return -1;
  const k = Math.floor(x * LOG2_E + 0.5);
  const near = expm1Near(x - k * LN2_HIGH - k * LN2_LOW);
  if (k === 0) return near;
  const power = POWERS[k + 1_022] as number;
  return power - 1 + power * near;
};

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The last exponent and mantissa: x = `mantissa` × 2^`exponent`, with √½ ≤ mantissa < √2. */
let exponent = 0;
const mantissaOf = (x: number): number => {
  exponent = 0;
  let value = x;
  if (value < 2.2250738585072014e-308) {
    value *= 18_014_398_509_481_984; // 2⁵⁴
    exponent = -54;
  }
  double[0] = value;
  const high = words[HIGH] as number;
  exponent += (high >>> 20) - 1_023;
  words[HIGH] = (high & 0xfffff) | 0x3ff00000;
  const mantissa = double[0] as number;
  if (mantissa < Math.SQRT2) return mantissa;
  exponent++;
  return mantissa / 2;
};

/** Σ 2 zⁿ ÷ (2n + 3) for n from 0, as far as z ≤ 0.0295 needs it: (ln((1 + s) ÷ (1 − s)) − 2 s) ÷ s³ with z = s². */
const atanhTail = (z: number): number =>
  2 / 3 +
  z *
    (2 / 5 +
      z *
        (2 / 7 +
          z * (2 / 9 + z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21)))))))));

/** f − `low` − ln(1 + f), for √½ − 1 ≤ f < √2 − 1. */
const lessNear = (f: number, low: number): number => {
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  return half - (s * (half + s * s * atanhTail(s * s)) + low);
};

/** x > 0 as `mantissa` × 2^`exponent`, with √½ ≤ mantissa < √2. */
export const split = (x: number): { readonly mantissa: number; readonly exponent: number } => {
  const mantissa = mantissaOf(x);
  return { mantissa, exponent };
};

/** The natural logarithm: −Infinity of 0, NaN of what is negative. */
export const log = (x: number): number => {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  const f = mantissaOf(x) - 1;
  const k = exponent;
  return k * LN2_HIGH - (lessNear(f, k * LN2_LOW) - f);
};

/** ln(1 + x), exact near 0 too. */
export const log1p = (x: number): number => {
  if (x > -0.29 && x < 0.41) return x === 0 ? x : x - lessNear(x, 0);
  const u = 1 + x;
  if (!(u > 0) || u === Number.POSITIVE_INFINITY) return log(u);
  return log(u) + (x - (u - 1)) / u;
};

/** 1 ÷ (1 + e⁻ˣ). */
export const sigmoid = (x: number): number => {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
};

export const tanh = (x: number): number => {
  if (!(x > 1e-9 || x < -1e-9)) return x;
  const size = x < 0 ? -x : x;
  const less = size > 22 ? 0 : expm1(-2 * size);
  const value = size > 22 ? 1 : -less / (less + 2);
  return x < 0 ? -value : value;
};
