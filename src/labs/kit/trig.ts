// π ÷ 2 in three parts; the first two have 33 bits at most, so that their products with n < 2²⁰ are exact.
const HALF_PI_1 = 1.5707963267341256;
const HALF_PI_2 = 6.077100506303966e-11;
const HALF_PI_3 = 2.0222662487959506e-21;
const TWO_OVER_PI = 0.6366197723675814;
const HALF_PI = 1.5707963267948966;

/** The largest angle, in radians, either way: beyond, nothing of its remainder by π ÷ 2 would be exact. */
const LARGEST = 1_647_099;

/** sin of r for |r| ≤ π ÷ 4, by Taylor's series. */
const sinNear = (r: number): number => {
  const z = r * r;
  const tail =
    1 / 120 -
    z * (1 / 5_040 - z * (1 / 362_880 - z * (1 / 39_916_800 - z * (1 / 6_227_020_800 - z / 1_307_674_368_000))));
  return r - r * z * (1 / 6 - z * (tail + z * z * z * z * z * z * (1 / 355_687_428_096_000)));
};

/** cos of r for |r| ≤ π ÷ 4, by Taylor's series. */
const cosNear = (r: number): number => {
  const z = r * r;
  const tail =
    1 / 24 -
    z *
      (1 / 720 -
        z *
          (1 / 40_320 -
            z * (1 / 3_628_800 - z * (1 / 479_001_600 - z * (1 / 87_178_291_200 - z * (1 / 20_922_789_888_000))))));
  const half = 0.5 * z;
  const most = 1 - half;
  return most + (1 - most - half + z * z * tail);
};

/** sin(x + `quarter` × π ÷ 2). */
const turned = (x: number, quarter: number): number => {
  if (!(x <= LARGEST && x >= -LARGEST)) {
    if (x - x === 0) throw new RangeError(`an angle of ${x} is too large`);
    return Number.NaN;
  }
  const n = Math.floor(x * TWO_OVER_PI + 0.5);
  const first = x - n * HALF_PI_1;
  const second = first - n * HALF_PI_2;
  const r = second - (n * HALF_PI_3 - (first - second - n * HALF_PI_2));
  const place = n + quarter - 4 * Math.floor((n + quarter) / 4);
  const size = place === 0 || place === 2 ? sinNear(r) : cosNear(r);
  return place < 2 ? size : -size;
};

/** The sine of an angle in radians. Throws RangeError beyond 1,647,099 either way: no angle in a lab is as large. */
export const sin = (x: number): number => (x === 0 ? x : turned(x, 0));

/** The cosine of an angle in radians. Throws RangeError beyond 1,647,099 either way. */
export const cos = (x: number): number => turned(x, 1);

/** The angle between −π ÷ 2 and π ÷ 2 whose tangent is x: by atan x = 2 atan(x ÷ (1 + √(1 + x²))) twice, then its series. */
export const atan = (x: number): number => {
  if (x === 0 || Number.isNaN(x)) return x;
  if (x > 1) return HALF_PI - atan(1 / x);
  if (x < -1) return -HALF_PI - atan(1 / x);
  const half = x / (1 + Math.sqrt(1 + x * x));
  const t = half / (1 + Math.sqrt(1 + half * half));
  const z = t * t;
  let tail = 0;
  for (let k = 25; k >= 3; k -= 2) tail = 1 / k - z * tail;
  return 4 * (t - t * z * tail);
};
