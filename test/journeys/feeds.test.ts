import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { XMLValidator } from 'fast-xml-parser';
import Parser from 'rss-parser';
import { fixedClock } from '../../src/kernel/clock.ts';
import { parseXml } from '../../src/kernel/xml.ts';
import { linksOf, ORIGIN, openSite, type Site } from '../support/app.ts';

/** Every kind of feed in its three forms, read back by parsers that are not the writer. */

const HOSTILE = 'A <b>bold</b> & "quoted" ]]> title &amp;nbsp; 😀 שלום \u202Eturned';
const LONG = `First words ]]> of it. ${'Sentence after sentence goes on. '.repeat(120)}Last words.`;
const PAPERS = 130;

const line = (n: number): object => ({
  id: `2401.${String(n).padStart(5, '0')}`,
  title: n === 0 ? HOSTILE : `Paper number ${n} on feeding`,
  abstract: n === 0 ? LONG : `We feed the ${n}th reader.`,
  authors: n === 0 ? 'Ada Lovelace, Kurt Gödel and Łukasz Kaiser' : 'Ada Lovelace',
  categories: n === 0 ? 'cs.DL cs.IR' : 'cs.DL',
  versions: [{ version: 'v1', created: `Mon, ${(n % 28) + 1} Jan 2024 10:00:00 GMT` }],
});

let site: Site;
let letter = '';
before(async () => {
  site = await openSite({ clock: fixedClock('2026-04-20T09:00:00Z') });
  await site.take([
    ...Array.from({ length: PAPERS }, (_, n) => line(n)),
    {
      ...line(PAPERS),
      id: '2604.00001',
      categories: 'cs.CL',
      versions: [{ version: 'v1', created: 'Sun, 19 Apr 2026 10:00:00 GMT' }],
    },
  ]);
  const id = '/papers/2401.00000';
  await site.post(`${id}/vote`, { vote: '1' });
  await site.post(`${id}/save`, { save: '1' });
  letter =
    (await site.post(`${id}/letters`, { body: 'A *letter* ]]> & more.', key: 'k' })).headers.get('location') ?? '';
  await site.post('/readers/owner/edit', { about: '', links: '', shown: 'library' });
  await site.post('/groups', { name: 'Feeders', visibility: 'public', key: 'g' });
  await site.post('/groups/feeders/papers/2401.00000/vote', { vote: '1' });
  await site.post('/searches', { q: 'feeding', name: 'Feeding' });
  await site.post('/following', { kind: 'author', key: 'ada-lovelace', wish: '1' });
});
after(() => site[Symbol.asyncDispose]());

const FORMS = ['.atom', '.rss', '.feed.json'] as const;

const addressOf = (page: string, ending: string): string => page.replace(/^([^?]*)/, `$1${ending}`);

interface Read {
  readonly id: string;
  readonly title: string;
  readonly link: string;
  readonly html: string;
  readonly published: string;
  readonly updated: string;
  readonly authors: readonly string[];
  readonly categories: readonly string[];
  readonly pdf: string | null;
}

type Node = Readonly<Record<string, unknown>>;
const many = (value: unknown): readonly Node[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Node];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : String((value as Node)['#text'] ?? ''));
const iso = (text: string): string => new Date(text).toISOString();

/** By the strict reader of the kernel, which shares nothing with the writer. */
const readAtom = (xml: string): readonly Read[] =>
  many((parseXml(xml)['feed'] as Node)['entry']).map((entry) => {
    const links = many(entry['link']);
    const of = (rel: string): string | null =>
      (links.find((link) => link['@rel'] === rel)?.['@href'] as string | undefined) ?? null;
    return {
      id: textOf(entry['id']),
      title: textOf(entry['title']),
      link: of('alternate') ?? '',
      html: textOf(entry['content']),
      published: iso(textOf(entry['published'])),
      updated: iso(textOf(entry['updated'])),
      authors: many(entry['author']).map((one) => textOf(one['name'])),
      categories: many(entry['category']).map((one) => String(one['@term'])),
      pdf: of('enclosure'),
    };
  });

