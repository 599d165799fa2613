import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { LEAST, readThrough, summaryOf } from '../../test/feeds/tally.ts';
import { Fault } from '../kernel/errors.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Answer, Entry, HarvestState } from '../ports/source.ts';
import { feed } from './feed.ts';
import { dayIn } from './feed-draft.ts';

const FOLDER = new URL('../../test/fixtures/feed/', import.meta.url);
const fixture = (name: string): Buffer => readFileSync(new URL(name, FOLDER));
const parse = (bytes: Uint8Array | string): Promise<Entry[]> =>
  Array.fromAsync(
    feed.parse(
      (async function* () {
        yield Buffer.from(bytes);
      })(),
    ),
  );
const draftsIn = async (bytes: Uint8Array | string): Promise<readonly PaperDraft[]> =>
  (await parse(bytes)).flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));
const item = (inner: string): string =>
  `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>${`<item>${inner}</item>`}</channel></rss>`;

test('every file of the corpus is read without a crash, and well-formed ones lose no entry', async () => {
  const names = readdirSync(new URL('corpus/', FOLDER)).filter((name) => /\.(?:xml|json)$/.test(name));
  const outcomes = await Promise.all(names.map((name) => readThrough(name, fixture(`corpus/${name}`))));
  const { files, crashes, counted, found, papers } = summaryOf(outcomes);
  assert.ok(files >= 40 && counted.entries >= 20 && counted.telling >= 15);
  assert.deepEqual(crashes, []);
  assert.ok(found >= LEAST * counted.entries, `${found} of ${counted.entries}`);
  assert.ok(papers >= LEAST * counted.telling, `${papers} of ${counted.telling}`);
});

test('a journal in RSS 1.0: DOIs, days, and names however they are printed', async () => {
  const drafts = await draftsIn(fixture('journal.rdf'));
  const written = [
    ...fixture('journal.rdf')
      .toString('utf8')
      .matchAll(/<dc:identifier>doi:([^<]+)</g),
  ];
  assert.deepEqual(
    drafts.map(({ doi }) => doi),
    written.map(([, doi]) => doi?.toLowerCase()),
  );
  for (const { id, doi, abstract, abstractRaw, authors, published } of drafts) {
    assert.equal(id, `doi:${doi}`);
    assert.ok(abstractRaw.startsWith('<p>') && !abstract.includes('<p>'));
    assert.ok(authors.length > 0 && authors.every(({ name }) => !/[,;]/.test(name)));
    assert.match(published ?? '', /^\d{4}-\d\d-\d\d$/);
  }
});

test('a reading list in Atom: arXiv ids and categories, days in UTC, the feed stands in for authors', async () => {
  const drafts = await draftsIn(fixture('reading-list.atom'));
  assert.equal(drafts.length, 5);
  for (const { id, categories, published, updated, links, titleRaw, title } of drafts) {
    assert.match(id ?? '', /^arxiv:/);
    assert.ok(categories.length > 0 && !categories.includes('reading'));
    // 23:30 five hours west of Greenwich is the next day.
    assert.ok(published !== null && updated !== null && published > updated);
    assert.equal(links.filter(({ rel }) => rel === 'pdf').length, 1);
    assert.ok(titleRaw !== '' && title !== '');
  }
  assert.deepEqual(
    drafts.at(-1)?.authors.map(({ name }) => name),
    ['Ann Reader'],
  );
});

test('a JSON Feed: OpenReview ids, scripts left out, first words where there is no title', async () => {
  const [first, second, third] = await draftsIn(fixture('papers.json'));
  assert.equal(first?.id, 'openreview:aB3dE_f-9h');
  assert.deepEqual(first?.categories, ['cs.LG']);
  assert.equal(first?.published, '2026-07-01');
  assert.ok(first?.links.some(({ rel, url }) => rel === 'pdf' && url === 'https://workshop.example/1.pdf'));
  assert.equal(second?.id, null);
  assert.equal(second?.externalId, 'https://workshop.example/2');
  assert.doesNotMatch(second?.abstract ?? '', /alert/);
  assert.equal(second?.updated, '2026-07-01');
  assert.ok(third?.title.startsWith('A note without a title') && third.title.endsWith('…'));
  assert.deepEqual(
    third?.authors.map(({ name }) => name),
    ['The Organisers'],
  );
});

test('what an entry says of itself is kept as it was, beside what is shown', async () => {
  const [draft] = await draftsIn(
    item('<title>On &amp;lt;b&amp;gt; in HTML</title><description>&lt;p&gt;x&lt;/p&gt;</description>'),
  );
  assert.equal(draft?.title, 'On <b> in HTML');
  assert.deepEqual([draft?.abstractRaw, draft?.abstract], ['<p>x</p>', 'x']);
});

test('a broken entry spoils no other; markup and addresses that could do harm are no part of a paper', async () => {
  const text = item(
    '<title>One</title><link>javascript:alert(1)</link></item><item><title>Two<b></title><description>a & b</item><item><title>Three</title>',
  );
  const drafts = await draftsIn(text);
  assert.deepEqual(
    drafts.map(({ title }) => title),
    ['One', 'Two', 'Three'],
  );
  for (const { links } of drafts) for (const { url } of links) assert.match(url, /^https?:/);
});

