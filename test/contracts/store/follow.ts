import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Follow } from '../../../src/model/follow.ts';
import type { Store } from '../../../src/store/store.ts';
import { batchOf, incomingOf } from '../../support/drafts.ts';

const AT = 1_790_000_000_000;
const follow = (kind: Follow['kind'], key: string, createdAt = AT): Follow => ({
  kind,
  key,
  name: `The ${key}`,
  createdAt,
});

/** What readers follow, what came in by it, and what they have seen. */
export const follows = (open: () => Promise<Store>): void => {
  test('followed twice is once; a follow ends; each reader has their own', async () => {
    await using store = await open();
    const [ada, lg] = [follow('author', 'ada-lovelace'), follow('category', 'cs.LG', AT + 1)];
    for (const one of [lg, ada, { ...ada, name: 'Other', createdAt: 5 }]) await store.follows.put('bo', one);
    await store.follows.put('cy', ada);
    assert.deepEqual(await store.follows.of('bo'), [ada, lg]);
    assert.deepEqual(await store.follows.followers(ada), ['bo', 'cy']);
    assert.equal(await store.follows.has('bo', { kind: 'organisation', key: 'ada-lovelace' }), false);
    for (const _ of [1, 2]) await store.follows.delete('bo', ada);
    assert.equal(await store.follows.has('bo', ada), false);
    assert.deepEqual(await store.follows.of('bo'), [lg]);
    assert.deepEqual(await store.follows.of('cy'), [ada]);
  });

  test('arrivals are what came in since, newest first, and no older work that is only new here', async () => {
    await using store = await open();
    const since = Date.parse('2026-04-18T00:00:00Z');
    await store.papers.save(batchOf(0, 1), { now: since - 1 });
    await store.papers.save(batchOf(1, 2), { now: since + 1 });
    await store.papers.save([incomingOf('9', { published: null })], { now: since + 2 });
    await store.papers.save([incomingOf('old', { published: '2019-01-01' })], { now: since + 3 });
    const of = { since, firstDay: '2026-03-19', limit: 10 };
    const ids = ['arxiv:9', 'arxiv:2604.00001', 'arxiv:2604.00002'];
    for (const [kind, key] of [
      ['author', 'emmy-noether'],
      ['organisation', 'analytical-society'],
      ['category', 'cs.LG'],
    ] as const) {
      const arrivals = await store.follows.arrivals({ kind, key }, of);
      assert.deepEqual(
        arrivals,
        ids.map((paperId, n) => ({ paperId, kind, key, at: since + (n === 0 ? 2 : 1) })),
      );
      assert.equal((await store.follows.arrivals({ kind, key }, { ...of, limit: 1 })).length, 1);
      assert.deepEqual(await store.follows.arrivals({ kind, key: 'nothing' }, of), []);
    }
    assert.deepEqual(await store.follows.arrivals({ kind: 'search', key: 'emmy' }, of), []);
  });

  test('of a reader the arrivals are their votes that stand', async () => {
    await using store = await open();
    await store.papers.save(batchOf(0, 3), { now: AT });
    const vote = (n: number, wish: boolean, at: number) =>
      store.votes.cast({ paperId: `arxiv:2604.0000${n}`, reader: 'ada', wish, at });
    await vote(0, true, AT);
    await vote(1, true, AT + 1);
    await vote(2, true, AT + 2);
    await vote(1, false, AT + 3);
    const which = { kind: 'reader', key: 'ada' } as const;
    assert.deepEqual(await store.follows.arrivals(which, { since: AT, firstDay: '2026-01-01', limit: 5 }), [
      { paperId: 'arxiv:2604.00002', ...which, at: AT + 2 },
    ]);
  });

  test('what was seen is remembered from the first time; put aside stays put aside', async () => {
    await using store = await open();
    const add = (ids: readonly string[], at: number, done?: boolean) =>
      store.seen.add({ reader: 'ada', ids, at, place: 'following', ...(done === undefined ? {} : { done }) });
    await Promise.all([add(['a', 'b'], 1), add(['b', 'a'], 1)]);
    await add(['a', 'c'], 2, true);
    await add(['a', 'b', 'c'], 3);
    const place = 'following';
    assert.deepEqual(
      await store.seen.of('ada', ['c', 'a', 'b', 'd']),
      new Map([
        ['a', { at: 1, place, done: true }],
        ['b', { at: 1, place, done: false }],
        ['c', { at: 2, place, done: true }],
      ]),
    );
    assert.equal((await store.seen.of('bo', ['a'])).size, 0);
    await add(
      Array.from({ length: 500 }, (_, n) => `p${n}`),
      4,
    );
    assert.equal((await store.seen.all('ada')).length, 503);
  });
};
