import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { OWNER } from '../../src/model/reader.ts';
import { type Listening, listen } from '../../src/web/listen.ts';
import { ROUTES, type Route } from '../../src/web/routes.ts';
import { linksOf, openSite, type Site } from '../support/app.ts';
import { putSentDigest } from '../support/digest.ts';
import { guardsOf } from '../support/guards.ts';

/** What every address answers beside its page: methods, guards, caches, codings. */

let site: Site;
let paper = '';
let letter = '';
let draft = '';
let group = '';
let mail = { id: '', manage: '', act: '' };
before(async () => {
  site = await openSite();
  await site.take([
    {
      id: 'math/0309136',
      title: 'Sums of cubes',
      abstract: 'We add cubes.',
      authors: 'A. Adder',
      categories: 'math.NT',
      doi: '10.1000/cubes',
      versions: [{ version: 'v1', created: 'Mon, 8 Sep 2003 10:00:00 GMT' }],
    },
  ]);
  paper = /<h2><a href="([^"]+)"/.exec(await (await site.ask('/?view=wire')).text())?.[1] ?? '';
  const written = (await site.post(`${paper}/letters`, { body: 'A letter.', key: 'k' })).headers.get('location') ?? '';
  letter = written.split('#letter-')[1] ?? '';
  draft = (await site.post('/submit', { what: '10.1000/cubes', note: '' })).headers.get('location') ?? '';
  group =
    (await site.post('/groups', { name: 'Readers', visibility: 'public', key: 'k' })).headers.get('location') ?? '';
  mail = await putSentDigest(site.app, { reader: OWNER, paperId: 'arxiv:math/0309136' });
  ONWARD.set(`${group}/papers?paper=${paper.replace('/papers/', '')}`, `${group}${paper}`);
  ONWARD.set(`${paper}/letters`, `${paper}#letters`).set(`/letters/${letter}`, written);
});
after(() => site[Symbol.asyncDispose]());

/** A real address for a route. */
const addressOf = async ({ path }: Route): Promise<string> => {
  const [, before, after] = /^((?:\/api)?)\/papers\/:id\{\.\+((?:\/\w+)*)(?:\(.*\)\?)?\}$/.exec(path) ?? [];
  if (before !== undefined) return before + paper + after;
  if (path === '/api/arxiv/:id{.+/repos}') return `/api/arxiv${paper.replace('/papers', '')}/repos`;
  if (path === '/assets/:name')
    return linksOf(await (await site.ask('/')).text()).find((one) => one.endsWith('.css')) ?? '';
  const samples: Readonly<Record<string, string>> = {
    '/:feed{.+\\.(?:atom|rss|feed\\.json|opml)}': '/papers/date/2026-04-20.atom',
    '/papers/date/:date': '/papers/date/2026-04-20',
    '/papers/week/:name': '/papers/week/2026-W17',
    '/papers/month/:name': '/papers/month/2026-04',
    '/authors/:key': '/authors/a-adder',
    '/organisations/:key':
      linksOf(await (await site.ask('/')).text()).find((one) => one.startsWith('/organisations/')) ?? '',
    '/categories/:key': '/categories/math.NT',
    '/letters/:id': `/letters/${letter}`,
    '/letters/:id/history': `/letters/${letter}/history`,
    '/letters/:id/report': `/letters/${letter}/report`,
    '/submit/:id': draft,
    '/digest/sent/:id': `/digest/sent/${mail.id}`,
    '/mail/:token': `/mail/${mail.manage}`,
    '/mail/:token/unsubscribe': `/mail/${mail.manage}/unsubscribe`,
    '/mail/:token/digests/:id': `/mail/${mail.manage}/digests/${mail.id}`,
    '/mail/:token/digests/:id/vote': `/mail/${mail.act}/digests/${mail.id}/vote?paper=arxiv:math/0309136`,
    '/mail/:token/digests/:id/save': `/mail/${mail.act}/digests/${mail.id}/save?paper=arxiv:math/0309136`,
    '/groups/:handle/papers': `${group}/papers?paper=${paper.replace('/papers/', '')}`,
    '/labs/:id': '/labs/out-of-context',
    '/labs/:id/source': '/labs/out-of-context/source',
    '/calculators/:id': '/calculators/segment-reward?weight=1',
    '/ledger/:source': '/ledger/daily-page',
    '/ledger/:source/:day': '/ledger/daily-page/2026-11-22',
    '/sources/:source': '/sources/daily-page',
    '/sitemap/:name': '/sitemap/pages.xml',
    '/search': '/search?q=video',
    '/search.md': '/search.md?q=video',
    '/search.json': '/search.json?q=video',
    '/searches/:id': '/searches/none',
    '/searches/devices/:id': '/searches/devices/none',
    '/search/suggest': '/search/suggest?q=vid',
    '/api/papers/search': '/api/papers/search?q=video',
  };
  const inGroup = path
    .replace('/groups/:handle', group)
    .replace(/\/papers\/:id\{\.\+((?:\/\w+)*)\}/, (_, onward: string) => paper + onward)
    .replace(/:id\{\.\+((?:\/\w+)*)\}/, (_, onward: string) => `none${onward}`);
  return samples[path] ?? inGroup;
};