test('encodings: what is declared, what the header says, and what the bytes say', async () => {
  const text = item('<title>Café</title>');
  const latin = Buffer.from(text, 'latin1');
  const utf16 = Buffer.from(text, 'utf16le');
  for (const bytes of [latin, utf16, Buffer.from(text), Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])])
    assert.equal((await draftsIn(bytes))[0]?.title, 'Café');
});

test('dates of both kinds, in UTC; others are none', () => {
  assert.equal(dayIn('2026-07-01T23:30:00-05:00'), '2026-07-02');
  assert.equal(dayIn('2026-07-01'), '2026-07-01');
  assert.equal(dayIn('2026-07-01T23:30:00'), '2026-07-01');
  assert.equal(dayIn('Wed, 01 Jul 2026 23:30:00 -0500'), '2026-07-02');
  assert.equal(dayIn('1 Jul 2026 23:30'), '2026-07-01');
  for (const none of ['', 'yesterday', '07/01/2026', '2026-02-30', '2026', 'Wed, 99 Foo 2026'])
    assert.equal(dayIn(none), null, none);
});

test('what is no feed is told in one sentence, whatever it is', async () => {
  for (const text of ['<html><body>Not found</body></html>', 'plain words', '{"a":1}', '{', '<?xml version="1.0"?>'])
    await assert.rejects(parse(text), (error) => error instanceof Fault && error.code === 'source-refused', text);
  assert.deepEqual(await parse(''), []);
  assert.deepEqual(await parse('<rss version="2.0"><channel><title>Empty</title></channel></rss>'), []);
});

test('tags in any order end in entries or a Fault', async () => {
  const piece = fc.constantFrom(
    ...['<rss>', '<channel>', '<item>', '</item>', '<entry>', '</entry>', '<title>', '</title>', '<feed>', '</feed>'],
    ...[
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      'text',
      '<link href="',
      '"/>',
      '&amp;',
      '&',
      '<',
      '>',
      '<author>',
      '</channel>',
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const { crash } = await readThrough('made up', Buffer.from(`<rss><channel>${pieces.join('')}`));
      assert.equal(crash, null);
    }),
    { numRuns: 200 },
  );
});

const wire = feed.wire as NonNullable<typeof feed.wire>;
const wish = (set: string | null) => ({ from: null, until: null, set, format: null });
const answer = (of: Partial<Answer>): Answer => ({
  url: 'https://example.org/feed.xml',
  status: 200,
  type: 'application/rss+xml',
  headers: {},
  body: Buffer.alloc(0),
  ...of,
});

test('the address is the set; only http and https are asked', () => {
  for (const set of [null, 'file:///etc/passwd', 'feed', 'javascript:alert(1)', '//example.org/feed'])
    assert.equal(wire.begin(wish(set), null, '2026-07-01').ok, false, String(set));
  const begun = wire.begin(wish('https://example.org/feed.xml'), null, '2026-07-01');
  assert.ok(begun.ok);
  assert.deepEqual(wire.ask(begun.value, wire.base), {
    ...wire.ask(begun.value, wire.base),
    url: 'https://example.org/feed.xml',
    headers: {},
  });
});

test('what has not changed is not sent again', async () => {
  const state: HarvestState = { url: 'https://example.org/feed.xml', etag: null, modified: null };
  const headers = { etag: '"1"', 'last-modified': 'Wed, 01 Jul 2026 00:00:00 GMT' };
  const turn = await wire.read(state, answer({ headers, body: fixture('journal.rdf') }));
  assert.ok(turn.kind === 'page' && turn.entries.length === 6 && turn.next === null);
  const again = wire.begin(wish('https://example.org/feed.xml'), turn.through, '2026-07-02');
  assert.ok(again.ok);
  assert.deepEqual(wire.ask(again.value, wire.base).headers, {
    'if-none-match': '"1"',
    'if-modified-since': 'Wed, 01 Jul 2026 00:00:00 GMT',
  });
  const same = await wire.read(again.value, answer({ status: 304, type: '' }));
  assert.deepEqual(same, { kind: 'page', entries: [], next: null, total: null, through: null });
});

test('the charset of the header counts; errors are refused in a sentence', async () => {
  const state: HarvestState = { url: 'https://example.org/feed.xml', etag: null, modified: null };
  const headers = { 'content-type': 'application/rss+xml; charset=koi8-r' };
  const body = Buffer.concat([
    Buffer.from('<rss><channel><item><title>'),
    Buffer.from([0xf0, 0xd2]),
    Buffer.from('</title></item></channel></rss>'),
  ]);
  const turn = await wire.read(state, answer({ headers, body }));
  assert.ok(turn.kind === 'page' && turn.entries[0]?.kind === 'paper' && turn.entries[0].draft.title === 'Пр');
  for (const one of [{ status: 404 }, { body: Buffer.from('<html></html>') }]) {
    const refused = await wire.read(state, answer(one));
    assert.ok(refused.kind === 'refused' && /^\S.*\.$/.test(refused.reason));
  }
});
