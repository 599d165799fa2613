import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type ModelServer, type ModelTrouble, startModelServer } from '../../test/support/model-server.ts';
import { createHttpEmbedder, type HttpOptions } from './http.ts';
import { createKnownModels, idOf } from './known-models.ts';
import { type Protocol, readVectors } from './protocols.ts';
import { checkEmbedder, openEmbedder } from './registry.ts';

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-embedders-'));
after(() => rm(folder, { recursive: true, force: true }));

let files = 0;
const fresh = (): string => join(folder, `known-${files++}.json`);

const urls = ({ origin }: ModelServer): Readonly<Record<Protocol, string>> => ({
  openai: `${origin}/v1`,
  ollama: origin,
  tei: origin,
});

const open = (
  server: ModelServer,
  protocol: Protocol = 'ollama',
  options: Partial<HttpOptions> & { file?: string } = {},
) =>
  createHttpEmbedder(
    { protocol, url: urls(server)[protocol], model: protocol === 'tei' ? '' : 'words' },
    { key: '', known: createKnownModels(options.file ?? fresh()), waitMs: 1, restMs: 0, ...options },
  );

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

const TEXTS = ['meshes of shapes', 'bread and dough', 'shapes of meshes, part by part', ''];

describe('an embedder by its address', () => {
  const shapes = {
    openai: ['/v1/embeddings', (texts: readonly string[]) => ({ model: 'words', input: texts })],
    ollama: ['/api/embed', (texts: readonly string[]) => ({ model: 'words', input: texts })],
    tei: ['/embed', (texts: readonly string[]) => ({ inputs: texts, truncate: true })],
  } as const;
  for (const protocol of ['openai', 'ollama', 'tei'] as const)
    test(`speaks ${protocol}`, async () => {
      await using server = await startModelServer();
      await using embedder = open(server, protocol, { key: 'a-key' });
      assert.throws(() => embedder.id, { code: 'model-unavailable' });
      const vectors = await embedder.embed(TEXTS);
      assert.equal(vectors.length, TEXTS.length);
      assert.equal(embedder.dimensions, 100);
      assert.match(embedder.id, new RegExp(`^${protocol}:(?:words|127\\.0\\.0\\.1:\\d+)@[0-9a-f]{8}$`));
      for (const vector of vectors) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5);
      const [mesh, bread, shape] = vectors as [Float32Array, Float32Array, Float32Array];
      assert.ok(dot(mesh, shape) > 0.6 && Math.abs(dot(mesh, bread)) < 0.4, 'each text has its own vector');
      const [path, body] = shapes[protocol];
      const bulk = server.requests.find(({ texts }) => texts.length > 1);
      assert.deepEqual(
        bulk?.body,
        body(['meshes of shapes', 'bread and dough', 'shapes of meshes, part by part', '.']),
      );
      for (const request of server.requests) {
        assert.equal(request.method, 'POST');
        assert.equal(request.path, path);
        assert.equal(request.headers['content-type'], 'application/json');
        assert.equal(request.headers.authorization, 'Bearer a-key');
      }
    });

  test('sends no key where there is none, and asks for a query once', async () => {
    await using server = await startModelServer();
    await using embedder = open(server);
    const [first] = await embedder.embed(['lidar']);
    const asked = server.requests.length;
    assert.deepEqual((await embedder.embed(['lidar']))[0], first);
    assert.equal(server.requests.length, asked);
    assert.ok(server.requests.every(({ headers }) => headers.authorization === undefined));
    assert.deepEqual(await embedder.embed([]), []);
  });

  test('sends many texts in batches, each text once', async () => {
    await using server = await startModelServer();
    await using embedder = open(server);
    const texts = Array.from({ length: 50 }, (_, i) => `text ${i % 40}`);
    const vectors = await embedder.embed(texts);
    for (let i = 0; i < 10; i++) assert.deepEqual(vectors[i], vectors[i + 40]);
    const sent = server.requests.flatMap((request) => request.texts).filter((text) => text.startsWith('text'));
    assert.equal(sent.length, 40);
    assert.ok(server.requests.every((request) => request.texts.length <= 16));
  });

  test('halves batches and texts that are too much for the server', async () => {
    await using server = await startModelServer();
    server.limit({ characters: 300, texts: 3 });
    await using embedder = open(server, 'tei');
    const texts = ['a'.repeat(5_000), ...Array.from({ length: 9 }, (_, i) => `short ${i}`)];
    assert.equal((await embedder.embed(texts)).length, 10);
    server.limit({ characters: 10, texts: 3 });
    await assert.rejects(embedder.embed(['another text', 'and one more']), {
      code: 'model-unavailable',
      message: /refuses even a short text/,
    });
  });

  test('stops when it is told to, and when it is closed', async () => {
    await using server = await startModelServer();
    const embedder = open(server);
    await embedder.ready();
    await assert.rejects(embedder.embed(['x'], AbortSignal.abort()), { name: 'AbortError' });
    for (const texts of [['one'], ['one', 'two']]) {
      const stop = new AbortController();
      server.trouble({ kind: 'silence' });
      const reading = embedder.embed(texts, stop.signal);
      setTimeout(() => stop.abort(), 30);
      await assert.rejects(reading, { name: 'AbortError' });
    }
    server.trouble({ kind: 'silence' });
    const reading = embedder.embed(['three', 'four']);
    setTimeout(() => void embedder[Symbol.asyncDispose](), 30);
    await assert.rejects(reading, { code: 'model-unavailable', message: /was closed/ });
    await assert.rejects(embedder.embed(['five']), { code: 'model-unavailable' });
  });
});

