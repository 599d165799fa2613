import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseOpml } from 'feedsmith';
import { parseXml, textOf, type XmlNode } from '../../src/kernel/xml.ts';
import type { Account } from '../../src/model/account.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite, tokenFor } from '../support/accounts.ts';
import { ORIGIN } from '../support/app.ts';

/** Feeds that are one reader's own, by key; and lists from and for feed readers. */

let site: AccountSite;
let ada: Account;
let cookie = '';
let key = '';
const paper = (n: number): object => ({
  id: `2611.0000${n}`,
  title: `Paper ${n} on feeding`,
  abstract: 'We feed.',
  authors: 'Grace Hopper',
  categories: 'cs.DL',
  versions: [{ version: 'v1', created: 'Fri, 20 Nov 2026 10:00:00 GMT' }],
});

before(async () => {
  site = await openAccountSite();
  await site.take([1, 2, 3].map(paper));
  ada = await makeAccount(site);
  cookie = await cookieFor(site, ada);
  const as = { headers: { cookie } };
  await site.post('/searches', { q: 'feeding', name: 'Food & more' }, as);
  await site.post('/following', { kind: 'author', key: 'grace-hopper', wish: '1' }, as);
  await site.post('/papers/2611.00001/save', { save: '1' }, as);
  await site.post('/groups', { name: 'Hidden', visibility: 'private', key: 'g' }, as);
});
after(() => site[Symbol.asyncDispose]());

const as = () => ({ headers: { cookie } });
const status = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  (await site.ask(path, { headers })).status;

/** Pages of Ada's that are nobody else's. */
const own = async (): Promise<readonly string[]> => {
  const [search] = await site.app.store.savedSearches.of(ada.id);
  const [group] = await site.app.store.groups.of(ada.id);
  return ['/following', '/library', `/searches/${search?.id}`, `/groups/${group?.handle}`];
};

const makeKey = async (): Promise<string> => {
  const page = await (await site.post('/feeds/keys', {}, as())).text();
  return /<code>(bs_[\w-]+)<\/code>/.exec(page)?.[1] ?? '';
};

test('a key is made once, and opens every private feed in every form, and nothing else', async () => {
  key = await makeKey();
  assert.match(key, /^bs_[\w-]{43}$/);
  for (const page of [...(await own()), '/search'])
    for (const ending of ['.atom', '.rss', '.feed.json']) {
      const query = page === '/search' ? '&q=in%3Alibrary' : '';
      const answer = await site.ask(`${page}${ending}?key=${key}${query}`);
      assert.equal(answer.status, 200, page);
      assert.equal(answer.headers.get('cache-control'), 'private, no-store');
      const text = await answer.text();
      assert.ok(text.includes(`key=${key}`), 'the way to itself opens too');
      if (page.startsWith('/groups')) continue;
      assert.match(text, /on feeding/, page);
    }
  assert.doesNotMatch(await (await site.ask('/feeds', as())).text(), new RegExp(key), 'it is not shown again');
  for (const path of ['/library.json', '/account/data.json', '/feeds'])
    assert.equal(await status(path, { authorization: `Bearer ${key}` }), 403, path);
});

test('without a key a private feed is closed, also for a browser that is signed in', async () => {
  for (const page of await own()) {
    const expected = page.startsWith('/groups') ? 404 : 401;
    for (const headers of [{}, { cookie }]) assert.equal(await status(`${page}.atom`, headers), expected, page);
    assert.equal(await status(`${page}.atom?key=bs_none`), 401);
  }
  assert.equal(await status('/search.atom?q=in%3Alibrary', { cookie }), 401);
});

test('a token that opens more is no key in an address; in a header it is', async () => {
  const read = await tokenFor(site, ada, ['read']);
  const both = await tokenFor(site, ada, ['read', 'feed']);
  for (const token of [read, both]) {
    assert.equal(await status(`/following.atom?key=${token}`), 401);
    assert.equal(await status('/following.atom', { authorization: `Bearer ${token}` }), 200);
  }
  assert.equal(
    await status('/following.atom', { authorization: `Bearer ${await tokenFor(site, ada, ['vote'])}` }),
    401,
  );
});

