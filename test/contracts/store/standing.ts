import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Store } from '../../../src/store/store.ts';
import { batchOf, incomingOf } from '../../support/drafts.ts';

type Open = () => Promise<Store>;

const vote = (reader: string, wish: boolean, paperId = 'arxiv:1') => ({ paperId, reader, wish, at: 0 });

/** Editions, votes, vectors, jobs. */
export const standing = (open: Open): void => {
  test('editions are numbered in the order they come and stay as they are', async () => {
    await using store = await open();
    const ids = (await store.papers.save(batchOf(0, 4), { now: 0 })).map((saved) => saved.id);
    const page = { date: '2026-04-20', source: 'daily-page', placements: ids.toReversed() };
    const edition = { ...page, number: 1 };
    for (const _ of [1, 2]) assert.deepEqual(await store.editions.save(page), edition);
    assert.deepEqual(await store.editions.save({ ...page, placements: ids.slice(0, 1) }), edition);
    assert.deepEqual(await store.editions.save({ ...page, source: 'other' }), edition);
    await store.editions.save({ date: '2026-04-18', source: 'daily-page', placements: ids.slice(0, 1) });
    assert.deepEqual(await store.editions.latest(), edition);
    assert.equal((await store.editions.get('2026-04-18'))?.number, 2);
    assert.equal(await store.editions.get('2026-04-19'), null);
    assert.deepEqual(await store.editions.neighbours('2026-04-19'), { earlier: '2026-04-18', later: '2026-04-20' });
    assert.deepEqual(await store.editions.neighbours('2026-04-20'), { earlier: '2026-04-18', later: null });
    assert.deepEqual(await store.editions.dates(), ['2026-04-18', '2026-04-20']);
    assert.equal((await store.editions.between('2026-04-18', '2026-04-20')).length, 2);
    assert.deepEqual(await store.editions.placing(ids[0] ?? ''), [
      { date: '2026-04-20', number: 1, place: 4 },
      { date: '2026-04-18', number: 2, place: 1 },
    ]);
  });

  test('an edition fills up with the papers, can be read meanwhile, and takes no more once closed', async () => {
    await using store = await open();
    const edition = { date: '2026-04-20', source: 'daily-page' };
    for (const _ of [1, 2]) await store.papers.save(batchOf(0, 2), { now: 0, edition });
    assert.equal((await store.editions.latest())?.placements.length, 2);
    await store.papers.save(batchOf(1, 2), { now: 0, edition });
    await store.papers.save(batchOf(5, 1), { now: 0, edition: { ...edition, source: 'other' } });
    for (const _ of [1, 2]) await store.editions.close(edition.date, edition.source);
    await store.papers.save(batchOf(3, 2), { now: 0, edition });
    const expected = batchOf(0, 3).map((entry) => entry.draft.id);
    assert.deepEqual((await store.editions.get(edition.date))?.placements, expected);
  });

  test('any sequence of votes gives the tally of a set of voters', async () => {
    await using store = await open();
    let n = 0;
    const wishes = fc.array(fc.record({ reader: fc.constantFrom('a', 'b', 'c\0'), wish: fc.boolean() }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(wishes, async (sequence) => {
        const externalId = `v${n++}`;
        await store.papers.save([incomingOf(externalId)], { now: 0 });
        const voters = new Set<string>();
        for (const { reader, wish } of sequence) {
          if (wish) voters.add(reader);
          else voters.delete(reader);
          const tally = await store.votes.cast(vote(reader, wish, `arxiv:${externalId}`));
          assert.deepEqual(tally, { votes: voters.size, voted: wish });
        }
        const [card] = await store.papers.cards([`arxiv:${externalId}`], 'a');
        assert.deepEqual([card?.votes, card?.voted], [voters.size, voters.has('a')]);
      }),
      { numRuns: 20 },
    );
  });

  test('1,000 votes of one reader at once count one; an unknown paper takes none', async () => {
    await using store = await open();
    await store.papers.save([incomingOf('1')], { now: 0 });
    const before = await store.revision();
    const tallies = await Promise.all(Array.from({ length: 1000 }, () => store.votes.cast(vote('r', true))));
    assert.ok(tallies.every((tally) => tally.votes === 1 && tally.voted));
    assert.notEqual(await store.revision(), before);
    assert.deepEqual(await store.votes.cast(vote('r', false)), { votes: 0, voted: false });
    await assert.rejects(store.votes.cast(vote('r', true, 'nobody')), { name: 'Fault', code: 'not-found' });
  });

  test('vectors are kept by model', async () => {
    await using store = await open();
    const vector = Float32Array.of(0.25, -1, 3e-8);
    for (const _ of [1, 2]) await store.vectors.put('m1', [{ id: 'a', vector }]);
    assert.deepEqual(await store.vectors.get('m1', ['a', 'b']), new Map([['a', vector]]));
    assert.equal((await store.vectors.get('m2', ['a'])).size, 0);
  });

  test('two workers never hold the same job, a lease that ran out is free, and what is done is gone', async () => {
    await using store = await open();
    for (const _ of [1, 2]) {
      for (let i = 0; i < 10; i++) await store.jobs.enqueue({ kind: 'k', key: `${i}`, payload: `p${i}`, at: i });
    }
    const claim = (owner: string, now: number) => store.jobs.claim('k', { owner, now, leaseMs: 100 });
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => claim(`w${i}`, 50)));
    const held = all.flatMap((job, i) => (job ? [{ ...job, owner: `w${i}` }] : []));
    assert.equal(new Set(held.map((job) => job.id)).size, 10);
    assert.equal(held.length, 10);
    assert.equal(await claim('late', 149), null);
    const [first, second, third] = held;
    assert.ok(first && second && third);
    assert.equal(await store.jobs.finish(first.id, 'stranger'), false);
    assert.equal(await store.jobs.finish(first.id, first.owner), true);
    assert.equal(await store.jobs.finish(first.id, first.owner), false);
    assert.equal(await store.jobs.extend(second.id, second.owner, 1000), true);
    assert.equal(await store.jobs.retry(third.id, third.owner, 2000, 'it broke\0'), true);
    const again = await Promise.all(Array.from({ length: 10 }, () => claim('late', 150)));
    assert.equal(again.filter(Boolean).length, 7);
    assert.ok(again.every((job) => !job || job.attempts === 2));
    assert.equal((await claim('later', 2000))?.id !== first.id, true);
  });

  test('jobs that are not done are listed as they stand', async () => {
    await using store = await open();
    const job = (key: string, at: number) => store.jobs.enqueue({ kind: 'work', key, payload: '', at });
    await job('later', 500);
    await job('first', 100);
    const claimed = await store.jobs.claim('work', { owner: 'me', now: 100, leaseMs: 50 });
    const row = { kind: 'work', key: 'first', dueAt: 100, leaseUntil: 150, attempts: 1, error: null };
    const waits = { kind: 'work', key: 'later', dueAt: 500, leaseUntil: 0, attempts: 0, error: null };
    assert.deepEqual(await store.jobs.list(9), [row, waits]);
    assert.deepEqual(await store.jobs.list(1), [row]);
    await store.jobs.retry(claimed?.id ?? '', 'me', 900, 'It rained.');
    assert.deepEqual(await store.jobs.list(9), [waits, { ...row, dueAt: 900, leaseUntil: 0, error: 'It rained.' }]);
  });
};
