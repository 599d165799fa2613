import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sampleCard } from '../../test/support/papers.ts';
import { addDays } from '../kernel/day.ts';
import { byTalk, type Talk, talkScore } from './ranking.ts';

const TODAY = '2026-04-20';
const count = fc.nat({ max: 100_000 });
const ago = fc.nat({ max: 5_000 });
const talk = fc.record({
  votes: count,
  comments: fc.option(count),
  since: fc.option(ago.map((days) => addDays(TODAY, -days))),
});

test('a vote or a letter more never lowers a paper', () => {
  fc.assert(
    fc.property(talk, count, (one: Talk, more) => {
      const score = talkScore(one, TODAY);
      assert.ok(talkScore({ ...one, votes: one.votes + more }, TODAY) >= score);
      assert.ok(talkScore({ ...one, comments: (one.comments ?? 0) + more }, TODAY) >= score);
    }),
  );
});

test('a day more never raises a paper', () => {
  fc.assert(
    fc.property(count, count, ago, ago, (votes, comments, days, more) => {
      const at = (age: number): number => talkScore({ votes, comments, since: addDays(TODAY, -age) }, TODAY);
      assert.ok(at(days + more) <= at(days));
    }),
  );
});

test('a score is a positive number, also of a paper of tomorrow or of no known day', () => {
  fc.assert(
    fc.property(talk, fc.integer({ min: -5_000, max: 5_000 }), (one, days) => {
      for (const since of [one.since, addDays(TODAY, days), null]) {
        const score = talkScore({ ...one, since }, TODAY);
        assert.ok(Number.isFinite(score) && score > 0);
      }
    }),
  );
  const fresh = talkScore({ votes: 3, comments: 1, since: TODAY }, TODAY);
  assert.equal(talkScore({ votes: 3, comments: 1, since: addDays(TODAY, 9) }, TODAY), fresh);
});

test('the published formula', () => {
  assert.equal(talkScore({ votes: 3, comments: 4, since: addDays(TODAY, -2) }, TODAY), 8 / 2);
  assert.equal(talkScore({ votes: 0, comments: null, since: addDays(TODAY, -7) }, TODAY), 1 / 3);
});

test('the order is a permutation, highest first, ties as they were placed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 2 })), { maxLength: 40 }), (talks) => {
      const cards = talks.map(([votes, comments], n) =>
        sampleCard({ id: `p${n}`, published: addDays(TODAY, -(n % 3)) }, { votes, comments }),
      );
      const order = byTalk(cards, TODAY);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        talks.map((_, n) => n),
      );
      const score = (n = 0): number => {
        const card = cards[n] ?? sampleCard();
        return talkScore({ votes: card.votes, comments: card.comments, since: card.paper.published }, TODAY);
      };
      order.slice(1).forEach((n, at) => {
        const before = order[at] ?? 0;
        assert.ok(score(before) > score(n) || (score(before) === score(n) && before < n));
      });
    }),
  );
});