const readRss = (xml: string): readonly Read[] =>
  many(((parseXml(xml)['rss'] as Node)['channel'] as Node)['item']).map((item) => ({
    id: textOf(item['guid']),
    title: textOf(item['title']),
    link: textOf(item['link']),
    html: textOf(item['description']),
    published: iso(textOf(item['pubDate'])),
    updated: iso(textOf(item['dcterms:modified'])),
    authors: (Array.isArray(item['dc:creator']) ? item['dc:creator'] : [item['dc:creator'] ?? []].flat()).map(textOf),
    categories: (Array.isArray(item['category']) ? item['category'] : [item['category'] ?? []].flat()).map(textOf),
    pdf: (many(item['enclosure'])[0]?.['@url'] as string | undefined) ?? null,
  }));

const KEYS = {
  feed: ['version', 'title', 'description', 'home_page_url', 'feed_url', 'language', 'next_url', 'hubs', 'items'],
  item: [
    ...['id', 'url', 'external_url', 'title', 'content_html', 'date_published', 'date_modified', 'tags', 'authors'],
    'attachments',
  ],
};

/** JSON Feed 1.1 by the letter: what it requires, and nothing it does not know. */
const readJson = (text: string): readonly Read[] => {
  const feed = JSON.parse(text) as Node;
  assert.equal(feed['version'], 'https://jsonfeed.org/version/1.1');
  for (const name of Object.keys(feed)) assert.ok(KEYS.feed.includes(name), name);
  for (const name of ['title', 'home_page_url', 'feed_url']) assert.equal(typeof feed[name], 'string', name);
  assert.ok(Array.isArray(feed['items']));
  return (feed['items'] as readonly Node[]).map((item) => {
    for (const name of Object.keys(item)) assert.ok(KEYS.item.includes(name), name);
    for (const name of ['id', 'url', 'content_html']) assert.equal(typeof item[name], 'string', name);
    const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
    assert.match(String(item['date_published']), RFC3339);
    assert.match(String(item['date_modified']), RFC3339);
    const files = many(item['attachments']);
    for (const file of files) assert.equal(file['mime_type'], 'application/pdf');
    return {
      id: String(item['id']),
      title: String(item['title']),
      link: String(item['url']),
      html: String(item['content_html']),
      published: String(item['date_published']),
      updated: String(item['date_modified']),
      authors: many(item['authors']).map((one) => String(one['name'])),
      categories: (item['tags'] ?? []) as readonly string[],
      pdf: (files[0]?.['url'] as string | undefined) ?? null,
    };
  });
};

/** By rss-parser, as far as it reads. */
const readOtherwise = async (xml: string): Promise<readonly Partial<Read>[]> => {
  const parser = new Parser<object, { id?: string; creators?: string[] }>({
    customFields: { item: [['dc:creator', 'creators', { keepArray: true }]] },
  });
  const { items } = await parser.parseString(xml);
  return items.map((item) => ({
    id: item.guid ?? item.id ?? '',
    title: item.title ?? '',
    link: item.link ?? '',
    html: item.content ?? '',
    published: iso(item.isoDate ?? ''),
    ...(item.enclosure === undefined ? {} : { pdf: item.enclosure.url }),
  }));
};

const READERS = { '.atom': readAtom, '.rss': readRss, '.feed.json': readJson } as const;

const textAt = async (address: string): Promise<string> => {
  const answer = await site.ask(address);
  const text = await answer.text();
  assert.equal(answer.status, 200, `${address}: ${text.slice(0, 300)}`);
  return text;
};

const KINDS = [
  '/papers',
  '/papers/date/2026-04-20',
  '/papers/trending',
  '/papers/week',
  '/papers/week/2026-W17',
  '/papers/month',
  '/papers/month/2026-04',
  '/categories/cs.DL',
  '/authors/ada-lovelace',
  '/search?q=feeding+cat%3Acs.DL',
  '/groups/feeders',
  '/readers/owner?list=library',
  '/readers/owner?list=votes',
  '/readers/owner',
  '/papers/2401.00000/letters',
  '/following',
  '/library',
] as const;
/** A page that goes on is followed where it goes on. */
const GOES_ON: Readonly<Record<string, string>> = {
  '/papers/date/2026-04-20': '/papers',
  '/papers/week/2026-W17': '/papers/week',
  '/papers/month/2026-04': '/papers/month',
};
/** What the owner does not show. */
const HIDDEN = new Set(['/readers/owner?list=votes', '/readers/owner']);

