import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { fixedClock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import { silentLog } from '../kernel/log.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import { openIndex } from '../search/open.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { catchUp, embedMissing, reindex } from './catch-up.ts';
import { searchPapers, suggest } from './search.ts';
import { similarPapers } from './similar.ts';

const DIMENSIONS = 384;

/** Knows a handful of meanings: texts about the same have the same vector, whatever words they use. */
const TOPICS = [/mesh|3d|shape|geometry/i, /bread|dough|baking|loaf/i, /graph|network|node/i, /video|film|frames/i];

const topicVector = (text: string): Float32Array => {
  const vector = new Float32Array(DIMENSIONS);
  TOPICS.forEach((topic, i) => {
    if (topic.test(text)) vector[i] = 1;
  });
  const length = Math.hypot(...vector.slice(0, TOPICS.length));
  if (length === 0) vector[TOPICS.length] = 1;
  return length === 0 ? vector : vector.map((x) => x / length);
};

const embedderOf = (embed: Embedder['embed']): Embedder => ({
  id: 'topics@1',
  dimensions: DIMENSIONS,
  ready: async () => {},
  embed,
  async [Symbol.asyncDispose]() {},
});

const topics = embedderOf(async (texts) => texts.map(topicVector));
const never = embedderOf(() => new Promise(() => {}));
const broken = embedderOf(async () => {
  throw new Fault('model-unavailable', 'The model is gone.');
});

const draft = (n: number, title: string, abstract: string, rest: Partial<PaperDraft> = {}): PaperDraft => ({
  id: `arxiv:2601.${String(n).padStart(5, '0')}`,
  externalId: String(n),
  title,
  titleRaw: title,
  abstract,
  abstractRaw: abstract,
  abstractCut: false,
  authors: [{ name: 'Ada Lovelace', key: 'ada-lovelace' }],
  authorCount: 1,
  organisation: null,
  byline: null,
  categories: ['cs.LG'],
  published: `2026-01-${String((n % 27) + 1).padStart(2, '0')}`,
  updated: null,
  versions: [],
  withdrawn: false,
  doi: null,
  journalRef: null,
  note: null,
  license: null,
  links: [],
  signals: {},
  ...rest,
});

const DRAFTS = [
  draft(1, 'Editing meshes part by part', 'A generator of 3D shapes whose legs and seats come apart.'),
  draft(2, 'Geometry of shape spaces', 'We study spaces of forms.'),
  draft(3, 'On the chemistry of bread', 'Dough rises; a loaf is baked.', {
    categories: ['q-bio.BM'],
    published: '2025-05-05',
  }),
  draft(4, 'Graph networks', 'Nodes pass messages.'),
  draft(5, 'Video models', 'Frames follow frames.', { authors: [{ name: "Conan O'Brien", key: 'conan-obrien' }] }),
];

const clock = fixedClock('2026-04-20T08:00:00Z');

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-search-'));
after(() => rm(folder, { recursive: true, force: true }));

const save = (store: Store, drafts: readonly PaperDraft[]) =>
  store.papers.save(
    drafts.map((one) => ({ source: 'arxiv-snapshot', draft: one, raw: '{}' })),
    { now: clock.now() },
  );

let made = 0;
const open = async (drafts: readonly PaperDraft[] = DRAFTS) => {
  const at = join(folder, String(made++));
  const store = await openStore(`sqlite:${at}.db`);
  await store.migrate();
  await save(store, drafts);
  const url = `${at}-index`;
  return { store, url, index: openIndex(url), log: silentLog, embedder: topics };
};

const close = async ({ store, index }: { store: Store; index: SearchIndex }) => {
  await index[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
};

describe('searching', () => {
  let deps: Awaited<ReturnType<typeof open>>;
  before(async () => {
    deps = await open();
    assert.equal(await catchUp(deps), DRAFTS.length);
    assert.equal(await embedMissing(deps), DRAFTS.length);
  });
  after(() => close(deps));

  const find = (q: string, rest: object = {}) => searchPapers(deps, { q, reader: 'owner', ...rest });
  const titles = (page: Awaited<ReturnType<typeof find>>) => page.hits.map(({ card }) => card.paper.title);

  test('finds by words, by meaning and by both, and says which', async () => {
    const page = await find('meshes');
    assert.equal(page.mode, 'hybrid');
    assert.equal(page.modeReason, null);
    assert.deepEqual(titles(page), ['Editing meshes part by part', 'Geometry of shape spaces']);
    assert.deepEqual(
      page.hits.map(({ why }) => why),
      ['words and meaning', 'meaning'],
    );
    assert.equal(page.total, 2);
    assert.deepEqual(page.hits[0]?.titleHighlights, [[8, 14]]);
  });

  test('finds by meaning what shares no word, and nothing for nonsense', async () => {
    assert.deepEqual(titles(await find('baking')).slice(0, 1), ['On the chemistry of bread']);
    const nonsense = await find('xyzzy plugh');
    assert.deepEqual([nonsense.total, nonsense.pages, nonsense.hits.length], [0, 1, 0]);
  });

  test('does without the model, and says why, when it is off, slow or broken', async () => {
    for (const [embedder, mode, reason] of [
      [null, 'lexical', /switched off/],
      [never, 'instant', /busy or still loading/],
      [broken, 'instant', /cannot be used at the moment/],
    ] as const) {
      const page = await searchPapers({ ...deps, embedder }, { q: 'meshes', reader: 'owner', patience: 20 });
      assert.equal(page.mode, mode);
      assert.match(page.modeReason ?? '', reason);
      assert.equal(titles(page)[0], 'Editing meshes part by part');
    }
    const page = await searchPapers({ ...deps, embedder: null }, { q: 'meshes', reader: 'owner' });
    assert.deepEqual(
      page.hits.map(({ why }) => why),
      ['words'],
    );
  });

  test('lists the newest when there are only filters, and counts facets', async () => {
    const page = await find('cat:cs year:2026');
    assert.equal(page.total, 4);
    assert.deepEqual(titles(page)[0], 'Video models');
    const year = page.facets.find(({ field }) => field === 'year');
    assert.deepEqual(year?.values, [{ value: '2026', label: '2026', count: 4, active: true }]);
    const cat = page.facets.find(({ field }) => field === 'cat');
    assert.deepEqual(cat?.values[0], { value: 'cs.LG', label: 'Machine Learning', count: 4, active: false });
    assert.equal((await find('')).total, 5);
    assert.deepEqual(titles(await find('author:"o\'brien"')), ['Video models']);
  });

  test('sorts by date and by votes', async () => {
    const q = 'meshes graph video bread';
    const byDate = (await find(q, { sort: 'newest' })).hits.map(({ card }) => card.paper.published);
    assert.deepEqual(byDate, byDate.toSorted().reverse());
    await deps.store.votes.cast({ paperId: 'arxiv:2601.00003', reader: 'owner', wish: true, at: clock.now() });
    const byVotes = await find(q, { sort: 'votes' });
    assert.equal(titles(byVotes)[0], 'On the chemistry of bread');
    assert.equal(byVotes.hits[0]?.card.voted, true);
  });

  test('pages never overlap and cover all, whatever the page asked for', async () => {
    const q = 'meshes graph video bread';
    const all = titles(await find(q));
    const { pages: count } = await find(q, { limit: 2 });
    assert.equal(count, Math.ceil(all.length / 2));
    const pages = await Promise.all(Array.from({ length: count }, (_, i) => find(q, { page: i + 1, limit: 2 })));
    assert.deepEqual(pages.flatMap(titles), all);
    assert.deepEqual(titles(await find(q, { page: 999, limit: 2 })), titles(pages.at(-1) as (typeof pages)[number]));
    for (const page of [0, -1, Number.NaN, 1.5]) assert.equal((await find(q, { page, limit: 2 })).page, 1);
  });

  test('answers hostile queries', async () => {
    const file = join(import.meta.dirname, '../../test/fixtures/hostile-queries.json');
    const hostile: string[] = JSON.parse(await readFile(file, 'utf8'));
    for (const q of [...hostile, '\u0000', '\ud800 graph', `"${'a '.repeat(5000)}`, 'graph'.repeat(2000)]) {
      const page = await find(q);
      assert.ok(page.total >= page.hits.length, q);
      await suggest(deps, q);
    }
    const pieces = fc.constantFrom(
      'graph',
      '"',
      "'",
      '-',
      'cat:',
      'author:',
      '%',
      '_',
      '\\',
      ')',
      ' OR ',
      '--',
      '\u202e',
      '🙈',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), async (parts) => {
        assert.ok((await find(parts.join(''))).total <= DRAFTS.length);
      }),
      { numRuns: 25 },
    );
    assert.equal((await deps.index.stats()).documents, DRAFTS.length);
  });

  test('finds similar papers, never the paper itself', async () => {
    const near = async (id: string) => (await similarPapers(deps, id, 5, 'owner')).map(({ paper }) => paper.id);
    assert.deepEqual(await near('arxiv:2601.00001'), ['arxiv:2601.00002']);
    assert.deepEqual(await near('arxiv:2601.00003'), []);
    assert.deepEqual(await near('unknown'), []);
  });
});

