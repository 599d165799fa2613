import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PushDevice, PushNote } from '../../../src/model/push.ts';
import type { Store } from '../../../src/store/store.ts';

const device = (id: string, change: Partial<PushDevice> = {}): Omit<PushDevice, 'toldAt' | 'trouble'> => ({
  id,
  reader: 'ada',
  session: '',
  endpoint: `https://push.example/${id}`,
  p256dh: `key of ${id}`,
  auth: `secret of ${id}`,
  name: 'Firefox on “Linux” 🗞',
  createdAt: 1,
  ...change,
});
const asKept = (one: Omit<PushDevice, 'toldAt' | 'trouble'>): PushDevice => ({ ...one, toldAt: null, trouble: null });

const note = (tag: string): PushNote => ({ title: 'New in “x”', body: 'One 🗞', path: '/papers/1', tag });
const MOST = { most: 3 };
const wish = { owner: 'a', now: 100, leaseMs: 50, limit: 10 };

const session = (hash: string, accountId: string, expiresAt = 1_000) =>
  ({ hash, accountId, createdAt: 1, seenAt: 1, expiresAt, way: 'mail', agent: '' }) as const;

const account = (id: string) =>
  ({
    id,
    handle: id,
    name: id,
    email: null,
    role: 'reader',
    createdAt: 1,
    disabledAt: null,
    disabledWhy: null,
    leavingAt: null,
    leftAt: null,
  }) as const;

