import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModerationWish } from '../../../src/store/moderation-contract.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const AT = 1_790_000_000_000;

const wish = (parts: Partial<ModerationWish>): ModerationWish => ({
  actor: 'mod',
  actorRole: 'moderator',
  action: 'hide',
  kind: 'letter',
  target: 'letter-1',
  reason: 'Rude, and 🗞.',
  at: AT,
  before: 'open',
  after: 'hidden',
  undoes: null,
  ...parts,
});

const ban = (target: string, parts: Partial<ModerationWish> = {}): ModerationWish =>
  wish({ action: 'ban', kind: 'reader', target, after: 'banned', ...parts });

const setUp = async (store: Store): Promise<readonly [string, string]> => {
  const saved = await store.papers.save(
    [incomingOf('2511.00001', { title: 'On one matter' }), incomingOf('2511.00002', { title: 'On quite another' })],
    { now: AT },
  );
  for (const id of ['ada', 'bob'])
    await store.accounts.create({ id, handle: id, name: id, email: null, role: 'reader', createdAt: AT });
  const [first, second] = saved.map(({ id }) => id);
  assert.ok(first !== undefined && second !== undefined);
  return [first, second];
};

const votesOf = async (store: Store, ids: readonly string[]): Promise<readonly number[]> =>
  (await store.papers.cards(ids, '')).map(({ votes }) => votes);

