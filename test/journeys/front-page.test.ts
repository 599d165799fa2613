import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { plainMath } from '../../src/kernel/plain-math.ts';
import { openSite, type Site, textOf } from '../support/app.ts';

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site[Symbol.asyncDispose]());

const page = async (path: string): Promise<string> => {
  const answer = await site.ask(path);
  assert.equal(answer.status, 200, path);
  return answer.text();
};

const titlesOf = (html: string): readonly string[] =>
  [...html.matchAll(/<h[23]><a href="\/papers\/[^"]+">(.*?)<\/a><\/h[23]>/gs)].map(([, title = '']) => textOf(title));

const expected = async (): Promise<readonly string[]> => {
  const file = join(import.meta.dirname, '../golden/first-edition.json');
  const papers = JSON.parse(await readFile(file, 'utf8')) as readonly { readonly title: string }[];
  return papers.map(({ title }) => plainMath(title));
};

test('the front page holds the whole first edition and says how old it is', async () => {
  const html = await page('/');
  const titles = new Set(titlesOf(html));
  assert.equal(titles.size, 81);
  assert.match(html, /No\. 1\b/);
  assert.match(textOf(html), /This is the latest edition, of Monday 20 April 2026 \(216 days ago\)\./);
  assert.match(textOf(html), /81 papers from 1 wire/);
});

test('the plain wire lists the same papers once each, in the order they were placed', async () => {
  const titles = titlesOf(await page('/?view=wire'));
  assert.equal(titles.length, 81);
  assert.equal(titlesOf(await page('/'))[0], titles[0]);
  assert.equal(titlesOf(await page('/papers/date/2026-04-20?view=wire')).join('\n'), titles.join('\n'));
});

test('an edition, its week and its month have permanent addresses', async () => {
  const wire = titlesOf(await page('/?view=wire'));
  for (const path of ['/papers/date/2026-04-20', '/papers/week/2026-W17', '/papers/month/2026-04', '/papers/trending'])
    assert.deepEqual(new Set(titlesOf(await page(path))), new Set(wire), path);
});

test('week and month in the navigation are those of an edition, and lead to no empty page', async () => {
  for (const path of ['/', '/papers/month/2026-04', '/papers/week/2026-W17', '/?view=wire']) {
    const html = await page(path);
    for (const to of ['/papers/week/2026-W17', '/papers/month/2026-04']) assert.ok(html.includes(`href="${to}"`), path);
  }
  const empty = /<nav class="sections".*?<\/nav>/.exec(await page('/papers/month/2020-01'))?.[0] ?? '';
  assert.match(empty, /Week/);
  assert.doesNotMatch(empty, /href="\/papers\/(?:week|month)\/2020/);
});

test('the plain wire has a title of its own', async () => {
  assert.match(await page('/?view=wire'), /<title>Monday 20 April 2026, the plain wire · /);
});

test('trending puts talked-about papers before silent ones of the same day', async () => {
  const html = await page('/papers/trending?view=wire');
  const comments = [...html.matchAll(/<li><span class="place">.*?<\/li>/gs)].map(([item]) =>
    Number(/([\d,]+) comments? elsewhere</.exec(item)?.[1] ?? 0),
  );
  assert.equal(comments.length, 81);
  const first = comments.slice(0, 10).reduce((sum, n) => sum + n, 0);
  const last = comments.slice(-10).reduce((sum, n) => sum + n, 0);
  assert.ok(first > last, `${first} comments lead, ${last} close`);
});

test('days, weeks and months that are none, or have no edition, say so', async () => {
  for (const path of ['/papers/date/2026-04-19', '/papers/date/2026-02-30', '/papers/date/yesterday'])
    assert.equal((await site.ask(path)).status, 404, path);
  for (const path of ['/papers/week/2026-W60', '/papers/month/2026-13'])
    assert.equal((await site.ask(path)).status, 400, path);
  assert.match(await page('/papers/week/2026-W01'), /Nothing has come in yet/);
});

test('the archive leads to the edition', async () => {
  assert.match(await page('/editions'), /href="\/papers\/date\/2026-04-20"/);
});

test('a site without papers has a front page all the same', async () => {
  await using bare = await openSite({ firstEdition: false });
  for (const path of ['/', '/?view=wire', '/papers/trending', '/editions', '/about', '/api/daily_papers']) {
    const answer = await bare.ask(path);
    assert.equal(answer.status, 200, path);
  }
  assert.match(await (await bare.ask('/')).text(), /Nothing has come in yet/);
});

test('the titles are those of the saved page', async () => {
  assert.deepEqual(titlesOf(await page('/?view=wire')), await expected());
});

test('a home screen can hold the site', async () => {
  const { href = '' } = /<link rel="manifest" href="(?<href>[^"]+)"/.exec(await page('/'))?.groups ?? {};
  const answer = await site.ask(href);
  assert.equal(answer.headers.get('content-type'), 'application/manifest+json');
  const { display, start_url, icons } = (await answer.json()) as {
    readonly display: string;
    readonly start_url: string;
    readonly icons: readonly { readonly src: string; readonly type: string }[];
  };
  assert.equal(display, 'standalone');
  assert.equal((await site.ask(start_url)).status, 200);
  for (const { src, type } of icons) assert.equal((await site.ask(src)).headers.get('content-type'), type);
});
