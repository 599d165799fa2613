import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Embedder } from '../ports/embedder.ts';
import { keptVectors } from './kept-vectors.ts';

test('makes vectors once, goes on after a stop, and makes others for other texts', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-kept-'));
  t.after(() => rm(folder, { recursive: true }));
  let asked: string[] = [];
  const embedder = {
    id: 'lengths',
    dimensions: 2,
    ready: async () => {},
    embed: async (texts: readonly string[]) => {
      asked.push(...texts);
      return texts.map((text) => Float32Array.of(text.length, 1));
    },
    [Symbol.asyncDispose]: async () => {},
  } satisfies Embedder;
  const texts = Array.from({ length: 40 }, (_, i) => 'x'.repeat(i));
  const whole = [...(await keptVectors(embedder, folder, texts))];
  assert.deepEqual(whole.slice(6, 8), [3, 1]);
  assert.equal(asked.length, 40);
  asked = [];
  assert.deepEqual([...(await keptVectors(embedder, folder, texts))], whole);
  assert.equal(asked.length, 0);
  const [file = ''] = await readdir(folder);
  await truncate(join(folder, file), 8 * 30 + 5);
  assert.deepEqual([...(await keptVectors(embedder, folder, texts))], whole);
  assert.deepEqual(asked, texts.slice(30));
  await keptVectors(embedder, folder, texts.slice(1));
  assert.equal((await readdir(folder)).length, 2);
});
