import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as functions from './det-math.ts';

const det = { ...functions };

const bits = new DataView(new ArrayBuffer(8));
/** The distance to the next number away from 0, at least that of the normal numbers. */
const ulp = (x: number): number => {
  if (Math.abs(x) < 2 ** -1022) return 2 ** -1074;
  bits.setFloat64(0, Math.abs(x));
  return 2 ** ((bits.getUint16(0) >>> 4) - 1023 - 52);
};

/** Units in the last place between what was found and what was expected. */
const distance = (found: number, expected: number): number =>
  Object.is(found, expected) || found === expected ? 0 : Math.abs(found - expected) / ulp(expected);

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });

/** The engine's own functions are within one unit of the truth themselves. */
const closeTo = (
  name: 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sin' | 'cos' | 'atan',
  units: number,
  ...ranges: readonly fc.Arbitrary<number>[]
): void => {
  test(`${name} is within ${units} units of the engine's`, () => {
    fc.assert(
      fc.property(fc.oneof(...ranges), (x) => {
        const off = distance(det[name](x), Math[name](x));
        assert.ok(off <= units, `${name}(${x}): ${off} units`);
      }),
      { numRuns: 3_000 },
    );
    for (const x of [0, -0, Number.NaN, ...(['sin', 'cos'].includes(name) ? [] : [1 / 0, -1 / 0, 800, -800])])
      assert.ok(
        Object.is(det[name](x), Math[name](x)) || distance(det[name](x), Math[name](x)) <= units,
        `${name}(${x})`,
      );
  });
};

closeTo('exp', 2, between(-700, 709), between(-1, 1));
closeTo('expm1', 2, between(-50, 709), between(-1, 1), between(-1e-5, 1e-5));
closeTo('log', 2, between(0, Number.MAX_VALUE), between(0, 10), between(0.5, 2));
closeTo('log1p', 2, between(-1, 1e9), between(-0.9, 2), between(-1e-5, 1e-5));
closeTo('tanh', 3, between(-25, 25), between(-1, 1), between(-1e-8, 1e-8));
closeTo('sin', 2, between(-1.6e6, 1.6e6), between(-7, 7), between(-1e-5, 1e-5));
closeTo('cos', 2, between(-1.6e6, 1.6e6), between(-7, 7));
closeTo('atan', 3, fc.double({ noNaN: true }), between(-2, 2));

test('angles beyond what is exact are refused', () => {
  assert.throws(() => det.sin(1e7), RangeError);
  assert.ok(Number.isNaN(det.cos(Number.POSITIVE_INFINITY)));
  const zeroOfSin = Math.PI * 100_000;
  assert.ok(distance(det.sin(zeroOfSin), Math.sin(zeroOfSin)) <= 2);
});

test('pow is within 2 units of the engine’s, and its special cases are those of **', () => {
  fc.assert(
    fc.property(
      fc.oneof(between(0, 1e300), between(0, 10), between(0.9, 1.1)),
      fc.oneof(between(-300, 300), between(-3, 3)),
      (x, y) => {
        const expected = x ** y;
        if (expected !== 0 && Math.abs(expected) < 1e-300) return;
        const off = distance(det.pow(x, y), expected);
        assert.ok(off <= 2, `${x} ** ${y}: ${off} units`);
      },
    ),
    { numRuns: 5_000 },
  );
  const special = [0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1 / 0, -1 / 0, Number.NaN];
  for (const x of special)
    for (const y of special)
      assert.ok(
        Object.is(det.pow(x, y), x ** y) || distance(det.pow(x, y), x ** y) <= 1,
        `${x} ** ${y} is ${det.pow(x, y)}`,
      );
});

test('sigmoid lies between 0 and 1, rises, and is 1 less that of −x', () => {
  assert.equal(det.sigmoid(0), 0.5);
  assert.ok(distance(det.sigmoid(1), 0.7310585786300049) <= 1);
  assert.ok(distance(det.sigmoid(-30), 9.357622968839299e-14) <= 2);
  fc.assert(
    fc.property(between(-800, 800), (x) => {
      assert.ok(Math.abs(det.sigmoid(x) + det.sigmoid(-x) - 1) < 3e-16);
    }),
  );
});

test('erf and erfc are the tabulated values, and each other’s rest', () => {
  // Abramowitz & Stegun, table 7.1 and 7.3, and their continuation to 17 digits.
  const table: readonly (readonly [number, number])[] = [
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
  ];
  for (const [x, value] of table) {
    assert.ok(distance(det.erf(x), value) <= 3, `erf ${x}: ${det.erf(x)}`);
    assert.equal(det.erf(-x), -det.erf(x));
    assert.ok(Math.abs(det.erf(x) + det.erfc(x) - 1) < 3e-16);
  }
  assert.ok(Math.abs(det.erfc(5) / 1.5374597944280349e-12 - 1) < 1e-14);
  assert.ok(Math.abs(det.erfc(20) / 5.395865611607901e-176 - 1) < 1e-13);
});

test('the normal quantile undoes the distribution function', () => {
  assert.ok(Math.abs(det.normalQuantile(0.975) - 1.959963984540054) < 1e-14);
  assert.ok(Math.abs(det.normalCdf(-1) - 0.15865525393145705) < 1e-16);
  fc.assert(
    fc.property(between(1e-300, 0.5), (p) => {
      assert.ok(Math.abs(det.normalCdf(det.normalQuantile(p)) / p - 1) < 1e-11, `${p}`);
    }),
  );
  assert.equal(det.normalQuantile(0.5), 0);
  assert.equal(det.normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.ok(Number.isNaN(det.normalQuantile(2)));
});

test('the bits of a sweep are pinned: any engine that computes others is not IEEE 754', () => {
  let hash = 0;
  const add = (value: number): void => {
    bits.setFloat64(0, value);
    hash = (Math.imul(hash, 31) + bits.getInt32(0)) | 0;
    hash = (Math.imul(hash, 31) + bits.getInt32(4)) | 0;
  };
  for (let x = -20; x <= 20; x += 0.37) {
    for (const f of [det.exp, det.tanh, det.sigmoid, det.sin, det.cos, det.erf, det.normalCdf, det.atan]) add(f(x));
    add(det.log(x * x + 0.1));
    add(det.pow(x * x + 0.1, 1.3));
  }
  assert.equal(hash, 1754069861);
});
