import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from './rng.ts';
import * as stats from './stats.ts';
import { logGamma, tCdf, tQuantile } from './student.ts';

const near = (found: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(found - expected) <= within * Math.max(1, Math.abs(expected)), `${found}, not ${expected}`);
const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });

test('the points of Student’s t are the tabulated ones', () => {
  const table = [12.7062047364, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356];
  for (const [i, point] of table.entries()) near(stats.t975(i + 1), point, 1e-10);
  near(tQuantile(0.995, 10), 3.1692726726, 1e-10);
  near(stats.t975(1e6), 1.9599663, 1e-7);
  near(tCdf(1, 1), 0.75, 1e-14);
  near(tCdf(-2, 2), 0.5 - 1 / Math.sqrt(6), 1e-14);
  fc.assert(
    fc.property(
      fc.double({ min: 0.5001, max: 0.9999, noNaN: true }),
      fc.integer({ min: 1, max: 200 }),
      (p, degrees) => {
        near(tCdf(tQuantile(p, degrees), degrees), p, 1e-11);
        assert.equal(tQuantile(1 - (1 - p), degrees), -tQuantile(1 - p, degrees));
      },
    ),
  );
});

test('the logarithm of Γ is that of the factorials', () => {
  let factorial = 0;
  for (let n = 1; n < 50; n++) {
    near(logGamma(n), factorial, 1e-13);
    factorial += Math.log(n);
  }
  near(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
});

test('a summary has the mean, the spread and the interval of the sample', () => {
  const { n, mean, sd, ci95 } = stats.summarise([2, 4, 4, 4, 5, 5, 7, 9]);
  assert.equal(n, 8);
  assert.equal(mean, 5);
  near(sd, Math.sqrt(32 / 7));
  near(ci95[1] - 5, (2.3646242516 * sd) / Math.sqrt(8), 1e-9);
  assert.deepEqual(stats.summarise([3]).ci95, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  assert.ok(Number.isNaN(stats.summarise([]).mean));
  assert.deepEqual(stats.summarise([3, 3, 3]).ci95, [3, 3]);
});

test('95 % intervals hold the truth some 95 times in a hundred', () => {
  const rng = createRng('coverage');
  let [student, bootstrap, wilson] = [0, 0, 0];
  for (let round = 0; round < 1_000; round++) {
    const sample = Array.from({ length: 6 }, () => 2 + rng.normal());
    const [low, high] = stats.tInterval(sample);
    if (low <= 2 && high >= 2) student++;
    const hits = Array.from({ length: 30 }, () => rng.uniform()).filter((x) => x < 0.1).length;
    const [from, to] = stats.wilsonInterval(hits, 30);
    if (from <= 0.1 && to >= 0.1) wilson++;
    if (round % 5 > 0) continue;
    const many = Array.from({ length: 40 }, () => 2 + rng.normal());
    const [least, most] = stats.bootstrapInterval(many, stats.mean, rng, { rounds: 200 });
    if (least <= 2 && most >= 2) bootstrap++;
  }
  assert.ok(student > 930 && student < 970, `${student}`);
  assert.ok(wilson > 920 && wilson < 990, `${wilson}`);
  assert.ok(bootstrap > 178 && bootstrap < 199, `${bootstrap}`);
});

test('correlations: of a line, of its ranks, of ties, of what does not vary', () => {
  near(stats.correlation([1, 2, 3, 5], [2, 4, 6, 10]), 1);
  near(stats.correlation([1, 2, 3, 4], [1, 3, 2, 4]), 0.8);
  near(stats.rankCorrelation([1, 2, 3, 4, 5], [1, 8, 27, 64, 1e9]), 1);
  assert.deepEqual([...stats.ranks([10, 20, 20, 5])], [2, 3.5, 3.5, 1]);
  assert.equal(stats.correlation([1, 1, 1], [1, 2, 3]), 0);
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 30 }), (pairs) => {
      const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
      assert.ok(Math.abs(stats.correlation(x, y)) <= 1 + 1e-9);
      assert.equal(stats.correlation(x, y), stats.correlation(y, x));
    }),
  );
});

test('a fitted line finds the slope it was drawn with, and its interval', () => {
  const line = stats.fitLine([1, 2, 3, 4, 5], [2.2, 2.8, 4.5, 3.7, 5.5]);
  near(line.slope, 0.75, 1e-9);
  near(line.intercept, 1.49, 1e-9);
  near(line.r2, (0.75 ** 2 * 10) / 6.932, 1e-9);
  // ± t(3) × √(residuals ÷ 3 ÷ Σ(x − x̄)²)
  near(line.ci95[1] - 0.75, 3.1824463053 * Math.sqrt((6.932 - 5.625) / 3 / 10), 1e-9);
  assert.equal(stats.fitLine([1, 2], [1, 3]).ci95[1], Number.POSITIVE_INFINITY);
});

test('Wilson’s interval, the distance of distributions, quantiles, the paired test', () => {
  const [low, high] = stats.wilsonInterval(0, 10);
  assert.equal(low, 0);
  near(high, 0.2775327998, 1e-9);
  near(
    stats.ksDistance([0.5], (x) => x),
    0.5,
  );
  near(
    stats.ksDistance([0.1, 0.2, 0.3], (x) => x),
    0.7,
  );
  assert.ok(stats.ksDistance(Array.from({ length: 2_000 }, createRng('ks').normal)) < 0.03);
  assert.equal(stats.median([4, 1, 3, 2]), 2.5);
  assert.equal(stats.quantile([1, 2, 3, 4, 5], 0.25), 2);
  assert.deepEqual(stats.differences([3, 2], [1, 2]), [2, 0]);
  assert.throws(() => stats.differences([1], []), RangeError);
  // t = 2 ÷ (1 ÷ √3) with two degrees of freedom.
  near(stats.tTest([1, 2, 3]), 0.0741799, 1e-6);
});