/** Addresses that only an instance with accounts has, or only a group that has met. */
const ABSENT = /^\/(?:groups\/(?:join$|:handle\/agenda\/:id)|readers\/|sign-in|setup|account)/;

const wearsGuards = (answer: Response, what: string): void => {
  for (const [name, value] of Object.entries(answer.ok ? guardsOf(what.replace('HEAD ', '')) : guardsOf('')))
    assert.equal(answer.headers.get(name), value, `${what}: ${name}`);
};

/** Addresses that send on to the span of the latest edition, and where. */
const ONWARD = new Map([
  ['/papers/week', '/papers/week/2026-W17'],
  ['/papers/month', '/papers/month/2026-04'],
]);

test('week and month alone lead to those of the latest edition', async () => {
  for (const [from, to] of ONWARD) assert.equal((await site.ask(from)).headers.get('location'), to);
});

test('every GET route answers 200, and HEAD the same without a body, guards on both', async () => {
  for (const route of ROUTES.filter(({ method }) => method === 'GET')) {
    const address = await addressOf(route);
    const got = await site.ask(address);
    const expected = ABSENT.test(route.path) ? [404] : ONWARD.has(address) ? [302, 303] : [200];
    assert.ok(expected.includes(got.status), `${address}: ${got.status}`);
    wearsGuards(got, address);
    const head = await site.ask(address, { method: 'HEAD' });
    assert.equal(head.status, got.status, `HEAD ${address}`);
    wearsGuards(head, `HEAD ${address}`);
    assert.equal(await head.text(), '', `HEAD ${address}`);
    assert.equal(head.headers.get('content-type'), got.headers.get('content-type'));
    await got.arrayBuffer();
  }
});

test('a method an address does not take is 405 with what it takes; OPTIONS says the same', async () => {
  for (const route of ROUTES) {
    const address = await addressOf(route);
    const both = ROUTES.filter(({ path }) => path === route.path);
    const takes = both.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'].filter((one) => !takes.includes(one))) {
      const answer = await site.ask(address, { method });
      assert.equal(answer.status, 405, `${method} ${address}`);
      assert.equal(answer.headers.get('allow'), [...takes, 'OPTIONS'].join(', '), route.path);
      wearsGuards(answer, address);
    }
    const options = await site.ask(address, { method: 'OPTIONS' });
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), [...takes, 'OPTIONS'].join(', '), route.path);
  }
});

test('errors are pages for people, {error} for programs, and wear the guards', async () => {
  for (const address of ['/nowhere', '/papers/none', '/authors/none', '/organisations/none', '/categories/none']) {
    const page = await site.ask(address);
    assert.equal(page.status, 404, address);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    wearsGuards(page, address);
    const json = await site.ask(address, { headers: { accept: 'application/json' } });
    assert.equal(json.status, 404);
    assert.deepEqual(Object.keys((await json.json()) as object), ['error']);
    assert.equal(json.headers.get('x-error-code'), null);
  }
});

test('a failure inside is 500 under a reference, and tells nothing of itself', async () => {
  const broken = { ...site.app.store.papers, cards: () => Promise.reject(new Error('secret of the database')) };
  const was = site.app.store.papers;
  Object.assign(site.app.store, { papers: broken });
  try {
    const before = site.errors.length;
    const answer = await site.ask('/papers/trending?view=wire', { headers: { cookie: 'broadsheet=late.compact.off' } });
    const html = await answer.text();
    assert.equal(answer.status, 500);
    wearsGuards(answer, 'a failure');
    assert.doesNotMatch(html, /secret/);
    const logged = site.errors.slice(before) as { reference: string }[];
    assert.equal(logged.length, 1);
    assert.ok(html.includes(logged[0]?.reference ?? 'none'));
  } finally {
    Object.assign(site.app.store, { papers: was });
  }
  assert.equal((await site.ask('/papers/trending?view=wire')).status, 200);
});

test('a page one has is 304, until something changes', async () => {
  const first = await site.ask('/papers/trending');
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w-]{22}"$/);
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await site.ask('/papers/trending', { headers: { 'if-none-match': tag } });
    assert.equal(again.status, 304, tag);
    assert.equal(again.headers.get('etag'), etag);
    wearsGuards(again, '304');
  }
  assert.equal((await site.ask('/papers/trending', { headers: { 'if-none-match': '"other"' } })).status, 200);
  await site.post(`${paper}/vote`, { vote: '1' });
  assert.equal((await site.ask('/papers/trending', { headers: { 'if-none-match': etag } })).status, 200);
  await site.post(`${paper}/vote`, { vote: '0' });
  assert.equal((await site.ask('/papers/trending', { headers: { 'if-none-match': etag } })).status, 304);
});

