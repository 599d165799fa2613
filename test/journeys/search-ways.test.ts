import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSite, type Site, textOf } from '../support/app.ts';

/** Ways into a search and on from it: filters, what is typed, what finds nothing, programs, papers like some. */

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site?.[Symbol.asyncDispose]());

const page = async (path: string): Promise<string> => (await site.ask(path)).text();
const search = (q: string, rest = ''): Promise<string> => page(`/search?q=${encodeURIComponent(q)}${rest}`);
const decoded = (address: string): string => address.replaceAll('&amp;', '&').replaceAll('&#39;', "'");
const links = (html: string, className: string): readonly (readonly [href: string, text: string])[] => {
  const [, inside = ''] = new RegExp(`<ul class="${className}"[^>]*>(.*?)</ul>`, 's').exec(html) ?? [];
  return [...inside.matchAll(/<a href="([^"]+)"[^>]*>(.*?)<\/a>/gs)].map(([, href = '', text = '']) => [
    decoded(href),
    textOf(text),
  ]);
};
const totalOf = (html: string): number => Number(/class="found">([\d,]+) paper/.exec(html)?.[1]?.replace(',', '') ?? 0);
const titles = (html: string): readonly string[] =>
  [...html.matchAll(/<h2><a href="[^"]+">(.*?)<\/a><\/h2>/gs)].map(([, title = '']) => textOf(title));

test('every filter is a chip that takes itself out and leaves the others', async () => {
  const html = await search('video -toys year:2026 after:2026-01 "video reasoning"');
  const chips = links(html, 'chips');
  assert.deepEqual(
    chips.map(([, text]) => text),
    ['of 2026', 'since 1 January 2026', 'without “toys”', '“video reasoning”'],
  );
  for (const [href] of chips) assert.equal(links(await page(href), 'chips').length, 3, href);
});

test('the form of days is put into the query', async () => {
  const answer = await site.ask('/search?q=video+after%3A2020&after=2026-01-02&before=&sort=newest');
  assert.equal(answer.status, 302);
  assert.equal(answer.headers.get('location'), '/search?q=video+after%3A2026-01-02&sort=newest');
  const cleared = await site.ask('/search?q=video+after%3A2020&after=&before=');
  assert.equal(cleared.headers.get('location'), '/search?q=video');
  assert.equal((await site.ask('/search?q=video&after=soon')).status, 200);
});

test('pages go on from one another and repeat nothing', async () => {
  const seen: string[] = [];
  let address = '/search?q=model';
  for (let n = 1; address !== ''; n++) {
    const html = await page(address);
    const [, start] = /<ol class="hits" start="(\d+)"/.exec(html) ?? [];
    assert.equal(Number(start), seen.length + 1);
    seen.push(...titles(html));
    const next = decoded(/<link rel="next" href="([^"]+)"/.exec(html)?.[1] ?? '');
    assert.equal(next !== '', /<a rel="next"/.test(html));
    assert.equal(/<link rel="prev"/.test(html), n > 1);
    address = next;
  }
  assert.ok(seen.length > 20);
  assert.equal(new Set(seen).size, seen.length);
  assert.equal(seen.length, totalOf(await page('/search?q=model')));
});

test('what finds nothing says what would, counted as the page it leads to counts', async () => {
  const html = await search('video year:2026 cat:cs.XX');
  const ways = links(html, 'facet ways');
  assert.ok(ways.length >= 2, html);
  for (const [href, text] of ways)
    assert.equal(text.match(/([\d,]+) papers?$/)?.[1], String(totalOf(await page(href))));
  const phrase = await search('"video zebra" year:2026');
  assert.match(phrase, /The words of “video zebra”, not together/);
  assert.match(await search('"panoramic zebra lidar"'), /Nearest in meaning.*Veila/s);
});

test('words that look like filters and are none are told', async () => {
  assert.match(textOf(await search('video in:thesis has:video')), /“in:thesis” and “has:video” are not filters here/);
});

test('while typing, the last word is a beginning; only what stands under the box is sent', async () => {
  const live = await search('panor lid', '&live=1');
  assert.match(live, /^<div id="results"/);
  assert.match(live, /<mark>LiDAR<\/mark>/);
  assert.ok(titles(live).some((title) => title.startsWith('Veila')));
  assert.doesNotMatch(await search('zzpanor lid'), /<mark>LiDAR/, 'a finished search takes words as they are');
  assert.match(await search('', '&live=1'), /How to ask/);
  const [, address = ''] = /<h2><a href="\/papers\/([^"]+)"/.exec(live) ?? [];
  assert.match(await search(`https://x.example/papers/${address}`, '&live=1'), /This is one paper/);
  assert.equal((await site.ask(`/search?q=https://x.example/papers/${address}`)).status, 302);
});

