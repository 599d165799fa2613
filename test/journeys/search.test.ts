import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openSite, type Site, textOf } from '../support/app.ts';

/** A reader remembers half of a paper, and finds it. */

let site: Site;
before(async () => {
  site = await openSite({ meaning: true });
  await site.app.embedder?.embed(['awake']);
});
after(() => site?.[Symbol.asyncDispose]());

const found = async (q: string, rest = ''): Promise<readonly string[]> => {
  const html = await (await site.ask(`/search?q=${encodeURIComponent(q)}${rest}`)).text();
  return [...html.matchAll(/<h2><a href="[^"]+">(.*?)<\/a><\/h2>/gs)].map(([, title = '']) => textOf(title));
};

/** What one half remembers, and how the paper's title begins. */
const REMEMBERED: readonly (readonly [string, string])[] = [
  ['veila', 'Veila: Panoramic LiDAR Generation'],
  ['panoramic lidar from one camera picture', 'Veila: Panoramic LiDAR Generation'],
  ['lidr generaton', 'Veila: Panoramic LiDAR Generation'],
  ['Veilla', 'Veila: Panoramic LiDAR Generation'],
  ['talking head animation that goes on for ever in real time', 'Knot Forcing'],
  ['splitting a 3d shape into parts', 'From One to More'],
  ['"policy discriminators"', 'Pre-Trained Policy Discriminators'],
  ['training agents with guarantees that it converges', 'SeeUPO'],
];

for (const [q, title] of REMEMBERED)
  test(`“${q}” finds ${title}`, async () => {
    const titles = await found(q);
    assert.ok(
      titles.slice(0, 3).some((one) => one.startsWith(title)),
      titles.slice(0, 5).join('\n'),
    );
  });

test('what was found is marked, counted, and says why it is here', async () => {
  const html = await (await site.ask('/search?q=lidar')).text();
  assert.match(html, /<mark>LiDAR<\/mark>/i);
  assert.match(textOf(html), /\d+ papers? in \d+ ms/);
  assert.match(html, /Matched by words/);
  assert.doesNotMatch(html, /By words only/);
});

test('papers of a search made of filters alone are not said to match', async () => {
  const html = await (await site.ask('/search?q=after:2020')).text();
  assert.match(html, /<article class="story/);
  assert.doesNotMatch(html, /Matched by/);
  const { hits } = (await (await site.ask('/search.json?q=after:2020')).json()) as { hits: { why: string }[] };
  assert.ok(hits.length > 0 && hits.every(({ why }) => why === 'filters'));
});

test('a title in the box leads to the paper; an address or number goes straight there', async () => {
  await site.take([
    {
      id: '2401.12345',
      title: 'A paper by number',
      abstract: 'None.',
      authors: 'A. B.',
      categories: 'cs.LG',
      doi: '10.1000/n',
      versions: [],
    },
  ]);
  for (const q of [
    '2401.12345',
    'arXiv:2401.12345v3',
    'https://arxiv.org/abs/2401.12345',
    '10.1000/n',
    'https://doi.org/10.1000/n',
  ]) {
    const answer = await site.ask(`/search?q=${encodeURIComponent(q)}`);
    assert.equal(answer.status, 302, q);
    assert.equal(answer.headers.get('location'), '/papers/2401.12345');
  }
  assert.equal((await site.ask('/search?q=2401.99999')).status, 200);
});

test('a search without words shows how to ask; one without matches offers a way on', async () => {
  for (const path of ['/search', '/search?q=', '/search?q=%20%09'])
    assert.match(await (await site.ask(path)).text(), /How to ask/, path);
  assert.match(await (await site.ask('/search?q=%22zzzz+qqqq%22')).text(), /No paper matches/);
});

test('filters narrow, and can be taken out again', async () => {
  const html = await (await site.ask('/search?q=video')).text();
  const [, address = ''] = /<a href="(\/search\?q=[^"]*year[^"]*)"/.exec(html) ?? [];
  assert.notEqual(address, '');
  const narrowed = await (await site.ask(address.replaceAll('&amp;', '&'))).text();
  assert.match(narrowed, /aria-current="true"/);
  const year = /year%3A(\d{4})/.exec(address)?.[1] ?? '';
  for (const [, date = ''] of narrowed.matchAll(/<time datetime="([^"]+)"/g)) assert.ok(date.startsWith(year), date);
});

test('suggestions lead to papers and to searches that find something', async () => {
  const answer = await site.ask('/search/suggest?q=vei');
  const { suggestions } = (await answer.json()) as { suggestions: { label: string; kind: string; href: string }[] };
  assert.ok(suggestions.length > 0);
  for (const { href } of suggestions) assert.equal((await site.ask(href)).status, 200, href);
  assert.deepEqual(await (await site.ask('/search/suggest?q=')).json(), { suggestions: [] });
});

test('similar papers are near in meaning, and never the paper itself', async () => {
  const wire = await (await site.ask('/?view=wire')).text();
  const [, address = ''] = /<a href="([^"]+)">Knot Forcing/.exec(wire) ?? [];
  const html = await (await site.ask(address)).text();
  const [, similar = ''] = /id="similar"(.*)$/s.exec(html) ?? [];
  const titles = [...similar.matchAll(/<h3><a href="[^"]+">(.*?)<\/a>/gs)].map(([, title = '']) => textOf(title));
  assert.equal(titles.length, 6);
  assert.ok(!titles.some((title) => title.startsWith('Knot Forcing')));
  assert.ok(
    titles.some((title) => /video|animation|talking|avatar|diffusion/i.test(title)),
    titles.join('\n'),
  );
});