for (const page of KINDS.filter((one) => !HIDDEN.has(one)))
  test(`${page} says the same in three forms, to every parser`, async () => {
    const [atom, rss, json] = await Promise.all(
      FORMS.map(async (ending) => {
        const text = await textAt(addressOf(page, ending));
        if (ending !== '.feed.json') assert.equal(XMLValidator.validate(text), true);
        return { text, items: READERS[ending](text) };
      }),
    );
    assert.ok(atom !== undefined && rss !== undefined && json !== undefined);
    assert.ok(json.items.length > 0, 'there are entries');
    assert.equal(new Set(json.items.map(({ id }) => id)).size, json.items.length, 'ids are unique');
    for (const { id } of json.items) assert.match(id, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]/);
    const named = (items: readonly Read[]): readonly Read[] =>
      items.map((item) => ({ ...item, authors: item.authors.filter((name) => name !== 'Unknown') }));
    assert.deepEqual(named(atom.items), json.items);
    assert.deepEqual(rss.items, json.items);
    for (const { text } of [atom, rss])
      assert.deepEqual(
        await readOtherwise(text),
        json.items
          .map(
            ({ id, title, link, html, published, pdf }): Partial<Read> => ({
              ...{ id, title, link, html, published },
              ...(pdf === null || text === atom.text ? {} : { pdf }),
            }),
          )
          .map((item) => item),
      );
    const html = await site.ask(
      page.startsWith('/papers/2401') ? '/papers/2401.00000' : page === '/papers' ? '/' : page,
      {
        headers: { accept: 'text/html' },
      },
    );
    if (html.status !== 200 || ['/following', '/library'].includes(page)) return;
    for (const ending of FORMS)
      assert.ok(
        linksOf(await html.clone().text()).includes(addressOf(GOES_ON[page] ?? page, ending)),
        `${page} names its ${ending}`,
      );
  });

test('an entry has everything: title, whole abstract, authors, categories, dates, tallies, the paper as a file', async () => {
  const items = readJson(await textAt('/search.feed.json?q=id%3A2401.00000+bold'));
  const found = items.find(({ link }) => link === `${ORIGIN}/papers/2401.00000`);
  const all = found ?? readJson(await textAt('/library.feed.json'))[0];
  assert.ok(all);
  assert.match(all.title, /^A <b>bold<\/b> & "quoted" \]\]> title/);
  assert.match(all.title, /😀 שלום/);
  assert.ok(all.html.includes('First words ]]&gt; of it.') && all.html.includes('Last words.'), 'the whole abstract');
  assert.match(all.html, /<p>1 vote · 1 letter/);
  assert.deepEqual(all.authors, ['Ada Lovelace', 'Kurt Gödel', 'Łukasz Kaiser']);
  assert.deepEqual(all.categories, ['cs.DL', 'cs.IR']);
  assert.equal(all.published, '2024-01-01T00:00:00.000Z');
  assert.match(all.pdf ?? '', /^https:\/\/arxiv\.org\/pdf\/2401\.00000/);
});

test('a letter comes as it is set, and leads to its place', async () => {
  const [item] = readAtom(await textAt('/papers/2401.00000/letters.atom'));
  assert.ok(item);
  assert.match(item.html, /<em>letter<\/em> \]\](?:&gt;|>) (?:&amp;|&#x26;) more\./);
  assert.equal(item.link, ORIGIN + letter);
  assert.match(item.title, /^The owner on “A <b>bold/);
});

test('what a reader does not show is no feed', async () => {
  for (const page of HIDDEN) assert.equal((await site.ask(addressOf(page, '.atom'))).status, 404, page);
});

const waysOf = (xml: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    many((parseXml(xml)['feed'] as Node)['link']).map((link) => [
      String(link['@rel']),
      String(link['@href']).replace(ORIGIN, ''),
    ]),
  );

