import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, placePapers } from './placing.ts';
import { type CastVote, CLOSE_MS, findRings, SMALLEST, withoutRings } from './vote-ring.ts';

const START = Date.parse('2026-11-22T09:00:00Z');
const HOUR = 3_600_000;

/** A small pseudo-random generator (mulberry32): the same numbers every run. */
const numbers = (seed: number): (() => number) => {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Readers who each vote for some papers of a week, the popular ones more, mostly in the morning. */
const honest = (readers: number, papers: number): readonly CastVote[] => {
  const next = numbers(7);
  return Array.from({ length: readers }, (_, n) => n).flatMap((n) => {
    const wishes = 1 + Math.floor(next() * 12);
    return Array.from({ length: wishes }, () => ({
      reader: `reader-${n}`,
      paperId: `p${Math.floor(next() ** 2 * papers)}`,
      at: START + Math.floor(next() * 7) * 24 * HOUR + Math.floor(next() * 4 * HOUR),
    }));
  });
};

const ring = (size: number, papers: readonly string[], withinMs = CLOSE_MS / 2): readonly CastVote[] => {
  const next = numbers(99);
  return papers.flatMap((paperId, p) =>
    Array.from({ length: size }, (_, n) => ({
      reader: `ring-${String(n).padStart(3, '0')}`,
      paperId,
      at: START + p * 5 * HOUR + Math.floor(next() * withinMs),
    })),
  );
};

const members = (votes: readonly CastVote[]): readonly string[] =>
  [...new Set(votes.map(({ reader }) => reader))].sort();

suite('rings', () => {
  test('a hundred accounts among two thousand honest ones are found, and nobody else', () => {
    const crowd = honest(2_000, 400);
    const attack = ring(100, ['p3', 'p50', 'p399']);
    assert.deepEqual(findRings(crowd), []);
    const [found, ...others] = findRings([...crowd, ...attack]);
    assert.deepEqual(found?.readers, members(attack));
    assert.deepEqual(others, []);
  });

  test('accounts made together that vote for one paper are found; without their birthdays they are not', () => {
    const attack = ring(100, ['p1']);
    const born = new Map(members(attack).map((reader, n) => [reader, START - n * 1_000]));
    assert.deepEqual(
      findRings(attack, born).map(({ readers }) => readers.length),
      [100],
    );
    assert.deepEqual(findRings(attack), []);
    const apart = new Map(members(attack).map((reader, n) => [reader, START - n * 3 * HOUR]));
    assert.deepEqual(findRings(attack, apart), []);
  });

  test('too few accounts, or votes hours apart, are none', () => {
    const papers = ['a', 'b', 'c', 'd'];
    assert.deepEqual(findRings(ring(SMALLEST - 1, papers)), []);
    assert.equal(findRings(ring(SMALLEST, papers)).length, 1);
    const slow = Array.from({ length: 8 }, (_, n) => n).flatMap((n) =>
      papers.map((paperId) => ({ reader: `r${n}`, paperId, at: START + n * HOUR })),
    );
    assert.deepEqual(findRings(slow), []);
  });

  test('neither the order of the votes nor repeating them changes anything', () => {
    const votes = [...honest(60, 40), ...ring(12, ['p1', 'p2', 'p3'])];
    const expected = findRings(votes);
    assert.equal(expected.length, 1);
    fc.assert(
      fc.property(fc.shuffledSubarray([...votes], { minLength: votes.length }), (shuffled) => {
        assert.deepEqual(findRings([...shuffled, ...shuffled.slice(0, 20)]), expected);
      }),
      { numRuns: 25 },
    );
  });
});

/** The papers of the first edition with the comments and dates that stood beside them. */
const firstEdition = (): readonly Candidate[] => {
  const golden = join(import.meta.dirname, '..', '..', 'test', 'golden', 'first-edition.json');
  type Printed = { readonly line: number; readonly published: string | null; readonly comments: number | null };
  return (JSON.parse(readFileSync(golden, 'utf8')) as readonly Printed[]).map(({ line, published, comments }) => ({
    id: `line-${line}`,
    category: null,
    published,
    votes: 0,
    upvotes: 0,
    comments: comments ?? 0,
    code: false,
    submitted: null,
  }));
};

test('a hundred accounts move no paper of the first edition by more than five places once they are flagged', () => {
  const papers = firstEdition();
  assert.equal(papers.length, 81);
  const at = { size: papers.length, today: '2026-04-20' } as const;
  const before = placePapers(papers, at).placements;
  const placeOf = (id: string, votes: number): number =>
    placePapers(
      papers.map((paper) => (paper.id === id ? { ...paper, votes } : paper)),
      at,
    ).placements.indexOf(id);
  // The attack on each paper comes with two others as cover, among honest readers of the same papers.
  const crowd = honest(300, papers.length).map((vote) => ({
    ...vote,
    paperId: papers[Number(vote.paperId.slice(1))]?.id ?? '',
  }));
  const moves = papers.slice(0, 20).map(({ id }, n) => {
    const attack = ring(100, [id, `line-cover-${n}`, `line-cover-${n + 1}`]);
    const flagged = new Set(findRings([...crowd, ...attack]).flatMap(({ readers }) => readers));
    const given = attack.filter(({ paperId }) => paperId === id);
    const caught = given.filter(({ reader }) => flagged.has(reader)).length;
    return before.indexOf(id) - placeOf(id, withoutRings(given.length, caught));
  });
  const undamped = papers.map(({ id }) => before.indexOf(id) - placeOf(id, 100));
  assert.ok(Math.max(...undamped) > 60, `undamped they would move one by ${Math.max(...undamped)}`);
  assert.ok(Math.max(...moves) <= 5, `${Math.max(...moves)} places`);
  assert.ok(Math.min(...moves) >= 0);
});