test('the examples of the help are searches that are answered', async () => {
  const html = await page('/search');
  const examples = [...html.matchAll(/<dt><a href="([^"]+)"/g)].map(([, href = '']) => decoded(href));
  assert.ok(examples.length >= 8);
  for (const href of examples) assert.equal((await site.ask(href)).status, 200, href);
});

test('programs get the same search as Markdown and as JSON', async () => {
  const markdown = await site.ask('/search.md?q=panoramic+lidar');
  assert.match(markdown.headers.get('content-type') ?? '', /^text\/markdown/);
  const text = await markdown.text();
  assert.match(text, /^# Search: panoramic lidar\n/);
  assert.match(text, /## 1\. \[Veila/);
  const asked = await site.ask('/search?q=panoramic+lidar', { headers: { accept: 'text/markdown' } });
  assert.equal((await asked.text()).replace(/\d+ ms/, ''), text.replace(/\d+ ms/, ''));
  const json = (await (await site.ask('/search.json?q=panoramic+lidar')).json()) as {
    total: number;
    hits: { card: { paper: { title: string } } }[];
  };
  assert.equal(json.total, totalOf(await search('panoramic lidar')));
  assert.match(json.hits[0]?.card.paper.title ?? '', /^Veila/);
});

test('a browser can add the search, and completes with it', async () => {
  const xml = await site.ask('/opensearch.xml');
  assert.match(xml.headers.get('content-type') ?? '', /^application\/opensearchdescription\+xml/);
  assert.match(
    await page('/about'),
    /<link rel="search" type="application\/opensearchdescription\+xml" href="\/opensearch.xml"/,
  );
  const templates = [...(await xml.text()).matchAll(/type="([^"]+)"[^>]* template="([^"]+)"/g)];
  assert.equal(templates.length, 5);
  for (const [, type = '', template = ''] of templates) {
    const address = decoded(template).replace('{searchTerms}', 'veila').replace('{startPage?}', '');
    const answer = await site.ask(new URL(address).pathname + new URL(address).search);
    assert.equal(answer.status, 200, address);
    assert.equal(answer.headers.get('content-type')?.split(';')[0], type);
  }
  const completed = await (await site.ask('/search/suggest?q=vei&format=opensearch')).json();
  const [typed, words, , addresses] = completed as [string, string[], string[], string[]];
  assert.equal(typed, 'vei');
  assert.match(words[0] ?? '', /^Veila/);
  assert.match(addresses[0] ?? '', /^http:\/\/localhost:3000\/papers\//);
  assert.match(await page('/robots.txt'), /Disallow: \/search\nDisallow: \/similar/);
});

test('papers like one can be added and taken out', async () => {
  const [, more = ''] =
    /<a href="(\/similar\?[^"]+)"[^>]*>More like this/.exec(await search('demystifying video reasoning')) ?? [];
  const one = await page(decoded(more));
  assert.equal(links(one, 'chips').length, 1);
  const before = titles(one);
  assert.ok(before.length > 2);
  assert.ok(!before.some((title) => title.startsWith('Demystifying')));
  const [, add = ''] = /<a href="(\/similar\?[^"]+)"[^>]*>And like this/.exec(one) ?? [];
  const two = await page(decoded(add));
  const chips = links(two, 'chips');
  assert.equal(chips.length, 2);
  assert.ok(!titles(two).includes(before[0] ?? ''), 'what was added is no answer any more');
  assert.deepEqual(titles(await page(chips[1]?.[0] ?? '')), before);
  const json = (await (await site.ask(decoded(more).replace('/similar', '/similar.json'))).json()) as {
    similar: unknown[];
  };
  assert.equal(json.similar.length, before.length);
  assert.match(await page('/similar?to=nothing'), /Begin with a paper/);
});

test('a reading path runs from old to new through the paper, and each step says why', async () => {
  const [, address = ''] = /<h2><a href="(\/papers\/[^"]+)"/.exec(await search('knot forcing')) ?? [];
  assert.match(await page(address), new RegExp(`href="${address}/path"`));
  const html = await page(`${address}/path`);
  const dates = [...html.matchAll(/<p class="when"><time datetime="([^"]+)"/g)].map(([, date = '']) => date);
  assert.ok(dates.length > 2);
  assert.deepEqual(dates, [...new Set(dates)].sort());
  assert.equal(html.match(/class="here"/g)?.length, 1);
  assert.equal(html.match(/<p class="link">/g)?.length, dates.length - 1);
  assert.equal(await page(`${address}/path`), html);
});
