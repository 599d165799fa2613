import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Evidence, fuse } from './fusion.ts';

const evidence: fc.Arbitrary<Evidence[]> = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    words: fc.option(fc.double({ min: 0.01, max: 60, noNaN: true }), { nil: null }),
    meaning: fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: null }),
  }),
  { selector: ({ id }) => id },
);

describe('fusion', () => {
  test('weighs words a quarter and meaning three quarters', () => {
    const ranked = fuse(
      [
        { id: 'both', words: 10, meaning: 0.6 },
        { id: 'words', words: 5, meaning: 0.1 },
        { id: 'meaning', words: null, meaning: 0.7 },
      ],
      { meaning: true },
    );
    assert.deepEqual(
      ranked.map(({ id, score }) => [id, Number(score.toFixed(6))]),
      [
        ['both', 0.7],
        ['meaning', 0.525],
        ['words', 0.2],
      ],
    );
  });

  test('places a paper without a vector by its words, on the same scale', () => {
    const ranked = fuse(
      [
        { id: 'strong', words: 10, meaning: 0.6 },
        { id: 'unread and strong', words: 9.9, meaning: null },
        { id: 'middling', words: 6, meaning: 0.3 },
        { id: 'unread and weak', words: 1, meaning: null },
        { id: 'weak', words: 1, meaning: 0.1 },
      ],
      { meaning: true },
    );
    assert.deepEqual(
      ranked.map(({ id }) => id),
      ['strong', 'unread and strong', 'middling', 'unread and weak', 'weak'],
    );
  });

  test('keeps every candidate, scores between 0 and 1, and depends on nothing but the evidence', () => {
    fc.assert(
      fc.property(evidence, fc.boolean(), (candidates, meaning) => {
        const ranked = fuse(candidates, { meaning });
        assert.deepEqual(ranked.map(({ id }) => id).sort(), candidates.map(({ id }) => id).sort());
        for (const { score } of ranked) assert.ok(score >= 0 && score <= 1);
        assert.deepEqual(fuse(candidates.toReversed(), { meaning }), ranked);
      }),
    );
  });

  test('never ranks a paper lower that is better in both', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const place = new Map(fuse(candidates, { meaning: true }).map(({ id, score }) => [id, score]));
        for (const a of candidates) {
          for (const b of candidates) {
            if (a.meaning === null || b.meaning === null) continue;
            const better = (a.words ?? 0) >= (b.words ?? 0) && a.meaning >= b.meaning;
            if (better) assert.ok((place.get(a.id) ?? 0) >= (place.get(b.id) ?? 0) - 1e-12);
          }
        }
      }),
    );
  });

  test('by words alone keeps the order of BM25', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const scores = fuse(candidates, { meaning: false }).map(({ words }) => words ?? 0);
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        );
      }),
    );
  });
});
