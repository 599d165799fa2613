import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Env } from './edge.ts';
import { SECURITY_HEADERS } from './guard-headers.ts';
import { listen } from './listen.ts';

const SLOW_MS = 300;

const serving = () => {
  const web = new Hono<Env>();
  web.get('/', (c) => c.text('at once'));
  web.get('/slow', async (c) => {
    await sleep(SLOW_MS);
    return c.text('whole');
  });
  return listen(web, { host: '127.0.0.1', port: 0 });
};

const ask = (port: number, path: string, agent: Agent): Promise<string> =>
  new Promise((done, failed) => {
    get({ host: '127.0.0.1', port, path, agent }, (answer) => {
      let heard = '';
      answer.setEncoding('utf8').on('data', (text) => (heard += text));
      answer.once('end', () => done(heard));
    }).once('error', failed);
  });

const say = (port: number, ...parts: readonly string[]): Promise<string> =>
  new Promise((done, failed) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1').on('data', (text) => (heard += text));
    socket.once('close', () => done(heard)).once('error', failed);
    socket.once('connect', async () => {
      for (const part of parts) {
        socket.write(part);
        await sleep(50);
      }
    });
  });

test('closing lets running requests end, and then waits for no kept connection', async () => {
  const server = await serving();
  const agent = new Agent({ keepAlive: true });
  await ask(server.port, '/', agent);
  const running = [ask(server.port, '/slow', agent), ask(server.port, '/slow', agent)];
  await sleep(SLOW_MS / 3);
  const began = performance.now();
  await server.close();
  const took = performance.now() - began;
  assert.deepEqual(await Promise.all(running), ['whole', 'whole']);
  assert.ok(took < 3_000, `closing took ${took} ms`);
  agent.destroy();
  await assert.rejects(ask(server.port, '/', new Agent()), { code: 'ECONNREFUSED' });
});

test('what is no request is refused in one sentence, and wears the guards', async () => {
  const server = await serving();
  try {
    for (const [request, status] of [
      ['BOGUS\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
      ['GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
      ['GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ] as const) {
      const heard = await say(server.port, request);
      assert.ok(heard.startsWith(`HTTP/1.1 ${status} `), `${request.slice(0, 40)}: ${heard.slice(0, 40)}`);
      for (const [name, value] of Object.entries(SECURITY_HEADERS))
        assert.ok(heard.toLowerCase().includes(`\r\n${name}: ${value.toLowerCase()}\r\n`), `${status}: ${name}`);
      assert.match(heard, /\r\n\r\nThe [a-z ]+\.\n$/);
    }
  } finally {
    await server.close();
  }
});

test('what comes after an answer on the same connection is never written into it', async () => {
  const server = await serving();
  try {
    const heard = await say(server.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'BOGUS\r\n\r\n');
    assert.match(heard, /^HTTP\/1\.1 200 [\s\S]*at once$/);
  } finally {
    await server.close();
  }
});