/** Web push: the devices of readers, what goes to them, and the keys of the instance. */
export const pushes = (open: () => Promise<Store>): void => {
  test('a device is one, however often it is kept, and passes to another reader only with its keys', async () => {
    await using store = await open();
    const mine = device('a', { endpoint: `https://push.example/${'e'.repeat(1_900)}` });
    assert.equal(await store.pushDevices.put(mine, MOST), 'kept');
    assert.equal(await store.pushDevices.put({ ...mine, session: 's', createdAt: 9 }, MOST), 'kept');
    assert.deepEqual(await store.pushDevices.of('ada'), [asKept({ ...mine, session: 's' })]);
    assert.equal(await store.pushDevices.put({ ...mine, reader: 'bo', auth: 'guessed' }, MOST), 'taken');
    assert.equal((await store.pushDevices.get('a'))?.reader, 'ada');
    await store.pushOutbox.fill({ reader: 'ada', note: note('n'), papers: [], at: 100 });
    assert.equal(await store.pushDevices.put({ ...mine, reader: 'bo' }, MOST), 'kept');
    assert.deepEqual(await store.pushDevices.of('ada'), []);
    assert.deepEqual(await store.pushDevices.of('bo'), [asKept({ ...mine, reader: 'bo' })]);
    assert.deepEqual(await store.pushOutbox.lease(wish), [], 'what waited was for another reader');
  });

  test('a reader has so many devices and no more; readers are listed once each', async () => {
    await using store = await open();
    for (const id of ['a', 'b', 'c']) assert.equal(await store.pushDevices.put(device(id), MOST), 'kept');
    assert.equal(await store.pushDevices.put(device('d'), MOST), 'full');
    assert.equal(await store.pushDevices.put(device('c', { name: 'New' }), MOST), 'kept', 'one that is there');
    await store.pushDevices.put(device('d', { reader: 'bo' }), MOST);
    assert.deepEqual(await store.pushDevices.readers({ after: '', limit: 9 }), ['ada', 'bo']);
    assert.deepEqual(await store.pushDevices.readers({ after: 'ada', limit: 9 }), ['bo']);
    await store.pushDevices.remove('bo', 'a');
    assert.equal(await store.pushDevices.count(), 4, 'not theirs');
    await store.pushDevices.remove('ada', 'a');
    await store.pushDevices.drop('d');
    assert.equal(await store.pushDevices.count(), 2);
  });

  test('devices are told as long as they are signed in', async () => {
    await using store = await open();
    for (const id of ['ada', 'bo']) await store.accounts.create(account(id));
    const ids = async () => (await store.pushDevices.of('ada')).map(({ id }) => id);
    for (const [id, hash] of [
      ['a', 's1'],
      ['b', 's2'],
      ['c', 's3'],
    ] as const) {
      await store.sessions.open(session(hash, 'ada', hash === 's3' ? 50 : 1_000));
      await store.pushDevices.put(device(id, { session: hash }), MOST);
    }
    await store.sessions.close('bo', 's1');
    assert.deepEqual(await ids(), ['a', 'b', 'c'], 'another’s session');
    await store.sessions.close('ada', 's1', 's9');
    await store.sessions.open(session('s9', 'ada'));
    assert.equal((await store.pushDevices.get('a'))?.session, 's9', 'signed in anew');
    await store.sessions.sweep({ now: 60, idleSince: 0 });
    assert.deepEqual(await ids(), ['a', 'b'], 'whose session ended');
    await store.sessions.close('ada', 's9');
    assert.deepEqual(await ids(), ['b']);
    await store.pushDevices.put(device('d', { session: 's2' }), MOST);
    await store.sessions.closeAll('ada', 's2');
    assert.deepEqual(await ids(), ['b', 'd']);
    await store.sessions.closeAll('ada');
    assert.deepEqual(await ids(), []);
    await store.pushDevices.put(device('o', { reader: 'owner' }), MOST);
    await store.sessions.sweep({ now: 9_999, idleSince: 9_999 });
    assert.equal((await store.pushDevices.of('owner')).length, 1, 'who signs in nowhere');
  });

  test('a note goes to each device once, and a paper is told of once, whoever writes it however often', async () => {
    await using store = await open();
    const fill = (tag: string, papers: readonly string[], change = {}) =>
      store.pushOutbox.fill({ reader: 'ada', note: note(tag), papers, at: 100, ...change });
    assert.equal(await fill('n', ['p1']), 0, 'without a device');
    assert.deepEqual(await store.pushOutbox.told('ada', ['p1']), new Set());
    for (const id of ['a', 'b']) await store.pushDevices.put(device(id), MOST);
    const long = 'x'.repeat(300);
    const filled = await Promise.all([1, 2, 3, 4].map(() => fill('n', ['p1', long])));
    assert.deepEqual(filled.toSorted(), [0, 0, 0, 2]);
    assert.deepEqual(await store.pushOutbox.told('ada', ['p1', 'p2', long]), new Set(['p1', long]));
    assert.deepEqual(await store.pushOutbox.told('bo', ['p1']), new Set());
    assert.equal(await fill('m', ['p2', 'p1']), 0, 'one of them was told of');
    assert.deepEqual(await store.pushOutbox.told('ada', ['p2']), new Set(), 'and nothing of it stays');
    assert.equal(await fill('t', [], { device: 'b' }), 1);
    assert.equal(await fill('t', [], { device: 'b' }), 0);
    assert.equal(await fill('t', [], { device: 'none' }), 0);
    assert.deepEqual(await store.pushOutbox.counts(), { waiting: 3, sent: 0, failed: 0 });
  });

  test('a message is leased by one at a time, and again when the lease is over', async () => {
    await using store = await open();
    for (const id of ['a', 'b', 'c']) await store.pushDevices.put(device(id), MOST);
    for (const tag of ['1', '2', '3', '4', '5'])
      await store.pushOutbox.fill({ reader: 'ada', note: note(tag), papers: [], at: 100 });
    assert.deepEqual(await store.pushOutbox.lease({ ...wish, now: 99 }), []);
    const leases = await Promise.all(
      ['x', 'y', 'z'].map((owner) => store.pushOutbox.lease({ ...wish, owner, limit: 9 })),
    );
    const taken = leases.flat().map(({ row }) => row.id);
    assert.equal(new Set(taken).size, taken.length);
    assert.equal((await store.pushOutbox.lease({ ...wish, limit: 99 })).length, 15 - taken.length);
    const again = await store.pushOutbox.lease({ ...wish, now: 150, limit: 99 });
    assert.equal(again.length, 15);
    assert.deepEqual(again[0]?.row.note.title, 'New in “x”');
    assert.match(again[0]?.device.endpoint ?? '', /^https:\/\/push\.example\/[abc]$/);
  });

  test('what became of a message is kept, on its device too; what was sent is sent', async () => {
    await using store = await open();
    await store.pushDevices.put(device('a'), MOST);
    await store.pushOutbox.fill({ reader: 'ada', note: note('n'), papers: ['p'], at: 100 });
    const [leased] = await store.pushOutbox.lease(wish);
    assert.ok(leased);
    const { id } = leased.row;
    assert.deepEqual([leased.row.attempts, leased.row.madeAt], [0, 100]);
    await store.pushOutbox.giveBack('b', { id, at: 1, error: 'not theirs' });
    await store.pushOutbox.giveBack('a', { id, at: 200, error: 'It is down.' });
    assert.deepEqual(await store.pushOutbox.lease({ ...wish, now: 199 }), []);
    const [later] = await store.pushOutbox.lease({ ...wish, now: 200 });
    assert.equal(later?.row.attempts, 1);
    await store.pushOutbox.giveBack('a', { id, at: 300, error: null });
    assert.equal((await store.pushOutbox.lease({ ...wish, now: 300 }))[0]?.row.attempts, 1);
    await store.pushOutbox.settle({ id, state: 'failed', at: 301, error: 'It said 403.' });
    assert.equal((await store.pushDevices.get('a'))?.trouble, 'It said 403.');
    await store.pushOutbox.settle({ id, state: 'sent', at: 302, error: null });
    await store.pushOutbox.settle({ id, state: 'failed', at: 303, error: 'late' });
    const told = await store.pushDevices.get('a');
    assert.deepEqual([told?.toldAt, told?.trouble], [302, null]);
    assert.deepEqual(await store.pushOutbox.counts(), { waiting: 0, sent: 1, failed: 0 });
    assert.deepEqual(await store.pushOutbox.lease({ ...wish, now: 9_999 }), []);
    await store.pushOutbox.sweep(302);
    assert.equal((await store.pushOutbox.counts()).sent, 1);
    await store.pushOutbox.sweep(303);
    assert.equal((await store.pushOutbox.counts()).sent, 0);
    assert.deepEqual(await store.pushOutbox.told('ada', ['p']), new Set());
  });

  test('with a device goes what waits for it; a reader is forgotten whole', async () => {
    await using store = await open();
    for (const id of ['a', 'b']) await store.pushDevices.put(device(id), MOST);
    await store.pushDevices.put(device('c', { reader: 'bo' }), MOST);
    for (const reader of ['ada', 'bo'])
      await store.pushOutbox.fill({ reader, note: note('n'), papers: ['p'], at: 100 });
    await store.pushDevices.drop('a');
    assert.deepEqual((await store.pushOutbox.lease(wish)).map(({ device: { id } }) => id).toSorted(), ['b', 'c']);
    await store.pushDevices.forget('ada');
    assert.deepEqual(await store.pushOutbox.told('ada', ['p']), new Set());
    assert.deepEqual(await store.pushOutbox.told('bo', ['p']), new Set(['p']));
    assert.deepEqual(
      (await store.pushOutbox.lease({ ...wish, now: 150 })).map(({ device: { id } }) => id),
      ['c'],
    );
  });

  test('the keys are made once, by whichever of many is first', async () => {
    await using store = await open();
    let made = 0;
    const make = () => ({ publicKey: `public ${++made}`, privateKey: `private ${made}` });
    const all = await Promise.all([1, 2, 3, 4].map(() => store.pushKeys.vapid(make, 1)));
    assert.equal(new Set(all.map(({ privateKey }) => privateKey)).size, 1);
    assert.deepEqual(await store.pushKeys.vapid(make, 2), all[0]);
  });
};
