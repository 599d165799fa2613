import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Fault } from './errors.ts';

/** The first bytes of a stream, and the whole stream again. */
export interface Peeked {
  readonly head: Buffer;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads at least `size` bytes ahead, fewer where the stream is shorter. */
export const peek = async (bytes: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> => {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const { done, value } = await iterator.next();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks.splice(0);
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(chunks).subarray(0, size), bytes: whole() };
};

async function* through(
  bytes: AsyncIterable<Uint8Array>,
  transform: Transform,
  what: string,
): AsyncGenerator<Uint8Array> {
  const flow = pipeline(Readable.from(bytes, { objectMode: false }), transform).catch(() => undefined);
  try {
    yield* transform as AsyncIterable<Buffer>;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('bad-input', `The ${what} archive is damaged or ends too early.`, { cause });
  } finally {
    transform.destroy();
    await flow;
  }
}

/** Unpacks gzip (of one or many members) and Zstandard, told by their first bytes; all else passes as it is. Throws `Fault('bad-input')`. */
export const decompress = async (bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> => {
  const { head, bytes: whole } = await peek(bytes, 4);
  if (head[0] === 0x1f && head[1] === 0x8b) return through(whole, createGunzip(), 'gzip');
  if (head.length === 4 && head.readUInt32LE(0) === 0xfd2fb528)
    return through(whole, createZstdDecompress(), 'Zstandard');
  return whole;
};
