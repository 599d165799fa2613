import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseQuery } from '../../src/model/query.ts';
import type { IndexDoc } from '../../src/ports/search-index.ts';
import { openIndex } from '../../src/search/open.ts';

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-index-'));
after(() => rm(folder, { recursive: true, force: true }));

let made = 0;
const fresh = () => join(folder, `index-${made++}`);

const doc = (id: string, title: string, rest: Partial<IndexDoc> = {}): IndexDoc => ({
  id,
  title,
  abstract: '',
  authors: [],
  organisation: null,
  categories: [],
  sources: ['arxiv-snapshot'],
  published: null,
  vector: null,
  ...rest,
});

const unit = (at: number): Float32Array => {
  const vector = new Float32Array(384);
  vector[at] = 1;
  return vector;
};

const PAPERS: readonly IndexDoc[] = [
  doc('arxiv:2601.00001', 'Knot Forcing: Taming Autoregressive Video Diffusion', {
    abstract: 'We study real-time portrait animation with diffusion models.',
    authors: ['Yann O’Brien', 'Li Wei'],
    organisation: 'TongyiLab',
    categories: ['cs.CV', 'cs.LG'],
    sources: ['daily-page', 'arxiv-snapshot'],
    published: '2026-01-04',
    vector: unit(0),
  }),
  doc('arxiv:2512.00002', 'Panoramic LiDAR generation', {
    abstract: 'From one image a diffusion model makes a panorama; no knot, no forcing.',
    authors: ['Ada Łovelace'],
    categories: ['cs.RO'],
    published: '2025-12-30',
    vector: unit(1),
  }),
  doc('a-slug', 'Graph neural networks for bread', { published: null, abstract: 'Sourdough.' }),
];

const filled = async () => {
  const index = openIndex(fresh());
  await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
  return index;
};

const ids = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id);

