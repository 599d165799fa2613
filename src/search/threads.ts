import { Worker } from 'node:worker_threads';
import { Fault } from '../kernel/errors.ts';
import type { Query, Suggestion } from '../model/search-page.ts';
import type { FindRequest, IndexDoc } from '../ports/search-index.ts';
import type { PackedEvidence, PackedFound } from './wire.ts';

/** What the reading thread answers. Null where there is no index to look into. */
export interface ReaderCalls {
  position(): number;
  stats(): { readonly documents: number; readonly embedded: number };
  find(request: FindRequest): PackedFound | null;
  browse(query: Query, limit: number): PackedFound | null;
  /** A cosine for each id; NaN where there is none. */
  fine(ids: readonly string[], vector: Float32Array, model: string | null): Float64Array;
  fineVectors(ids: readonly string[]): readonly (readonly [id: string, vector: Float32Array])[];
  near(ids: readonly string[], query: Query, limit: number): PackedEvidence;
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]>;
}

/** What the writing thread does. */
export interface WriterCalls {
  position(): Promise<number>;
  /** False where the index is not at `after`. */
  apply(changes: {
    readonly upserts: readonly IndexDoc[];
    readonly deletes: readonly string[];
    readonly position: number;
    readonly after?: number;
  }): Promise<boolean>;
  adopt(embedder: { readonly id: string; readonly dimensions: number }): Promise<void>;
  setFine(vectors: readonly { readonly id: string; readonly vector: Float32Array }[]): Promise<void>;
  unembedded(limit: number): Promise<readonly string[]>;
  optimize(): Promise<void>;
  clear(): Promise<void>;
}

/** A thread that answers calls by messages: started by the first call, started again by the next when it died. */
export const createThread = <C>(file: string, folder: string, { idleMs }: { readonly idleMs: number | null }) => {
  let thread: Worker | null = null;
  let next = 0;
  let idle: NodeJS.Timeout | undefined;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(reason: Error): void }>();

  const fail = (cause: unknown): void => {
    clearTimeout(idle);
    thread = null;
    for (const { reject } of waiting.values())
      reject(new Fault('index-unavailable', 'The search index failed.', { cause, retryAfter: 1 }));
    waiting.clear();
  };

  const start = (): Worker => {
    const started = new Worker(new URL(file, import.meta.url), { workerData: { folder } });
    started.unref();
    started.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const caller = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) rest();
      if (error === undefined) caller?.resolve(result);
      else caller?.reject(new Fault('index-unavailable', 'The search index failed.', { cause: new Error(error) }));
    });
    started.on('error', (error) => thread === started && fail(error));
    started.on('exit', () => thread === started && fail(new Error('the thread ended')));
    return started;
  };

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = thread;
    fail(new Error('the index was closed'));
    await ending?.terminate();
  };

  /** Nobody waits: the process may end, and after a while the thread does. */
  const rest = (): void => {
    thread?.unref();
    if (idleMs === null) return;
    clearTimeout(idle);
    idle = setTimeout(() => void end(), idleMs);
    idle.unref();
  };

  return {
    call: <N extends keyof C & string>(
      name: N,
      ...args: C[N] extends (...args: infer A) => unknown ? A : never
    ): Promise<C[N] extends (...args: never[]) => infer R ? Awaited<R> : never> => {
      clearTimeout(idle);
      thread ??= start();
      thread.ref();
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        thread?.postMessage({ id, name, args });
      });
    },
    end,
  };
};
