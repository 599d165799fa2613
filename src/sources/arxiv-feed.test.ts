import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, Wire, Wish } from '../ports/source.ts';
import { arxivFeed } from './arxiv-feed.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/arxiv-feed/${name}.xml`, import.meta.url), 'utf8');
const wire = arxivFeed.wire as Wire;

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const parsed = (text: string): Promise<Entry[]> => Array.fromAsync(arxivFeed.parse(bytesOf(text)));

const papersIn = async (text: string) =>
  (await parsed(text)).map((entry) => {
    assert.ok(entry.kind === 'paper', JSON.stringify(entry));
    return entry;
  });

const answer = (body: string, status = 200): Answer => ({
  url: 'https://rss.arxiv.org/rss/cs',
  status,
  type: 'application/rss+xml',
  headers: {},
  body: Buffer.from(body),
});

const WISH: Wish = { from: null, until: null, set: null, format: null };
const begin = (wish: Partial<Wish> = {}) => wire.begin({ ...WISH, ...wish }, null, '2026-11-22');

const urlFor = (set: string | null): string => {
  const begun = begin({ set });
  assert.ok(begun.ok, begun.ok ? '' : begun.message);
  return wire.ask(begun.value, wire.base).url;
};

test('RSS and Atom say the same of the same papers', async () => {
  const [rss, atom] = [await papersIn(fixture('rss-cs.AI')), await papersIn(fixture('atom-cs.AI'))];
  assert.ok(rss.length >= 12);
  assert.deepEqual(
    rss.map(({ draft, announced }) => ({ draft, announced })),
    atom.map(({ draft, announced }) => ({ draft, announced })),
  );
});

test('only what is new has a day of publication; what is replaced has its version', async () => {
  const text = fixture('rss-cs.AI');
  const types = [...text.matchAll(/<arxiv:announce_type>([^<]+)/g)].map(([, type]) => type);
  const suffixes = [...text.matchAll(/<guid[^>]*>oai:arXiv.org:[^<]*v(\d+)</g)].map(([, n]) => Number(n));
  const papers = await papersIn(text);
  assert.deepEqual(new Set(types), new Set(['new', 'cross', 'replace', 'replace-cross']));
  for (const [i, { draft, announced }] of papers.entries()) {
    assert.equal(draft.published, types[i] === 'new' ? '2026-11-22' : null);
    assert.deepEqual(draft.versions, [{ n: suffixes[i], date: null }]);
    assert.deepEqual(announced, { day: '2026-11-22', category: draft.categories[0] });
    assert.match(draft.license ?? '', /^https?:\/\//);
    assert.doesNotMatch(draft.abstract, /Announce Type|^Abstract/);
  }
});

test('names and abstracts are read out of the text they come in', async () => {
  const [first] = await papersIn(fixture('rss-cs.AI'));
  assert.deepEqual(
    first?.draft.authors.map(({ name }) => name),
    ['Bartłomiej Cupiał', 'Jan Łojek', 'Mikołaj Garstecki', 'Szymon Pobłocki', 'Alicja Ziarko', 'Piotr Miłoś'],
  );
  assert.match(first?.draft.abstractRaw ?? '', /^We study when natural-language feedback/);
  const item = `<rss><channel><title>cs updates on arXiv.org</title><item><title>T</title>
    <description>arXiv:hep-th/9901001v3 Announce Type: replace\nAbstract: On $x&lt;y$.</description>
    <category>hep-th</category><category>math-ph</category><pubDate>Fri, 23 Aug 2024 00:00:00 -0400</pubDate>
    <dc:creator>Jos\\'e Mu\\~noz, CDF Collaboration: A.B. Cee, D. Eff, Jr. (MIT)</dc:creator>
    <arxiv:DOI>10.5802/jep.257</arxiv:DOI><arxiv:journal_reference>J. \\'Ec. 11 (2024)</arxiv:journal_reference></item></channel></rss>`;
  const [{ draft, announced } = {}] = await papersIn(item);
  assert.deepEqual(
    draft?.authors.map(({ name }) => name),
    ['José Muñoz', 'CDF Collaboration', 'A. B. Cee', 'D. Eff Jr.'],
  );
  assert.deepEqual([draft?.id, draft?.published, draft?.updated], ['arxiv:hep-th/9901001', null, null]);
  assert.deepEqual(
    [draft?.doi, draft?.journalRef, draft?.abstract],
    ['10.5802/jep.257', 'J. Éc. 11 (2024)', 'On $x<y$.'],
  );
  assert.deepEqual(announced, { day: '2024-08-23', category: 'hep-th' });
});

test('a feed that says what was wrong is an error; an empty one is a weekend', async () => {
  const wrong = "arXiv has no such feed: Bad archive 'nope'.";
  await assert.rejects(
    parsed(fixture('rss-error')),
    (error) => error instanceof Fault && error.code === 'source-refused' && error.message === wrong,
  );
  const begun = begin();
  assert.ok(begun.ok);
  assert.deepEqual(await wire.read(begun.value, answer(fixture('rss-error'))), { kind: 'refused', reason: wrong });
  const empty = fixture('rss-cs.AI').replace(/<item>.*<\/item>/s, '');
  assert.deepEqual(await wire.read(begun.value, answer(empty)), {
    kind: 'page',
    entries: [],
    next: null,
    total: 0,
    through: null,
  });
  const page = await wire.read(begun.value, answer(fixture('rss-cs.AI')));
  assert.ok(page.kind === 'page' && page.next === null && page.entries.length === page.total);
  assert.deepEqual(await wire.read(begun.value, answer('<html></html>', 404)), {
    kind: 'refused',
    reason: 'arXiv answers with HTTP 404.',
  });
});

test('a feed is asked for by archive or categories', () => {
  assert.equal(urlFor(null), 'https://rss.arxiv.org/rss/cs');
  assert.equal(urlFor('cs.AI+cs.LG'), 'https://rss.arxiv.org/rss/cs.AI+cs.LG');
  for (const wish of [
    { set: 'nope.XX' },
    { set: '../etc' },
    { set: 'cs+' },
    { from: '2026-11-20' },
    { format: 'atom' },
  ])
    assert.equal(begin(wish).ok, false, JSON.stringify(wish));
});
