import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { Fault } from '../kernel/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import { readManifest } from './manifest.ts';

/** What the thread is told when it starts, asked, and answers. */
export interface Setup {
  readonly folder: string;
  readonly dimensions: number;
  readonly maxTokens: number;
}

export interface Ask {
  readonly n: number;
  readonly texts: readonly string[];
}

export type Answer =
  | { readonly n: number; readonly vectors: Float32Array }
  | { readonly n: number; readonly error: string; readonly fatal: boolean };

/** Texts computed at once. Larger batches are no faster on a CPU, take more memory, and keep a reader's query waiting longer. */
const BATCH = 2;

/** Texts up to this length (queries, mostly) are kept with their vectors. UTF-16 units. */
const CACHED_LENGTH = 256;
const CACHED = 500;

interface Job {
  readonly texts: readonly string[];
  readonly resolve: (vectors: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread and what waits for it. One batch at a time is handed over, so that a query overtakes what is read in bulk. */
const createThread = (setup: Setup) => {
  const unavailable = (cause: unknown) =>
    new Fault('model-unavailable', `The embedding model in ${setup.folder} cannot be used: run ./broadsheet doctor.`, {
      cause,
    });
  const queries: Job[] = [];
  const bulk: Job[] = [];
  let worker: Worker | null = null;
  let running: Job | null = null;
  let asked = 0;

  const stop = (error: unknown): void => {
    worker = null;
    for (const job of [running, ...queries.splice(0), ...bulk.splice(0)]) job?.reject(error);
    running = null;
  };

  const start = (): Worker => {
    const made = new Worker(new URL('./onnx-worker.ts', import.meta.url), {
      workerData: setup,
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 4 },
    });
    made.unref();
    made.on('message', (answer: Answer) => {
      const job = running;
      running = null;
      if ('vectors' in answer) job?.resolve(answer.vectors);
      else {
        job?.reject(unavailable(answer.error));
        if (answer.fatal && worker === made) {
          stop(unavailable(answer.error));
          void made.terminate();
        }
      }
      next();
    });
    made.on('error', (error) => {
      if (worker === made) stop(unavailable(error));
    });
    made.on('exit', (code) => {
      if (worker === made) stop(unavailable(`its thread ended with ${code}`));
    });
    return made;
  };

  const next = (): void => {
    if (running !== null) return;
    running = queries.shift() ?? bulk.shift() ?? null;
    if (running === null) {
      worker?.unref();
      return;
    }
    worker ??= start();
    worker.ref();
    worker.postMessage({ n: asked++, texts: running.texts } satisfies Ask);
  };

  return {
    embed: (texts: readonly string[]): Promise<Float32Array> =>
      new Promise((resolve, reject) => {
        (texts.length === 1 ? queries : bulk).push({ texts, resolve, reject });
        next();
      }),
    async close(): Promise<void> {
      const ending = worker;
      stop(unavailable('it was closed'));
      await ending?.terminate();
    },
  };
};

/**
 * Sentence vectors by ONNX Runtime, on a thread of their own. Thread and model are loaded on first use.
 * Throws `Fault('model-unavailable')`.
 */
export const createOnnxEmbedder = (folder: string): Embedder => {
  const manifest = readManifest(folder);
  const { dimensions, maxTokens } = manifest;
  const weights = manifest.files['model_int8.onnx']?.sha256.slice(0, 8) ?? 'unknown';
  const cache = new LRUCache<string, Float32Array>({ max: CACHED });
  const thread = createThread({ folder, dimensions, maxTokens });

  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors = texts.map((text) => cache.get(text));
    const missing = texts.map((text, at) => ({ at, text })).filter(({ at }) => vectors[at] === undefined);
    // Alike lengths together: little is padded.
    missing.sort((a, b) => a.text.length - b.text.length);
    for (let i = 0; i < missing.length; i += BATCH) {
      signal?.throwIfAborted();
      const batch = missing.slice(i, i + BATCH);
      const flat = await thread.embed(batch.map(({ text }) => text));
      for (const [row, { at, text }] of batch.entries()) {
        const vector = flat.slice(row * dimensions, (row + 1) * dimensions);
        vectors[at] = vector;
        if (text.length <= CACHED_LENGTH) cache.set(text, vector);
      }
    }
    return vectors as Float32Array[];
  };

  return { id: `${manifest.name}@${weights}`, dimensions, embed, [Symbol.asyncDispose]: () => thread.close() };
};