test('a key opens its own reader’s feeds only', async () => {
  const eve = await makeAccount(site);
  const hers = await tokenFor(site, eve, ['feed']);
  const [, , search, group] = await own();
  assert.equal(await status(`${search}.atom?key=${hers}`), 404);
  assert.equal(await status(`${group}.atom?key=${hers}`), 404);
  assert.doesNotMatch(await (await site.ask(`/library.atom?key=${hers}`)).text(), /on feeding/);
});

test('why a paper is in the feed of what one follows is said', async () => {
  const xml = await (await site.ask(`/following.atom?key=${key}`)).text();
  const entries = (parseXml(xml)['feed'] as XmlNode)['entry'] as readonly XmlNode[];
  assert.equal(entries.length, 3);
  for (const entry of entries) assert.match(textOf(entry['content']), /New by Grace Hopper, whom you follow/);
});

test('all one follows is a list for feed readers; every feed in it opens', async () => {
  const answer = await site.ask(`/following.opml?key=${key}`);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/x-opml/);
  const outlines = parseOpml(await answer.text()).body?.outlines ?? [];
  assert.deepEqual(
    outlines.map(({ title }) => title),
    ['What I follow', 'Hidden', 'Food & more', 'Grace Hopper'],
  );
  for (const { xmlUrl = '' } of outlines) assert.equal(await status(xmlUrl.replace(ORIGIN, '')), 200, xmlUrl);
  assert.equal(outlines.at(-1)?.xmlUrl, `${ORIGIN}/authors/grace-hopper.atom`);
  assert.equal(await status('/following.opml', { cookie }), 401);
});

const LIST = `<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Science"><outline text="CS &amp; DL" type="rss" xmlUrl="https://rss.arxiv.org/rss/cs.DL"/>
<outline text="Grace" xmlUrl="${ORIGIN}/authors/grace-hopper.rss"/></outline>
<outline text="Nobody" xmlUrl="${ORIGIN}/authors/no-such-author.rss"/>
<outline text="A blog &lt;script&gt;" xmlUrl="https://blog.example/feed.xml"/></body></opml>`;

test('a list of another feed reader is followed as far as it is of here, and the rest is told of', async () => {
  const send = async () => {
    const form = new FormData();
    form.set('text', LIST);
    const body = new Response(form);
    const answer = await site.ask('/feeds/import', {
      method: 'POST',
      headers: { cookie, origin: ORIGIN, 'content-type': body.headers.get('content-type') ?? '' },
      body: await body.text(),
    });
    assert.equal(answer.status, 200);
    return answer.text();
  };
  const page = await send();
  assert.match(page, /4 feeds read, 1 followed now/);
  assert.match(page, /Followed: Digital Libraries \(cs\.DL\)\./);
  assert.match(page, /You follow it already/);
  assert.match(page, /There is nothing of that name to follow/);
  assert.match(page, /A feed of another site/);
  assert.doesNotMatch(page, /<script>"/);
  assert.match(await send(), /4 feeds read, 0 followed now/);
  assert.deepEqual(
    (await site.app.store.follows.of(ada.id)).map((one) => one.key),
    ['grace-hopper', 'cs.DL'],
  );
});

test('what is no list is refused in a sentence', async () => {
  for (const text of ['', 'no xml', '<opml version="2.0"><body/></opml>', '<!DOCTYPE x [<!ENTITY a "b">]><opml/>']) {
    const answer = await site.post('/feeds/import', { text }, as());
    assert.equal(answer.status, 422, text);
    assert.match(await answer.text(), /role="alert"/);
  }
});

test('a key that is removed opens nothing any more', async () => {
  const tokens = (await site.app.store.apiTokens.of(ada.id)).filter(({ scopes }) => scopes.join() === 'feed');
  assert.equal(tokens.length, 1);
  await site.post('/account', { do: 'remove-token', token: tokens[0]?.hash ?? '' }, as());
  assert.equal(await status(`/following.atom?key=${key}`), 401);
});

test('a public feed is the same for everyone', async () => {
  const nobody = await site.ask('/authors/grace-hopper.atom');
  const reader = await site.ask('/authors/grace-hopper.atom', as());
  assert.equal(await reader.text(), await nobody.text());
  assert.equal(reader.headers.get('cache-control'), 'public, max-age=60');
});
