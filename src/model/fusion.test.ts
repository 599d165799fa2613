import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ndcgAt } from './evaluation.ts';
import { type Evidence, fuse, instantScores } from './fusion.ts';

const cosine = fc.double({ min: -1, max: 1, noNaN: true });
const evidence: fc.Arbitrary<Evidence[]> = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    words: fc.option(fc.double({ min: 0.01, max: 60, noNaN: true }), { nil: null }),
    coarse: fc.option(cosine, { nil: null }),
    fine: fc.option(cosine, { nil: null }),
    agreement: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  { selector: ({ id }) => id },
);

const order = (candidates: readonly Evidence[]): string[] => fuse(candidates).map(({ id }) => id);

describe('fusion', () => {
  test('weighs words, static vectors, the model’s vectors and agreement', () => {
    const ranked = fuse([
      { id: 'all', words: 10, coarse: 0.5, fine: 0.6, agreement: 1 },
      { id: 'words', words: 5, coarse: 0, fine: 0.1, agreement: 0.5 },
      { id: 'meaning', words: null, coarse: 0.4, fine: 0.7, agreement: 0 },
    ]);
    assert.deepEqual(
      ranked.map(({ id, score }) => [id, Number((score * 1.4).toFixed(6))]),
      [
        ['all', 0.25 + 0.05 + 0.45 + 0.3],
        ['meaning', 0.04 + 0.525],
        ['words', 0.125 + 0.075 + 0.15],
      ].map(([id, score]) => [id, Number(Number(score).toFixed(6))]),
    );
  });

  test('places a paper the model has not read among those it has, by words and static vector', () => {
    const paper = (id: string, words: number, coarse: number, fine: number | null): Evidence => ({
      id,
      words,
      coarse,
      fine,
      agreement: 0,
    });
    // The model's cosines lie 0.2 above what is usual: unread papers are taken to lie there too.
    const read = Array.from({ length: 40 }, (_, i) => {
      const [words, coarse] = [1 + i / 4, 0.1 + i / 100];
      return paper(`read ${i}`, words, coarse, 0.25 + 0.75 * coarse + (0.15 * words) / 10.75);
    });
    const among = order([...read, paper('unread and strong', 10.7, 0.5, null), paper('unread and weak', 1, 0.1, null)]);
    assert.ok(among.indexOf('unread and strong') < 6, String(among.indexOf('unread and strong')));
    assert.ok(among.indexOf('unread and weak') > 30);
  });

  test('keeps every candidate, scores between 0 and 1, best first, and depends on nothing but the evidence', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const ranked = fuse(candidates);
        assert.deepEqual(ranked.map(({ id }) => id).sort(), candidates.map(({ id }) => id).sort());
        for (const [i, { score }] of ranked.entries()) {
          assert.ok(score >= 0 && score <= 1);
          assert.ok(score <= (ranked[i - 1]?.score ?? 1));
        }
        assert.deepEqual(fuse(candidates.toReversed()), ranked);
      }),
    );
  });

  test('never ranks a paper lower that is better in all', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const scores = new Map(fuse(candidates).map(({ id, score }) => [id, score]));
        for (const a of candidates) {
          for (const b of candidates) {
            if (a.coarse === null || b.coarse === null || (a.fine === null) !== (b.fine === null)) continue;
            const better =
              (a.words ?? 0) >= (b.words ?? 0) &&
              a.coarse >= b.coarse &&
              (a.fine ?? 0) >= (b.fine ?? 0) &&
              a.agreement >= b.agreement;
            if (better) assert.ok((scores.get(a.id) ?? 0) >= (scores.get(b.id) ?? 0) - 1e-12);
          }
        }
      }),
    );
  });

  test('a paper without the model’s vector stands where it would if the model had said what was to be expected', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const unread = candidates.map((one) => ({ ...one, fine: null, agreement: 0 }));
        const scores = new Map(fuse(unread).map(({ id, score }) => [id, score]));
        const instant = instantScores(unread);
        for (const [i, { id }] of unread.entries())
          assert.ok(Math.abs((scores.get(id) ?? -1) - (instant[i] ?? 1)) < 1e-12);
      }),
    );
  });

  test('by words alone keeps the order of BM25', () => {
    fc.assert(
      fc.property(evidence, (candidates) => {
        const worded = candidates.map((one) => ({ ...one, words: one.words === null ? null : Math.ceil(one.words) }));
        const scores = fuse(worded.map((one) => ({ ...one, coarse: null, fine: null, agreement: 0 }))).map(
          ({ words }) => words ?? 0,
        );
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        );
      }),
    );
  });
});

describe('half a corpus read by the model', () => {
  /** Numbers 0 … 1 that a seed decides. */
  const randomFrom = (seed: number) => (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };

  /** Mean nDCG@10 over made-up queries of which the model knows most, static vectors less and words least, where it has read `share`. */
  const quality = (share: number): number => {
    const random = randomFrom(7);
    const noise = (): number => random() + random() + random() - 1.5;
    let sum = 0;
    const QUERIES = 300;
    for (let q = 0; q < QUERIES; q++) {
      // How near queries lie to all papers differs widely.
      const offset = 0.3 * random();
      const judged = new Map<string, number>();
      const candidates = Array.from({ length: 100 }, (_, n): Evidence => {
        const worth = n < 8 ? 1 : 0;
        const id = String(n).padStart(3, '0');
        if (worth === 1) judged.set(id, 1);
        const fine = offset + 0.15 + 0.25 * worth + 0.12 * noise();
        const read = random() < share;
        return {
          id,
          words: 4 + 4 * worth + 4 * (noise() + 1.5),
          coarse: 0.3 + 0.1 * worth + 0.12 * noise(),
          fine: read ? fine : null,
          agreement: 0,
        };
      });
      sum += ndcgAt(order(candidates), judged, 10);
    }
    return sum / QUERIES;
  };

  test('is ranked better the more of it is read, from none to all', () => {
    const [none, quarter, half, most, all] = [0, 0.25, 0.5, 0.75, 1].map(quality) as [
      number,
      number,
      number,
      number,
      number,
    ];
    assert.ok(none < quarter && quarter < half && half < most && most < all, `${[none, quarter, half, most, all]}`);
    assert.ok(half - none > 0.25 * (all - none), 'half of it is worth something');
  });
});
