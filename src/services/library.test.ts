import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { batchOf, incomingOf } from '../../test/support/drafts.ts';
import { fixedClock } from '../kernel/clock.ts';
import type { Result } from '../kernel/result.ts';
import { SOURCES } from '../sources/registry.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import {
  changeEntries,
  createFolder,
  deleteFolder,
  idsOf,
  LIBRARY_PER_PAGE,
  readLibrary,
  removeEntries,
  renameFolder,
  restoreEntries,
  savePaper,
} from './library.ts';
import { exportLibrary, LIBRARY_FORMATS, libraryData } from './library-export.ts';
import { importLibrary } from './library-import.ts';

const unwrapped = <T>(result: Result<T>): T => {
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.value;
};

const clock = fixedClock('2026-11-22T09:00:00Z');
const stores: Store[] = [];
after(async () => {
  for (const store of stores) await store[Symbol.asyncDispose]();
});
const opened = async (papers = 3) => {
  const store = await openStore('sqlite::memory:');
  stores.push(store);
  await store.migrate();
  await store.papers.save(batchOf(0, papers), { now: clock.now() });
  return { store, clock, sources: SOURCES };
};
type Deps = Awaited<ReturnType<typeof opened>>;
const ID = (n: number): string => `arxiv:2604.${String(n).padStart(5, '0')}`;
const reader = 'ada';

test('a paper is saved once, taken out once, and comes back with all that was written beside it', async () => {
  const deps = await opened();
  const save = (wish: boolean, paperId = ID(1)) => savePaper(deps, { reader, paperId, wish });
  for (const _ of [1, 2]) assert.deepEqual(unwrapped(await save(true)), { saved: true, undo: null });
  await changeEntries(deps, { reader, ids: [ID(1)], change: { tags: ['x'], note: 'N' } });
  const { undo } = unwrapped(await save(false));
  assert.deepEqual(unwrapped(await save(false)), { saved: false, undo: null });
  assert.equal((await readLibrary(deps, { reader })).total, 0);
  assert.equal(await restoreEntries(deps, { reader, undo: undo ?? 0 }), 1);
  const [item] = (await readLibrary(deps, { reader })).items;
  assert.deepEqual([item?.entry.tags, item?.entry.note, item?.card.saved], [['x'], 'N', true]);
  assert.equal((await save(true, 'arxiv:none')).ok, false);
});

test('a list is found by tags, folders, states and words of title, abstract, note and tag', async () => {
  const deps = await opened(4);
  await deps.store.papers.save([incomingOf('9', { title: 'Über Gräfin Ada', abstract: 'Nothing.' })], { now: 0 });
  const all = [0, 1, 2, 3].map(ID);
  await changeEntries(deps, { reader, ids: [...all, 'arxiv:9'], change: {}, saving: true });
  await changeEntries(deps, { reader, ids: [ID(0), ID(1)], change: { addTags: ['rag'], addFolders: ['thesis/one'] } });
  await changeEntries(deps, { reader, ids: [ID(1)], change: { state: 'read', note: 'A *counterexample* to Lemma 2' } });
  const found = async (q: string): Promise<readonly string[]> => [...(await idsOf(deps, { reader, q }))].sort();
  assert.deepEqual(await found('tag:rag'), [ID(0), ID(1)]);
  assert.deepEqual(await found('in:thesis state:read'), [ID(1)]);
  assert.deepEqual(await found('counterexample'), [ID(1)]);
  assert.deepEqual(await found('RAG -counterexample'), [ID(0)]);
  assert.deepEqual(await found('grafin'), ['arxiv:9']);
  assert.deepEqual(await found('noether'), [...all, 'arxiv:9']);
  assert.deepEqual(await found('"never negative" tag:none'), []);
  assert.deepEqual(await idsOf(deps, { reader: 'bo', q: '' }), []);
  const titles = await idsOf(deps, { reader, sort: 'title' });
  assert.deepEqual([titles[0], titles.at(-1)], [ID(0), 'arxiv:9']);
});

test('pages together are the whole list, each paper once', async () => {
  const deps = await opened(LIBRARY_PER_PAGE * 2 + 3);
  const ids = Array.from({ length: LIBRARY_PER_PAGE * 2 + 3 }, (_, n) => ID(n));
  await changeEntries(deps, { reader, ids, change: {}, saving: true });
  const pages = await Promise.all([1, 2, 3, 99].map((page) => readLibrary(deps, { reader, page })));
  assert.deepEqual(
    pages.map(({ page, pages: n, items }) => [page, n, items.length]),
    [
      [1, 3, LIBRARY_PER_PAGE],
      [2, 3, LIBRARY_PER_PAGE],
      [3, 3, 3],
      [3, 3, 3],
    ],
  );
  const shown = pages.slice(0, 3).flatMap(({ items }) => items.map(({ entry }) => entry.paperId));
  assert.deepEqual([...shown].sort(), ids);
});

