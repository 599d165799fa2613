import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cite } from '@citation-js/core';
import '@citation-js/plugin-bibtex';
import fc from 'fast-check';
import type { Entry, Source } from '../ports/source.ts';
import { draftFrom } from '../sources/arxiv-snapshot.ts';
import { bibtex } from '../sources/bibtex.ts';
import { cslJson } from '../sources/csl-json.ts';
import { ris } from '../sources/ris.ts';
import { zotero } from '../sources/zotero.ts';
import { bibtexWith, cslOf, risOf } from './cite-exchange.ts';
import { zoteroOf } from './cite-zotero.ts';
import { folderName, foldersOf, type Marginalia, noteText, tagName, tagsOf } from './library.ts';
import type { Paper } from './paper.ts';

const FIXTURE = new URL('../../test/fixtures/arxiv-snapshot/papers.jsonl', import.meta.url);
const PAPERS: readonly Paper[] = readFileSync(FIXTURE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const result = draftFrom(line);
    assert.ok(result.ok && result.value.id !== null);
    return { ...result.value, id: result.value.id, sightings: [] };
  });

const MARGIN: Marginalia = {
  tags: ['deep learning', 'r&d', 'été'],
  folders: ['thesis/chapter 2', 'to_read'],
  note: 'Theorem 3 is *sharp*, 50% & more.',
};

type PaperEntry = Extract<Entry, { readonly kind: 'paper' }>;
const readBack = async (source: Source, text: string): Promise<PaperEntry> => {
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  const [entry, ...more] = await Array.fromAsync(source.parse(bytes));
  assert.equal(more.length, 0);
  assert.ok(entry?.kind === 'paper', JSON.stringify(entry));
  return entry;
};
const jsonOf = (paper: Paper, margin?: Marginalia): string => JSON.stringify([cslOf(paper, margin, 'key')]);

const FORMATS: readonly (readonly [Source, (paper: Paper, margin?: Marginalia) => string])[] = [
  [bibtex, (paper, margin) => bibtexWith(paper, margin, 'key')],
  [ris, (paper, margin) => risOf(paper, margin, 'key')],
  [cslJson, jsonOf],
  [zotero, (paper, margin) => JSON.stringify(zoteroOf(paper, margin))],
];

/** In RIS and in a list of Zotero’s items folders have no place. */
const hasFolders = (source: Source): boolean => source !== ris && source !== zotero;

for (const [source, write] of FORMATS) {
  test(`${source.id}: every paper is read back as itself`, async () => {
    assert.ok(PAPERS.length > 5);
    for (const paper of PAPERS) {
      const text = write(paper, MARGIN);
      assert.ok(source.recognises({ name: 'x', head: text.slice(0, 4_000) }), text.slice(0, 200));
      const { draft } = await readBack(source, text);
      assert.equal(draft.id, paper.id);
      assert.equal(draft.title, paper.title);
      assert.equal(draft.doi?.toLowerCase(), paper.doi?.toLowerCase());
      assert.equal(draft.abstract, paper.abstract);
      assert.equal(draft.published, paper.published);
      assert.deepEqual(
        draft.authors.map(({ key }) => key),
        paper.authors.map(({ key }) => key),
      );
      if (paper.journalRef !== null) assert.ok(draft.journalRef?.startsWith(paper.journalRef), `${draft.journalRef}`);
    }
  });

  test(`${source.id}: tags and notes are read back${hasFolders(source) ? ', and folders' : ''}`, async () => {
    const { margin } = await readBack(source, write(PAPERS[0] as Paper, MARGIN));
    assert.deepEqual(margin, hasFolders(source) ? MARGIN : { ...MARGIN, folders: [] });
    assert.deepEqual((await readBack(source, write(PAPERS[0] as Paper))).margin, { tags: [], folders: [], note: '' });
  });
}

