import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { verifyModel } from './manifest.ts';
import { createOnnxEmbedder } from './onnx.ts';
import { checkEmbedder, MODEL_FOLDER } from './registry.ts';

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

describe('the vendored sentence encoder', () => {
  const embedder = createOnnxEmbedder(MODEL_FOLDER);
  after(() => embedder[Symbol.asyncDispose]());

  test('is what its manifest says, and carries the hash of its weights in its id', async () => {
    assert.equal(await checkEmbedder({ embed: 'auto' }), null);
    assert.equal(embedder.id, 'all-MiniLM-L6-v2-int8@1510f920');
    assert.equal(embedder.dimensions, 384);
  });

  test('makes unit vectors that follow meaning, in the order of the texts', async () => {
    const texts = [
      'Editing 3D meshes part by part with latent diffusion',
      'Bread dough fermentation and the chemistry of sourdough',
      'Generating separable components of three-dimensional shapes',
    ];
    const [mesh, bread, shapes] = (await embedder.embed(texts)) as [Float32Array, Float32Array, Float32Array];
    for (const vector of [mesh, bread, shapes]) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-4);
    assert.ok(dot(mesh, shapes) > 0.4, `alike: ${dot(mesh, shapes)}`);
    assert.ok(dot(mesh, bread) < 0.15, `unlike: ${dot(mesh, bread)}`);
  });

  test('gives a text nearly the same vector alone and in company', async () => {
    const text = 'Dynamic quantisation rounds a batch together, so that company may shift a vector a little. '.repeat(
      4,
    );
    const [alone] = (await embedder.embed([text])) as [Float32Array];
    const [among] = (await embedder.embed([text, `${text} ${text}`, 'short'])) as [Float32Array];
    assert.ok(dot(alone, among) > 0.98, String(dot(alone, among)));
  });

  test('takes any text', async () => {
    const texts = [
      '',
      ' ',
      '\u0000',
      '\ud800',
      '🙈'.repeat(3000),
      'x'.repeat(100_000),
      'עברית ومكتوب',
      '中文'.repeat(2000),
    ];
    const vectors = await embedder.embed(texts);
    assert.equal(vectors.length, texts.length);
    for (const vector of vectors) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-4);
    assert.deepEqual(await embedder.embed([]), []);
  });

  test('stops when it is told to', async () => {
    await assert.rejects(embedder.embed(['not yet seen'], AbortSignal.abort()), { name: 'AbortError' });
  });

  test('reads much on several threads, in order, and what one of them ends is said once', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => `Text number ${i} about ${['meshes', 'bread', 'lidar'][i % 3]}`);
    await using many = createOnnxEmbedder(MODEL_FOLDER, 3);
    const [bulk, query] = await Promise.all([many.embed(texts), many.embed(['a query meanwhile'])]);
    assert.equal(query.length, 1);
    const alone = await embedder.embed(texts);
    for (const [i, vector] of bulk.entries()) assert.ok(dot(vector, alone[i] as Float32Array) > 0.98, `text ${i}`);
    const waiting = many.embed(Array.from({ length: 50 }, (_, i) => `waits ${i}`));
    waiting.catch(() => {});
    await many[Symbol.asyncDispose]();
    await assert.rejects(waiting, { code: 'model-unavailable' });
  });

  test('leaves what waits when it is told to stop', async () => {
    const stop = new AbortController();
    const reading = embedder.embed(
      Array.from({ length: 60 }, (_, i) => `A text that nobody wants any more, ${i}`),
      stop.signal,
    );
    stop.abort();
    await assert.rejects(reading, { name: 'AbortError' });
    assert.equal((await embedder.embed(['and goes on'])).length, 1);
  });

  test('says what is wrong with a damaged model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'broadsheet-model-'));
    try {
      assert.match((await verifyModel(folder)) ?? '', /no readable manifest/);
      assert.throws(() => createOnnxEmbedder(folder), { code: 'model-unavailable' });
      await cp(MODEL_FOLDER, folder, { recursive: true });
      await truncate(join(folder, 'model_int8.onnx'), 1000);
      assert.match((await verifyModel(folder)) ?? '', /model_int8\.onnx .* damaged/);
      await using damaged = createOnnxEmbedder(folder);
      await assert.rejects(damaged.embed(['x']), { code: 'model-unavailable' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
