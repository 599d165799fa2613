import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const NOW = 1_790_000_000_000;

/** Who is told of which letter: once, only of what they may read now, and unread until they say so. */
export const notifications = (open: () => Promise<Store>): void => {
  const openWithLetters = async (): Promise<Store> => {
    const store = await open();
    const [saved] = await store.papers.save([incomingOf('2601.00001')], { now: NOW });
    for (const [id, groupId] of [
      ['a', null],
      ['b', null],
      ['g', 'lab'],
    ] as const)
      await store.letters.add({
        id,
        paperId: saved?.id ?? '',
        groupId,
        parentId: null,
        author: { id: 'ada', handle: 'ada', name: 'Ada' },
        body: `Letter ${id}`,
        at: NOW,
      });
    return store;
  };
  const told = async (store: Store, page = {}): Promise<readonly string[]> =>
    (await store.notifications.of('bo', { limit: 9, ...page })).map(
      ({ letter, kind, at }) => `${letter.id} ${kind} ${at - NOW}`,
    );

  test('a reader is told of a letter once, for the first reason, latest first', async () => {
    await using store = await openWithLetters();
    const add = (id: string, kind: 'reply' | 'mention', at: number) =>
      store.notifications.add(id, [
        { reader: 'bo', kind, at: NOW + at },
        { reader: 'cy', kind, at: NOW + at },
      ]);
    await Promise.all(Array.from({ length: 20 }, () => add('a', 'reply', 1)));
    await add('a', 'mention', 7);
    await add('b', 'mention', 5);
    await add('none', 'mention', 6);
    assert.deepEqual(await told(store), ['b mention 5', 'a reply 1']);
    assert.deepEqual(await told(store, { since: NOW + 1 }), ['b mention 5']);
    assert.deepEqual(await told(store, { limit: 1, offset: 1 }), ['a reply 1']);
    await store.letters.turn({ id: 'b', from: ['open'], to: 'hidden', by: 'mo', reason: 'Spam?', at: NOW + 8 });
    assert.deepEqual(await told(store), ['a reply 1'], 'not of words that are hidden');
    assert.equal(await store.notifications.unread('bo'), 1);
    await store.notifications.forget('bo');
    assert.deepEqual([await told(store), await store.notifications.unread('cy')], [[], 1]);
  });

  test('what is read stays read, and what comes later is unread', async () => {
    await using store = await openWithLetters();
    const unread = () => store.notifications.unread('bo');
    await store.notifications.add('a', [{ reader: 'bo', kind: 'reply', at: NOW + 1 }]);
    assert.deepEqual([await unread(), await store.notifications.seen('bo')], [1, 0]);
    for (const until of [NOW + 1, NOW + 1, NOW - 5]) await store.notifications.see('bo', until);
    assert.deepEqual([await unread(), await store.notifications.seen('bo')], [0, NOW + 1]);
    await store.notifications.add('b', [{ reader: 'bo', kind: 'reply', at: NOW + 2 }]);
    assert.equal(await unread(), 1);
  });

  test('letters of a group are told to those who are in it now', async () => {
    await using store = await openWithLetters();
    const person = { reader: 'bo', handle: 'bo', name: 'Bo' };
    await store.groups.create({
      handle: 'lab',
      name: 'Lab',
      about: '',
      visibility: 'public',
      windowDays: 30,
      createdBy: 'ada',
      createdAt: NOW,
      madeAs: 'form',
      chair: { reader: 'ada', handle: 'ada', name: 'Ada' },
    });
    await store.notifications.add('g', [{ reader: 'bo', kind: 'mention', at: NOW + 1 }]);
    const seen = async () => [await told(store), await store.notifications.unread('bo')];
    assert.deepEqual(await seen(), [[], 0]);
    await store.groups.join({ group: 'lab', member: person, invitation: null, most: 9, at: NOW });
    assert.deepEqual(await seen(), [['g mention 1'], 1]);
    await store.groups.leave({ group: 'lab', reader: 'bo', removed: false, at: NOW });
    assert.deepEqual(await seen(), [[], 0]);
  });
};
