import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { decompress, peek } from './decompress.ts';
import { Fault } from './errors.ts';

const TEXT = Buffer.from('line of text\n'.repeat(20_000));

async function* inPieces(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const unpacked = async (bytes: Uint8Array, size?: number): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(await decompress(inPieces(bytes, size))));

test('plain, gzip and Zstandard are told apart by their first bytes', async () => {
  assert.ok((await unpacked(TEXT)).equals(TEXT));
  assert.ok((await unpacked(gzipSync(TEXT))).equals(TEXT));
  assert.ok((await unpacked(zstdCompressSync(TEXT))).equals(TEXT));
  assert.ok((await unpacked(gzipSync(TEXT), 1)).equals(TEXT));
  assert.equal((await unpacked(Buffer.from('ab'))).toString(), 'ab');
  assert.equal((await unpacked(Buffer.alloc(0))).length, 0);
});

test('archives of several parts are read whole', async () => {
  const half = TEXT.length / 2;
  const parts = [TEXT.subarray(0, half), TEXT.subarray(half)];
  assert.ok((await unpacked(Buffer.concat(parts.map((part) => gzipSync(part))))).equals(TEXT));
  assert.ok((await unpacked(Buffer.concat(parts.map((part) => zstdCompressSync(part))))).equals(TEXT));
});

test('a cut archive gives what it has, then a clear error', async () => {
  const noise = Buffer.from(Array.from({ length: 400_000 }, (_, i) => (i * 2_654_435_761) >>> 24));
  for (const [what, whole] of [
    ['gzip', gzipSync(noise)],
    ['Zstandard', zstdCompressSync(noise)],
  ] as const) {
    let got = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of await decompress(inPieces(whole.subarray(0, whole.length - 20)))) got += chunk.length;
      },
      (fault) =>
        fault instanceof Fault &&
        fault.code === 'bad-input' &&
        fault.message === `The ${what} archive is damaged or ends too early.`,
    );
    assert.ok(got > 0, what);
  }
});

test('leaving early closes the source', async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield gzipSync(TEXT);
    } finally {
      closed = true;
    }
  }
  for await (const chunk of await decompress(source())) {
    assert.ok(chunk.length > 0);
    break;
  }
  await new Promise((done) => setImmediate(done));
  assert.ok(closed);
});

test('peeking takes nothing away', async () => {
  const { head, bytes } = await peek(inPieces(TEXT, 3), 10);
  assert.equal(head.toString(), 'line of te');
  assert.ok(Buffer.concat(await Array.fromAsync(bytes)).equals(TEXT));
});
