import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type ErrorCode, Fault } from './errors.ts';
import { type Caps, type GuardedAnswer, type GuardedRequest, guardedFetch, userAgent } from './guarded-fetch.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const pages = new Map<string, Handler>();
const open = new Set<NodeJS.Timeout>();
let seen: IncomingMessage[] = [];
const server = createServer((request, response) => {
  seen.push(request);
  const handler = pages.get(URL.parse(request.url ?? '', 'http://a')?.pathname ?? '');
  if (handler) handler(request, response);
  else response.writeHead(404, { 'content-type': 'text/html' }).end('<p>nothing here');
});
const other = createServer((request, response) => {
  seen.push(request);
  response.writeHead(200, { 'content-type': 'text/xml' }).end('<other/>');
});
let here = '';
let there = '';

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  here = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  there = `127.0.0.1:${(other.address() as AddressInfo).port}`;
});

after(() => {
  for (const timer of open) clearInterval(timer);
  for (const one of [server, other]) {
    one.close();
    one.closeAllConnections();
  }
});

const get = (
  path: string,
  { caps, signal, ...request }: Partial<GuardedRequest> & { caps?: Partial<Caps>; signal?: AbortSignal } = {},
): Promise<GuardedAnswer> =>
  guardedFetch(
    { url: `http://${here}${path}`, accepts: [], ...request },
    { userAgent: userAgent('1.2.3', 'ops@example.org'), allow: [here, there], caps, signal },
  );

const serves = (
  path: string,
  type: string | null,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): void => {
  pages.set(path, (_request, response) => {
    response.writeHead(200, { ...(type === null ? {} : { 'content-type': type }), ...headers }).end(body);
  });
};

const fails = (code: ErrorCode, sentence: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Fault, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, sentence);
  return true;
};

const TEXT = '<a>Zürich, Ελλάδα, 東京</a>'.repeat(3000);

test('an answer is whole, with its status, type, headers and address', async () => {
  serves('/plain', 'Text/XML; charset=utf-8', TEXT, { 'x-more': 'yes' });
  seen = [];
  const answer = await get('/plain?q=1#part', { accepts: ['text/xml', 'application/xml'] });
  assert.equal(Buffer.from(answer.body).toString(), TEXT);
  assert.deepEqual([answer.status, answer.type, answer.headers['x-more']], [200, 'text/xml', 'yes']);
  assert.equal(answer.url, `http://${here}/plain?q=1#part`);
  const [request] = seen;
  assert.equal(request?.url, '/plain?q=1');
  assert.equal(request?.method, 'GET');
  assert.equal(request?.headers['user-agent'], 'Broadsheet/1.2.3 (+ops@example.org)');
  assert.equal(request?.headers.accept, 'text/xml, application/xml');
  assert.equal(request?.headers.connection, 'close');
});

test('without a contact the agent is named all the same', () => {
  assert.equal(userAgent('1.2.3', ''), 'Broadsheet/1.2.3');
});

test('a body is posted, with its headers', async () => {
  pages.set('/post', (request, response) => {
    request
      .setEncoding('utf8')
      .on('data', (body) => response.end(`${request.method} ${body} ${request.headers['x-key']}`));
  });
  const answer = await get('/post', { body: 'zwölf', headers: { 'x-key': 'k' } });
  assert.equal(Buffer.from(answer.body).toString(), 'POST zwölf k');
});

