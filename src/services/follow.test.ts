import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOf } from '../../test/support/drafts.ts';
import type { Clock } from '../kernel/clock.ts';
import { emptyProfile } from '../model/profile.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import { openStore } from '../store/open.ts';
import { follow, newFor, putAside, readFollowing, rememberShown, unfollow } from './follow.ts';

const START = Date.parse('2026-04-18T00:00:00Z');
const HOUR = 3_600_000;
const ID = (n: number): string => `arxiv:2604.0000${n}`;

const opened = async () => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  let now = START;
  const clock: Clock = { now: () => now };
  // Words are not looked for here: searches are tested with the site.
  const index = {} as SearchIndex;
  return {
    deps: { store, clock, index, embedder: null },
    pass: (ms: number) => {
      now += ms;
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
};

test('what is new is told with all its reasons, and once', async () => {
  await using at = await opened();
  const { deps } = at;
  await deps.store.papers.save(batchOf(0, 1), { now: START });
  const reader = 'me';
  for (const [kind, key] of [
    ['category', 'cs.LG'],
    ['author', 'ada-lovelace'],
    ['author', 'ada-lovelace'],
  ] as const)
    assert.ok((await follow(deps, { reader, kind, key })).ok);
  assert.ok(!(await follow(deps, { reader, kind: 'author', key: 'nobody' })).ok);
  assert.ok(!(await follow(deps, { reader, kind: 'reader', key: reader, name: 'Me' })).ok);
  at.pass(HOUR);
  await deps.store.papers.save(batchOf(1, 2), { now: deps.clock.now() });
  const { papers } = await newFor(deps, { reader, since: START });
  assert.deepEqual(
    papers.map(({ card, reasons }) => [card.paper.id, reasons.map(({ kind }) => kind)]),
    [
      [ID(1), ['author', 'category']],
      [ID(2), ['author', 'category']],
    ],
  );

  const shown = async (): Promise<number> => (await readFollowing(deps, { reader })).total;
  await rememberShown(deps, { reader, ids: [ID(1)] });
  at.pass(HOUR);
  await rememberShown(deps, { reader, ids: [ID(1), ID(2)] });
  assert.equal(await shown(), 3, 'for the rest of a visit it stays');
  await putAside(deps, { reader, ids: [ID(2)] });
  assert.equal(await shown(), 2, 'put aside it goes at once');
  at.pass(6 * HOUR);
  assert.equal(await shown(), 1, 'on the next visit it is not shown again');
  for (const key of ['ada-lovelace']) await unfollow(deps, { reader, kind: 'author', key });
  assert.equal(await shown(), 1, 'the category still brings it');
});

test('of a reader only what they show is told', async () => {
  await using at = await opened();
  const { deps } = at;
  await deps.store.papers.save(batchOf(0, 2), { now: START });
  await follow(deps, { reader: 'me', kind: 'reader', key: 'bo', name: 'Bo' });
  at.pass(HOUR);
  await deps.store.votes.cast({ paperId: ID(1), reader: 'bo', wish: true, at: deps.clock.now() });
  const told = async (): Promise<readonly string[]> =>
    (await newFor(deps, { reader: 'me', since: START })).papers.map(({ card }) => card.paper.id);
  assert.deepEqual(await told(), [], 'votes are one’s own');
  await deps.store.profiles.put({ ...emptyProfile('bo'), shown: ['votes'], changedAt: 1 });
  assert.deepEqual(await told(), [ID(1)]);
  await deps.store.profiles.put({ ...emptyProfile('bo'), shown: [], changedAt: 2 });
  assert.deepEqual(await told(), []);
});
