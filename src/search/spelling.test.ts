import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { slipsBetween } from './spelling.ts';

const between = (a: string, b: string, limit: number): number => {
  const text = Buffer.from(`xx${b}yy`);
  return slipsBetween(Buffer.from(a), text, 2, text.length - 2, limit);
};

/** The textbook table, for comparison. */
const textbook = (a: string, b: string): number => {
  const d = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  const at = (i: number, j: number): number => d[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, at(i - 2, j - 2) + 1);
      (d[i] as number[])[j] = cost;
    }
  }
  return at(a.length, b.length);
};

test('slips are counted as by the textbook, up to the limit', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 3 }), (a, b, limit) => {
      assert.equal(between(a, b, limit), Math.min(textbook(a, b), limit + 1));
    }),
    { numRuns: 500 },
  );
});

test('a swap, a letter lost and a letter too many are one slip each', () => {
  assert.deepEqual(
    [between('difusion', 'diffusion', 2), between('gnerate', 'generate', 2), between('grpah', 'graph', 2)],
    [1, 1, 1],
  );
});
