import { availableParallelism } from 'node:os';
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
  /** Computes when nobody else wants to. */
  readonly polite: boolean;
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
  readonly signal: AbortSignal | undefined;
  readonly resolve: (vectors: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  running: Job | null;
  idle: NodeJS.Timeout | undefined;
}

/** Threads that compute when there is much to read: one core is left to the server, and each thread costs some 90 MB. */
const MOST_THREADS = Math.max(1, availableParallelism() - 1);

/** A thread beyond the first goes when it had nothing to do for so long. */
const IDLE_MS = 20_000;

/**
 * The threads and what waits for them. Each is handed one batch at a time, so that a query overtakes what is read in bulk;
 * threads beyond the first are started only for bulk, and the system is told that they are in no hurry.
 */
const createThreads = (setup: Omit<Setup, 'polite'>, most: number) => {
  const unavailable = (cause: unknown) =>
    new Fault('model-unavailable', `The embedding model in ${setup.folder} cannot be used: run ./broadsheet doctor.`, {
      cause,
    });
  const queries: Job[] = [];
  const bulk: Job[] = [];
  const threads = new Set<Thread>();
  const ending = new Set<Promise<void>>();
  let asked = 0;

  // Torn out of the midst of a computation, or of loading, ONNX Runtime takes the whole process down with it.
  const end = async ({ worker }: Thread, busy: boolean): Promise<void> => {
    if (busy)
      await new Promise<void>((done) => {
        for (const event of ['message', 'error', 'exit']) worker.once(event, () => done());
      });
    await worker.terminate();
  };

  const dismiss = (thread: Thread, error: unknown): void => {
    threads.delete(thread);
    clearTimeout(thread.idle);
    const job = thread.running;
    thread.running = null;
    job?.reject(error);
    const ended = end(thread, job !== null).finally(() => ending.delete(ended));
    ending.add(ended);
  };

  const stop = (error: unknown): void => {
    for (const thread of threads) dismiss(thread, error);
    for (const job of [...queries.splice(0), ...bulk.splice(0)]) job.reject(error);
  };

  const start = (): Thread => {
    const worker = new Worker(new URL('./onnx-worker.ts', import.meta.url), {
      workerData: { ...setup, polite: threads.size > 0 } satisfies Setup,
      resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 4 },
    });
    const thread: Thread = { worker, running: null, idle: undefined };
    const ended = (cause: unknown): void => {
      if (!threads.has(thread)) return;
      thread.running?.reject(unavailable(cause));
      thread.running = null;
      stop(unavailable(cause));
    };
    worker.unref();
    worker.on('message', (answer: Answer) => {
      const job = thread.running;
      thread.running = null;
      if ('vectors' in answer) job?.resolve(answer.vectors);
      else {
        job?.reject(unavailable(answer.error));
        if (answer.fatal) ended(answer.error);
      }
      next();
    });
    worker.on('error', ended);
    worker.on('exit', (code) => ended(`its thread ended with ${code}`));
    threads.add(thread);
    return thread;
  };

  const take = (): Job | undefined => {
    for (;;) {
      const job = queries.shift() ?? bulk.shift();
      if (!job?.signal?.aborted) return job;
      job.reject(job.signal.reason);
    }
  };

  const rest = (thread: Thread): void => {
    thread.worker.unref();
    const [first] = threads;
    if (thread === first || thread.idle !== undefined) return;
    thread.idle = setTimeout(() => dismiss(thread, undefined), IDLE_MS);
    thread.idle.unref();
  };

  const next = (): void => {
    for (;;) {
      const free = [...threads].find(({ running }) => running === null);
      const mayStart = threads.size === 0 || (threads.size < most && bulk.length > 0);
      const job = free !== undefined || mayStart ? take() : undefined;
      if (job === undefined) break;
      const thread = free ?? start();
      clearTimeout(thread.idle);
      thread.idle = undefined;
      thread.running = job;
      thread.worker.ref();
      thread.worker.postMessage({ n: asked++, texts: job.texts } satisfies Ask);
    }
    for (const thread of threads) if (thread.running === null) rest(thread);
  };

  return {
    /** One text is a query, more are bulk. */
    embed: (texts: readonly string[], signal: AbortSignal | undefined): Promise<Float32Array> =>
      new Promise((resolve, reject) => {
        (texts.length === 1 ? queries : bulk).push({ texts, signal, resolve, reject });
        next();
      }),
    async close(): Promise<void> {
      stop(unavailable('it was closed'));
      await Promise.all(ending);
    },
  };
};

/**
 * Sentence vectors by ONNX Runtime, on threads of their own: one, and up to `most` while there is much to read. Threads and
 * model are loaded on first use. Throws `Fault('model-unavailable')`.
 */
export const createOnnxEmbedder = (folder: string, most = MOST_THREADS): Embedder => {
  const manifest = readManifest(folder);
  const { dimensions, maxTokens } = manifest;
  const weights = manifest.files['model_int8.onnx']?.sha256.slice(0, 8) ?? 'unknown';
  const cache = new LRUCache<string, Float32Array>({ max: CACHED });
  const threads = createThreads({ folder, dimensions, maxTokens }, most);

  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors = texts.map((text) => cache.get(text));
    const missing = texts.map((text, at) => ({ at, text })).filter(({ at }) => vectors[at] === undefined);
    // Alike lengths together: little is padded.
    missing.sort((a, b) => a.text.length - b.text.length);
    signal?.throwIfAborted();
    const batches = Array.from({ length: Math.ceil(missing.length / BATCH) }, (_, i) =>
      missing.slice(i * BATCH, (i + 1) * BATCH),
    );
    const read = async (batch: typeof missing): Promise<void> => {
      const flat = await threads.embed(
        batch.map(({ text }) => text),
        signal,
      );
      for (const [row, { at, text }] of batch.entries()) {
        const vector = flat.slice(row * dimensions, (row + 1) * dimensions);
        vectors[at] = vector;
        if (text.length <= CACHED_LENGTH) cache.set(text, vector);
      }
    };
    await Promise.all(batches.map(read));
    return vectors as Float32Array[];
  };

  return {
    id: `${manifest.name}@${weights}`,
    dimensions,
    ready: async (signal) => signal?.throwIfAborted(),
    embed,
    [Symbol.asyncDispose]: () => threads.close(),
  };
};
