import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyFetcher, type Script, scriptedSource } from '../../test/support/scripted-source.ts';
import { Fault } from '../kernel/errors.ts';
import { silentLog } from '../kernel/log.ts';
import type { Wish } from '../ports/source.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type HarvestDeps, type HarvestProgress, type HarvestRequest, harvest } from './harvest.ts';
import { EVERYTHING_NEW, harvestCursor, movesSince } from './harvest-state.ts';

const clockAt = (start: number) => {
  let now = start;
  return { now: () => now, pass: (ms: number) => (now += ms) };
};

const START = Date.parse('2026-11-22T06:00:00Z');
const FROM: Wish = { ...EVERYTHING_NEW, from: '2026-11-20' };

const workshop = async (script: Script, change: Partial<HarvestDeps> = {}) => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  const clock = clockAt(START);
  const waits: number[] = [];
  const { source, asked } = scriptedSource(script);
  const deps: HarvestDeps = {
    store,
    clock,
    fetcher: emptyFetcher(),
    log: silentLog,
    bases: {},
    keys: {},
    pause: async (ms) => {
      waits.push(ms);
      clock.pass(ms);
    },
    ...change,
  };
  const run = (wish: Wish = FROM, rest: Partial<HarvestRequest> = {}, over: Partial<HarvestDeps> = {}) =>
    harvest({ ...deps, ...over }, { source, wish, ...rest });
  return { store, clock, waits, source, asked, deps, run, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
};

/** A store that dies at its `n`-th page: before the transaction, or right after it. */
const dyingAt = (store: Store, n: number, when: 'before' | 'after'): Store => {
  let saves = 0;
  return {
    ...store,
    papers: {
      ...store.papers,
      save: async (...given) => {
        saves += 1;
        if (saves === n && when === 'before') throw new Error('killed');
        const saved = await store.papers.save(...given);
        if (saves === n) throw new Error('killed');
        return saved;
      },
    },
  };
};

const reportOf = async (outcome: ReturnType<typeof harvest>) => {
  const result = await outcome;
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.value;
};

test('a list is taken in page by page, to its end', async () => {
  await using shop = await workshop({ pages: 3, size: 4 });
  const seen: HarvestProgress[] = [];
  const report = await reportOf(shop.run(FROM, { onProgress: (progress) => seen.push(progress) }));
  assert.deepEqual([report.pages, report.new, report.same, report.resumedAt, report.byAnother], [3, 12, 0, 0, false]);
  assert.equal(await shop.store.papers.count(), 12);
  assert.deepEqual(
    seen.map(({ pages, records, total }) => [pages, records, total]),
    [
      [0, 0, null],
      [1, 4, 12],
      [2, 8, 12],
      [3, 12, 12],
    ],
  );
  const [run, ...others] = await shop.store.runs.recent({ source: 'scripted', limit: 9 });
  assert.deepEqual([run?.outcome, run?.pages, run?.counts.new, run?.wish], ['complete', 3, 12, 'from 2026-11-20']);
  assert.equal(others.length, 0);
  const standing = (await shop.store.standings.all()).find(({ source }) => source === 'scripted');
  assert.deepEqual([standing?.lastSuccessAt, standing?.lastFailure], [START, null]);
  const [paper] = await Array.fromAsync(shop.store.papers.all());
  assert.equal(paper?.sightings[0]?.primary, true);
});

test('a kill at any page, before or after its transaction, costs at most that page and doubles nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('before' as const, 'after' as const)), {
        minLength: 1,
        maxLength: 4,
      }),
      async (kills) => {
        await using shop = await workshop({ pages: 5, size: 2 });
        // The list is not through yet: one that is complete is begun anew.
        fc.pre(kills.reduce((sum, [n]) => sum + n, 0) < 5);
        for (const [n, when] of kills)
          await assert.rejects(shop.run(FROM, {}, { store: dyingAt(shop.store, n, when) }), /killed/);
        const report = await reportOf(shop.run());
        assert.equal(await shop.store.papers.count(), 10);
        assert.equal(report.changed, 0);
        assert.ok(shop.asked.length <= 5 + kills.length, `${shop.asked.length} requests after ${kills.length} kills`);
        assert.equal((await shop.store.runs.recent({ source: 'scripted', limit: 9 })).length, 1);
        assert.deepEqual([...new Set(shop.asked.map(({ page }) => page))].sort(), [0, 1, 2, 3, 4]);
      },
    ),
    { numRuns: 12 },
  );
});

