import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDay } from '../../src/kernel/day.ts';
import { Fault } from '../../src/kernel/errors.ts';
import { cleanText } from '../../src/kernel/text.ts';
import type { Answer, Ask, Entry, HarvestState, Source, Turn, Wish } from '../../src/ports/source.ts';
import { SOURCES } from '../../src/sources/registry.ts';

/** A real document of every source. A source without one fails here. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  'daily-page': 'assets/first-edition/daily-papers-page.txt',
  'arxiv-oai': 'test/fixtures/arxiv-oai/listrecords-arXiv-p11.xml',
  'arxiv-feed': 'test/fixtures/arxiv-feed/rss-cs.AI.xml',
  'arxiv-query': 'test/fixtures/arxiv-query/search-page-1.xml',
  'arxiv-snapshot': 'test/fixtures/arxiv-snapshot/papers.jsonl',
  'hf-daily': 'test/fixtures/hf-daily/dump.jsonl',
  openreview: 'test/fixtures/openreview/page-1.json',
  biorxiv: 'test/fixtures/biorxiv/page-1.json',
  medrxiv: 'test/fixtures/medrxiv/page-1.json',
  feed: 'test/fixtures/feed/journal.rdf',
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

/** Files people have lying about are read as far as they can be; only answers that are no answers may be refused. */
const NEVER_REFUSED = ['daily-page', 'arxiv-snapshot'];

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
            assert.ok(!NEVER_REFUSED.includes(source.id), error.message);
            assert.match(error.message, /^\S[^\n]*\.$/);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
}

const BASE = 'http://mirror.example:8080/base';
const NOTHING_WISHED: Wish = { from: null, until: null, set: null, format: null };
/** Wishes by source that leave nothing open, where a source cannot begin without one. */
const WISHES: Readonly<Record<string, Partial<Wish>>> = {
  feed: { set: 'https://example.org/feed.xml' },
  zotero: { set: 'groups/12345' },
  openreview: { set: 'ICLR.cc/2026/Conference' },
};
const TODAY = '2026-11-22';

const answerTo = (ask: Ask, body: Uint8Array, status = 200): Answer => ({
  url: ask.url,
  status,
  type: ask.accepts[0] ?? 'application/octet-stream',
  headers: {},
  body,
});

/** An address below the base, and a body that is text if there is one. */
const checkAsk = (ask: Ask, isAnywhere = false): void => {
  assert.ok(URL.canParse(ask.url), ask.url);
  assert.ok(isAnywhere ? /^https?:/.test(ask.url) : ask.url.startsWith(BASE), ask.url);
  assert.ok(ask.accepts.every((type) => /^[a-z]+\/[a-z0-9.+-]+$/.test(type)));
};

const wounded = (bytes: Buffer) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ maxLength: 12 })), { maxLength: 12 }),
      fc.nat(bytes.length),
    )
    .map(([wounds, length]) => {
      const damaged = Buffer.from(bytes.subarray(0, length));
      for (const [at, wound] of wounds)
        damaged.set(wound.subarray(0, Math.max(0, damaged.length - at)), Math.min(at, damaged.length));
      return damaged;
    });

for (const source of SOURCES) {
  const { wire, lookup } = source;
  const beginning = (): HarvestState => {
    assert.ok(wire);
    const begun = wire.begin({ ...NOTHING_WISHED, ...WISHES[source.id] }, null, TODAY);
    assert.ok(begun.ok, begun.ok ? '' : begun.message);
    return begun.value;
  };
  /** Only the feed of anyone is wherever its wish says. */
  const isAnywhere = source.id === 'feed';

  test(`${source.id}: its wire asks below its base, from a state that is JSON`, { skip: !wire }, async () => {
    assert.ok(wire);
    assert.ok(isAnywhere || wire.base.startsWith('https://'));
    assert.ok(wire.manners.gapMs > 0 && wire.manners.key !== '');
    const state = beginning();
    assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
    const ask = wire.ask(state, BASE);
    checkAsk(ask, isAnywhere);
    const turn = await wire.read(state, answerTo(ask, documentOf(source)));
    if (turn.kind !== 'page' || turn.next === null) return;
    assert.deepEqual(JSON.parse(JSON.stringify(turn.next)), turn.next);
    checkAsk(wire.ask(turn.next, BASE), isAnywhere);
    assert.notDeepEqual(wire.ask(turn.next, BASE), ask);
  });

  test(`${source.id}: its wire refuses wishes it cannot fulfil`, { skip: !wire }, () => {
    assert.ok(wire);
    const strange: Partial<Wish>[] = [
      { format: 'no such format' },
      { set: '\u0000' },
      { ...WISHES[source.id], from: 'yesterday' },
      { ...WISHES[source.id], until: '2026-02-30' },
      { ...WISHES[source.id], from: '2026-11-20', until: '2026-11-19' },
    ];
    for (const wish of strange) {
      // The service refuses what a wire does not name.
      if (Object.keys(wish).some((name) => wire.wishes[name as keyof Wish] === undefined)) continue;
      const begun = wire.begin({ ...NOTHING_WISHED, ...wish }, null, TODAY);
      assert.ok(!begun.ok, JSON.stringify(wish));
      assert.equal(begun.code, 'bad-usage');
      assert.match(begun.message, /^\S[^\n]*\.$/);
    }
  });

  test(`${source.id}: damaged answers on the wire end in a turn or a Fault, and lead nowhere twice`, {
    skip: !wire,
  }, async () => {
    assert.ok(wire);
    const state = beginning();
    const ask = wire.ask(state, BASE);
    const bytes = documentOf(source).subarray(0, 12_000);
    await fc.assert(
      fc.asyncProperty(wounded(bytes), fc.constantFrom(200, 200, 400, 404), async (body, status) => {
        let turn: Turn;
        try {
          turn = await wire.read(state, answerTo(ask, body, status));
        } catch (error) {
          assert.ok(error instanceof Fault, String(error));
          return;
        }
        if (turn.kind === 'page' && turn.next !== null) assert.notDeepEqual(wire.ask(turn.next, BASE), ask);
        if (turn.kind === 'refused' || turn.kind === 'again' || turn.kind === 'restart')
          assert.match(turn.reason, /^\S[^\n]*$/);
      }),
      { numRuns: 60 },
    );
  });

  test(`${source.id}: its lookup asks below its base and leaves out what it was not asked`, {
    skip: !lookup,
  }, async () => {
    assert.ok(lookup);
    const ids = ['arxiv:2507.08772', 'arxiv:math/0309136', 'doi:10.1000/182', 'openreview:abc', 'a-slug'];
    const taken = ids.filter((id) => lookup.takes(id));
    assert.ok(lookup.most > 0 && taken.length > 0 && !lookup.takes('a-slug'));
    const ask = lookup.ask(taken.slice(0, lookup.most), BASE);
    checkAsk(ask);
    const bytes = documentOf(source).subarray(0, 12_000);
    await fc.assert(
      fc.asyncProperty(wounded(bytes), async (body) => {
        try {
          const entries = await lookup.read(taken, answerTo(ask, body));
          for (const entry of entries) if (entry.kind === 'extra') assert.ok(taken.includes(entry.extra.id));
        } catch (error) {
          assert.ok(error instanceof Fault, String(error));
        }
      }),
      { numRuns: 30 },
    );
  });
}
