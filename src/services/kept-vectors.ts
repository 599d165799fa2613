import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embedder } from '../ports/embedder.ts';

const STEP = 16;

interface Watch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (at: { readonly done: number; readonly total: number }) => void;
}

/**
 * Vectors of texts, row by row, `embedder.dimensions` floats each. They are kept in `folder` under a hash of the texts and
 * the embedder's id as they are made: a second call reads them, one after a kill goes on where that stopped.
 */
export const keptVectors = async (
  embedder: Embedder,
  folder: string,
  texts: readonly string[],
  { signal, onProgress }: Watch = {},
): Promise<Float32Array> => {
  const { id, dimensions } = embedder;
  const hash = createHash('sha256').update(JSON.stringify([id, dimensions]));
  for (const text of texts) hash.update(text).update('\0');
  const file = join(folder, `${hash.digest('hex').slice(0, 32)}.f32`);
  await mkdir(folder, { recursive: true });
  const row = 4 * dimensions;
  const vectors = new Float32Array(texts.length * dimensions);
  const bytes = new Uint8Array(vectors.buffer);
  const kept = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  let done = Math.min(texts.length, Math.floor(kept.length / row));
  bytes.set(kept.subarray(0, done * row));
  if (kept.length !== done * row) await truncate(file, done * row);
  while (done < texts.length) {
    signal?.throwIfAborted();
    const made = await embedder.embed(texts.slice(done, done + STEP), signal);
    for (const [i, vector] of made.entries()) vectors.set(vector, (done + i) * dimensions);
    await appendFile(file, bytes.subarray(done * row, (done + made.length) * row));
    done += made.length;
    onProgress?.({ done, total: texts.length });
  }
  return vectors;
};