test('a wish that was complete is fulfilled anew', async () => {
  await using shop = await workshop({ pages: 2, size: 3 });
  await reportOf(shop.run());
  const again = await reportOf(shop.run());
  assert.deepEqual([again.pages, again.new, again.same], [2, 0, 6]);
  assert.equal((await shop.store.runs.recent({ limit: 9 })).length, 2);
});

test('what is new begins where the last complete harvest ended', async () => {
  await using shop = await workshop({ pages: 1, size: 1 });
  await reportOf(shop.run(EVERYTHING_NEW));
  await reportOf(shop.run(EVERYTHING_NEW));
  await reportOf(shop.run({ ...FROM, until: '2026-11-21' }));
  await reportOf(shop.run(EVERYTHING_NEW));
  assert.deepEqual(
    shop.asked.map(({ since, from }) => [since, from]),
    [
      [null, null],
      ['2026-11-22', null],
      [null, '2026-11-20'],
      ['2026-11-22', null],
    ],
  );
});

test('a kill between the last page and the note of where to go on is made good', async () => {
  await using shop = await workshop({ pages: 1, size: 1 });
  const dying: Store = {
    ...shop.store,
    cursors: {
      ...shop.store.cursors,
      set: async (cursor) => {
        if (cursor.name.startsWith('since:')) throw new Error('killed');
        await shop.store.cursors.set(cursor);
      },
    },
  };
  await assert.rejects(shop.run(EVERYTHING_NEW, {}, { store: dying }), /killed/);
  await reportOf(shop.run(EVERYTHING_NEW));
  assert.deepEqual(
    shop.asked.map(({ since }) => since),
    [null, '2026-11-22'],
  );
});

test('only a harvest that leaves no gap moves the place where the next one begins', () => {
  const wish = (from: string | null, until: string | null): Wish => ({ ...EVERYTHING_NEW, from, until });
  assert.equal(movesSince(wish(null, null), '2026-11-01'), true);
  assert.equal(movesSince(wish('2026-11-20', null), null), true);
  assert.equal(movesSince(wish('2026-10-20', null), '2026-11-01'), true);
  assert.equal(movesSince(wish('2026-11-20', null), '2026-11-01'), false);
  assert.equal(movesSince(wish('2026-10-01', '2026-10-31'), '2026-10-15'), false);
});

test('an answer that cannot be the end is asked for again, waiting twice as long each time', async () => {
  const again = { kind: 'again', reason: 'the page is empty' } as const;
  await using shop = await workshop({
    pages: 2,
    size: 1,
    instead: (page, time) => (page === 1 && time < 4 ? again : null),
  });
  await reportOf(shop.run());
  assert.deepEqual(shop.waits, [3_000, 6_000, 12_000]);
  assert.deepEqual(
    shop.asked.map(({ page }) => page),
    [0, 1, 1, 1, 1],
  );
});

test('a source that never goes on is given up after eight waits', async () => {
  await using shop = await workshop({
    pages: 2,
    size: 1,
    instead: () => ({ kind: 'again', reason: 'the page is empty' }),
  });
  await assert.rejects(shop.run(), (error) => error instanceof Fault && error.code === 'source-unavailable');
  assert.equal(shop.waits.length, 8);
  const [run] = await shop.store.runs.recent({ limit: 1 });
  assert.deepEqual([run?.outcome, run?.note], ['failed', 'Scripted gives no more: the page is empty.']);
});

test('a place the source has forgotten is gone on from; one it always forgets is given up', async () => {
  const restart = {
    kind: 'restart',
    reason: 'the token has expired',
    next: { page: 1, since: null, from: null },
  } as const;
  await using shop = await workshop({
    pages: 3,
    size: 1,
    instead: (page, time) => (page === 2 && time === 1 ? restart : null),
  });
  const report = await reportOf(shop.run());
  assert.deepEqual([report.new, report.same], [3, 1]);
  await using stuck = await workshop({ pages: 3, size: 1, instead: (page) => (page === 2 ? restart : null) });
  await assert.rejects(stuck.run(), (error) => error instanceof Fault && error.code === 'source-unavailable');
  assert.equal(await stuck.store.papers.count(), 2);
});

test('an error the source reports is told in its sentence and noted', async () => {
  await using shop = await workshop({
    pages: 2,
    size: 1,
    instead: (page) => (page === 1 ? { kind: 'refused', reason: 'arXiv says: badArgument.' } : null),
  });
  assert.deepEqual(await shop.run(), { ok: false, code: 'source-refused', message: 'arXiv says: badArgument.' });
  const [standing] = await shop.store.standings.all();
  assert.deepEqual([standing?.lastFailureAt, standing?.lastFailure], [START, 'arXiv says: badArgument.']);
  assert.equal(await shop.store.papers.count(), 1);
});