export const moderation = (open: () => Promise<Store>): void => {
  test('a letter is hidden, which is logged and can be undone once; of many who try at once one does', async () => {
    await using store = await open();
    const [paper] = await setUp(store);
    const author = { id: 'ada', handle: 'ada', name: 'Ada' };
    const letter = { id: 'letter-1', paperId: paper, groupId: null, parentId: null, body: 'Words.', author, at: AT };
    await store.letters.add(letter);
    const tally = async () => (await store.papers.cards([paper], ''))[0]?.letters;
    assert.equal(await tally(), 1);

    const all = await Promise.all(Array.from({ length: 8 }, () => store.moderation.act(wish({}))));
    const [entry, ...others] = all.filter((one) => one !== null);
    assert.ok(entry);
    assert.deepEqual(others, []);
    assert.equal((await store.letters.get('letter-1'))?.state, 'hidden');
    assert.equal((await store.letters.get('letter-1'))?.reason, 'Rude, and 🗞.');
    assert.equal(await tally(), 0);

    const undo = wish({ action: 'undo', before: 'hidden', after: 'open', undoes: entry.id, actor: 'other' });
    const undone = (await Promise.all([1, 2, 3].map(() => store.moderation.act(undo)))).filter((one) => one !== null);
    assert.equal(undone.length, 1);
    assert.equal((await store.letters.get('letter-1'))?.state, 'open');
    assert.equal(await tally(), 1);

    const log = await store.moderation.log({ limit: 10 });
    assert.deepEqual(
      log.map(({ action, actor, undoes, undoneBy }) => ({ action, actor, undoes, undoneBy })),
      [
        { action: 'undo', actor: 'other', undoes: entry.id, undoneBy: null },
        { action: 'hide', actor: 'mod', undoes: null, undoneBy: undone[0]?.id },
      ],
    );
    assert.deepEqual(await store.moderation.log({ limit: 10, before: log[1]?.id ?? 0 }), []);
    assert.equal((await store.moderation.log({ limit: 10, target: { kind: 'letter', id: 'letter-1' } })).length, 2);
    assert.equal(await store.moderation.act(wish({ target: 'unknown' })), null);
    assert.equal((await store.moderation.log({ limit: 10 })).length, 2);
  });

  test('a ban takes the votes along, and its end brings them back as they were', async () => {
    await using store = await open();
    const [one, two] = await setUp(store);
    const cast = (reader: string, paperId: string, yes = true) =>
      store.votes.cast({ paperId, reader, wish: yes, at: AT });
    await cast('ada', one);
    await cast('ada', two);
    await cast('ada', two, false);
    await cast('bob', one);
    await cast('bob', two);
    const before = await votesOf(store, [one, two]);
    assert.deepEqual(before, [2, 1]);
    await store.sessions.open({
      hash: 'h',
      accountId: 'ada',
      createdAt: AT,
      seenAt: AT,
      expiresAt: AT + 1_000,
      way: 'mail',
      agent: '',
    });

    const entry = await store.moderation.act(ban('ada'));
    assert.ok(entry);
    assert.deepEqual(await votesOf(store, [one, two]), [1, 1]);
    assert.deepEqual(await store.votes.of('ada'), []);
    assert.equal((await store.accounts.get('ada'))?.disabledWhy, 'Rude, and 🗞.');
    assert.deepEqual(await store.sessions.of('ada'), []);
    // A vote that was on its way is not counted.
    await cast('ada', two);
    assert.deepEqual(await votesOf(store, [one, two]), [1, 1]);
    assert.equal(await store.moderation.act(ban('ada')), null);

    const back = ban('ada', { action: 'undo', before: 'banned', after: 'open', undoes: entry.id });
    assert.ok(await store.moderation.act(back));
    assert.equal(await store.moderation.act(back), null);
    assert.deepEqual(await votesOf(store, [one, two]), before);
    assert.deepEqual(
      (await store.votes.of('ada')).map(({ paperId }) => paperId),
      [one],
    );
    assert.equal((await store.accounts.get('ada'))?.disabledAt, null);
  });

  test('votes and bans at once leave a tally that counts what stands', async () => {
    await using store = await open();
    const [one] = await setUp(store);
    const readers = Array.from({ length: 12 }, (_, n) => `reader-${n}`);
    for (const id of readers)
      await store.accounts.create({ id, handle: id, name: id, email: null, role: 'reader', createdAt: AT });
    await Promise.all(
      readers.flatMap((reader, n) => [
        store.votes.cast({ paperId: one, reader, wish: true, at: AT }),
        ...(n % 2 === 0 ? [store.moderation.act(ban(reader))] : []),
      ]),
    );
    const standing = await Promise.all(readers.map((reader) => store.votes.of(reader)));
    assert.deepEqual(await votesOf(store, [one]), [standing.flat().length]);
    assert.equal(standing.flat().length, 6);
    await Promise.all(
      readers
        .filter((_, n) => n % 2 === 0)
        .map((reader) => store.moderation.act(ban(reader, { action: 'unban', before: 'banned', after: 'open' }))),
    );
    const now = (await Promise.all(readers.map((reader) => store.votes.of(reader)))).flat().length;
    assert.deepEqual(await votesOf(store, [one]), [now]);
  });

  test('a role changes only from the one it was thought to be', async () => {
    await using store = await open();
    await setUp(store);
    const role = wish({ action: 'role', kind: 'reader', target: 'bob', before: 'reader', after: 'moderator' });
    assert.ok(await store.moderation.act(role));
    assert.equal(await store.moderation.act(role), null);
    assert.equal((await store.accounts.get('bob'))?.role, 'moderator');
  });

  test('rings are written down once, cleared for good, and their votes counted by ring and paper', async () => {
    await using store = await open();
    const [one, two] = await setUp(store);
    for (const reader of ['ada', 'bob', 'eve'])
      await store.votes.cast({ paperId: one, reader, wish: true, at: AT + reader.length });
    await store.votes.cast({ paperId: two, reader: 'ada', wish: true, at: AT });
    await store.votes.cast({ paperId: two, reader: 'ada', wish: false, at: AT });
    const recent = await store.moderation.recentVotes(AT, 10);
    assert.deepEqual(
      recent.map(({ reader, paperId }) => [reader, paperId]),
      [
        ['ada', one],
        ['bob', one],
        ['eve', one],
      ],
    );
    assert.equal((await store.moderation.recentVotes(AT, 2)).length, 2);
    const ring = { id: 'r', readers: ['ada', 'bob'], at: AT };
    assert.equal(await store.moderation.flagRing(ring), 2);
    assert.equal(await store.moderation.flagRing({ ...ring, id: 'again' }), 0);
    assert.deepEqual(await store.moderation.rings(), [ring]);
    assert.deepEqual(await store.moderation.ringVotes([one, two]), [{ paperId: one, votes: 2 }]);
    const clear = wish({ action: 'clear', kind: 'ring', target: 'r', before: 'flagged', after: 'cleared' });
    assert.ok(await store.moderation.act(clear));
    assert.equal(await store.moderation.act(clear), null);
    assert.deepEqual(await store.moderation.ring('r'), { readers: ['ada', 'bob'], cleared: true });
    assert.equal(await store.moderation.flagRing(ring), 0);
    assert.deepEqual(await store.moderation.rings(), []);
    assert.deepEqual(await store.moderation.ringVotes([one]), []);
  });

  test('reports that were looked at are put aside, and letters lately written are found', async () => {
    await using store = await open();
    const [paper] = await setUp(store);
    const author = { id: 'ada', handle: 'ada', name: 'Ada' };
    for (const [n, groupId] of [null, null, 'g'].entries())
      await store.letters.add({
        id: `l${n}`,
        paperId: paper,
        groupId,
        parentId: null,
        body: `${n}`,
        author,
        at: AT + n,
      });
    await store.moderation.act(wish({ target: 'l0' }));
    assert.deepEqual(
      (await store.moderation.recentLetters(AT, 10)).map(({ id }) => id),
      ['l1'],
    );
    assert.deepEqual(await store.moderation.recentLetters(AT + 5, 10), []);
    const settle = wish({ action: 'settle', target: 'l1', before: '', after: String(AT) });
    assert.ok(await store.moderation.act(settle));
    assert.equal(await store.moderation.act(settle), null);
    assert.ok(await store.moderation.act({ ...settle, before: String(AT), after: String(AT + 9) }));
    const settled = await store.moderation.settled('letter', ['l0', 'l1']);
    assert.deepEqual([...settled].sort(), [
      ['l0', AT],
      ['l1', AT + 9],
    ]);
    await store.letters.report({ letterId: 'l1', reader: 'bob', reason: 'No.', at: AT + 3 });
    assert.deepEqual(
      [await store.moderation.lastReport('l1'), await store.moderation.lastReport('l0')],
      [AT + 3, null],
    );
  });
};