describe('a server that misbehaves', () => {
  const passing: readonly (readonly [string, readonly ModelTrouble[]])[] = [
    [
      '500 and 503',
      [
        { kind: 'status', status: 500 },
        { kind: 'status', status: 503 },
      ],
    ],
    ['429', [{ kind: 'status', status: 429 }]],
    ['a lost connection', [{ kind: 'lost' }]],
  ];
  for (const [name, troubles] of passing)
    test(`${name} is tried again`, async () => {
      await using server = await startModelServer();
      await using embedder = open(server);
      await embedder.ready();
      server.trouble(...troubles);
      assert.equal((await embedder.embed(['one', 'two'])).length, 2);
    });

  const lasting: readonly (readonly [string, ModelTrouble, number, RegExp])[] = [
    [
      'keeps failing',
      { kind: 'status', status: 500, body: '{"error":"out of memory"}' },
      9,
      /answered 500: .*out of memory/,
    ],
    ['keeps losing connections', { kind: 'lost' }, 9, /cannot be asked: .* cannot be reached/],
    ['wants another key', { kind: 'status', status: 401 }, 1, /BROADSHEET_EMBED_KEY/],
    ['has no such model', { kind: 'status', status: 404 }, 1, /no model called words/],
    ['teaches', { kind: 'status', status: 418, body: 'I am a teapot.' }, 1, /answered 418: I am a teapot\.$/],
    ['sends fewer vectors', { kind: 'fewer' }, 1, /1 vectors for 2 texts/],
    ['sends other dimensions', { kind: 'longer' }, 1, /101 dimensions instead of 100/],
    ['sends garbage', { kind: 'body', body: '{"embeddings":[[0.1,' }, 1, /something else than vectors/],
    ['sends another protocol', { kind: 'body', body: '{"data":[]}' }, 1, /something else than vectors/],
    [
      'sends a page',
      { kind: 'body', body: '<p>Hello', type: 'text/html' },
      1,
      /text\/html instead of application\/json/,
    ],
    ['sends words for numbers', { kind: 'body', body: '{"embeddings":[["a"],["b"]]}' }, 1, /no numbers/],
    ['sends no number', { kind: 'body', body: '{"embeddings":[[null,1],[1,1]]}' }, 1, /no numbers/],
    ['sends nought', { kind: 'body', body: '{"embeddings":[[0,0],[1,1]]}' }, 1, /without a direction/],
    ['sends what overflows', { kind: 'body', body: '{"embeddings":[[1e999,1],[1,1]]}' }, 1, /no numbers/],
    ['mixes dimensions', { kind: 'body', body: '{"embeddings":[[1,2],[1]]}' }, 1, /different dimensions/],
  ];
  for (const [name, trouble, times, says] of lasting)
    test(`one that ${name} is said to be unavailable in one sentence, and used again when it is better`, async () => {
      await using server = await startModelServer();
      await using embedder = open(server);
      await embedder.ready();
      const { id } = embedder;
      server.trouble(...Array.from({ length: times }, () => trouble));
      await assert.rejects(embedder.embed(['one', 'two']), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'model-unavailable');
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      server.calm();
      assert.equal((await embedder.embed(['one', 'two'])).length, 2);
      assert.equal(embedder.id, id);
    });

  test('refuses to be reached: the next queries do not wait for it', async () => {
    const server = await startModelServer();
    await using embedder = open(server, 'ollama', { restMs: 60_000 });
    await embedder.ready();
    await server.close();
    await assert.rejects(embedder.embed(['one']), { code: 'model-unavailable', message: /cannot be reached/ });
    const asked = server.requests.length;
    await assert.rejects(embedder.embed(['two']), { code: 'model-unavailable' });
    assert.equal(server.requests.length, asked);
    const port = Number(new URL(server.origin).port);
    await using again = await startModelServer({ port });
    assert.equal((await embedder.embed(['three', 'four'])).length, 2);
    assert.equal((await embedder.embed(['five'])).length, 1);
    assert.ok(again.requests.length > 2);
  });

  test('is slow: a query waits so long and no longer, many queries not at all', async () => {
    await using server = await startModelServer();
    const little = { ms: 400, tries: 1 };
    await using embedder = open(server, 'ollama', { patience: { query: little, bulk: little, probe: little } });
    await embedder.ready();
    server.trouble(...Array.from({ length: 40 }, () => ({ kind: 'silence' }) as const));
    const asked = server.requests.length;
    const queries = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => embedder.embed([`query ${i}`])));
    const says = queries.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : 'an answer'));
    assert.equal(says.filter((text) => /did not answer within 0\.4 s/.test(text)).length, 16);
    assert.equal(says.filter((text) => /is busy/.test(text)).length, 4);
    assert.equal(server.requests.length, asked + 16);
    await assert.rejects(embedder.embed(['one', 'two']), { code: 'model-unavailable' });
    server.calm();
    assert.equal((await embedder.embed(['one', 'two'])).length, 2);
  });

  test('asks for patience that a query does not have: it is not waited for', async () => {
    await using server = await startModelServer();
    await using embedder = open(server);
    await embedder.ready();
    const asked = server.requests.length;
    server.trouble({ kind: 'status', status: 429, headers: { 'retry-after': '30' } });
    await assert.rejects(embedder.embed(['a query']), { code: 'model-unavailable', message: /answered 429/ });
    assert.equal(server.requests.length, asked + 1);
    assert.equal((await embedder.embed(['a query'])).length, 1);
  });

  test('sends elsewhere: nobody is asked whom the operator has not named', async () => {
    await using server = await startModelServer();
    await using other = await startModelServer();
    await using embedder = open(server);
    for (const status of [302, 307]) {
      server.trouble({ kind: 'status', status, headers: { location: `${other.origin}/api/embed` } });
      await assert.rejects(embedder.ready(), { code: 'model-unavailable' });
    }
    assert.equal(other.requests.length, 0);
  });
});

