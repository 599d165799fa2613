import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../kernel/day.ts';
import {
  type Candidate,
  isWeekend,
  isWished,
  type Placed,
  placePapers,
  placingScore,
  type Why,
  whyOf,
} from './placing.ts';

const TODAY = '2026-11-22';

const paper = (id: string, change: Partial<Candidate> = {}): Candidate => ({
  id,
  category: 'cs.LG',
  published: TODAY,
  votes: 0,
  upvotes: 0,
  comments: 0,
  code: false,
  submitted: null,
  ...change,
});

const candidate: fc.Arbitrary<Candidate> = fc.record({
  id: fc.integer({ min: 0, max: 400 }).map((n) => `arxiv:2611.${n}`),
  category: fc.constantFrom(null, 'cs.LG', 'cs.CL', 'math.PR'),
  published: fc.option(fc.integer({ min: -2, max: 10 }).map((n) => addDays(TODAY, -n))),
  votes: fc.nat(4),
  upvotes: fc.nat(9),
  comments: fc.nat(9),
  code: fc.boolean(),
  submitted: fc.option(fc.integer({ min: 0, max: 10 }).map((n) => addDays(TODAY, -n))),
});
const candidates = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 60 });
const size = fc.integer({ min: 1, max: 30 });

const placed = (all: readonly Candidate[], most = 80): Placed => placePapers(all, { size: most, today: TODAY });

test('talk-2 as it is written down', () => {
  const of = (change: Partial<Candidate>) => placingScore(paper('a', change), TODAY);
  assert.equal(of({}), 1 / 2 ** 0.5);
  assert.equal(of({ votes: 3 }), 4 / 2 ** 0.5);
  assert.equal(of({ upvotes: 4, comments: 2, code: true }), 3.5 / 2 ** 0.5);
  assert.equal(of({ votes: 1, published: addDays(TODAY, -7) }), 2 / 9 ** 0.5);
  assert.equal(
    of({ submitted: TODAY, published: '1998-03-01' }),
    3 / 2 ** 0.5,
    'as fresh as on the day it is submitted',
  );
  assert.equal(of({ submitted: TODAY, published: null }), 3 / 2 ** 0.5);
  assert.equal(of({ submitted: addDays(TODAY, -7), published: TODAY }), 3 / 2 ** 0.5, 'but not older than it is');
  assert.equal(of({ upvotes: -4, comments: Number.NaN, votes: -1 }), of({}));
});

test('a vote of ours weighs more than one elsewhere; what brings code stands before what does not', () => {
  const order = placed([
    paper('old', { published: addDays(TODAY, -5) }),
    paper('upvoted', { upvotes: 3 }),
    paper('voted', { votes: 2 }),
    paper('code', { code: true }),
    paper('plain'),
  ]);
  assert.deepEqual(order.placements, ['voted', 'code', 'upvoted', 'plain', 'old']);
});

test('the order of the candidates plays no part, and nobody is placed twice', () => {
  fc.assert(
    fc.property(candidates, size, fc.nat(), (all, most, turn) => {
      const cut = turn % (all.length + 1);
      const page = placed(all, most);
      assert.deepEqual(placed([...all.slice(cut), ...all.slice(0, cut)].toReversed(), most), page);
      assert.equal(page.placements.length, Math.min(most, all.length));
      assert.equal(new Set(page.placements).size, page.placements.length);
      assert.deepEqual(placed([...all, ...all], most), page);
    }),
  );
});

test('the whys are enough to compute the order again', () => {
  fc.assert(
    fc.property(candidates, size, (all, most) => {
      const { placements, whys } = placed(all, most);
      assert.equal(whys.length, placements.length);
      const parts = whys.map((text): Why => JSON.parse(text));
      for (const why of parts) assert.equal(placingScore(why, TODAY), why.score);
      const again = placements
        .map((id, i) => ({ id, why: parts[i] as Why }))
        .toSorted((a, b) => b.why.score - a.why.score || a.why.lot - b.why.lot);
      assert.deepEqual(
        again.map(({ id }) => id),
        placements,
      );
    }),
  );
});

