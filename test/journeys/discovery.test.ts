import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { linksOf, ORIGIN, openSite, type Site } from '../support/app.ts';

/** Finding one's way: every link leads somewhere, and machines find what they look for. */

let site: Site;
before(async () => {
  site = await openSite();
  await site.take([
    {
      id: 'math/0309136',
      title: 'Sums of cubes and $x^3$',
      abstract: 'We add cubes, $a < b$, </script><script>alert(1)</script> and go home.',
      authors: 'Ada Adder, José Núñez',
      categories: 'math.NT cs.LG',
      doi: '10.1000/cubes',
      'journal-ref': 'Annals of Cubes 3',
      license: 'http://creativecommons.org/licenses/by/4.0/',
      versions: [
        { version: 'v1', created: 'Mon, 8 Sep 2003 10:00:00 GMT' },
        { version: 'v2', created: 'Tue, 9 Sep 2003 10:00:00 GMT' },
      ],
    },
  ]);
});
after(() => site[Symbol.asyncDispose]());

const text = async (path: string): Promise<string> => {
  const answer = await site.ask(path);
  assert.equal(answer.status, 200, path);
  return answer.text();
};

/** Pages of what is asked for lead to one another without end: filters, and sets of papers. */
const ASKED = /^\/(?:search|similar)\b/;

test('every link of every page leads to a page', async () => {
  const waiting = ['/', '/search?q=cubes', '/similar?to=math/0309136', '/papers/math/0309136'];
  const seen = new Map<string, string>(waiting.map((path) => [path, 'the test']));
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const answer = await site.ask(path);
    assert.ok(
      answer.status === 200 || answer.status === 302,
      `${answer.status} ${path}, linked from ${seen.get(path)}`,
    );
    const body = await answer.text();
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) continue;
    for (const link of linksOf(body)) {
      if (seen.has(link) || (ASKED.test(link) && ASKED.test(path) && seen.get(path) !== 'the test')) continue;
      seen.set(link, path);
      waiting.push(link);
    }
  }
  assert.ok(seen.size > 250, `${seen.size} addresses`);
  for (const kind of [
    /^\/papers\/date\//,
    /^\/organisations\//,
    /^\/authors\//,
    /^\/categories\//,
    /\.md$/,
    /\.bib$/,
    /^\/assets\//,
  ])
    assert.ok(
      [...seen.keys()].some((path) => kind.test(path)),
      String(kind),
    );
});

test('the sitemap lists the pages, the editions and every paper, and each is there', async () => {
  const index = await text('/sitemap.xml');
  const files = [...index.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, loc = '']) => loc);
  assert.deepEqual(files, [`${ORIGIN}/sitemap/pages.xml`, `${ORIGIN}/sitemap/1.xml`]);
  const addresses: string[] = [];
  for (const file of files)
    for (const [, loc = ''] of (await text(file.slice(ORIGIN.length))).matchAll(/<loc>([^<]+)<\/loc>/g))
      addresses.push(loc);
  assert.ok(addresses.includes(`${ORIGIN}/papers/date/2026-04-20`));
  assert.ok(addresses.includes(`${ORIGIN}/papers/math/0309136`));
  assert.equal(addresses.filter((loc) => /\/papers\/(?!date\/|trending)/.test(loc)).length, 82);
  for (const loc of addresses)
    assert.equal((await site.ask(loc.slice(ORIGIN.length), { method: 'HEAD' })).status, 200, loc);
  for (const none of ['/sitemap/2.xml', '/sitemap/0.xml', '/sitemap/x.xml'])
    assert.equal((await site.ask(none)).status, 404, none);
});

test('robots may read all but searches, and are told of the sitemap', async () => {
  const robots = await text('/robots.txt');
  assert.match(robots, /^User-agent: \*\nDisallow: \/search\n/);
  assert.ok(robots.includes(`Sitemap: ${ORIGIN}/sitemap.xml`));
});

test('a configured address is used in place of what the request says', async () => {
  await using there = await openSite({
    firstEdition: false,
    env: { BROADSHEET_PUBLIC_URL: 'https://papers.example/' },
  });
  assert.match(await (await there.ask('/robots.txt')).text(), /Sitemap: https:\/\/papers\.example\/sitemap\.xml/);
  const html = await (await there.ask('/about')).text();
  assert.match(html, /<link rel="canonical" href="https:\/\/papers\.example\/about">/);
  const saved = await there.post('/settings', { edition: 'late' }, { headers: { origin: 'https://papers.example' } });
  assert.equal(saved.status, 303);
});

