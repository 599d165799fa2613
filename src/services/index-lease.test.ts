import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from '../store/open.ts';
import { LEASE_MS, withIndexLease } from './index-lease.ts';

const clockAt = (start: number) => {
  let now = start;
  return { now: () => now, pass: (ms: number) => (now += ms) };
};

test('one process at a time, and the next when it is done', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const clock = clockAt(1_000);
  const turns: string[] = [];
  const first = await withIndexLease({ store, clock }, 'a', async () => {
    turns.push('a');
    assert.equal(await withIndexLease({ store, clock }, 'b', async () => void turns.push('b')), false);
  });
  assert.equal(first, true);
  assert.equal(await withIndexLease({ store, clock }, 'b', async () => void turns.push('b')), true);
  assert.deepEqual(turns, ['a', 'b']);
});

test('a failure gives the lease back', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const clock = clockAt(1_000);
  await assert.rejects(
    withIndexLease({ store, clock }, 'a', async () => {
      throw new Error('the disk is full');
    }),
    /the disk is full/,
  );
  assert.equal(await withIndexLease({ store, clock }, 'b', async () => {}), true);
});

test('the lease of a process that died lapses', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const clock = clockAt(1_000);
  await store.jobs.enqueue({ kind: 'index', key: 'index', payload: '', at: clock.now() });
  assert.ok(await store.jobs.claim('index', { owner: 'dead', now: clock.now(), leaseMs: LEASE_MS }));
  assert.equal(await withIndexLease({ store, clock }, 'b', async () => {}), false);
  clock.pass(LEASE_MS + 1);
  assert.equal(await withIndexLease({ store, clock }, 'b', async () => {}), true);
});
