import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../kernel/clock.ts';
import { Fault } from '../kernel/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { Cursor } from '../store/store.ts';
import { createPaceNote, readEmbedProgress } from './embed-progress.ts';

const desk = (embedded: number, total: number) => {
  let now = 1_000_000;
  const rows = new Map<string, Cursor>();
  let writes = 0;
  const clock: Clock = { now: () => now };
  const cursors = {
    get: async (name: string) => rows.get(name) ?? null,
    set: async (cursor: Cursor) => {
      rows.set(cursor.name, cursor);
      writes++;
    },
    delete: async (name: string) => {
      rows.delete(name);
    },
  };
  const embedder: Embedder = {
    id: 'topics@1',
    dimensions: 3,
    ready: async () => {},
    embed: async () => [],
    async [Symbol.asyncDispose]() {},
  };
  const index = { stats: async () => ({ documents: total, embedded, bytes: 0 }) };
  return {
    deps: { store: { cursors }, index, embedder, clock },
    pass: (ms: number) => {
      now += ms;
    },
    writes: () => writes,
  };
};

test('pace and time left are those of the last minute, and of nobody once nobody reads', async () => {
  const { deps, pass, writes } = desk(400, 1_000);
  const note = createPaceNote(deps);
  for (let second = 1; second <= 120; second++) {
    pass(1_000);
    // Slow at first, then quick.
    await note(second <= 60 ? second : 60 + (second - 60) * 20);
  }
  assert.equal(writes(), 24);
  const progress = await readEmbedProgress(deps);
  assert.deepEqual(progress, { model: 'topics@1', embedded: 400, total: 1_000, perSecond: 20, etaSeconds: 30 });
  pass(61_000);
  assert.deepEqual(await readEmbedProgress(deps), { ...progress, perSecond: null, etaSeconds: null });
});

test('what is all read has no pace, and what is switched off no progress', async () => {
  const { deps, pass } = desk(10, 10);
  const note = createPaceNote(deps);
  pass(10_000);
  await note(10);
  assert.equal((await readEmbedProgress(deps))?.etaSeconds, null);
  assert.equal(await readEmbedProgress({ ...deps, embedder: null }), null);
});

test('a model that has never answered has no name yet', async () => {
  const { deps } = desk(0, 10);
  const unmet: Embedder = {
    get id(): string {
      throw new Fault('model-unavailable', 'It has not answered yet.');
    },
    dimensions: 0,
    ready: async () => {},
    embed: async () => [],
    async [Symbol.asyncDispose]() {},
  };
  assert.equal((await readEmbedProgress({ ...deps, embedder: unmet }))?.model, null);
});
