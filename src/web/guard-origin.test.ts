import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import type { Env } from './edge.ts';
import { isLocal, isSameOrigin } from './guard-origin.ts';

const web = new Hono<Env>();
web.all('/local', (c) => c.json(isLocal(c)));
web.all('/same', (c) => c.json(isSameOrigin(c, 'https://papers.example')));

const ask = async (path: string, headers: Record<string, string>, remoteAddress?: string): Promise<unknown> =>
  (await web.request(path, { headers }, { incoming: { socket: { remoteAddress } } })).json();

test('local is this machine called by a local name', async () => {
  for (const address of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
    for (const host of ['localhost', 'localhost:3000', 'LOCALHOST:3000', '127.0.0.1:3000', '[::1]:3000'])
      assert.equal(await ask('/local', { host }, address), true, `${address} ${host}`);
});

test('local is no other machine, and no foreign name that leads to this one', async () => {
  for (const address of [
    '192.168.1.7',
    '10.0.0.1',
    '128.0.0.1',
    '::2',
    'fe80::1',
    '::ffff:10.0.0.1',
    '',
    '127.0.0.1.evil',
    undefined,
  ])
    assert.equal(await ask('/local', { host: 'localhost:3000' }, address), false, String(address));
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    'localhost:3000.evil',
    '127.0.0.1.nip.io',
    '',
    '0.0.0.0:3000',
  ])
    assert.equal(await ask('/local', { host }, '127.0.0.1'), false, host);
});

test('without a socket nothing is local', async () => {
  assert.equal(await (await web.request('/local', { headers: { host: 'localhost' } })).json(), false);
});

test('a form of ours comes from our host, or from the configured address', async () => {
  assert.equal(await ask('/same', { host: 'localhost:3000', origin: 'http://localhost:3000' }), true);
  assert.equal(await ask('/same', { host: 'localhost:3000', origin: 'https://papers.example' }), true);
  const site = { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' };
  assert.equal(await ask('/same', site), true);
});

test('a form without Origin, or from elsewhere, is not ours', async () => {
  for (const origin of [
    'null',
    '',
    'http://localhost',
    'http://localhost:3001',
    'http://evil.example',
    'http://papers.example',
    'https://papers.example.evil',
    'localhost:3000',
    'http://localhost:3000@evil.example',
  ])
    assert.equal(await ask('/same', { host: 'localhost:3000', origin }), false, origin);
  assert.equal(await ask('/same', { host: 'localhost:3000' }), false);
  for (const site of ['cross-site', 'same-site', 'none'])
    assert.equal(
      await ask('/same', { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': site }),
      false,
    );
});