test('a long list is paged both ways, every paper once', async () => {
  const ids: string[] = [];
  const pages: string[] = [];
  let at: string | undefined = '/categories/cs.DL.atom';
  while (at !== undefined) {
    const xml: string = await textAt(at);
    pages.push(at);
    ids.push(...readAtom(xml).map(({ id }) => id));
    at = waysOf(xml)['next'];
  }
  assert.equal(pages.length, Math.ceil(PAPERS / 50));
  assert.equal(new Set(ids).size, PAPERS);
  assert.equal(ids.length, PAPERS);
  const last = await textAt(waysOf(await textAt('/categories/cs.DL.atom'))['last'] ?? '');
  assert.deepEqual(
    readAtom(last).map(({ id }) => id),
    ids.slice(-50),
  );
  assert.equal(waysOf(last)['next'], undefined);
  const before = await textAt(waysOf(last)['previous'] ?? '');
  assert.deepEqual(
    readAtom(before).map(({ id }) => id),
    ids.slice(-100, -50),
  );
  const first = waysOf(before)['first'] ?? '';
  assert.equal(waysOf(await textAt(first))['previous'], undefined);
  const json = JSON.parse(await textAt('/categories/cs.DL.feed.json')) as { next_url: string };
  assert.match(json.next_url, /\/categories\/cs\.DL\.feed\.json\?after=/);
});

test('the pages of a feed, and its forms, have one id; a search has its own', async () => {
  const idOf = async (address: string) => textOf((parseXml(await textAt(address))['feed'] as Node)['id']);
  const id = await idOf('/categories/cs.DL.atom');
  assert.equal(await idOf('/categories/cs.DL.atom?last=1'), id);
  assert.notEqual(await idOf('/search.atom?q=feeding'), await idOf('/search.atom?q=readers'));
});

test('what one has is 304, by tag or by time, until something changes', async () => {
  const address = '/papers/trending.rss';
  const first = await site.ask(address);
  const etag = first.headers.get('etag') ?? '';
  const time = first.headers.get('last-modified') ?? '';
  assert.equal(first.headers.get('cache-control'), 'public, max-age=60');
  assert.equal(first.headers.get('vary'), 'Accept-Encoding');
  const with_ = async (headers: Readonly<Record<string, string>>) => (await site.ask(address, { headers })).status;
  assert.equal(await with_({ 'if-none-match': etag }), 304);
  assert.equal(await with_({ 'if-modified-since': time }), 304);
  assert.equal(await with_({ 'if-modified-since': new Date(0).toUTCString() }), 200);
  assert.equal(await with_({ 'if-none-match': '"other"', 'if-modified-since': time }), 200, 'the tag says more');
  const paper = /<h2><a href="([^"]+)"/.exec(await (await site.ask('/?view=wire')).text())?.[1] ?? '';
  await site.post(`${paper}/vote`, { vote: '1' });
  assert.equal(await with_({ 'if-none-match': etag }), 200);
  assert.equal(await with_({ 'if-modified-since': time }), 200, 'also within the same second');
});

test('an edition that is past is an archive, and leads on to those around it', async () => {
  await site.app.store.editions.save({ date: '2026-04-21', source: 'broadsheet', placements: ['arxiv:2401.00001'] });
  const past = await textAt('/papers/date/2026-04-20.atom');
  assert.match(past, /<fh:archive\/>/);
  assert.equal(waysOf(past)['next-archive'], '/papers/date/2026-04-21.atom');
  assert.equal(waysOf(past)['current'], '/papers.atom');
  const now = await textAt('/papers.atom');
  assert.doesNotMatch(now, /fh:archive/);
  assert.equal(waysOf(now)['prev-archive'], '/papers/date/2026-04-20.atom');
  assert.equal(readAtom(now).length, 1);
});

test('what is nowhere is 404, a search for nothing 400', async () => {
  for (const page of ['/x', '/authors/none', '/papers/none/letters', '/groups/none', '/readers/none', '/papers/date/x'])
    assert.equal((await site.ask(`${page}.rss`)).status, 404, page);
  assert.equal((await site.ask('/search.atom')).status, 400);
  assert.equal((await site.ask('/papers/week/x.atom')).status, 400);
});
