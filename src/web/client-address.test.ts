import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import type { Config } from '../config.ts';
import { clientOf } from './client-address.ts';
import type { Env } from './edge.ts';

const ask = async (proxies: readonly string[], remoteAddress: string, forwarded?: string): Promise<string> => {
  const web = new Hono<Env>();
  web.get('/', (c) => c.text(clientOf({ config: { proxies } as unknown as Config }, c)));
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return (await web.request('/', { headers }, { incoming: { socket: { remoteAddress } } })).text();
};

test('a request comes from the other end of its connection, whatever it says', async () => {
  assert.equal(await ask([], '203.0.113.9'), '203.0.113.9');
  assert.equal(await ask([], '203.0.113.9', '8.8.8.8'), '203.0.113.9');
  assert.equal(await ask(['10.0.0.1'], '203.0.113.9', '8.8.8.8'), '203.0.113.9');
});

test('of a proxy of the settings the last word is taken, and never one that the visitor wrote', async () => {
  assert.equal(await ask(['127.0.0.1'], '::ffff:127.0.0.1', '8.8.8.8, 203.0.113.9'), '203.0.113.9');
  assert.equal(await ask(['127.0.0.1', '10.0.0.1'], '127.0.0.1', '8.8.8.8, 203.0.113.9, 10.0.0.1'), '203.0.113.9');
  assert.equal(await ask(['127.0.0.1'], '127.0.0.1'), '127.0.0.1');
});