test('pages come in brotli, gzip or plain, all the same page', async () => {
  const plain = await site.ask('/');
  assert.equal(plain.headers.get('content-encoding'), null);
  assert.match(plain.headers.get('vary') ?? '', /Accept-Encoding, Cookie/);
  const text = await plain.text();
  const in_ = async (accepted: string): Promise<[string | null, Buffer]> => {
    const answer = await site.ask('/', { headers: { 'accept-encoding': accepted } });
    return [answer.headers.get('content-encoding'), Buffer.from(await answer.arrayBuffer())];
  };
  const [br, brotli] = await in_('gzip, deflate, br');
  assert.equal(br, 'br');
  assert.equal(brotliDecompressSync(brotli).toString(), text);
  const [gz, gzipped] = await in_('gzip;q=0.8, br;q=0');
  assert.equal(gz, 'gzip');
  assert.equal(gunzipSync(gzipped).toString(), text);
  const [none] = await in_('br;q=0, gzip;q=0');
  assert.equal(none, null);
});

test('what the page loads is kept for ever under a name that changes with it', async () => {
  for (const path of linksOf(await (await site.ask('/')).text()).filter((one) => one.startsWith('/assets/'))) {
    const answer = await site.ask(path);
    assert.equal(answer.status, 200, path);
    const forever = /-[A-Z0-9]{8}\.\w+$/.test(path);
    assert.match(answer.headers.get('cache-control') ?? '', forever ? /immutable/ : /^public, max-age=86400$/, path);
  }
  assert.equal((await site.ask('/assets/none.js')).status, 404);
  assert.equal((await site.ask('/assets/..%2f..%2fpackage.json')).status, 404);
});

test('the settings are kept in a cookie, and the page is set by it', async () => {
  const saved = await site.post('/settings', { edition: 'late', density: 'compact', keys: 'off' });
  assert.equal(saved.status, 303);
  assert.equal(saved.headers.get('location'), '/settings?saved');
  const cookie = saved.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^broadsheet=late\.compact\.off; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
  const html = await (await site.ask('/', { headers: { cookie: 'broadsheet=late.compact.off' } })).text();
  assert.match(html, /<html lang="en" data-edition="late" data-density="compact">/);
  assert.doesNotMatch(html, /assets\/keys-/);
  assert.match(await (await site.ask('/')).text(), /data-edition="auto".*assets\/keys-/s);
  const foreign = await site.post('/settings', { edition: 'late' }, { headers: { origin: 'https://evil.example' } });
  assert.equal(foreign.status, 403);
  for (const nonsense of ['"><script>', 'late', '....', '%', 'a=b'])
    assert.equal((await site.ask('/', { headers: { cookie: `broadsheet=${nonsense}` } })).status, 200, nonsense);
});

test('an address of an old kind leads to the true one, version and all', async () => {
  assert.equal((await site.ask('/papers/math/0309136')).status, 200);
  assert.equal((await site.ask('/papers/math/0309136v1')).status, 200);
  assert.equal((await site.ask('/papers/math%2F0309136')).status, 200);
  for (const ending of ['', '.md', '.bib']) {
    const moved = await site.ask(`/papers/doi:10.1000/cubes${ending}`);
    assert.equal(moved.status, 301, ending);
    assert.equal(moved.headers.get('location'), `/papers/math/0309136${ending}`);
  }
});

test('over a real socket: odd requests are answered, none breaks the server', async () => {
  const server: Listening = await listen(site.web, { host: '127.0.0.1', port: 0 });
  const { connect } = await import('node:net');
  const say = (request: string): Promise<string> =>
    new Promise((done, failed) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(request));
      let heard = '';
      socket.setEncoding('latin1').on('data', (text) => (heard += text));
      socket.once('close', () => done(heard));
      socket.once('error', failed);
    });
  const rest = `Host: localhost:${server.port}\r\nConnection: close\r\n\r\n`;
  try {
    for (const path of [
      '/papers/%',
      '/papers/%ff%fe',
      '/papers/%00',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/papers//',
      '//',
      '/search?q=%',
      '/search?%=%ff&q=%e0%80',
      '/authors/%c0%ae',
      '/assets/%2e%2e%2fpackage.json',
      `/papers/${'a'.repeat(9_000)}`,
      '*',
      'http://evil.example/',
    ]) {
      const answer = await say(`GET ${path} HTTP/1.1\r\n${rest}`);
      assert.match(answer, /^HTTP\/1\.1 (?:200|301|302|400|404) /, path.slice(0, 60));
      assert.doesNotMatch(answer, /root:|"dependencies"/);
    }
    for (const host of [
      'evil.example',
      '"><script>alert(1)</script>',
      '',
      'a b',
      '[::1',
      'localhost:99999999',
      '%',
      'é',
    ]) {
      const answer = await say(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 (?:200|400) /, host);
      assert.doesNotMatch(answer, /<script>alert/);
    }
    assert.match(await say(`POST /settings HTTP/1.1\r\nContent-Length: 99999999\r\n${rest}`), /^HTTP\/1\.1 413 /);
    assert.match(await say(`BREW / HTTP/1.1\r\n${rest}`), /^HTTP\/1\.1 4/);
    assert.match(await say(`GET / HTTP/1.1\r\n${rest}`), /^HTTP\/1\.1 200 /);
  } finally {
    await server.close();
  }
});