test('every encoding that is offered is read', async () => {
  for (const [encoding, body] of [
    ['gzip', gzipSync(TEXT)],
    ['GZIP', Buffer.concat([gzipSync(TEXT.slice(0, 99)), gzipSync(TEXT.slice(99))])],
    ['br', brotliCompressSync(TEXT)],
    ['zstd', zstdCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
  ] as const) {
    serves('/packed', 'text/xml', body, { 'content-encoding': encoding });
    assert.equal(Buffer.from((await get('/packed')).body).toString(), TEXT, encoding);
  }
  serves('/empty', 'text/xml', '', { 'content-encoding': 'gzip' });
  assert.equal((await get('/empty')).body.length, 0);
});

test('an encoding nobody offered, a damaged one and a cut one are told apart', async () => {
  serves('/odd', 'text/xml', TEXT, { 'content-encoding': 'compress' });
  await assert.rejects(get('/odd'), fails('source-refused', /in the encoding compress/));
  serves('/false', 'text/xml', TEXT, { 'content-encoding': 'gzip' });
  await assert.rejects(get('/false'), fails('source-refused', /not compressed as it says/));
  serves('/cut', 'text/xml', gzipSync(TEXT).subarray(0, -20), { 'content-encoding': 'gzip' });
  await assert.rejects(get('/cut'), fails('source-unavailable', /connection was lost/));
});

test('an answer of the wrong type, or of none, is refused before its body is read', async () => {
  let finished = false;
  pages.set('/page', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write('<p>');
    response.on('finish', () => {
      finished = true;
    });
  });
  await assert.rejects(
    get('/page', { accepts: ['text/xml'] }),
    fails('source-refused', /text\/html instead of text\/xml\.$/),
  );
  assert.equal(finished, false);
  serves('/untyped', null, '<a/>');
  await assert.rejects(get('/untyped', { accepts: ['text/xml'] }), fails('source-refused', /no media type/));
  assert.equal((await get('/untyped')).type, '');
  assert.equal((await get('/nowhere', { accepts: ['text/xml'] })).status, 404);
});

test('a gzip bomb of 200 MiB stops after a few', async () => {
  const zeros = Buffer.alloc(1024 * 1024);
  let packed = 0;
  pages.set('/bomb', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/xml', 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.on('data', (chunk) => {
      packed += chunk.length;
    });
    gzip.pipe(response);
    for (let n = 0; n < 200; n += 1) gzip.write(zeros);
    gzip.end();
  });
  await assert.rejects(get('/bomb'), fails('source-refused', /compression bomb/));
  assert.ok(packed > 0);
  for (const [encoding, body] of [
    ['br', brotliCompressSync(Buffer.alloc(32 * 1024 * 1024))],
    ['zstd', zstdCompressSync(Buffer.alloc(32 * 1024 * 1024))],
  ] as const) {
    serves('/small-bomb', 'text/xml', body, { 'content-encoding': encoding });
    await assert.rejects(get('/small-bomb'), fails('source-refused', /compression bomb/), encoding);
  }
});

test('too much is refused by its length before it comes, or where it passes the cap', async () => {
  const caps = { bytes: 1024 * 1024 };
  pages.set('/huge', (_request, response) => {
    response.writeHead(200, { 'content-length': String(10 ** 15) }).write('x');
  });
  await assert.rejects(get('/huge'), fails('source-refused', /larger than 64 MiB/));
  pages.set('/endless', (_request, response) => {
    const pour = (error?: Error | null): void => {
      if (!error) response.write(Buffer.alloc(65_536, 'x'), pour);
    };
    pour();
  });
  await assert.rejects(get('/endless', { caps }), fails('source-refused', /larger than 1 MiB/));
  const text = Array.from({ length: 300_000 }, (_, n) => `${n} `).join('');
  serves('/dense', 'text/plain', gzipSync(text), { 'content-encoding': 'gzip' });
  await assert.rejects(get('/dense', { caps }), fails('source-refused', /larger than 1 MiB/));
  assert.equal((await get('/dense')).body.length, text.length);
});

const drip = (response: ServerResponse, everyMs: number): void => {
  const timer = setInterval(() => response.write('x'), everyMs);
  open.add(timer);
  response.on('close', () => clearInterval(timer));
};

test('a drip, a standstill, a long answer and silence end', async () => {
  pages.set('/drip', (_request, response) => drip(response.writeHead(200), 5));
  await assert.rejects(get('/drip', { caps: { paceMs: 300 } }), fails('source-refused', /only drips/));
  await assert.rejects(get('/drip', { caps: { totalMs: 200 } }), fails('source-refused', /took more than 0\.2 s/));
  pages.set('/still', (_request, response) => void response.writeHead(200).write('x'.repeat(100)));
  await assert.rejects(
    get('/still', { caps: { paceMs: 60, paceBytes: 10 } }),
    fails('source-unavailable', /in the middle/),
  );
  pages.set('/silent', () => undefined);
  await assert.rejects(
    get('/silent', { caps: { headersMs: 60 } }),
    fails('source-unavailable', /did not answer within/),
  );
});

