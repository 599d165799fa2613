import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  constants as zlib,
} from 'node:zlib';
import { peek } from './decompress.ts';
import { Fault } from './errors.ts';

// Texts of sources shrink to a thirtieth at best. A bomb is told by its ratio long before it reaches the cap.
const RATIO = 200;
const RATIO_FROM = 4 * 1024 * 1024;

const decoders: Readonly<Record<string, (head: Buffer) => Transform | null>> = {
  '': () => null,
  identity: () => null,
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
  // RFC 9659: no one may need a window of more than 8 MiB.
  zstd: () => createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: 23 } }),
  // Some servers mean the zlib format by "deflate", as the standard does; some send it bare.
  deflate: (head) =>
    ((head[0] ?? 0) & 0x0f) === 8 && head.length > 1 && head.readUInt16BE(0) % 31 === 0
      ? createInflate()
      : createInflateRaw(),
};

/** What is sent as `Accept-Encoding`. */
export const ACCEPT_ENCODING = 'gzip, br, zstd, deflate';

/** Whether a body of that `Content-Encoding` can be read. */
export const canDecode = (encoding: string): boolean => Object.hasOwn(decoders, encoding.trim().toLowerCase());

/**
 * Reads a body whole, decompressed as `encoding` says, and stops at `maxBytes` of either side, or where 4 MiB came out of
 * less than a two-hundredth. `onBytes` is told of each piece as it comes in. Throws `Fault('source-refused')`.
 */
export const readBody = async (
  raw: AsyncIterable<Uint8Array>,
  options: {
    /** For sentences. */
    readonly host: string;
    readonly encoding: string;
    readonly maxBytes: number;
    readonly onBytes: (n: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<Uint8Array> => {
  const { host, maxBytes, signal } = options;
  const tooLarge = (): Fault =>
    new Fault('source-refused', `The answer of ${host} is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB.`);
  let came = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of raw) {
      came += chunk.byteLength;
      options.onBytes(chunk.byteLength);
      if (came > maxBytes) throw tooLarge();
      yield chunk;
    }
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of source) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge();
      if (size > RATIO_FROM && size > came * RATIO)
        throw new Fault('source-refused', `The answer of ${host} is a compression bomb.`);
      chunks.push(chunk);
    }
  };
  const { head, bytes } = await peek(counted(), 2);
  const decoder = decoders[options.encoding.trim().toLowerCase()]?.(head) ?? null;
  // An empty body has nothing to decompress, whatever it is labelled.
  if (decoder === null || head.length === 0) await collect(bytes);
  else await pipeline(Readable.from(bytes, { objectMode: false }), decoder, collect, { signal });
  return Buffer.concat(chunks, size);
};
