import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Store } from '../../../src/store/store.ts';
import { batchOf, draftOf, incomingOf } from '../../support/drafts.ts';

type Open = () => Promise<Store>;

const collect = async <T>(all: AsyncIterable<T>): Promise<T[]> => Array.fromAsync(all);

export const papers = (open: Open): void => {
  test('a paper saved is the paper read', async () => {
    await using store = await open();
    const [saved] = await store.papers.save([incomingOf('2604.00001')], { now: 0 });
    assert.deepEqual(saved, { id: 'arxiv:2604.00001', outcome: 'new' });
    const { id: _, externalId, signals: __, ...said } = draftOf('2604.00001');
    assert.deepEqual(await store.papers.get('arxiv:2604.00001'), {
      ...said,
      id: 'arxiv:2604.00001',
      sightings: [{ source: 'arxiv-snapshot', externalId, seenAt: '1970-01-01T00:00:00.000Z' }],
    });
    const [card] = await store.papers.cards(['nobody', 'arxiv:2604.00001'], 'reader');
    assert.deepEqual([card?.votes, card?.voted, card?.comments], [0, false, 3]);
  });

  test('saving twice changes nothing; a mended draft changes the paper, its lists and its signals', async () => {
    await using store = await open();
    await store.papers.save([incomingOf('1')], { now: 1 });
    const before = [await store.changes.last(), await store.papers.get('arxiv:1')];
    assert.deepEqual(await store.papers.save([incomingOf('1')], { now: 2 }), [{ id: 'arxiv:1', outcome: 'same' }]);
    assert.deepEqual([await store.changes.last(), await store.papers.get('arxiv:1')], before);

    const mended = incomingOf('1', {
      authors: [{ name: 'Emmy Noether', key: 'emmy-noether' }],
      categories: ['cs.LG'],
      published: '2026-04-18',
      organisation: null,
      signals: {},
    });
    assert.deepEqual(await store.papers.save([mended], { now: 3 }), [{ id: 'arxiv:1', outcome: 'changed' }]);
    const page = { limit: 10, offset: 0 };
    assert.equal(await store.browse.author('ada-lovelace', page), null);
    assert.equal(await store.browse.organisation('analytical-society', page), null);
    assert.deepEqual(await store.browse.author('emmy-noether', page), {
      name: 'Emmy Noether',
      total: 1,
      ids: ['arxiv:1'],
    });
    assert.deepEqual(await store.browse.categories(5), [{ key: 'cs.LG', papers: 1 }]);
    assert.equal((await store.papers.cards(['arxiv:1'], 'r'))[0]?.comments, null);
    assert.equal(await store.papers.count(), 1);
    assert.deepEqual(await store.changes.since(0, 10), [
      { seq: 1, paperId: 'arxiv:1' },
      { seq: 2, paperId: 'arxiv:1' },
    ]);
    assert.equal((await collect(store.papers.raws('arxiv-snapshot'))).length, 2, 'both raw records are kept');
  });

  test('the same draft from other bytes keeps both raw records and changes no paper', async () => {
    await using store = await open();
    const first = incomingOf('1');
    await store.papers.save([first], { now: 1 });
    const spaced = { ...first, raw: `${first.raw} ` };
    for (const now of [2, 3]) {
      assert.deepEqual(await store.papers.save([spaced], { now }), [{ id: 'arxiv:1', outcome: 'same' }]);
    }
    assert.equal(await store.changes.last(), 1);
    const raws = (await collect(store.papers.raws('arxiv-snapshot'))).map((record) => record.raw);
    assert.deepEqual(raws.sort(), [first.raw, spaced.raw].sort());
  });

  test('papers without an id get slugs: the same entry the same one, another entry of that title another', async () => {
    await using store = await open();
    const twin = (externalId: string, title = 'Dale meets Langevin') =>
      incomingOf(externalId, { id: null, title, doi: null });
    const first = await store.papers.save([twin('a'), twin('b'), twin('a')], { now: 0 });
    assert.equal(first[0]?.id, 'dale-meets-langevin');
    assert.match(first[1]?.id ?? '', /^dale-meets-langevin-[0-9a-f]{10}$/);
    assert.deepEqual(first[2], { id: 'dale-meets-langevin', outcome: 'same' });
    const again = await store.papers.save([twin('b'), twin('a')], { now: 1 });
    assert.deepEqual(
      again,
      [first[1]?.id, first[0]?.id].map((id) => ({ id, outcome: 'same' })),
    );
    for (const title of ['', '🙂', 'Trending', '東京', 'x'.repeat(5000)]) {
      const [odd] = await store.papers.save([twin(`odd ${title}`, title)], { now: 1 });
      assert.ok(odd && odd.id !== '' && odd.id !== 'trending' && odd.id.length <= 200, title);
      assert.equal((await store.papers.get(odd.id))?.title, title);
    }
  });

  test('a second source adds what it knows and takes nothing away', async () => {
    await using store = await open();
    await store.papers.save([incomingOf('1')], { now: 0 });
    const other = incomingOf(
      '1',
      { id: 'arxiv:1', abstract: '', authors: [], byline: 'ACME', signals: { comments: 4, upvotes: 31 } },
      'hf-daily',
    );
    assert.equal((await store.papers.cards(['arxiv:1'], 'r'))[0]?.upvotes, undefined);
    await store.papers.save([{ ...other, draft: { ...other.draft, externalId: 'one' } }], { now: 1 });
    const [card] = await store.papers.cards(['arxiv:1'], 'r');
    assert.equal(card?.comments, 7);
    assert.deepEqual([card?.upvotes, card?.votes], [31, 0], 'theirs are not ours');
    assert.deepEqual([card?.paper.byline, card?.paper.authors.length, card?.paper.abstract !== ''], ['ACME', 2, true]);
    assert.deepEqual(
      card?.paper.sightings.map((s) => s.source),
      ['arxiv-snapshot', 'hf-daily'],
    );
    assert.deepEqual(await store.papers.countsBySource(), [
      { key: 'arxiv-snapshot', papers: 1 },
      { key: 'hf-daily', papers: 1 },
    ]);
    for (const alias of [
      'arxiv:1',
      'doi:10.1000/1',
      'DOI:10.1000/1'.toLowerCase(),
      'hf-daily:one',
      'arxiv-snapshot:1',
    ]) {
      assert.equal(await store.papers.resolve(alias), 'arxiv:1', alias);
    }
    assert.equal(await store.papers.resolve('nothing'), null);
  });

  test('the cursor moves only with the papers', async () => {
    await using store = await open();
    const cursor = { name: 'import', position: 7, note: 'half way' };
    const broken = { ...incomingOf('2'), raw: 1n as unknown as string };
    await assert.rejects(store.papers.save([incomingOf('1'), broken], { now: 0, cursor }));
    assert.deepEqual([await store.cursors.get('import'), await store.papers.count()], [null, 0]);
    const tooMany = { ...cursor, position: Number.NaN };
    await assert.rejects(store.papers.save([incomingOf('1')], { now: 0, cursor: tooMany }));
    assert.deepEqual([await store.papers.get('arxiv:1'), await store.changes.last()], [null, 0]);
    for (const _ of [1, 2]) await store.papers.save([incomingOf('1')], { now: 0, cursor });
    assert.deepEqual(await store.cursors.get('import'), cursor);
    await store.cursors.set({ ...cursor, position: 8, note: null });
    assert.deepEqual(await store.cursors.get('import'), { ...cursor, position: 8, note: null });
    for (const _ of [1, 2]) await store.cursors.delete('import');
    assert.equal(await store.cursors.get('import'), null);
  });

  test('all papers come in the order of their ids, in slices, from anywhere', async () => {
    await using store = await open();
    await store.papers.save(batchOf(0, 25).reverse(), { now: 0 });
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for await (const _ of store.papers.all({ batch: 1 }))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} other tasks had their turn while 25 slices were read`);
    const ids = (await collect(store.papers.all({ batch: 10 }))).map((paper) => paper.id);
    assert.deepEqual(
      ids,
      batchOf(0, 25).map((entry) => entry.draft.id as string),
    );
    assert.equal((await collect(store.papers.all({ after: 'arxiv:2604.00019', batch: 3 }))).length, 5);
    assert.deepEqual((await store.browse.category('cs.LG', { limit: 2, offset: 1 })).ids, [
      'arxiv:2604.00023',
      'arxiv:2604.00022',
    ]);
    assert.equal((await store.browse.organisations(1))[0]?.papers, 25);
  });

  test('any draft comes back as it went in, NUL and lone surrogates included', async () => {
    await using store = await open();
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((n) => String.fromCharCode(n)) }),
    );
    let n = 0;
    await fc.assert(
      fc.asyncProperty(text, text, text, text, async (title, abstract, name, raw) => {
        const rest = { title, abstract, authors: [{ name, key: name }], categories: [name], note: raw };
        const entry = { ...incomingOf(`${n++}${name}`, rest, 'any'), raw };
        const [saved] = await store.papers.save([entry], { now: 0 });
        const paper = await store.papers.get(saved?.id ?? '');
        assert.deepEqual(
          [paper?.title, paper?.abstract, paper?.authors[0], paper?.note],
          [title, abstract, rest.authors[0], raw],
        );
        assert.equal(paper?.sightings[0]?.externalId, entry.draft.externalId);
        assert.equal((await store.papers.save([entry], { now: 1 }))[0]?.outcome, 'same');
      }),
      { numRuns: 60 },
    );
    const huge = incomingOf('huge', { authors: [{ name: 'é'.repeat(9000), key: '東'.repeat(9000) }] });
    assert.equal((await store.papers.save([huge], { now: 0 }))[0]?.outcome, 'new');
    const raw = 'a\0\ud800é';
    await store.papers.save([{ ...incomingOf('raw', {}, 'kept'), raw }], { now: 0 });
    assert.deepEqual(await collect(store.papers.raws('kept')), [{ externalId: 'raw', raw }]);
  });

  test('a long list is read in stretches from either end, each paper once', async () => {
    await using store = await open();
    const days = ['2026-04-17', '2026-04-18', null, '2026-04-17', '2026-04-19'];
    await store.papers.save(
      days.map((published, n) => incomingOf(`2604.0000${n}`, { published, title: `Paper ${n}`, doi: null })),
      { now: 1 },
    );
    const list = { kind: 'category', key: 'cs.LG' } as const;
    const all = await store.browse.stretch(list, { from: null, towards: 'older', limit: 9 });
    assert.deepEqual(
      all.map(({ id, day }) => `${id.slice(-1)} ${day}`),
      ['4 2026-04-19', '1 2026-04-18', '3 2026-04-17', '0 2026-04-17', '2 '],
    );
    const [, second, third] = all;
    assert.ok(second && third);
    const at = (from: typeof second | null, towards: 'older' | 'newer', limit: number) =>
      store.browse.stretch(list, { from, towards, limit });
    assert.deepEqual(await at(third, 'older', 1), all.slice(3, 4));
    assert.deepEqual(await at(third, 'newer', 1), [second]);
    assert.deepEqual(await at(third, 'newer', 9), all.slice(0, 2));
    assert.deepEqual(await at(null, 'newer', 2), all.slice(-2));
    assert.deepEqual(
      await store.browse.stretch({ ...list, key: 'none' }, { from: second, towards: 'older', limit: 9 }),
      [],
    );
  });
};