test('a connection that is lost, and one that is refused', async () => {
  pages.set('/lost', (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
  });
  await assert.rejects(get('/lost'), fails('source-unavailable', /connection was lost/));
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((done) => closed.close(done));
  await assert.rejects(
    guardedFetch({ url: `http://${host}/`, accepts: [] }, { userAgent: 'x', allow: [host] }),
    fails('source-unavailable', /cannot be reached/),
  );
  await assert.rejects(
    guardedFetch(
      { url: 'http://nowhere.example.org/', accepts: [] },
      { userAgent: 'x', allow: [], resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })) },
    ),
    fails('source-unavailable', /no host nowhere\.example\.org/),
  );
});

const redirects = (path: string, location: string, status = 302): void => {
  pages.set(path, (_request, response) => void response.writeHead(status, { location }).end());
};

test('a host that does not speak https is told, not asked again', async () => {
  await assert.rejects(get('', { url: `https://${here}/plain` }), fails('source-refused', /does not speak https/));
});

test('five redirects are followed, the sixth is not', async () => {
  for (let n = 1; n <= 6; n += 1) redirects(`/r${n}`, n === 1 ? '/plain' : `r${n - 1}`);
  const answer = await get('/r5');
  assert.equal(answer.url, `http://${here}/plain`);
  await assert.rejects(get('/r6'), fails('source-refused', /redirects more than 5 times/));
  redirects('/loop', '/loop');
  await assert.rejects(get('/loop'), fails('source-refused', /redirects more than 5 times/));
});

test('a redirect leads to http and https only, and never with a user', async () => {
  for (const to of [
    'file:///etc/passwd',
    'data:text/xml,<a/>',
    'ftp://example.org/',
    'javascript:1',
    `http://user@${here}/plain`,
    'http://[',
    `http://user:p@${here}/`,
  ]) {
    redirects('/away', to);
    await assert.rejects(get('/away'), fails('address-refused', /./), to);
  }
  await assert.rejects(get('', { url: 'nonsense' }), fails('address-refused', /no web address/));
  await assert.rejects(get('', { url: 'file:///etc/passwd' }), fails('address-refused', /Only http and https/));
});

test('a key and a body meant for one host are not carried to another', async () => {
  redirects('/elsewhere', `http://${there}/x`);
  seen = [];
  await get('/elsewhere', { headers: { 'x-key': 'secret' } });
  assert.deepEqual(
    seen.map(({ headers }) => headers['x-key']),
    ['secret', undefined],
  );
  redirects('/here', '/plain');
  seen = [];
  await get('/here', { headers: { 'x-key': 'secret' }, body: 'b' });
  assert.deepEqual(
    seen.map(({ headers, method }) => [headers['x-key'], method]),
    [
      ['secret', 'POST'],
      ['secret', 'GET'],
    ],
  );
  redirects('/body', `http://${there}/x`, 307);
  await assert.rejects(get('/body', { body: 'b' }), fails('source-refused', /instead/));
  redirects('/again', '/post', 308);
  assert.match(Buffer.from((await get('/again', { body: 'b' })).body).toString(), /^POST b/);
});

test('whoever asked can stop, before and in the middle', async () => {
  await assert.rejects(get('/plain', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  const stop = new AbortController();
  pages.set('/slow', (_request, response) => void response.writeHead(200).write('x', () => stop.abort()));
  await assert.rejects(get('/slow', { signal: stop.signal }), { name: 'AbortError' });
});

test('a header that cannot be sent is told', async () => {
  await assert.rejects(
    get('/plain', { headers: { 'x-key': 'a\r\nb: c' } }),
    fails('bad-config', /characters that HTTP does not allow/),
  );
});