test('folders are made, renamed and deleted; papers stay', async () => {
  const deps = await opened();
  assert.equal(unwrapped(await createFolder(deps, { reader, name: ' a / b ' })), 'a/b');
  assert.equal((await createFolder(deps, { reader, name: ' / ' })).ok, false);
  await changeEntries(deps, { reader, ids: [ID(0)], change: { addFolders: ['a/b'] }, saving: true });
  assert.equal(unwrapped(await renameFolder(deps, { reader, from: 'a', to: 'c' })), 'c');
  assert.equal((await renameFolder(deps, { reader, from: 'a', to: 'c' })).ok, false);
  assert.deepEqual(await idsOf(deps, { reader, q: 'in:c' }), [ID(0)]);
  assert.equal((await deleteFolder(deps, { reader, name: 'c' })).ok, true);
  assert.equal((await deleteFolder(deps, { reader, name: 'c' })).ok, false);
  assert.equal((await readLibrary(deps, { reader })).total, 1);
});

const bytesOf = async function* (text: string | Uint8Array) {
  yield Buffer.from(text as string);
};
const taken = async (
  deps: Deps,
  name: string,
  text: string | Uint8Array,
  rest: { reader?: string; folder?: string } = {},
) => importLibrary(deps, { reader, name, bytes: bytesOf(text), ...rest });

const BIB = `@article{key1, title={On 2604.00001}, eprint={2604.00001}, archivePrefix={arXiv}, keywords={Graphs, {R\\&D}}, groups={Thesis/One}, annote={Read {\\&} use}}
@misc{bad, author={Nobody}}
@article{key2, title={A work of its own}, author={Emmy Noether}, year=2020, doi={10.5555/own}, keywords={graphs; rings}}
`;

test('a bibliography becomes papers, and they become entries with tags, folders and notes', async () => {
  const deps = await opened();
  const report = unwrapped(await taken(deps, 'mine.bib', BIB, { folder: 'Imported' }));
  assert.deepEqual(
    { ...report, rejections: report.rejections.length },
    { source: 'bibtex', read: 3, fresh: 1, known: 1, saved: 2, rejected: 1, over: 0, rejections: 1, cut: false },
  );
  const { items } = await readLibrary(deps, { reader, sort: 'title' });
  const entries = new Map(items.map(({ entry }) => [entry.paperId, entry]));
  const known = entries.get(ID(1));
  assert.deepEqual(
    [known?.tags, known?.folders, known?.note],
    [['graphs', 'r&d'], ['Imported', 'Thesis/One'], 'Read & use'],
  );
  assert.deepEqual(entries.get('doi:10.5555/own')?.tags, ['graphs', 'rings']);

  await changeEntries(deps, { reader, ids: [ID(1)], change: { note: 'Mine', state: 'read', dropTags: ['r&d'] } });
  const again = unwrapped(await taken(deps, 'mine.bib', gzipSync(BIB)));
  assert.deepEqual([again.fresh, again.known, again.saved], [0, 2, 0]);
  const kept = (await deps.store.library.get(reader, [ID(1)])).get(ID(1));
  assert.deepEqual([kept?.note, kept?.state], ['Mine', 'read']);
  assert.equal(await deps.store.papers.count(), 4);
});

test('the same key in the files of two readers is two works', async () => {
  const deps = await opened(0);
  const bib = (title: string): string => `@misc{smith2020, title={${title}}, author={A Smith}, year=2020}`;
  await taken(deps, 'a.bib', bib('Rings and ideals of one kind'));
  await taken(deps, 'b.bib', bib('Birds of the northern islands'), { reader: 'bo' });
  assert.equal(await deps.store.papers.count(), 2);
  for (const [who, title] of [
    [reader, /^Rings/],
    ['bo', /^Birds/],
  ] as const)
    assert.match((await readLibrary(deps, { reader: who })).items[0]?.card.paper.title ?? '', title);
});