describe('who a model is', () => {
  test('other weights under the same name are another model, and never come under the id of the first', async () => {
    await using server = await startModelServer();
    await using embedder = open(server, 'ollama', { trustMs: 0 });
    await embedder.embed(['one', 'two']);
    const { id } = embedder;
    server.become('second');
    await assert.rejects(embedder.embed(['three', 'four']), { message: /another model than before/ });
    const { id: next } = embedder;
    assert.notEqual(next, id);
    assert.equal(next.split('@')[0], id.split('@')[0]);
    const [vector] = await embedder.embed(['one', 'two']);
    server.become('first');
    await embedder.embed(['five']);
    await embedder.ready();
    for (let i = 0; i < 50 && embedder.id !== id; i++) await embedder.embed([`query ${i}`]).catch(() => {});
    assert.equal(embedder.id, id, 'a query finds out in the background');
    const [first] = await embedder.embed(['one', 'two']);
    assert.ok(dot(vector as Float32Array, first as Float32Array) < 0.9, 'and nothing of the other is kept');
  });

  test('is known after a restart, also while its server is away', async () => {
    const file = fresh();
    const server = await startModelServer();
    const first = open(server, 'openai', { file });
    await first.ready();
    const { id, dimensions } = first;
    await server.close();
    await using second = open(server, 'openai', { file });
    assert.deepEqual([second.id, second.dimensions], [id, dimensions]);
    await assert.rejects(second.ready(), { code: 'model-unavailable' });
    assert.equal(second.id, id);
  });

  test('keeps its id where its vectors move by a hair, not where they move by more', async () => {
    const address = { protocol: 'ollama', url: 'http://localhost:11434', model: 'm' } as const;
    const unit = (vector: Float32Array) => vector.map((x) => x / Math.hypot(...vector));
    const probe = unit(Float32Array.from({ length: 768 }, (_, i) => Math.sin(i * i + 1)));
    const moved = (by: number) => unit(probe.map((x, i) => x + (by / Math.sqrt(768)) * Math.cos(i * 7)));
    const file = fresh();
    const { id } = await createKnownModels(file).meet(address, probe);
    assert.notEqual(idOf(address, moved(0.005)), id, 'rounding alone would not do');
    assert.equal((await createKnownModels(file).meet(address, moved(0.005))).id, id);
    const elsewhere = { ...address, url: 'http://gpu:11434' };
    assert.equal((await createKnownModels(file).meet(elsewhere, moved(-0.005))).id, id, 'also at another address');
    assert.notEqual((await createKnownModels(file).meet({ ...address, model: 'n' }, probe)).id, id);
    const other = await createKnownModels(file).meet(address, moved(0.1));
    assert.notEqual(other.id, id);
    assert.equal(createKnownModels(file).last(address)?.id, other.id);
    assert.equal((await createKnownModels(file).meet(address, probe)).id, id, 'and is known again when it is back');
    assert.deepEqual(createKnownModels(file).last(address)?.probe, probe);
  });

  test('needs no file to remember it by', async () => {
    const address = { protocol: 'tei', url: 'http://localhost:1', model: '' } as const;
    const probe = Float32Array.from([0.6, 0.8]);
    const torn = fresh();
    await writeFile(torn, '[{"address"');
    for (const file of [null, torn, join(folder, 'none\0')])
      assert.equal((await createKnownModels(file).meet(address, probe)).id, idOf(address, probe));
    assert.match(await readFile(torn, 'utf8'), /^\[\{"address":"tei/);
  });
});

test('answers are read in the order their numbers say, and as they come where there are none', () => {
  const one = { index: 1, embedding: [0, 2] };
  const nought = { index: 0, embedding: [3, 0] };
  const rows = (data: readonly object[]) => {
    const vectors = readVectors('openai', { data }, data.length);
    return typeof vectors === 'string' ? vectors : vectors.map((vector) => [...vector]);
  };
  assert.deepEqual(rows([one, nought]), [
    [1, 0],
    [0, 1],
  ]);
  assert.deepEqual(rows([{ embedding: [0, 2] }, { embedding: [3, 0] }]), [
    [0, 1],
    [1, 0],
  ]);
  assert.equal(rows([null as never, one]), 'something else than vectors');
});

test('the registry opens what the setting names', async () => {
  const settings = { embedKey: '', dataDir: folder };
  assert.equal(openEmbedder({ ...settings, embed: 'off' }), null);
  assert.match(openEmbedder({ ...settings, embed: 'auto' })?.id ?? '', /^all-MiniLM-L6-v2-int8@/);
  await using server = await startModelServer();
  await using embedder = openEmbedder({ ...settings, embed: { protocol: 'tei', url: server.origin, model: '' } });
  assert.equal(server.requests.length, 0, 'nobody is asked before first use');
  assert.equal((await embedder?.embed(['x']))?.[0]?.length, 100);
  assert.equal(await checkEmbedder({ embed: 'off' }), null);
  assert.equal(await checkEmbedder({ embed: { protocol: 'tei', url: server.origin, model: '' } }), null);
});
