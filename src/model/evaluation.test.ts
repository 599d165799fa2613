import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bootstrap, ndcgAt, recallAt, reciprocalRankAt } from './evaluation.ts';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

describe('measures of a ranked list', () => {
  const judged = new Map([
    ['a', 2],
    ['b', 1],
    ['c', 1],
  ]);

  test('nDCG, computed by hand', () => {
    // Gains 0, 2, 0, 1 at discounts 1, 0.63093, 0.5, 0.43068; ideal 2 + 0.63093 + 0.5.
    near(ndcgAt(['x', 'a', 'y', 'b', 'c'], judged, 4), (2 * 0.6309297536 + 0.4306765581) / 3.1309297536);
    near(ndcgAt(['a', 'b', 'c'], judged, 10), 1);
    near(ndcgAt(['b', 'a'], judged, 1), 0.5);
    near(ndcgAt(['x'], new Map(), 10), 0);
  });

  test('recall and reciprocal rank, computed by hand', () => {
    near(recallAt(['x', 'a', 'y', 'b', 'c'], judged, 4), 2 / 3);
    near(recallAt(['x'], new Map(), 4), 0);
    near(reciprocalRankAt(['x', 'y', 'c', 'a'], judged, 10), 1 / 3);
    near(reciprocalRankAt(['x', 'y', 'c'], judged, 2), 0);
  });

  test('lie within 0 … 1, and never fall when a relevant paper moves up', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 2 }), fc.nat(), (ranked, n) => {
        const at = 1 + (n % (ranked.length - 1));
        const [above, moved] = [ranked[at - 1] as string, ranked[at] as string];
        fc.pre(judged.has(moved) && !judged.has(above));
        const better = [...ranked.slice(0, at - 1), moved, above, ...ranked.slice(at + 1)];
        for (const measure of [ndcgAt, recallAt, reciprocalRankAt]) {
          const [before, after] = [measure(ranked, judged, 3), measure(better, judged, 3)];
          assert.ok(before >= 0 && after <= 1 + 1e-12 && after >= before - 1e-12);
        }
      }),
    );
  });
});

describe('bootstrap', () => {
  test('of values all alike has no width; of none is nothing', () => {
    assert.deepEqual(bootstrap([0.5, 0.5, 0.5]), { mean: 0.5, low: 0.5, high: 0.5 });
    assert.deepEqual(bootstrap([]), { mean: 0, low: 0, high: 0 });
  });

  test('comes near the interval that the normal distribution gives, and is the same each time', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const { mean, low, high } = bootstrap(values);
    // Standard error 0.5 / √400 = 0.025; 1.96 of them either side.
    near(mean, 0.5);
    assert.ok(Math.abs(low - 0.451) < 0.006 && Math.abs(high - 0.549) < 0.006, `${low} … ${high}`);
    assert.deepEqual(bootstrap(values), { mean, low, high });
    assert.notDeepEqual(bootstrap(values, { seed: 2 }), { mean, low, high });
  });
});
