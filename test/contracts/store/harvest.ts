import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rejection, Run } from '../../../src/model/ledger.ts';
import type { Engine } from '../../../src/store/engine.ts';
import { countEntries, keepRejections } from '../../../src/store/ledger.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { batchOf, incomingOf } from '../../support/drafts.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const ALL = { first: '2026-11-01', last: '2026-11-30' };

const run = (id: string, change: Partial<Run> = {}): Run => ({
  id,
  source: 'arxiv-oai',
  wish: '',
  startedAt: 1,
  seenAt: 1,
  endedAt: null,
  outcome: 'running',
  note: null,
  pages: 0,
  total: null,
  counts: { new: 0, changed: 0, same: 0, rejected: 0, gone: 0 },
  ...change,
});

/** What a harvest leaves beside the papers; `address` makes an empty database, `openEngine` its engine. */
export const harvest = (address: () => Promise<string>, openEngine: (url: string) => Promise<Engine>): void => {
  const open = async () => {
    const url = await address();
    const store = await openStore(url);
    await store.migrate();
    const engine = await openEngine(url);
    return {
      store,
      engine,
      [Symbol.asyncDispose]: async () => {
        await engine[Symbol.asyncDispose]();
        await store[Symbol.asyncDispose]();
      },
    };
  };
  const taken = { source: 'arxiv-oai', category: 'cs.LG', day: '2026-11-19', outcome: 'ingested' } as const;

  test('the ledger adds up by source, category and day; what has no day is counted on the day it came', async () => {
    await using db = await open();
    const entries = [
      ...Array.from({ length: 250 }, (_, i) => ({ ...taken, category: `c${i % 3}` })),
      { ...taken, outcome: 'rejected' } as const,
      { ...taken, source: 'feed\0', category: null, day: null },
    ];
    for (const _ of [1, 2]) await db.engine.write((tx) => countEntries(tx, entries, NOON));
    const cell = (category: string, ingested: number, rejected: number) => ({
      source: 'arxiv-oai',
      day: '2026-11-19',
      category,
      ingested,
      rejected,
      announced: ingested + rejected,
    });
    const oai = [cell('c0', 168, 0), cell('c1', 166, 0), cell('c2', 166, 0), cell('cs.LG', 0, 2)];
    assert.deepEqual(await db.store.ledger.cells({ ...ALL, source: 'arxiv-oai' }), oai);
    const feed = { ...cell('', 2, 0), source: 'feed\\u0000', day: '2026-11-20' };
    assert.deepEqual(await db.store.ledger.cells(ALL), [...oai, feed]);
    assert.deepEqual(await db.store.ledger.days(ALL), [cell('', 500, 2), feed]);
    assert.deepEqual(await db.store.ledger.days({ ...ALL, last: '2026-11-18' }), []);
  });

  test('two that count at once lose nothing', async () => {
    await using db = await open();
    const squares = ['a', 'b', 'c', 'd'].map((category) => ({ ...taken, category }));
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        db.engine.write((tx) => countEntries(tx, i % 2 ? squares : squares.toReversed(), NOON)),
      ),
    );
    assert.equal((await db.store.ledger.days(ALL))[0]?.ingested, 80);
  });

  test('a rejection is kept once, with its bytes as they were', async () => {
    await using db = await open();
    const rejection: Rejection = {
      source: 'arxiv-oai',
      day: '2026-11-19',
      category: 'cs.LG',
      reason: 'There is no title\0.',
      raw: 'a\0\ud800é',
    };
    const other = { ...rejection, day: null, category: null, raw: 'b' };
    const keep = (rejections: readonly Rejection[], now: number) =>
      db.engine.write((tx) => keepRejections(tx, rejections, now));
    assert.deepEqual(await keep([rejection, rejection], NOON), [rejection]);
    assert.deepEqual(await keep([rejection, other, { ...rejection, source: 'feed' }], NOON + 1), [
      other,
      { ...rejection, source: 'feed' },
    ]);
    assert.deepEqual(await keep([other], NOON + 2), []);
    const kept = { ...rejection, reason: 'There is no title.' };
    const oai = await db.store.ledger.rejections({ source: 'arxiv-oai', limit: 9 });
    assert.deepEqual(oai, [
      { ...other, reason: kept.reason, at: NOON + 1 },
      { ...kept, at: NOON },
    ]);
    assert.equal((await db.store.ledger.rejections({ limit: 2 })).length, 2);
    const dated = await db.store.ledger.rejections({ day: '2026-11-20', limit: 9 });
    assert.deepEqual(
      dated.map((one) => one.raw),
      ['b'],
    );
  });

  test('two that keep the same rejections at once are told of each once', async () => {
    await using db = await open();
    const all = Array.from({ length: 30 }, (_, i) => ({
      source: 's',
      day: null,
      category: null,
      reason: 'r',
      raw: `${i}`,
    }));
    const told = await Promise.all([1, 2, 3].map(() => db.engine.write((tx) => keepRejections(tx, all, NOON))));
    assert.equal(told.flat().length, 30);
  });

  test('a run is written as it goes on', async () => {
    await using db = await open();
    const { runs } = db.store;
    const before = await db.store.revision();
    await runs.put(run('a'));
    assert.notEqual(await db.store.revision(), before);
    const end = run('a', {
      seenAt: 9,
      endedAt: 9,
      outcome: 'failed',
      note: 'It does not\0 answer.',
      wish: `set ${'x'.repeat(500)}`,
      pages: 3,
      total: 10,
      counts: { new: 1, changed: 2, same: 3, rejected: 4, gone: 5 },
    });
    for (const _ of [1, 2]) await runs.put(end);
    await runs.put(run('b', { source: 'feed', startedAt: 2 }));
    const written = { ...end, note: 'It does not answer.' };
    assert.deepEqual(await runs.recent({ limit: 9 }), [run('b', { source: 'feed', startedAt: 2 }), written]);
    assert.deepEqual(await runs.recent({ source: 'arxiv-oai', limit: 9 }), [written]);
    assert.equal((await runs.recent({ limit: 1 })).length, 1);
  });

  test('a standing changes in what is given; its newest day is the ledger’s', async () => {
    await using db = await open();
    const { standings } = db.store;
    assert.deepEqual(await standings.all(), []);
    await standings.put({ source: 'arxiv-oai' });
    const none = {
      source: 'arxiv-oai',
      paused: false,
      nextAt: null,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: null,
      newestDay: null,
    };
    assert.deepEqual(await standings.all(), [none]);
    for (const _ of [1, 2]) await standings.put({ source: 'arxiv-oai', paused: true, lastFailure: 'No\0.' });
    await standings.put({ source: 'arxiv-oai', nextAt: 7, lastSuccessAt: 5 });
    await standings.put({ source: 'feed', lastFailureAt: 6 });
    await db.engine.write((tx) => countEntries(tx, [taken, { ...taken, day: '2026-11-02' }], NOON));
    const [oai, feed] = await standings.all();
    const newestDay = '2026-11-19';
    assert.deepEqual(oai, { ...none, paused: true, nextAt: 7, lastSuccessAt: 5, lastFailure: 'No.', newestDay });
    assert.deepEqual(feed, { ...none, source: 'feed', lastFailureAt: 6 });
    await standings.put({ source: 'arxiv-oai', paused: false, nextAt: null, lastFailure: null });
    assert.deepEqual((await standings.all())[0], { ...none, lastSuccessAt: 5, newestDay });
  });

  test('a turn is one’s own until it is given back or its lease is over, and not before its time', async () => {
    const url = await address();
    await using one = await openStore(url);
    await one.migrate();
    await using two = await openStore(url);
    const take = (store: Store, owner: string, now: number, key = 'arxiv') =>
      store.turns.take(key, { owner, now, leaseMs: 60_000 });
    assert.deepEqual(await take(one, 'a', 1_000), { taken: true });
    assert.deepEqual(await take(two, 'b', 1_000, 'elsewhere'), { taken: true });
    // Held: the other is to look again soon, and at the end of the lease at the latest; nor does one take it twice.
    for (const [store, owner] of [[two, 'b'] as const, [one, 'a'] as const]) {
      const held = await take(store, owner, 1_000);
      assert.ok(!held.taken && held.again > 1_000 && held.again <= 61_000);
      const late = await take(store, owner, 60_999);
      assert.deepEqual(late, { taken: false, again: 61_000 });
    }
    await one.turns.give('arxiv', { owner: 'a', nextAt: 5_000 });
    assert.deepEqual(await take(two, 'b', 4_999), { taken: false, again: 5_000 });
    assert.deepEqual(await take(two, 'b', 5_000), { taken: true });
    // The lease of a process that died is over at its time.
    assert.deepEqual(await take(one, 'a', 65_000), { taken: true });
    // The one that came back late learnt something of the host, but takes nothing from the other.
    await two.turns.give('arxiv', { owner: 'b', nextAt: 90_000 });
    assert.equal((await take(two, 'b', 100_000)).taken, false);
    await one.turns.give('arxiv', { owner: 'a', nextAt: 70_000 });
    assert.deepEqual(await take(two, 'b', 80_000), { taken: false, again: 90_000 });
    await one.turns.give('unknown', { owner: 'a', nextAt: 1 });
  });

  test('one that holds a turn can hold it longer, and one whose lease is over cannot', async () => {
    await using one = await openStore(await address());
    await one.migrate();
    const { turns } = one;
    assert.equal(await turns.keep('arxiv', { owner: 'a', now: 0, leaseMs: 10 }), false);
    assert.deepEqual(await turns.take('arxiv', { owner: 'a', now: 1_000, leaseMs: 1_000 }), { taken: true });
    assert.equal(await turns.keep('arxiv', { owner: 'b', now: 1_500, leaseMs: 1_000 }), false);
    assert.equal(await turns.keep('arxiv', { owner: 'a', now: 1_500, leaseMs: 1_000 }), true);
    assert.equal((await turns.take('arxiv', { owner: 'b', now: 2_499, leaseMs: 1_000 })).taken, false);
    assert.equal(await turns.keep('arxiv', { owner: 'a', now: 2_500, leaseMs: 1_000 }), false);
    assert.deepEqual(await turns.take('arxiv', { owner: 'b', now: 2_500, leaseMs: 1_000 }), { taken: true });
    await turns.give('arxiv', { owner: 'b', nextAt: 0 });
    assert.equal(await turns.keep('arxiv', { owner: 'b', now: 2_600, leaseMs: 1_000 }), false);
  });

  test('of many that take a turn at once, one has it', async () => {
    const url = await address();
    await using one = await openStore(url);
    await one.migrate();
    await using two = await openStore(url);
    for (let now = 0; now < 5_000; now += 1_000) {
      const tries = Array.from({ length: 8 }, (_, i) => ({ store: i % 2 ? one : two, owner: `${i}` }));
      const got = await Promise.all(
        tries.map(({ store, owner }) => store.turns.take('arxiv', { owner, now, leaseMs: 60_000 })),
      );
      assert.equal(got.filter((answer) => answer.taken).length, 1);
      const winner = `${got.findIndex((answer) => answer.taken)}`;
      await two.turns.give('arxiv', { owner: winner, nextAt: now + 1_000 });
    }
  });

  test('an edition keeps why each paper stands where it stands, and corrections stand beside it', async () => {
    await using db = await open();
    const { editions } = db.store;
    const ids = (await db.store.papers.save(batchOf(0, 3), { now: 0 })).map((saved) => saved.id);
    const [a = '', b = ''] = ids;
    const edition = { date: '2026-11-20', source: 'broadsheet', placements: [b, a], whys: ['{"b":1}', '{"a":2}'] };
    const saved = await editions.save(edition);
    await editions.save({ ...edition, placements: ids, whys: ids });
    assert.deepEqual(
      [...(await editions.whys('2026-11-20'))],
      [
        [b, '{"b":1}'],
        [a, '{"a":2}'],
      ],
    );
    await editions.save({ date: '2026-11-19', source: 'daily-page', placements: ids });
    assert.equal((await editions.whys('2026-11-19')).size, 0);
    const note = { date: '2026-11-20', paperId: null, kind: 'note', says: 'A name was wrong.', at: 2 } as const;
    const gone = { ...note, paperId: a, kind: 'withdrawn', says: 'It was withdrawn.', at: 1 } as const;
    const before = await db.store.revision();
    for (const at of [0, 5]) for (const one of [note, gone]) await editions.correct({ ...one, at: one.at + at });
    assert.deepEqual(await editions.corrections('2026-11-20'), [gone, note]);
    assert.deepEqual(await editions.corrections('2026-11-19'), []);
    assert.deepEqual(await editions.get('2026-11-20'), saved);
    assert.notEqual(await db.store.revision(), before);
  });

  test('two processes that set one edition at once are given the same one', async () => {
    const url = await address();
    await using one = await openStore(url);
    await one.migrate();
    await using two = await openStore(url);
    const ids = (await one.papers.save(batchOf(0, 20), { now: 0 })).map((saved) => saved.id);
    const page = { date: '2026-11-20', source: 'broadsheet' };
    const pages = [ids, ids.toReversed(), ids.slice(5), ids.slice(0, 5)];
    const saved = await Promise.all(
      pages.map((placements, i) =>
        (i % 2 ? one : two).editions.save({ ...page, placements, whys: placements.map((id) => `${i} ${id}`) }),
      ),
    );
    const [edition] = saved;
    for (const other of saved) assert.deepEqual(other, edition);
    const won = pages.findIndex((placements) => placements.join() === edition?.placements.join());
    const whys = [...(await one.editions.whys(page.date))];
    assert.deepEqual(
      whys,
      pages[won]?.map((id) => [id, `${won} ${id}`]),
    );
  });

  test('where two placed papers turn out to be one, their whys and corrections go along', async () => {
    await using db = await open();
    const { papers, editions } = db.store;
    const doi = { doi: null, externalId: 'b', id: 'doi:10.1000/b', title: 'Another title', authors: [] };
    const [a = '', b = ''] = (
      await papers.save([incomingOf('1', { doi: null }), incomingOf('2', doi, 'feed')], { now: 0 })
    ).map((saved) => saved.id);
    const date = '2026-11-20';
    await editions.save({ date, source: 'broadsheet', placements: [b, a], whys: ['why b', 'why a'] });
    const says = 'It was withdrawn.';
    for (const paperId of [a, b]) await editions.correct({ date, paperId, kind: 'withdrawn', says, at: 1 });
    await papers.save([incomingOf('1', { doi: '10.1000/b' })], { now: 2 });
    assert.deepEqual((await editions.get(date))?.placements, [a]);
    assert.deepEqual([...(await editions.whys(date))], [[a, 'why b']]);
    const told = await editions.corrections(date);
    assert.deepEqual(
      told.map(({ kind, paperId }) => [kind, paperId]),
      [
        ['withdrawn', a],
        ['merged', a],
      ],
    );
  });
};