test('any tags and any note come through CSL-JSON, and through the others but for spaces and mathematics', async () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'é', ' ', '{', '}', '%', '&', '#', '_', '^', '~', '\n', '-', ':', '@'),
    maxLength: 30,
  });
  const tag = text.map(tagName).filter((name) => name !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.array(tag, { maxLength: 4 }),
      fc.array(text.map(folderName), { maxLength: 3 }),
      text,
      async (tags, folders, note) => {
        const margin = { tags: tagsOf(tags), folders: foldersOf(folders), note: noteText(note).trim() };
        for (const [source, write] of FORMATS) {
          const back = (await readBack(source, write(PAPERS[0] as Paper, margin))).margin;
          assert.deepEqual(tagsOf(back?.tags ?? []), margin.tags, source.id);
          if (hasFolders(source)) assert.deepEqual(foldersOf(back?.folders ?? []), margin.folders, source.id);
          const flat = (words = ''): string => words.replace(/\s+/g, ' ').trim();
          assert.equal(flat(back?.note), flat(margin.note), source.id);
          if (source === cslJson) assert.equal(back?.note, margin.note);
          const lines = (words = ''): readonly string[] => words.split(/\s*\n\s*/);
          if (source === zotero) assert.deepEqual(lines(back?.note), lines(margin.note));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('another program reads the same papers from BibTeX and CSL-JSON', () => {
  for (const paper of PAPERS.slice(0, 6)) {
    const [fromBibtex = {}] = new Cite(bibtexWith(paper, MARGIN)).data as Record<string, unknown>[];
    const [fromCsl = {}] = new Cite(jsonOf(paper, MARGIN)).data as Record<string, unknown>[];
    for (const read of [fromBibtex, fromCsl]) {
      assert.equal(read.DOI, paper.doi ?? undefined);
      assert.deepEqual(
        (read.issued as { 'date-parts': number[][] })['date-parts'][0]?.[0],
        Number(paper.published?.slice(0, 4)),
      );
      assert.equal((read.author as unknown[]).length, paper.authors.length);
    }
    assert.equal(fromCsl.title, paper.title);
    assert.equal(fromCsl.keyword, MARGIN.tags.join(', '));
  }
});

test('what is written for Zotero is what its API takes: keys of its letters, one a paper, notes as items below it', () => {
  const papers = PAPERS.map((paper) => zoteroOf(paper, MARGIN) as { key: string; data: Record<string, unknown> }[]);
  const keys = papers.flat().map(({ key }) => key);
  assert.equal(new Set(keys).size, 2 * PAPERS.length);
  for (const key of keys) assert.match(key, /^[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}$/);
  for (const [item, note] of papers) {
    assert.ok(item && note);
    assert.equal(note.data.parentItem, item.key);
    assert.equal(note.data.note, '<p>Theorem 3 is *sharp*, 50% &amp; more.</p>');
    assert.deepEqual(
      item.data.tags,
      MARGIN.tags.map((tag) => ({ tag })),
    );
    for (const { key, data } of [item, note]) assert.deepEqual([data.key, data.version], [key, 0]);
  }
  assert.deepEqual(zoteroOf(PAPERS[0] as Paper), zoteroOf(PAPERS[0] as Paper));
});

test('a work of which only the year is known keeps it, in its field, and is read back as it was', async () => {
  const paper: Paper = { ...(PAPERS[0] as Paper), published: null, journalRef: 'Birds 12 (3), 4-5 (2019)' };
  const dated = { bibtex: /^ {2}year = \{2019\},$/m, ris: /^PY {2}- 2019\r$/m, zotero: /"date":"2019"/ };
  for (const [source, write] of FORMATS) {
    const text = write(paper);
    assert.match(text, dated[source.id as keyof typeof dated] ?? /"issued":\{"date-parts":\[\[2019\]\]\}/, source.id);
    assert.match(text, /Birds 12 \(3\), 4-{1,2}5/, source.id);
    assert.doesNotMatch(text, /\(2019\)/, source.id);
    const { draft } = await readBack(source, text);
    assert.deepEqual([draft.journalRef, draft.published], [paper.journalRef, null], source.id);
  }
});
