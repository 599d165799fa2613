import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseBytes } from './guard-malformed.ts';

/** A connection as the HTTP server has it, and its other side, which never closes. */
const connection = async (): Promise<{ ours: Socket; theirs: Socket; [Symbol.dispose](): void }> => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const theirs = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('latin1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  return {
    ours,
    theirs,
    [Symbol.dispose]() {
      theirs.destroy();
      ours.destroy();
      server.close();
    },
  };
};

for (const [code, status] of [
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_INVALID_METHOD', 400],
] as const) {
  test(`${code} is ${status}, and ends the connection though the other side keeps its own open`, async () => {
    using pair = await connection();
    let heard = '';
    pair.theirs.on('data', (text) => (heard += text));
    const ended = once(pair.theirs, 'end');
    refuseBytes(Object.assign(new Error(code), { code }), pair.ours);
    await ended;
    await sleep(50);
    assert.ok(heard.startsWith(`HTTP/1.1 ${status} `), heard.slice(0, 40));
    assert.ok(pair.ours.destroyed);
  });
}

test('a connection that has been answered on is only closed', async () => {
  using pair = await connection();
  let heard = '';
  pair.theirs.on('data', (text) => (heard += text));
  pair.ours.write('half an answer');
  await once(pair.theirs, 'data');
  const ended = once(pair.theirs, 'end');
  refuseBytes(new Error('late'), pair.ours);
  await ended;
  assert.equal(heard, 'half an answer');
  assert.ok(pair.ours.destroyed);
});
