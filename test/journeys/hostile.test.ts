import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Asking, openSite, type Site } from '../support/app.ts';
import { hostileStrings, takeHostile } from '../support/hostile.ts';
import { intrusionsOf, shapesOf } from '../support/markup.ts';

/** Strings that broke software elsewhere, in every place where one can say something. */

const STRINGS = hostileStrings();
const everyNth = (n: number): readonly string[] => STRINGS.filter((_, at) => at % n === 0);
const SAMPLE = everyNth(19);
const AT_ONCE = 8;

/** Before the first edition, so that `/` stays that. */
const DATE = '2026-03-02';

let site: Site;
let papers: readonly string[] = [];
/** What honest pages are made of. */
let known: ReadonlySet<string> = new Set();

const HONEST = {
  title: 'Bounds on $x_i^2$',
  abstract: 'We bound $\\frac{a}{b}$ for $n < 10$.',
  authors: 'Ada Adder, Bo Bound',
  categories: 'math.NT cs.LG',
  doi: '10.1000/182',
  comments: '9 pages',
  license: 'CC0',
  'journal-ref': 'Annals 1',
};

before(async () => {
  site = await openSite();
  await site.take(
    Array.from({ length: 40 }, (_, n) => ({
      ...HONEST,
      id: `2301.${10_000 + n}`,
      versions: [1, 2].map((v) => ({ version: `v${v}`, created: 'Mon, 2 Jan 2023 10:00:00 GMT' })),
    })),
  );
  const organisation = /href="(\/organisations\/[^"]+)"/.exec(await (await site.ask('/')).text())?.[1] ?? '';
  const honest = [
    '/',
    '/?view=wire',
    '/papers/2301.10001',
    '/search',
    '/search?q=bounds',
    '/search?q=bounds&p=2',
    '/search?q=zzzqqq',
    '/search?q=bounds+cat:math.NT',
    '/authors/ada-adder',
    organisation,
    '/categories/math.NT',
    '/nowhere',
    '/settings',
  ];
  const shapes = new Set<string>();
  for (const path of honest) for (const one of shapesOf(await (await site.ask(path)).text())) shapes.add(one);
  known = shapes;
  assert.ok(known.size > 40);
  papers = await takeHostile(site, STRINGS, DATE);
});
after(() => site?.[Symbol.asyncDispose]());

const each = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
};

const segment = (text: string): string => encodeURIComponent(text.toWellFormed());

/** No failure, and nothing in the page that an honest one has not. */
const holds = async (path: string, asking: Asking = {}): Promise<void> => {
  const answer = await site.ask(path, asking);
  const body = await answer.text();
  assert.ok(answer.status < 500, `${answer.status} ${path}`);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  const type = answer.headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) assert.deepEqual(intrusionsOf(body, known), [], path);
  else if (type.startsWith('application/json')) JSON.parse(body);
  else if (type.startsWith('text/markdown')) {
    const prose = body.replace(/^````bibtex$.*?^````$/ms, '');
    assert.doesNotMatch(prose, /(?<!\\|\]\()<[a-z!/?]/i, path);
  } else assert.ok(/^(?:application\/x-bibtex|text\/plain)/.test(type) || answer.status >= 300, `${type} ${path}`);
};

test('there are many of them', () => assert.ok(STRINGS.length > 1_000, String(STRINGS.length)));

test('as a query of the search page', () => each(STRINGS, (text) => holds(`/search?q=${segment(text)}`)));
test('as a query of a program', () => each(everyNth(4), (text) => holds(`/api/papers/search?q=${segment(text)}`)));
test('as the start of a word', () => each(STRINGS, (text) => holds(`/search/suggest?q=${segment(text)}`)));

const addresses = (strings: readonly string[], folders: readonly string[]): Promise<void> =>
  each(strings, async (text) => {
    for (const folder of folders) await holds(`/${folder}/${segment(text)}`);
  });

test('as an address', async () => {
  await addresses(STRINGS, ['papers', 'authors', 'categories', 'organisations', 'papers/date']);
  await addresses(everyNth(4), ['api/papers', 'papers/week', 'papers/month', 'assets', 'sitemap']);
});