describe('catching up', () => {
  test('stops anywhere, goes on, and does nothing twice', async () => {
    const deps = await open();
    assert.equal(await catchUp(deps, { signal: AbortSignal.abort() }), 0);
    const seen: number[] = [];
    await catchUp(deps, { onProgress: ({ done, total }) => seen.push(done / total) });
    assert.equal(seen.at(-1), 1);
    assert.equal(await catchUp(deps), 0);
    await save(deps.store, [draft(4, 'Graphs renamed', 'Nodes pass messages.'), draft(6, 'New', 'New.')]);
    assert.equal(await catchUp(deps), 2);
    assert.equal((await deps.index.stats()).documents, 6);
    assert.equal((await searchPapers({ ...deps, embedder: null }, { q: 'renamed', reader: 'owner' })).total, 1);
    await close(deps);
  });

  test('half read for meaning, finds all papers', async () => {
    const deps = await open();
    await catchUp(deps);
    await deps.index.setVectors([{ id: 'arxiv:2601.00001', vector: topicVector('mesh') }]);
    const page = await searchPapers(deps, { q: 'meshes shapes', reader: 'owner' });
    assert.equal(page.mode, 'hybrid');
    assert.deepEqual(
      page.hits.slice(0, 2).map(({ card }) => card.paper.id),
      ['arxiv:2601.00001', 'arxiv:2601.00002'],
    );
    await close(deps);
  });

  test('builds a deleted or truncated index again, with vectors from the database', async () => {
    const deps = await open();
    await catchUp(deps);
    await embedMissing(deps);
    const harm: (() => Promise<void>)[] = [
      () => rm(deps.url, { recursive: true }),
      async () => {
        for (const file of await readdir(deps.url, { recursive: true, withFileTypes: true })) {
          if (file.isFile()) await truncate(join(file.parentPath, file.name), 9);
        }
      },
    ];
    for (const damage of harm) {
      await deps.index[Symbol.asyncDispose]();
      await damage();
      const again = { ...deps, index: openIndex(deps.url), embedder: { ...topics, embed: broken.embed } };
      assert.equal(await catchUp(again), DRAFTS.length);
      const { documents, embedded } = await again.index.stats();
      assert.deepEqual({ documents, embedded }, { documents: DRAFTS.length, embedded: DRAFTS.length });
      deps.index = again.index;
    }
    await close(deps);
  });

  test('builds again when the database is older than the index', async () => {
    const deps = await open();
    await catchUp(deps);
    await deps.index.apply({ upserts: [], deletes: [], position: 1_000_000 });
    assert.equal(await catchUp(deps), DRAFTS.length);
    assert.equal(await deps.index.position(), await deps.store.changes.last());
    await close(deps);
  });

  test('reindexes, and lives without a model', async () => {
    const deps = await open();
    await reindex(deps);
    assert.equal((await deps.index.stats()).embedded, DRAFTS.length);
    const bare = await open();
    await catchUp(bare);
    assert.equal(await embedMissing({ ...bare, embedder: broken }), 0);
    assert.equal((await bare.index.stats()).embedded, 0);
    await close(deps);
    await close(bare);
  });
});