test('more votes, upvotes or comments never lower a place', () => {
  const more = fc.constantFrom('votes' as const, 'upvotes' as const, 'comments' as const);
  fc.assert(
    fc.property(candidates, size, more, fc.nat(), fc.integer({ min: 1, max: 50 }), (all, most, what, who, by) => {
      const one = all[who % Math.max(1, all.length)];
      if (!one) return;
      const place = (page: Placed): number => {
        const at = page.placements.indexOf(one.id);
        return at < 0 ? Number.POSITIVE_INFINITY : at;
      };
      const raised = all.map((other) => (other === one ? { ...one, [what]: one[what] + by } : other));
      assert.ok(place(placed(raised, most)) <= place(placed(all, most)));
    }),
  );
});

test('no category takes more than its share while others wait', () => {
  fc.assert(
    fc.property(candidates, size, (all, most) => {
      const page = new Set(placed(all, most).placements);
      const share = Math.max(1, Math.floor(most * 0.4));
      const of = Map.groupBy(
        all.filter(({ id, category }) => page.has(id) && category !== null),
        ({ category }) => category,
      );
      for (const [category, mine] of of) {
        if (mine.length <= share) continue;
        // More than its share, so nobody may wait that is not of a category at its share itself.
        const waiting = all.filter((one) => !page.has(one.id) && one.category !== category);
        for (const one of waiting) assert.ok(one.category !== null && (of.get(one.category)?.length ?? 0) >= share);
      }
    }),
  );
  const flood = Array.from({ length: 90 }, (_, i) => paper(`flood-${i}`, { votes: 5 }));
  const others = Array.from({ length: 60 }, (_, i) => paper(`quiet-${i}`, { category: i % 2 ? 'math.PR' : 'cs.CL' }));
  const flooded = placed([...flood, ...others]).placements.filter((id) => id.startsWith('flood'));
  assert.equal(flooded.length, 32);
  assert.equal(placed(flood).placements.length, 80);
});

test('papers that are level are drawn by lot, another one each day', () => {
  const all = Array.from({ length: 30 }, (_, i) => paper(`arxiv:2611.${10_000 + i}`));
  const inOrder = all.map(({ id }) => id);
  const today = placed(all).placements;
  assert.deepEqual(today.toSorted(), inOrder);
  assert.notDeepEqual(today, inOrder);
  const level = all.map((one) => ({ ...one, published: null }));
  assert.notDeepEqual(placePapers(level, { size: 30, today: '2026-11-23' }).placements, placed(level).placements);
});

test('a wish for categories takes archives whole', () => {
  assert.ok(isWished([], []));
  assert.ok(isWished(['stat.ML', 'cs.LG'], ['cs']));
  assert.ok(isWished(['cs.LG'], ['cs.LG']));
  assert.ok(!isWished(['cs.LG'], ['cs.L']));
  assert.ok(!isWished(['csx.A', 'math.PR'], ['cs', 'cs.CL']));
  assert.ok(!isWished([], ['cs']));
});

test('weekends', () => {
  const week = Array.from({ length: 7 }, (_, i) => isWeekend(addDays('2026-11-16', i)));
  assert.deepEqual(week, [false, false, false, false, false, true, true]);
  assert.ok(isWeekend('1999-12-26') && !isWeekend('1999-12-27'));
});

test('reasons of either ranking can be read, and of no other', () => {
  const { whys } = placed([paper('a', { submitted: TODAY })]);
  assert.equal(whyOf(whys[0])?.submitted, TODAY);
  const { submitted: _, ...before } = JSON.parse(whys[0] ?? '') as Why;
  assert.deepEqual(whyOf(JSON.stringify({ ...before, ranking: 'talk-1' })), {
    ...before,
    ranking: 'talk-1',
    submitted: null,
  });
  assert.equal(whyOf(JSON.stringify({ ...before, ranking: 'other-1' })), null);
  assert.equal(whyOf(undefined), null);
});
