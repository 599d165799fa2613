import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyFetcher, type Script, scriptedSource } from '../../test/support/scripted-source.ts';
import { readConfig } from '../config.ts';
import { dayOf } from '../kernel/day.ts';
import { silentLog } from '../kernel/log.ts';
import { readSchedule } from '../services/schedule.ts';
import { openStore } from '../store/open.ts';
import { keepHarvesting } from './harvests.ts';

const START = Date.parse('2026-11-22T06:00:00Z');
const DAY_MS = 86_400_000;

const house = async (script: Script, text = 'scripted = 30 2 * * *') => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  let now = START;
  const warned: string[] = [];
  const { source, asked } = scriptedSource(script);
  const deps = {
    store,
    clock: { now: () => now },
    log: { ...silentLog, warn: (_: object, says: string) => void warned.push(says) },
    config: readConfig({}),
    fetcher: emptyFetcher(),
  };
  const schedule = readSchedule(text, [source], dayOf(now));
  /** Workers keep the plan until `enough`, looking every few milliseconds instead of seconds. */
  const work = async (workers: number, enough: () => boolean | Promise<boolean>): Promise<void> => {
    const stop = new AbortController();
    const working = Array.from({ length: workers }, () =>
      keepHarvesting(deps, { schedule, signal: stop.signal, lookEveryMs: 5 }),
    );
    for (let i = 0; i < 6_000 && !(await enough()); i++) await sleep(5);
    stop.abort();
    await Promise.all(working);
  };
  const standing = async () => (await store.standings.all()).find((one) => one.source === source.id);
  return {
    store,
    asked,
    warned,
    work,
    standing,
    pass: (ms: number) => (now += ms),
    now: () => now,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
};

const turns = (n: number) => {
  let left = n;
  return () => left-- <= 0;
};

test('the first harvest comes soon after the first start, the next when its time has come; what was missed is caught up once', async () => {
  await using home = await house({ pages: 2, size: 2 });
  await home.work(1, turns(20));
  assert.equal(home.asked.length, 0);
  assert.equal((await home.standing())?.nextAt, Date.parse('2026-11-23T02:30:00Z'));
  home.pass(30_000);
  await home.work(1, async () => (await home.standing())?.lastSuccessAt != null);
  assert.equal(home.asked.length, 2);
  await home.work(1, turns(20));
  assert.equal(home.asked.length, 2);
  home.pass(5 * DAY_MS);
  await home.work(1, async () => (await home.standing())?.lastSuccessAt === home.now());
  await home.work(1, turns(20));
  assert.equal(home.asked.length, 4);
  assert.equal((await home.standing())?.nextAt, Date.parse('2026-11-28T02:30:00Z'));
});

test('two workers never do the same', async () => {
  await using home = await house({ pages: 6, size: 2 });
  await home.work(2, turns(5));
  home.pass(30_000);
  await home.work(2, async () => (await home.standing())?.lastSuccessAt != null);
  await home.work(2, turns(20));
  assert.equal(home.asked.length, 6);
});

test('a paused source rests, and what it missed is caught up when it is resumed', async () => {
  await using home = await house({ pages: 1, size: 1 });
  await home.store.standings.put({ source: 'scripted', paused: true });
  await home.work(1, turns(5));
  home.pass(DAY_MS);
  await home.work(1, turns(20));
  assert.equal(home.asked.length, 0);
  await home.store.standings.put({ source: 'scripted', paused: false });
  await home.work(1, async () => (await home.standing())?.lastSuccessAt != null);
  assert.equal(home.asked.length, 1);
});

test('a failure is logged once, in its sentence, and tried again later and later', async () => {
  await using home = await house({
    pages: 1,
    size: 1,
    instead: (_, time) => (time < 3 ? { kind: 'refused', reason: 'It is closed.' } : null),
  });
  await home.work(1, turns(5));
  home.pass(30_000);
  const next: number[] = [];
  let failed = 0;
  const stop = async () => {
    if (home.warned.length === failed) return (await home.standing())?.lastSuccessAt != null;
    failed = home.warned.length;
    next.push(((await home.standing())?.nextAt ?? 0) - home.now());
    home.pass(next.at(-1) ?? 0);
    return false;
  };
  await home.work(1, stop);
  assert.deepEqual(home.warned, ['It is closed.', 'It is closed.']);
  assert.deepEqual(next, [60_000, 120_000]);
  assert.equal((await home.standing())?.lastFailure, 'It is closed.');
});
