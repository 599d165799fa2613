import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newMatches } from '../../src/services/saved-search.ts';
import { openSite, type Site, textOf } from '../support/app.ts';

/** A search is kept, says what is new, is renamed, removed and brought back. */

const DAY_MS = 86_400_000;

let site: Site;
let now = Date.parse('2026-11-22T09:00:00Z');
before(async () => {
  site = await openSite({ clock: { now: () => now } });
});
after(() => site?.[Symbol.asyncDispose]());

const page = async (path: string): Promise<string> => (await site.ask(path)).text();
const paper = (id: string, title: string, created: string) => ({
  id,
  title,
  abstract: 'None.',
  authors: 'A. B.',
  categories: 'cs.LG',
  versions: [{ version: 'v1', created }],
});

test('a search is saved from its page, once however often', async () => {
  assert.match(await page('/searches'), /No search is kept yet/);
  assert.match(await page('/search?q=herons+asleep'), /Save this search/);
  const first = await site.post('/searches', { q: 'herons   asleep' });
  assert.equal(first.status, 303);
  const again = await site.post('/searches', { q: 'herons asleep' });
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  const html = await page(first.headers.get('location') ?? '');
  assert.match(textOf(html), /“herons asleep” is kept here/);
  assert.equal(html.match(/class="story"/g)?.length, 1);
  assert.match(await page('/search?q=herons+asleep'), /<a href="\/searches">Saved<\/a>/);
  assert.equal((await site.post('/searches', { q: ' ' })).status, 422);
});

test('what came in since the last look is new, by its words, until it is looked at', async () => {
  now += DAY_MS;
  await site.take([
    paper('2611.00001', 'Herons that fall asleep', 'Mon, 16 Nov 2026 10:00:00 GMT'),
    paper('2611.00002', 'Herons awake', 'Mon, 16 Nov 2026 10:00:00 GMT'),
    paper('2001.00003', 'Old herons asleep', 'Mon, 6 Jan 2020 10:00:00 GMT'),
  ]);
  const html = await page('/searches');
  assert.match(textOf(html), /1 new paper\b/);
  const [search] = await site.app.store.savedSearches.of('owner');
  assert.ok(search);
  const since = async (ms: number) => (await newMatches(site.app, search, ms)).map((card) => card.paper.id);
  assert.deepEqual(await since(search.seenAt), ['arxiv:2611.00001']);
  assert.deepEqual(await since(now), []);
  now += 1_000;
  const looked = await site.post(`/searches/${search.id}`, { do: 'look' });
  assert.equal(looked.headers.get('location'), '/search?q=herons+asleep&sort=newest');
  assert.match(textOf(await page('/searches')), /Nothing new since 23 Nov 2026/);
});

test('a saved search is renamed, removed, brought back, and in the end forgotten', async () => {
  const [search] = await site.app.store.savedSearches.of('owner');
  assert.ok(search);
  const change = (fields: Record<string, string>) => site.post(`/searches/${search.id}`, fields);
  await change({ do: 'rename', name: '  <b>Birds</b>  ' });
  assert.match(await page('/searches'), />&lt;b&gt;Birds&lt;\/b&gt;<\/a>/);
  const removed = await change({ do: 'remove' });
  const after = await page(removed.headers.get('location') ?? '');
  assert.match(after, /was removed/);
  assert.match(after, /No search is kept yet/);
  assert.match(await page('/search?q=herons+asleep'), /Save this search/);
  for (const _ of [1, 2]) await change({ do: 'restore' });
  const { searches } = (await (await site.ask('/searches.json')).json()) as {
    searches: { search: { name: string; query: string }; fresh: number }[];
  };
  assert.deepEqual(
    searches.map(({ search, fresh }) => [search.name, search.query, fresh]),
    [['<b>Birds</b>', 'herons asleep', 0]],
  );
  await change({ do: 'remove' });
  now += 2 * DAY_MS;
  await site.post('/searches', { q: 'something else' });
  assert.equal((await change({ do: 'restore' })).status, 404);
  assert.equal((await change({ do: 'burn' })).status, 400);
});

test('saved searches are shown to nobody else', async () => {
  for (const path of ['/searches', '/searches.json'])
    assert.ok(![200, 304].includes((await site.ask(path, { from: '203.0.113.9' })).status), path);
  assert.doesNotMatch(await (await site.ask('/search?q=x', { from: '203.0.113.9' })).text(), /Save this search/);
});