test('every fixture of a bibliography can be taken in; what is none is told in one sentence', async () => {
  const deps = await opened(0);
  const fixture = (path: string) => readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url));
  for (const [path, source] of [
    ['bibtex/library.bib', 'bibtex'],
    ['ris/library.ris', 'ris'],
    ['csl-json/library.json', 'csl-json'],
    ['zotero/items.json', 'zotero'],
  ] as const) {
    const report = unwrapped(await taken(deps, path, fixture(path)));
    assert.equal(report.source, source);
    assert.ok(report.fresh + report.known > 0, path);
    assert.equal(report.read, report.fresh + report.known + report.rejected);
  }
  for (const text of ['', 'What is this?', '<html>', '\0\0\0', JSON.stringify({ a: 1 })]) {
    const refused = await taken(deps, '../../etc/passwd', text);
    assert.ok(!refused.ok);
    assert.match(refused.message, /^passwd is no BibTeX, RIS, CSL-JSON or Zotero file that can be read\.$/);
  }
});

const exported = async (deps: Deps, format: (typeof LIBRARY_FORMATS)[number], q = ''): Promise<string> =>
  (await Array.fromAsync(exportLibrary(deps, { reader, format, q }))).join('');

/** Without a field for folders. */
const FOLDERLESS: readonly string[] = ['ris', 'zotero'];

for (const format of LIBRARY_FORMATS.filter((one) => one !== 'json')) {
  test(`a library written as ${format} and taken in by another is the same library`, async () => {
    const deps = await opened(6);
    const ids = [0, 1, 2, 3, 4, 5].map(ID);
    await changeEntries(deps, { reader, ids, change: { addTags: ['all'] }, saving: true });
    const change = { addTags: ['r&d', 'two words'], addFolders: ['Thesis/Chapter 2'], note: '50% of it; see §3' };
    await changeEntries(deps, { reader, ids: [ID(2)], change });
    const text = await exported(deps, format);
    const there = await opened(0);
    assert.equal(unwrapped(await taken(there, 'file', text)).fresh, 6);
    for (const id of ids) {
      const [mine, theirs] = [deps, there].map(({ store }) => store.library.get(reader, [id]));
      const [a, b] = [(await mine)?.get(id), (await theirs)?.get(id)];
      assert.deepEqual(
        [b?.tags, b?.note, b?.folders],
        [a?.tags, a?.note, FOLDERLESS.includes(format) ? [] : a?.folders],
        id,
      );
      assert.equal((await there.store.papers.get(id))?.title, (await deps.store.papers.get(id))?.title);
    }
  });
}

test('papers that would share a citation key have keys of their own; a filter exports what it shows', async () => {
  const deps = await opened(0);
  const alike = (id: string, title: string) =>
    incomingOf(id, { title, authors: [{ name: 'A Smith', key: 'a-smith' }] });
  await deps.store.papers.save([alike('1', 'Rings of one'), alike('2', 'Rings of two')], { now: 0 });
  await changeEntries(deps, { reader, ids: ['arxiv:1', 'arxiv:2'], change: {}, saving: true });
  await changeEntries(deps, { reader, ids: ['arxiv:2'], change: { addTags: ['t'] } });
  const keys = [...(await exported(deps, 'bibtex')).matchAll(/^@\w+\{([^,]+),/gm)].map(([, key]) => key);
  assert.equal(new Set(keys).size, 2);
  assert.equal(JSON.parse(await exported(deps, 'csl-json', 'tag:t')).length, 1);
  assert.deepEqual(JSON.parse(await exported(deps, 'json', 'tag:none')), []);
});

test('all that is a reader’s is in one value, and forgotten at their word', async () => {
  const deps = await opened();
  await changeEntries(deps, { reader, ids: [ID(0)], change: { note: 'One', addFolders: ['f'] }, saving: true });
  await changeEntries(deps, { reader, ids: [ID(0)], change: { note: 'Two' } });
  await deps.store.follows.put(reader, { kind: 'category', key: 'cs.LG', name: 'cs.LG', createdAt: 1 });
  await deps.store.seen.add({ reader, ids: [ID(1)], at: 1, place: 'following' });
  const data = await libraryData(deps, reader);
  assert.match(JSON.stringify(data.entries), /"note":"Two".*"note":"One"/);
  assert.deepEqual([data.folders, data.follows.length, data.seen.length], [['f'], 1, 1]);
  assert.deepEqual(await removeEntries(deps, { reader, ids: [ID(0), ID(1)] }), { removed: 1, undo: clock.now() });
  await deps.store.library.forget(reader);
  assert.deepEqual(await libraryData(deps, reader), { entries: [], folders: [], follows: [], seen: [] });
});
