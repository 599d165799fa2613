import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { rates } from '../kernel/rate-settings.ts';
import type { Edge, Env } from './edge.ts';
import { bucketsOf, createRateGuard } from './guard-rate.ts';
import { ROUTES } from './routes.ts';

test('every route that changes anything is counted, and none that only reads', () => {
  for (const route of ROUTES)
    assert.equal(bucketsOf(route).length > 0, route.method !== 'GET', `${route.method} ${route.path}`);
});

test('every way to write a letter or to bring in papers is counted as that', () => {
  const counted = (rate: 'letters' | 'submissions') =>
    ROUTES.filter((route) => bucketsOf(route).includes(rate)).map(({ path }) => path);
  const writes = (pattern: RegExp) =>
    ROUTES.filter(({ method, path }) => method === 'POST' && pattern.test(path)).map(({ path }) => path);
  assert.deepEqual(counted('letters'), writes(/\/(?:letters|comment)\b[^/]*$|^\/letters\/:id$|comment\(/));
  assert.deepEqual(counted('submissions'), writes(/^\/submit$|\/papers\/submit$|^\/library\/import$/));
});

test('what is kept of networks is bounded, and a flood of them gives no account its tokens back', async () => {
  const config = { accounts: 'open', rates: rates.parse('account=1/1,network=1/1'), proxies: [] };
  const guard = createRateGuard({ config, clock: { now: () => 0 } } as unknown as Edge);
  const route = ROUTES.find(({ method, path }) => method === 'POST' && path === '/settings');
  assert.ok(route);
  const web = new Hono<Env>();
  web.onError((_, c) => c.body(null, 429));
  web.post('/', async (c) => {
    if (c.req.query('reader')) c.set('reader', { id: 'ada', handle: 'ada', name: 'Ada', role: 'reader', createdAt: 0 });
    // A refusal wants a page of the site, which is not here.
    await guard.network(route, c);
    await guard.account(route, c);
    return c.body(null, 204);
  });
  const ask = async (n: number, reader = ''): Promise<number> => {
    const remoteAddress = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    return (await web.request(`/?reader=${reader}`, { method: 'POST' }, { incoming: { socket: { remoteAddress } } }))
      .status;
  };
  assert.equal(await ask(0, 'ada'), 204);
  assert.equal(await ask(0), 429);
  for (let n = 1; n <= 20_000; n++) assert.equal(await ask(n), 204);
  assert.equal(await ask(0), 204, 'the network that was longest silent is forgotten');
  assert.equal(await ask(20_000), 429);
  assert.equal(await ask(30_000, 'ada'), 429);
});