test('as a number, an order, a cursor', () =>
  each(SAMPLE, async (text) => {
    const said = segment(text);
    for (const path of [
      `/search?q=video&p=${said}`,
      `/search?q=video&sort=${said}`,
      `/?view=${said}`,
      `/categories/cs.CR?p=${said}`,
      `/api/papers?cursor=${said}`,
      `/api/daily_papers?date=${said}`,
      `/api/daily_papers?limit=${said}&p=${said}`,
      `/api/daily_papers?submitter=${said}`,
      `/?${said}`,
    ])
      await holds(path);
  }));

const inHeader = (text: string): string => text.replace(/[^\x20-\x7e\x80-\xff]/g, '').trim();

test('as cookie, host, referrer, and what a client takes', () =>
  each(SAMPLE, async (text) => {
    const said = inHeader(text);
    for (const name of [
      'cookie',
      'host',
      'referer',
      'accept',
      'accept-encoding',
      'if-none-match',
      'user-agent',
      'origin',
    ])
      await holds('/papers/2301.10001', { headers: { [name]: said } });
    await holds('/', { headers: { cookie: `broadsheet=${said}` } });
    await holds('/', { headers: { host: said } });
  }));

test('as a form', () =>
  each(SAMPLE, async (text) => {
    for (const path of ['/papers/2301.10001/vote', '/settings', `/papers/${segment(text)}/vote`]) {
      const answer = await site.post(path, { vote: text, edition: text, density: text, keys: text, [text]: text });
      assert.ok(answer.status < 500, `${answer.status} ${path}`);
      assert.doesNotMatch(answer.headers.get('set-cookie') ?? '', /<|script/i);
    }
  }));

test('as title, abstract, author, note and DOI of papers on a front page', async () => {
  assert.ok(papers.length > STRINGS.length * 0.95, `${papers.length} of ${STRINGS.length} were taken in`);
  for (const path of [
    `/papers/date/${DATE}`,
    `/papers/date/${DATE}?view=wire`,
    '/papers/week/2026-W10',
    '/papers/trending?view=wire',
    `/api/daily_papers?limit=100&date=${DATE}`,
    '/categories/cs.CR',
    '/sitemap/1.xml',
  ])
    if (path.startsWith('/sitemap')) assert.equal((await site.ask(path)).status, 200);
    else await holds(path);
});

test('as a paper’s own page and Markdown, and of some the BibTeX and the answer to programs', async () => {
  const addresses = papers.map((id) => id.replace('arxiv:', ''));
  await each(addresses, async (address) => {
    await holds(`/papers/${address}`);
    await holds(`/papers/${address}.md`);
  });
  await each(
    addresses.filter((_, n) => n % 3 === 0),
    async (address) => {
      await holds(`/papers/${address}.bib`);
      await holds(`/api/papers/${address}`);
    },
  );
});

test('as an author’s page, where the page leads to', async () => {
  const links = new Set<string>();
  await each(
    papers.filter((_, n) => n % 5 === 0),
    async (id) => {
      const html = await (await site.ask(`/papers/${id.replace('arxiv:', '')}`)).text();
      for (const [, path = ''] of html.matchAll(/href="(\/authors\/[^"]+)"/g))
        links.add(path.replaceAll('&amp;', '&').replaceAll('&#39;', "'"));
    },
  );
  assert.ok(links.size > 50);
  await each([...links], async (path) => {
    assert.equal((await site.ask(path)).status, 200, path);
    await holds(path);
  });
});

test('nothing of it was a failure inside', () => assert.deepEqual(site.errors, []));

test('what would be let through is seen', () => {
  for (const bad of [
    '<p onclick="x()">',
    '<script>alert(1)</script>',
    '<a href="javascript:alert(1)">',
    '<img src=x onerror=alert(1)>',
    '<A HREF=//evil>',
    '<svg/onload=alert(1)>',
  ])
    assert.equal(intrusionsOf(`<p>${bad}`, known).length, 1, bad);
});
