import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseQuery } from '../../src/model/query.ts';
import type { Query } from '../../src/model/search-page.ts';
import type { IndexDoc, SearchIndex } from '../../src/ports/search-index.ts';
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
    has: ['code'],
    vector: unit(1),
  }),
  doc('a-slug', 'Graph neural networks for bread', { published: null, abstract: 'Sourdough.' }),
];

const MODEL = { id: 'one', dimensions: 384 };

const filled = async () => {
  const index = openIndex(fresh());
  await index.adopt(MODEL);
  await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
  return index;
};

const ids = (found: readonly { id: string }[]): string[] => found.map(({ id }) => id);

const worded = async (index: SearchIndex, query: Query): Promise<string[]> =>
  ids((await index.find({ query, text: '', words: 10, near: 0 })).evidence);

const words = (index: SearchIndex, raw: string): Promise<string[]> => worded(index, parseQuery(raw));

const browsed = async (index: SearchIndex, query: Query): Promise<string[]> => {
  const { evidence, facets } = await index.browse(query, 10);
  assert.equal(facets.total, evidence.length);
  return ids(evidence);
};

describe('a search index', () => {
  test('is empty at position 0 when new, and remembers the position of what it applied', async () => {
    const url = fresh();
    {
      await using index = openIndex(url);
      assert.equal(await index.position(), 0);
      assert.deepEqual(await words(index, 'anything'), []);
      assert.deepEqual(await index.suggest('knot', 10), []);
      await index.adopt(MODEL);
      await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
    }
    await using again = openIndex(url);
    assert.equal(await again.position(), 7);
    const { documents, embedded } = await again.stats();
    assert.deepEqual({ documents, embedded }, { documents: 3, embedded: 2 });
  });

  test('finds stemmed words, before and after optimising', async () => {
    await using index = await filled();
    await index.apply({ upserts: [doc('late', 'Forcing bread')], deletes: [], position: 8 });
    for (const _ of [1, 2]) {
      assert.deepEqual(await words(index, 'networks graphs'), ['a-slug']);
      assert.deepEqual((await words(index, 'forcings')).sort(), ['arxiv:2512.00002', 'arxiv:2601.00001', 'late']);
      await index.optimize();
    }
  });

  test('forgives slips of the pen, and says what it took words for', async () => {
    await using index = await filled();
    const many = Array.from({ length: 8 }, (_, i) => doc(`p${i}`, 'Transformers for generation'));
    await index.apply({ upserts: many, deletes: [], position: 8 });
    const query = parseQuery('trasformer genration');
    const found = await index.find({ query, text: '', words: 10, near: 0 });
    assert.equal(found.evidence.length, 8 + 1);
    assert.deepEqual(found.corrected, [
      ['trasformer', 'transformers'],
      ['genration', 'generation'],
    ]);
  });

  test('takes the last word for the beginning of one, only while it is typed', async () => {
    await using index = await filled();
    const typed = async (raw: string, prefix: boolean) => {
      const { evidence, completed } = await index.find({
        query: parseQuery(raw),
        text: '',
        words: 10,
        near: 0,
        prefix,
      });
      return [ids(evidence), completed];
    };
    assert.deepEqual(await typed('sourd', true), [['a-slug'], [['sourd', 'sourdough']]]);
    assert.deepEqual(await typed('sourd', false), [[], []]);
    assert.deepEqual((await typed('bread panor', true))[0]?.toSorted(), ['a-slug', 'arxiv:2512.00002']);
    assert.deepEqual(await typed('panor bread', true), [['a-slug'], []]);
    assert.deepEqual(await typed('"sourd" the', true), [[], []]);
    assert.deepEqual(await typed('\u{10ffff}\u{10ffff}', true), [[], []]);
  });

  test('keeps to phrases and exclusions, in words, meaning and browsing', async () => {
    await using index = await filled();
    assert.deepEqual(await words(index, '"knot forcing"'), ['arxiv:2601.00001']);
    assert.deepEqual(await words(index, 'diffusion -panorama'), ['arxiv:2601.00001']);
    const near = async (raw: string) => {
      const query = parseQuery(raw);
      return ids((await index.find({ query, text: 'a panorama from one lidar image', words: 1, near: 10 })).evidence);
    };
    assert.deepEqual(await near('"knot forcing"'), ['arxiv:2601.00001']);
    assert.deepEqual(await near('x -"knot forcing"'), ['arxiv:2512.00002']);
    assert.deepEqual(await browsed(index, parseQuery('-diffusion')), ['a-slug']);
  });

  test('filters by every operator, and by its opposite', async () => {
    await using index = await filled();
    const expected: [string, string[]][] = [
      ['cat:cs.LG', ['arxiv:2601.00001']],
      ['cat:CS', ['arxiv:2601.00001', 'arxiv:2512.00002']],
      ['author:"o\'brien"', ['arxiv:2601.00001']],
      ['author:lovelace', ['arxiv:2512.00002']],
      ['author:love', []],
      ['author:"yann wei"', []],
      ['org:tongyilab', ['arxiv:2601.00001']],
      ['source:daily-page', ['arxiv:2601.00001']],
      ['has:code', ['arxiv:2512.00002']],
      ['year:2025', ['arxiv:2512.00002']],
      ['year:2025 year:2026', ['arxiv:2601.00001', 'arxiv:2512.00002']],
      ['after:2026', ['arxiv:2601.00001']],
      ['before:2025-12', ['arxiv:2512.00002']],
      ['cat:cs -cat:cs.LG', ['arxiv:2512.00002']],
      ['cat:cs -author:lovelace', ['arxiv:2601.00001']],
      ['cat:cs -org:tongyilab', ['arxiv:2512.00002']],
      ['cat:cs -source:daily-page', ['arxiv:2512.00002']],
      ['cat:cs -has:code', ['arxiv:2601.00001']],
    ];
    for (const [raw, found] of expected) {
      const query = parseQuery(raw);
      assert.deepEqual(await browsed(index, query), found, raw);
      assert.deepEqual((await worded(index, { ...query, text: 'diffusion' })).sort(), [...found].sort(), raw);
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
      const filter = { authors: [value], organisations: [value], categories: [value], sources: [value], has: [value] };
      const query = { ...parseQuery('diffusion'), ...filter };
      assert.deepEqual(await worded(index, query), [], value);
      assert.deepEqual(await browsed(index, query), [], value);
    }
    assert.equal((await index.stats()).documents, 3);
  });

  test('knows the vectors of those that were read', async () => {
    await using index = await filled();
    const cosines = await index.fine(['a-slug', 'arxiv:2512.00002', 'arxiv:2601.00001', 'unknown'], unit(1));
    assert.deepEqual([...cosines.keys()].sort(), ['arxiv:2512.00002', 'arxiv:2601.00001']);
    assert.ok(Math.abs((cosines.get('arxiv:2601.00001') ?? 1) - 0) < 1e-6);
    assert.ok((cosines.get('arxiv:2512.00002') ?? 0) > 0.2);
    assert.deepEqual([...(await index.vectorsOf(['a-slug', 'arxiv:2512.00002'])).keys()], ['arxiv:2512.00002']);
    assert.equal((await index.fine(['arxiv:2512.00002'], unit(1), MODEL.id)).size, 1);
    assert.equal((await index.fine(['arxiv:2512.00002'], unit(1), 'another@1')).size, 0);
  });

  test('keeps vectors of any dimensions, one outlier and all, through merges', async () => {
    for (const dimensions of [1, 3, 100, 1027]) {
      await using index = openIndex(fresh());
      const model = { id: `model-${dimensions}@1`, dimensions };
      await index.adopt(model);
      const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
      const vectors = names.map((id, n) => {
        const raw = Float32Array.from({ length: dimensions }, (_, i) => Math.sin(n * 31 + i * 7 + 1));
        raw[dimensions - 1] = 3;
        return { id, vector: raw.map((x) => x / Math.hypot(...raw)) };
      });
      for (const at of [0, 4, 8])
        await index.apply({
          upserts: names.slice(at, at + 4).map((id, n) => doc(id, `Paper ${at + n}`)),
          deletes: [],
          position: at + 4,
        });
      await index.setVectors(vectors.slice(0, 6));
      await index.optimize();
      await index.setVectors(vectors.slice(6));
      assert.deepEqual(await index.unembedded(20), []);
      const first = vectors[0]?.vector ?? new Float32Array(dimensions);
      const cosines = await index.fine(names, first, model.id);
      for (const { id, vector } of vectors) {
        const exact = vector.reduce((sum, x, i) => sum + x * (first[i] ?? 0), 0);
        assert.ok(
          Math.abs((cosines.get(id) ?? 9) - exact) < 0.01,
          `${id} of ${dimensions}: ${cosines.get(id)} ${exact}`,
        );
      }
    }
  });

  test('finds what is near in meaning without a word in common, and never the asked ones themselves', async () => {
    await using index = openIndex(fresh());
    const upserts = [
      doc('cats', 'Feeding kittens', { abstract: 'Milk for young felines.' }),
      doc('lions', 'Lions and tigers', { abstract: 'Big cats of the savanna, and their prey.' }),
      doc('sums', 'Prime numbers', { abstract: 'An elementary proof in number theory.' }),
    ];
    await index.apply({ upserts, deletes: [], position: 1 });
    const [first] = await index.near(['cats'], parseQuery(''), 5);
    assert.equal(first?.id, 'lions');
    assert.ok(!ids(await index.near(['cats', 'lions'], parseQuery(''), 5)).includes('cats'));
    assert.deepEqual(await index.near(['unknown'], parseQuery(''), 5), []);
    const query = parseQuery('integer divisibility');
    const { evidence } = await index.find({ query, text: query.text, words: 5, near: 5 });
    assert.deepEqual(
      evidence.map(({ id, words }) => [id, words]),
      [['sums', null]],
    );
  });

  test('hands out what lacks a vector, newest first, and takes it back embedded', async () => {
    await using index = await filled();
    await index.apply({ upserts: [doc('new', 'Newest', { published: '2026-03-01' })], deletes: [], position: 8 });
    assert.deepEqual(await index.unembedded(10), ['new', 'a-slug']);
    await index.setVectors([{ id: 'a-slug', vector: unit(5) }]);
    assert.deepEqual(await index.unembedded(10), ['new']);
    assert.deepEqual([...(await index.fine(['a-slug'], unit(5))).keys()], ['a-slug']);
    await index.optimize();
    assert.deepEqual([...(await index.fine(['a-slug'], unit(5))).keys()], ['a-slug']);
    assert.deepEqual(await words(index, 'sourdough'), ['a-slug']);
  });

  test('forgets the vectors of another model', async () => {
    await using index = await filled();
    assert.equal((await index.stats()).embedded, 2);
    await index.adopt(MODEL);
    assert.equal((await index.stats()).embedded, 2);
    await index.adopt({ id: 'two', dimensions: 384 });
    assert.equal((await index.stats()).embedded, 0);
    await index.adopt({ id: 'three', dimensions: 8 });
    await index.setVectors([{ id: 'a-slug', vector: new Float32Array(8).fill(0.35) }]);
    assert.equal((await index.stats()).embedded, 1);
    assert.equal(await index.position(), 7);
  });

  test('applies the same changes twice without doubling, and deletes', async () => {
    await using index = await filled();
    await index.apply({ upserts: PAPERS, deletes: [], position: 7 });
    assert.equal((await index.stats()).documents, 3);
    await index.apply({ upserts: [doc('a-slug', 'Renamed')], deletes: ["it's", 'arxiv:2512.00002'], position: 9 });
    assert.equal((await index.stats()).documents, 2);
    assert.deepEqual(await words(index, 'renamed'), ['a-slug']);
    assert.deepEqual(await words(index, 'bread'), []);
  });

  test('counts facets of all that match, or of what was found', async () => {
    await using index = await filled();
    const all = (await index.browse(parseQuery(''), 1)).facets;
    assert.equal(all.total, 3);
    assert.deepEqual(all.year, [
      { value: '2025', count: 1 },
      { value: '2026', count: 1 },
    ]);
    assert.deepEqual(all.source[0], { value: 'arxiv-snapshot', count: 3 });
    const query = parseQuery('bread');
    const { facets } = await index.find({ query, text: '', words: 10, near: 0 });
    assert.deepEqual(facets, { total: 1, year: [], cat: [], source: [{ value: 'arxiv-snapshot', count: 1 }] });
  });

  test('many small commits become few segments, and nothing is lost or doubled on the way', async () => {
    const url = fresh();
    await using index = openIndex(url);
    await index.adopt(MODEL);
    for (let n = 0; n < 40; n++) {
      const upserts = [doc(`p${n}`, `Paper ${n} of many`, { vector: unit(n) }), doc('again', `Turn ${n}`)];
      await index.apply({ upserts, deletes: n % 3 === 2 ? [`p${n - 1}`] : [], position: n + 1 });
    }
    await index.optimize();
    const { documents, embedded } = await index.stats();
    assert.deepEqual({ documents, embedded }, { documents: 28, embedded: 27 });
    assert.deepEqual(await words(index, '"turn 39"'), ['again']);
    assert.equal((await index.find({ query: parseQuery('many'), text: '', words: 100, near: 0 })).evidence.length, 27);
    assert.equal((await index.fine(['p0', 'p1', 'p39'], unit(0))).size, 2);
    const folders = (await readdir(url, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    assert.ok(folders.length < 8, String(folders.length));
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
    assert.equal(await index.position(), 0);
    assert.deepEqual(await words(index, 'diffusion'), []);
    await index.apply({ upserts: PAPERS, deletes: [], position: 7, after: 0 });
    assert.equal((await words(index, 'diffusion')).length, 2);
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
    await assert.rejects(index.apply({ upserts: PAPERS, deletes: [], position: 7 }), { code: 'index-unavailable' });
  });
});