const metaOf = (html: string, name: string): readonly string[] =>
  [...html.matchAll(new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)">`, 'g'))].map(
    ([, one = '']) => one,
  );

test('reference managers find the citation tags', async () => {
  const html = await text('/papers/math/0309136');
  assert.deepEqual(metaOf(html, 'citation_title'), ['Sums of cubes and x³']);
  assert.deepEqual(metaOf(html, 'citation_author'), ['Ada Adder', 'José Núñez']);
  assert.deepEqual(metaOf(html, 'citation_publication_date'), ['2003/09/08']);
  assert.deepEqual(metaOf(html, 'citation_online_date'), ['2003/09/09']);
  assert.deepEqual(metaOf(html, 'citation_arxiv_id'), ['math/0309136']);
  assert.deepEqual(metaOf(html, 'citation_doi'), ['10.1000/cubes']);
  assert.equal(metaOf(html, 'citation_pdf_url').length, 1);
  assert.deepEqual(metaOf(html, 'og:type'), ['article']);
});

test('search engines find a ScholarlyArticle that closes no script early', async () => {
  const html = await text('/papers/math/0309136');
  const [, json = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? [];
  const article = JSON.parse(json) as Record<string, unknown>;
  assert.equal(article['@type'], 'ScholarlyArticle');
  assert.equal(article.url, `${ORIGIN}/papers/math/0309136`);
  assert.equal(article.datePublished, '2003-09-08');
  assert.deepEqual(article.author, [
    { '@type': 'Person', name: 'Ada Adder' },
    { '@type': 'Person', name: 'José Núñez' },
  ]);
  assert.match(String(article.abstract), /<\/script><script>alert\(1\)/);
});

test('a paper comes as Markdown by address or by Accept, and as BibTeX', async () => {
  const byAddress = await site.ask('/papers/math/0309136.md');
  assert.equal(byAddress.headers.get('content-type'), 'text/markdown; charset=utf-8');
  const markdown = await byAddress.text();
  assert.match(markdown, /^# Sums of cubes and \$x\^3\$\n\nAda Adder and José Núñez\n\n## Abstract\n/);
  const byAccept = await site.ask('/papers/math/0309136', { headers: { accept: 'text/markdown' } });
  assert.equal(await byAccept.text(), markdown);
  assert.match(byAccept.headers.get('vary') ?? '', /Accept,/);
  const bibtex = await site.ask('/papers/math/0309136.bib');
  assert.match(bibtex.headers.get('content-type') ?? '', /^application\/x-bibtex/);
  assert.match(await bibtex.text(), /^@\w+\{.*title\s*=.*author\s*=.*Adder/s);
});

test('metrics are read by Prometheus, and count what was asked', async () => {
  await site.ask('/about');
  const metrics = await text('/metrics');
  for (const line of metrics.trimEnd().split('\n'))
    assert.match(
      line,
      /^(?:|# (?:HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(?:\{(?:[a-z_]+="[^"]*",?)*\})? -?(?:[\d.e+-]+|Nan|\+Inf))$/,
    );
  assert.match(metrics, /^broadsheet_papers 82$/m);
  assert.match(metrics, /^broadsheet_index_documents 82$/m);
  assert.match(metrics, /^broadsheet_index_behind 0$/m);
  assert.match(metrics, /^broadsheet_request_seconds_count\{route="\/about",method="GET",status="200"\} [1-9]/m);
  assert.doesNotMatch(metrics, /math\/0309136/, 'no address of a reader is a label');
});

test('health says that the process answers, readiness what it answers from', async () => {
  assert.deepEqual(JSON.parse(await text('/healthz')), { status: 'ok' });
  assert.deepEqual(JSON.parse(await text('/readyz')), {
    status: 'ok',
    database: true,
    index: { state: 'ready', behind: 0 },
  });
  const ping = site.app.store.ping;
  Object.assign(site.app.store, { ping: () => Promise.reject(new Error('gone')) });
  assert.equal((await site.ask('/readyz')).status, 503);
  Object.assign(site.app.store, { ping });
});

test('without its index the site still has its pages, and says that search is away', async () => {
  await using blind = await openSite();
  await blind.app.index.clear();
  const paper = /<h2><a href="([^"]+)"/.exec(await (await blind.ask('/?view=wire')).text())?.[1] ?? '';
  for (const path of ['/', paper, '/about', '/search?q=video', '/readyz'])
    assert.equal((await blind.ask(path)).status, 200, path);
  assert.match(await (await blind.ask('/readyz')).text(), /catching up|unavailable/);
});