describe('a search index', () => {
  test('is empty at position 0 when new, and remembers the position of what it applied', async () => {
    const url = fresh();
    {
      await using index = openIndex(url);
      assert.equal(await index.position(), 0);
      assert.deepEqual(await index.words(parseQuery('anything'), 10), []);
      assert.deepEqual(await index.suggest('knot', 10), []);
      await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
    }
    await using again = openIndex(url);
    assert.equal(await again.position(), 7);
    const { documents, embedded } = await again.stats();
    assert.deepEqual({ documents, embedded }, { documents: 3, embedded: 2 });
  });

  test('finds stemmed words, before and after optimising', async () => {
    await using index = await filled();
    for (const _ of [1, 2]) {
      assert.deepEqual(ids(await index.words(parseQuery('networks graphs'), 10)), ['a-slug']);
      assert.deepEqual(ids(await index.words(parseQuery('forcings'), 10)), ['arxiv:2601.00001', 'arxiv:2512.00002']);
      await index.optimize();
    }
  });

  test('keeps to phrases and exclusions, in words, meaning and browsing', async () => {
    await using index = await filled();
    assert.deepEqual(ids(await index.words(parseQuery('"knot forcing"'), 10)), ['arxiv:2601.00001']);
    assert.deepEqual(ids(await index.words(parseQuery('diffusion -panorama'), 10)), ['arxiv:2601.00001']);
    assert.deepEqual(ids(await index.meaning(unit(1), parseQuery('"knot forcing"'), 10)), ['arxiv:2601.00001']);
    assert.deepEqual(ids(await index.meaning(unit(0), parseQuery('x -"knot forcing"'), 10)), ['arxiv:2512.00002']);
    assert.deepEqual(ids(await index.browse(parseQuery('-diffusion'), 10)), ['a-slug']);
    assert.equal((await index.facets(parseQuery('-diffusion'))).total, 1);
  });

  test('filters by every operator', async () => {
    await using index = await filled();
    const expected: [string, string[]][] = [
      ['cat:cs.LG', ['arxiv:2601.00001']],
      ['cat:CS', ['arxiv:2601.00001', 'arxiv:2512.00002']],
      ['author:"o\'brien"', ['arxiv:2601.00001']],
      ['author:lovelace', ['arxiv:2512.00002']],
      ['author:love', []],
      ['org:tongyilab', ['arxiv:2601.00001']],
      ['source:daily-page', ['arxiv:2601.00001']],
      ['year:2025', ['arxiv:2512.00002']],
      ['year:2025 year:2026', ['arxiv:2601.00001', 'arxiv:2512.00002']],
      ['after:2026', ['arxiv:2601.00001']],
      ['before:2025-12', ['arxiv:2512.00002']],
    ];
    for (const [raw, found] of expected) {
      const query = parseQuery(raw);
      assert.deepEqual(ids(await index.browse(query, 10)), found, raw);
      assert.deepEqual(ids(await index.words({ ...query, text: 'diffusion' }, 10)).sort(), [...found].sort(), raw);
      assert.equal((await index.facets(query)).total, found.length, raw);
    }
  });

  test('takes hostile values of filters as plain values', async () => {
    await using index = await filled();
    for (const value of [
      "' OR 1=1 --",
      "'); DROP TABLE papers; --",
      '%',
      '\\',
      '|',
      '\u0000',
      '\ud800',
      '’',
      '🙈',
      '*',
    ]) {
      const filter = { authors: [value], organisations: [value], categories: [value], sources: [value] };
      const query = { ...parseQuery('diffusion'), ...filter };
      assert.deepEqual(await index.words(query, 10), [], value);
      assert.deepEqual(await index.browse(query, 10), [], value);
      assert.deepEqual(await index.meaning(unit(0), query, 10), [], value);
      assert.equal((await index.facets(query)).total, 0, value);
    }
    assert.equal((await index.stats()).documents, 3);
  });

  test('finds the nearest in meaning, and never what is not embedded', async () => {
    await using index = await filled();
    const found = await index.meaning(unit(1), null, 10);
    assert.deepEqual(ids(found), ['arxiv:2512.00002', 'arxiv:2601.00001']);
    assert.ok(Math.abs((found[0]?.score ?? 0) - 1) < 1e-6);
    assert.ok(Math.abs(found[1]?.score ?? 1) < 1e-6);
    assert.deepEqual(await index.vectorOf('a-slug'), null);
    assert.deepEqual(await index.vectorOf('arxiv:2512.00002'), unit(1));
  });

  test('hands out what lacks a vector, newest first, and takes it back embedded', async () => {
    await using index = await filled();
    await index.apply({ upserts: [doc('new', 'Newest', { published: '2026-03-01' })], deletes: [], position: 8 });
    const missing = await index.unembedded(10);
    assert.deepEqual(ids(missing), ['new', 'a-slug']);
    assert.equal(missing[1]?.text, 'Graph neural networks for bread\nSourdough.');
    await index.setVectors([{ id: 'a-slug', vector: unit(5) }]);
    assert.deepEqual(ids(await index.unembedded(10)), ['new']);
    assert.deepEqual(ids(await index.meaning(unit(5), null, 1)), ['a-slug']);
    assert.deepEqual(ids(await index.words(parseQuery('sourdough'), 10)), ['a-slug']);
  });

  test('forgets the vectors of another model', async () => {
    await using index = await filled();
    await index.adopt({ id: 'one', dimensions: 384 });
    assert.equal((await index.stats()).embedded, 2);
    await index.adopt({ id: 'two', dimensions: 384 });
    assert.equal((await index.stats()).embedded, 0);
    await index.adopt({ id: 'three', dimensions: 8 });
    assert.equal(await index.position(), 0);
  });

  test('applies the same changes twice without doubling, and deletes', async () => {
    await using index = await filled();
    await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
    assert.equal((await index.stats()).documents, 3);
    await index.apply({ upserts: [doc('a-slug', 'Renamed')], deletes: ["it's", 'arxiv:2512.00002'], position: 9 });
    assert.equal((await index.stats()).documents, 2);
    assert.deepEqual(ids(await index.words(parseQuery('renamed'), 10)), ['a-slug']);
    assert.deepEqual(ids(await index.words(parseQuery('bread'), 10)), []);
  });

  test('counts facets of all that match, or of some', async () => {
    await using index = await filled();
    const all = await index.facets(parseQuery(''));
    assert.equal(all.total, 3);
    assert.deepEqual(all.year, [
      { value: '2025', count: 1 },
      { value: '2026', count: 1 },
    ]);
    assert.deepEqual(all.source[0], { value: 'arxiv-snapshot', count: 3 });
    assert.equal((await index.facets(parseQuery(''), ['a-slug', 'unknown'])).total, 1);
    assert.equal((await index.facets(parseQuery(''), [])).total, 0);
  });

  test('completes titles, authors, organisations and categories from one letter on', async () => {
    await using index = await filled();
    const kinds = async (prefix: string) =>
      (await index.suggest(prefix, 8)).map(({ kind, value }) => `${kind} ${value}`);
    assert.deepEqual(await kinds('knot for'), ['paper arxiv:2601.00001']);
    assert.deepEqual(await kinds('brie'), ['author author:"Yann O’Brien"']);
    assert.deepEqual(await kinds('tongyi'), ['organisation org:"TongyiLab"']);
    assert.ok((await kinds('cs.lg')).includes('category cat:cs.LG'));
    assert.ok((await kinds('l')).includes('paper arxiv:2512.00002'));
    assert.deepEqual(await kinds('" \u0000 ('), []);
    await index.apply({ upserts: [doc('new', 'Knotted loops')], deletes: [], position: 8 });
    await index.optimize();
    const deadline = Date.now() + 5_000;
    while ((await kinds('knotted')).length === 0 && Date.now() < deadline) await new Promise(setImmediate);
    assert.deepEqual(await kinds('knotted'), ['paper new']);
  });

  test('takes no changes that do not follow on what it has', async () => {
    await using index = await filled();
    await assert.rejects(index.apply({ upserts: [doc('b', 'B')], deletes: [], position: 9, after: 8 }), {
      code: 'index-unavailable',
    });
    assert.equal((await index.stats()).documents, 3);
    await index.apply({ upserts: [doc('b', 'B')], deletes: [], position: 9, after: 7 });
    assert.equal(await index.position(), 9);
  });

  test('starts over after it was deleted while in use', async () => {
    const url = fresh();
    await using index = openIndex(url);
    await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
    await rm(url, { recursive: true });
    assert.deepEqual(await index.words(parseQuery('diffusion'), 10), []);
    assert.equal(await index.position(), 0);
    await index.apply({ upserts: PAPERS, deletes: [], position: 7, after: 0 });
    assert.equal((await index.words(parseQuery('diffusion'), 10)).length, 2);
  });

  test('starts over when any of its files is cut off', async () => {
    const url = fresh();
    {
      await using index = openIndex(url);
      await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
      await index.optimize();
    }
    for (const name of await readdir(url, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) await truncate(join(name.parentPath, name.name), 10);
    }
    await using again = openIndex(url);
    assert.equal(await again.position(), 0);
    await again.apply({ upserts: PAPERS, deletes: [], position: 7 });
    assert.equal((await again.stats()).documents, 3);
  });

  test('says so when it cannot be written', async () => {
    await using index = openIndex('/dev/null/index');
    await assert.rejects(index.position(), { code: 'index-unavailable' });
  });
});