test('deleted and unreadable entries are counted and kept', async () => {
  await using shop = await workshop({
    pages: 1,
    size: 1,
    instead: () => ({
      kind: 'page',
      next: null,
      total: 2,
      through: null,
      entries: [
        { kind: 'gone', line: 1, position: 1, raw: '<a/>', id: 'arxiv:2611.00001', externalId: '2611.00001' },
        { kind: 'rejected', line: 2, position: 2, raw: '<b/>', reason: 'no title' },
      ],
    }),
  });
  const report = await reportOf(shop.run());
  assert.deepEqual([report.gone, report.rejected, report.rejections], [1, 1, [{ line: 2, reason: 'no title' }]]);
  const kept = await shop.store.ledger.rejections({ source: 'scripted', limit: 9 });
  assert.deepEqual(
    kept.map(({ reason, raw }) => [reason, raw]),
    [['no title', '<b/>']],
  );
});

test('a stop is obeyed after the page in hand, and the same wish goes on', async () => {
  await using shop = await workshop({ pages: 4, size: 2 });
  const stop = new AbortController();
  const stopped = await shop.run(FROM, {
    signal: stop.signal,
    onProgress: ({ pages }) => pages === 2 && stop.abort(),
  });
  assert.deepEqual(stopped, {
    ok: false,
    code: 'interrupted',
    message: 'Stopped after page 2 (4 entries). The same command goes on from there.',
  });
  const rest = await reportOf(shop.run());
  assert.deepEqual([rest.resumedAt, rest.pages, rest.new], [2, 4, 8]);
  assert.equal(shop.asked.length, 4);
});

test('two at once: one works, the other waits and says so', async () => {
  await using shop = await workshop(
    { pages: 3, size: 2 },
    { pause: (ms) => new Promise((done) => setTimeout(done, ms / 50)) },
  );
  const [one, other] = await Promise.all([reportOf(shop.run()), reportOf(shop.run())]);
  assert.deepEqual([one.byAnother, other.byAnother].sort(), [false, true]);
  assert.equal(shop.asked.length, 3);
  assert.deepEqual([one.new, other.new], [6, 6]);
});

test('where another process died in the middle, its place is gone on from when its lease is over', async () => {
  await using shop = await workshop({ pages: 3, size: 2 });
  await assert.rejects(shop.run(FROM, {}, { store: dyingAt(shop.store, 2, 'after') }), /killed/);
  const name = harvestCursor('scripted', FROM);
  await shop.store.jobs.enqueue({ kind: name, key: name, payload: '', at: START });
  assert.ok(await shop.store.jobs.claim(name, { owner: 'dead', now: START, leaseMs: 10_000 }));
  const report = await reportOf(shop.run());
  assert.deepEqual([report.byAnother, report.resumedAt, report.pages], [false, 2, 3]);
  assert.ok(shop.waits.length >= 20);
});

test('what a source cannot be asked is told before anything is asked', async () => {
  await using shop = await workshop({ pages: 1, size: 1 });
  const wrong = [
    await shop.run({ ...FROM, set: 'cs' }),
    await shop.run({ ...FROM, until: '2026-11-01' }),
    await harvest(shop.deps, { source: { ...shop.source, wire: undefined } as never, wish: FROM }),
  ];
  assert.deepEqual(
    wrong.map((result) => (result.ok ? 'ok' : `${result.code}: ${result.message}`)),
    [
      'bad-usage: scripted cannot be asked for a set: leave out --set.',
      'bad-usage: Nothing lies between 2026-11-20 and 2026-11-01: put the earlier day first.',
      'bad-usage: scripted cannot be harvested: bring its files in with broadsheet import.',
    ],
  );
  assert.equal(shop.asked.length, 0);
});

test('mirrors and keys are used where the operator names them', async () => {
  const seen: { url: string; key: string | undefined }[] = [];
  await using shop = await workshop(
    { pages: 1, size: 1 },
    { fetcher: emptyFetcher(seen), bases: { scripted: 'http://mirror.example/x' }, keys: { scripted: 'secret' } },
  );
  await reportOf(shop.run());
  assert.deepEqual(seen, [{ url: 'http://mirror.example/x?page=0', key: 'secret' }]);
});
