import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SearchPage } from '../../src/model/search-page.ts';
import { changeEntries } from '../../src/services/library.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { textOf } from '../support/app.ts';

/** `in:library`: a search of what one has saved, in every rendering, and of nobody else's. */

let site: AccountSite;
let cookies: readonly string[] = [];
let saved: readonly string[] = [];
before(async () => {
  site = await openAccountSite({ firstEdition: true });
  const readers = [await makeAccount(site), await makeAccount(site)];
  cookies = await Promise.all(readers.map((reader) => cookieFor(site, reader)));
  const { hits } = await asked('video');
  saved = hits.slice(0, 2).map(({ card }) => card.paper.id);
  assert.equal(saved.length, 2);
  assert.ok(hits.length > 2);
  await changeEntries(site.app, { reader: readers[0]?.id ?? '', ids: saved, change: {}, saving: true });
});
after(() => site?.[Symbol.asyncDispose]());

const get = (path: string, q: string, cookie = '') =>
  site.ask(`${path}?q=${encodeURIComponent(q)}`, { headers: { cookie } });
const asked = async (q: string, cookie = ''): Promise<SearchPage> =>
  (await get('/search.json', q, cookie)).json() as Promise<SearchPage>;
const idsOf = ({ hits }: SearchPage): readonly string[] => hits.map(({ card }) => card.paper.id).sort();

test('with words and without, it finds what this reader saved, and nothing else', async () => {
  const [own = '', other = ''] = cookies;
  for (const q of ['in:library', 'in:library video', 'video IN:Library'])
    assert.deepEqual(idsOf(await asked(q, own)), [...saved].sort(), q);
  assert.deepEqual(idsOf(await asked('in:library', other)), []);
  assert.deepEqual(idsOf(await asked('in:library "zzz qqq"', own)), []);
  const [all, rest] = [await asked('video'), await asked('video -in:library', own)];
  assert.deepEqual(
    idsOf(rest),
    idsOf(all).filter((id) => !saved.includes(id)),
  );
  assert.equal(rest.total, all.total - saved.length);
});

test('the answers are kept by nobody else, and say what they are narrowed by', async () => {
  const [own = ''] = cookies;
  for (const path of ['/search', '/search.json', '/search.md', '/api/papers/search']) {
    const answer = await get(path, 'in:library', own);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get('cache-control'), 'private, no-store', path);
  }
  const page = await (await get('/search', 'in:library video', own)).text();
  assert.match(page, /<a href="\/search\?q=video" aria-label="Take out: in your library">/);
  assert.match(await (await get('/search.md', 'in:library', own)).text(), /Only papers in your library/);
});

test('nobody is told to sign in, and is led back; where nothing was saved, the same search without it is offered', async () => {
  const page = await (await get('/search', 'in:library video')).text();
  assert.match(textOf(page), /the library of whoever is signed in, and nobody is/);
  assert.match(page, /<a rel="nofollow" href="\/sign-in\?onward=%2Fsearch%3Fq%3Din%253Alibrary%2Bvideo">Sign in<\/a>/);
  assert.match((await asked('in:library')).refusal ?? '', /nobody is/);
  assert.match(await (await get('/search.md', 'in:library')).text(), /nobody is/);
  const { otherwise, refusal } = await asked('video in:library', cookies[1]);
  assert.equal(refusal, null);
  assert.deepEqual(
    otherwise?.ways.map(({ q }) => q),
    ['video'],
  );
});
