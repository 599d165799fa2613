import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, connect as netConnect, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { Fault } from './errors.ts';
import type { Dial, Resolve } from './guarded-connect.ts';
import { guardedFetch } from './guarded-fetch.ts';

const HOSTS: readonly string[] = JSON.parse(
  readFileSync(join(resolve(import.meta.dirname, '../..'), 'test/fixtures/hostile/ssrf-hosts.json'), 'utf8'),
);
const PUBLIC = '93.184.215.14';

/** What must never hear of us: listens on both loopbacks and counts. */
const canary = { connections: 0, bytes: 0 };
const heard = (socket: Socket): void => {
  canary.connections += 1;
  socket.on('data', (chunk) => {
    canary.bytes += chunk.length;
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nleak');
  });
  socket.on('error', () => undefined);
};
const four = createTcpServer(heard);
const six = createTcpServer(heard);
let port = 0;

/** Let through by the allow list; sends everyone on to what the query says. */
const doorway = createServer((request, response) => {
  const to = new URL(request.url ?? '/', 'http://doorway').searchParams.get('to') ?? '/';
  // A header is bytes: what is beyond Latin-1 goes as UTF-8.
  response.writeHead(302, { location: Buffer.from(to).toString('latin1') }).end('moved');
});
let entrance = '';

before(async () => {
  await new Promise<void>((done) => four.listen(0, '127.0.0.1', done));
  port = (four.address() as AddressInfo).port;
  await new Promise<void>((done, failed) => six.once('error', failed).listen(port, '::1', done)).catch(() => undefined);
  await new Promise<void>((done) => doorway.listen(0, '127.0.0.1', done));
  entrance = `127.0.0.1:${(doorway.address() as AddressInfo).port}`;
});

after(() => {
  for (const server of [four, six, doorway]) server.close();
});

const get = (url: string, more: { resolve?: Resolve; dial?: Dial } = {}): Promise<unknown> =>
  guardedFetch({ url, accepts: [] }, { userAgent: 'Broadsheet/test', allow: [entrance], ...more });

const isRefused = (error: unknown): boolean =>
  error instanceof Fault && error.code === 'address-refused' && /^[^\n]+\.?$/.test(error.message);

const withPort = (host: string): string => (/:\d+$/.test(host) ? host : `${host}:${port}`);
const toLoopback: Resolve = async () => ['127.0.0.1'];

test('the canary sings when it is asked', async () => {
  const answer = await guardedFetch(
    { url: `http://127.0.0.1:${port}/`, accepts: [] },
    { userAgent: 'x', allow: [`127.0.0.1:${port}`] },
  );
  assert.equal(Buffer.from(answer.body).toString(), 'leak');
  assert.equal(canary.connections, 1);
  assert.ok(canary.bytes > 0);
  Object.assign(canary, { connections: 0, bytes: 0 });
});

const silent = (): void => assert.deepEqual(canary, { connections: 0, bytes: 0 });

test(`${HOSTS.length} ways to write a host inside are refused when asked for, with and without a port`, async () => {
  for (const host of HOSTS) {
    for (const scheme of ['http', 'https']) {
      await assert.rejects(get(`${scheme}://${withPort(host)}/x`, { resolve: toLoopback }), isRefused, host);
      await assert.rejects(get(`${scheme}://${host}/x`, { resolve: toLoopback }), isRefused, host);
    }
  }
  silent();
});

test('and when an allowed host redirects to them', async () => {
  for (const host of HOSTS) {
    const to = encodeURIComponent(`http://${withPort(host)}/x`);
    await assert.rejects(get(`http://${entrance}/?to=${to}`, { resolve: toLoopback }), isRefused, host);
    const again = encodeURIComponent(`http://${entrance}/?to=${to}`);
    await assert.rejects(
      get(`http://${entrance}/?to=${again}`, { resolve: toLoopback }),
      isRefused,
      `${host}, second hop`,
    );
  }
  silent();
});

/** The addresses behind the hosts of the list, as a resolver would give them. */
const inside = [
  ...new Set(
    HOSTS.map((host) => URL.parse(`http://${host}/`)?.hostname.replace(/^\[|\]$/g, '') ?? '127.0.0.1').map((host) =>
      /[a-z]\.|^[a-z]+$/i.test(host) ? '127.0.0.1' : host,
    ),
  ),
];

test('and when a name leads to them, alone or among public addresses', async () => {
  assert.ok(inside.length > 20);
  for (const address of inside) {
    for (const answer of [[address], [PUBLIC, address], [address, PUBLIC], ['2606:4700::1111', address]])
      await assert.rejects(
        get(`http://rebind.example.org:${port}/`, { resolve: async () => answer }),
        isRefused,
        address,
      );
  }
  silent();
});

/** Notes where a connection would go, and goes nowhere. */
const noted = (addresses: string[]): Dial => {
  return (options) => {
    const socket = netConnect({
      host: options.host ?? '',
      port: options.port,
      lookup: (_name, _options, answer) =>
        options.lookup?.('', { all: true }, (_error, found) => {
          if (Array.isArray(found)) addresses.push(...found.map(({ address }) => address));
          answer(new Error('no way out'), '', 4);
        }),
    });
    return socket;
  };
};

test('a name that is public when checked and private when connected to gains nothing: it is asked once', async () => {
  for (const address of inside) {
    let asked = 0;
    const flipping: Resolve = async () => {
      asked += 1;
      return [asked === 1 ? PUBLIC : address];
    };
    const addresses: string[] = [];
    await assert.rejects(
      get(`http://flip.example.org:${port}/`, { resolve: flipping, dial: noted(addresses) }),
      (error) => error instanceof Fault && error.code === 'source-unavailable',
    );
    assert.equal(asked, 1);
    assert.deepEqual(addresses, [PUBLIC]);
    const to = encodeURIComponent(`http://flip.example.org:${port}/`);
    await assert.rejects(get(`http://${entrance}/?to=${to}`, { resolve: flipping }), isRefused, address);
  }
  silent();
});

test('where a connection ends up inside all the same, not a byte is sent', async () => {
  for (const scheme of ['http', 'https']) {
    const astray: Dial = () => netConnect({ host: '127.0.0.1', port });
    await assert.rejects(get(`${scheme}://${PUBLIC}:${port}/`, { dial: astray }), isRefused);
    await assert.rejects(
      get(`${scheme}://a.example.org:${port}/`, { dial: astray, resolve: async () => [PUBLIC] }),
      isRefused,
    );
  }
  assert.equal(canary.bytes, 0);
});

test('an allowed name may lead inside, on its port only', async () => {
  const allow = [`mirror.example.org:${port}`];
  const ask = (url: string): Promise<unknown> =>
    guardedFetch({ url, accepts: [] }, { userAgent: 'x', allow, resolve: toLoopback });
  await ask(`http://mirror.example.org:${port}/`);
  const { connections } = canary;
  await assert.rejects(ask(`http://mirror.example.org/`), isRefused);
  await assert.rejects(ask(`http://other.example.org:${port}/`), isRefused);
  await assert.rejects(ask(`http://127.0.0.1:${port}/`), isRefused);
  assert.equal(canary.connections, connections);
});
