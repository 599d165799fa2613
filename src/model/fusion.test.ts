import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Evidence, fuse } from './fusion.ts';

const cosine = fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null });
const evidence: fc.Arbitrary<Evidence[]> = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    words: fc.option(fc.double({ min: 0.01, max: 60, noNaN: true }), { nil: null }),
    coarse: cosine,
    fine: cosine,
  }),
  { selector: ({ id }) => id },
);

describe('fusion', () => {
  test('keeps every candidate, scores between 0 and 1, and depends on nothing but the evidence', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const ranked = fuse(candidates);
        assert.deepEqual(ranked.map(({ id }) => id).sort(), candidates.map(({ id }) => id).sort());
        for (const { score } of ranked) assert.ok(score >= 0 && score <= 1);
        assert.deepEqual(fuse(candidates.toReversed()), ranked);
      }),
    );
  });

  test('never ranks a paper lower that is better in words and in meaning', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const scores = new Map(fuse(candidates).map(({ id, score }) => [id, score]));
        for (const a of candidates) {
          for (const b of candidates) {
            if (a.fine === null || b.fine === null || (a.words ?? 0) < (b.words ?? 0) || a.fine < b.fine) continue;
            if ((a.coarse ?? -1) < (b.coarse ?? -1)) continue;
            assert.ok((scores.get(a.id) ?? 0) >= (scores.get(b.id) ?? 0) - 1e-12);
          }
        }
      }),
    );
  });

  test('by words alone keeps the order of BM25', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const bare = candidates.map((one) => ({ ...one, coarse: null, fine: null }));
        const scores = fuse(bare).map(({ words }) => words ?? 0);
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        );
      }),
    );
  });
});
