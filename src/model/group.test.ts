import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  GROUP_ACTIONS,
  GROUP_ROLES,
  type GroupAction,
  type GroupTally,
  groupSlug,
  lineOf,
  linesOf,
  mayInGroup,
  mayLeave,
  rankInGroup,
  type Standing,
  VISIBILITIES,
} from './group.ts';

const action = fc.constantFrom(...(Object.keys(GROUP_ACTIONS) as GroupAction[]));
const visibility = fc.constantFrom(...VISIBILITIES);
const STANDINGS: readonly Standing[] = ['outsider', ...GROUP_ROLES];

test('whoever stands higher may do all that those below may, but for joining', () => {
  fc.assert(
    fc.property(visibility, action, fc.nat(3), fc.nat(3), (seen, what, a, b) => {
      const [lower, higher] = [STANDINGS[Math.min(a, b)] ?? 'outsider', STANDINGS[Math.max(a, b)] ?? 'outsider'];
      if (what !== 'join' && mayInGroup(seen, lower, what)) assert.ok(mayInGroup(seen, higher, what));
    }),
  );
});

test('outsiders may do nothing in a private group, and nothing that changes it in a public one but join', () => {
  fc.assert(
    fc.property(action, (what) => {
      assert.equal(mayInGroup('private', 'outsider', what), false);
      assert.equal(mayInGroup('public', 'outsider', what), what === 'see' || what === 'join');
    }),
  );
});

test('members’ rights do not depend on who else can see the group; nobody joins twice', () => {
  fc.assert(
    fc.property(action, fc.constantFrom(...GROUP_ROLES), (what, role) => {
      assert.equal(mayInGroup('private', role, what), mayInGroup('public', role, what));
      assert.equal(mayInGroup('public', role, 'join'), false);
    }),
  );
});

test('the table of rights, said a second time', () => {
  const open = (standing: Standing): string =>
    (Object.keys(GROUP_ACTIONS) as GroupAction[]).filter((what) => mayInGroup('private', standing, what)).join(' ');
  assert.equal(open('outsider'), '');
  assert.equal(open('member'), 'see vote letters propose leave');
  assert.equal(open('editor'), 'see vote letters propose leave pin sift schedule minutes invite tend');
  assert.equal(
    open('chair'),
    'see vote letters propose leave pin sift schedule minutes invite tend edit appoint remove handOver',
  );
  assert.deepEqual(
    [mayLeave('chair', 2), mayLeave('chair', 1), mayLeave('editor', 2), mayLeave('member', 1)],
    [false, true, true, true],
  );
});

const NOW = Date.parse('2026-11-22T09:00:00Z');
const DAY_MS = 86_400_000;
const tally = fc
  .record({
    paperId: fc.string({ minLength: 1 }),
    votes: fc.integer({ min: 1, max: 500 }),
    age: fc.nat(365),
    rest: fc.nat(99),
  })
  .map(({ paperId, votes, age, rest }): GroupTally => {
    const firstAt = NOW - age * DAY_MS;
    return { paperId, votes, counted: votes, voted: false, firstAt, lastAt: Math.min(NOW, firstAt + rest * DAY_MS) };
  });
const tallies = fc.uniqueArray(tally, { selector: ({ paperId }) => paperId });

test('the order keeps every paper, whatever order they come in; one more vote never lowers a paper', () => {
  fc.assert(
    fc.property(tallies, fc.nat(), (all, n) => {
      const order = rankInGroup(all, '2026-11-22').map(({ paperId }) => paperId);
      assert.deepEqual([...order].sort(), all.map(({ paperId }) => paperId).sort());
      assert.deepEqual(
        rankInGroup(all.toReversed(), '2026-11-22').map(({ paperId }) => paperId),
        order,
      );
      const one = all[n % Math.max(1, all.length)];
      if (one === undefined) return;
      const more = all.map((each) =>
        each === one ? { ...one, votes: one.votes + 1, counted: one.counted + 1 } : each,
      );
      const after = rankInGroup(more, '2026-11-22').map(({ paperId }) => paperId);
      assert.ok(after.indexOf(one.paperId) <= order.indexOf(one.paperId));
    }),
  );
});

test('of equal votes the paper taken up later stands higher', () => {
  const at = (paperId: string, days: number): GroupTally => {
    const when = NOW - days * DAY_MS;
    return { paperId, votes: 2, counted: 2, voted: false, firstAt: when, lastAt: when };
  };
  assert.deepEqual(
    rankInGroup([at('old', 9), at('new', 1)], '2026-11-22').map(({ paperId }) => paperId),
    ['new', 'old'],
  );
});

test('handles are fit for addresses and are no page’s name; texts keep to their length', () => {
  assert.deepEqual(['The Tuesday Paper', 'new', 'Join', '¡Ñandú!'].map(groupSlug), [
    'the-tuesday-paper',
    'group',
    'group',
    'nandu',
  ]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, cap) => {
      assert.ok(lineOf(text, cap).length <= cap && linesOf(text, cap).length <= cap);
      assert.doesNotMatch(lineOf(text, cap), /[\n\r\0]/);
      assert.ok(lineOf(text, cap).isWellFormed() && linesOf(text, cap).isWellFormed());
      assert.match(groupSlug(text), /^[\p{L}\p{N}-]{1,40}$/u);
    }),
  );
});
