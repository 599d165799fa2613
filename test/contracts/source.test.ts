import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDay } from '../../src/kernel/day.ts';
import { Fault } from '../../src/kernel/errors.ts';
import { cleanText } from '../../src/kernel/text.ts';
import type { Entry, Source } from '../../src/ports/source.ts';
import { SOURCES } from '../../src/sources/registry.ts';

/** A real document of every source. A source without one fails here. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'daily-page': 'assets/first-edition/daily-papers-page.txt',
  'arxiv-oai': 'test/fixtures/arxiv-oai/listrecords-arXiv-p11.xml',
  'arxiv-snapshot': 'test/fixtures/arxiv-snapshot/papers.jsonl',
  bibtex: 'test/fixtures/bibtex/library.bib',
  ris: 'test/fixtures/ris/library.ris',
  'csl-json': 'test/fixtures/csl-json/library.json',
  zotero: 'test/fixtures/zotero/items.json',
  crossref: 'test/fixtures/crossref/query.json',
  'semantic-scholar': 'test/fixtures/semantic-scholar/batch.json',
  openalex: 'test/fixtures/openalex/works.json',
};

/** Records of these mean nothing apart from their page, which has their years. */
const NOT_ALONE = ['daily-page'];

const documentOf = (source: Source): Buffer => {
  const path = DOCUMENTS[source.id];
  assert.ok(path, `${source.id} has no document to be tested on`);
  return readFileSync(new URL(`../../${path}`, import.meta.url));
};

async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (source: Source, bytes: Uint8Array, resume = 0, size?: number): Promise<Entry[]> =>
  Array.fromAsync(source.parse(inPieces(bytes, size), { resume }));

test('ids are unique and fit to be written in a command', () => {
  const ids = SOURCES.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, title, homepage } of SOURCES) {
    assert.match(id, /^[a-z][a-z0-9-]*$/);
    assert.ok(title !== '' && homepage.startsWith('https://'));
  }
});

for (const source of SOURCES) {
  test(`${source.id}: its document is recognised by it alone`, () => {
    const head = documentOf(source).toString('utf8', 0, 4096);
    const found = SOURCES.filter((candidate) => candidate.recognises({ name: 'file', head }));
    assert.deepEqual(
      found.map(({ id }) => id),
      [source.id],
    );
  });

  test(`${source.id}: what is kept of an entry reads again by itself`, async () => {
    if (NOT_ALONE.includes(source.id)) return;
    const said = (entry: Entry) => ('draft' in entry ? entry.draft : 'extra' in entry ? entry.extra : null);
    for (const entry of await read(source, documentOf(source))) {
      if (entry.kind !== 'paper' && entry.kind !== 'extra') continue;
      const again: Entry[] = [];
      try {
        for await (const one of source.parse(inPieces(Buffer.from(entry.raw)))) again.push(one);
      } catch (error) {
        // A record alone is no whole document: that is found out at its end.
        assert.ok(error instanceof Fault, String(error));
      }
      const [first] = again;
      assert.ok(first, `nothing is read in ${entry.raw.slice(0, 80)}`);
      assert.deepEqual(said(first), said(entry));
    }
  });

  test(`${source.id}: papers keep what the source said beside what is shown`, async () => {
    const entries = await read(source, documentOf(source));
    assert.ok(entries.some(({ kind }) => kind === 'paper' || kind === 'extra'));
    for (const entry of entries) {
      if (entry.kind !== 'paper') continue;
      const { draft, raw } = entry;
      assert.ok(raw.length >= draft.titleRaw.length);
      assert.ok(draft.title !== '' && draft.externalId !== '');
      assert.equal(cleanText(draft.title), draft.title);
      assert.equal(cleanText(draft.abstract), draft.abstract);
      for (const day of [draft.published, draft.updated, ...draft.versions.map(({ date }) => date)]) {
        assert.ok(day === null || isDay(day));
      }
      for (const { url } of draft.links) assert.match(url, /^https?:\/\//);
      for (const { name, key } of draft.authors) assert.ok(name !== '' && key !== '');
    }
  });

  test(`${source.id}: positions rise, and reading goes on after any of them`, async () => {
    const bytes = documentOf(source);
    const entries = await read(source, bytes);
    assert.deepEqual(await read(source, bytes, 0, 777), entries);
    let position = 0;
    for (const entry of entries) {
      assert.ok(entry.position > position && entry.line <= entry.position);
      position = entry.position;
    }
    for (const at of [0, Math.floor(entries.length / 2), entries.length - 1]) {
      assert.deepEqual(await read(source, bytes, entries[at]?.position), entries.slice(at + 1));
    }
  });

  test(`${source.id}: a damaged document is read as far as it can be, and refused in one sentence at most`, async () => {
    const bytes = documentOf(source).subarray(0, 12_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 12 })), { maxLength: 12 }),
        fc.nat(bytes.length),
        async (wounds, length) => {
          const damaged = Buffer.from(bytes.subarray(0, length));
          for (const [at, wound] of wounds)
            damaged.set(wound.subarray(0, Math.max(0, damaged.length - at)), Math.min(at, damaged.length));
          try {
            for await (const entry of source.parse(inPieces(damaged)))
              if (entry.kind === 'rejected') assert.ok(entry.reason !== '' && entry.line > 0);
          } catch (error) {
            assert.ok(error instanceof Fault && error.code === 'source-refused', String(error));
            assert.match(error.message, /^\S[^\n]*\.$/);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
}
