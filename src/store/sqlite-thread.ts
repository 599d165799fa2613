import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Driver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { Db } from './engine.ts';
import type { Schema } from './schema.ts';
import type { Reply, Wish } from './sqlite-worker.ts';

type Post = (text: string, parameters: readonly unknown[]) => void;

/** Tells that statements may be sent one after another without awaiting each. */
export class ThreadAdapter extends SqliteAdapter {
  /** Runs a statement after those sent before. If it fails, so does everything awaited after it in the transaction. */
  readonly post: Post;
  constructor(post: Post) {
    super();
    this.post = post;
  }
}

const TOGETHER = 16;

/** A connection in a thread of its own: neither its statements nor its commits hold up the event loop. */
export interface SqliteThread extends AsyncDisposable {
  readonly db: Db;
  /** Whether the thread is no more, e.g. for want of memory: another is to be opened. */
  hasEnded(): boolean;
  /** Rejects with SQLite's message and `errcode`. `ROLLBACK` without a transaction does nothing. */
  exec(text: string): Promise<void>;
}

/** Opens the existing database `path`; its log goes into the file when it has `logPages`, and when nothing is written. */
export const openThread = (path: string, logPages: number): SqliteThread => {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: { path, logPages } });
  worker.unref();
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(cause: unknown): void }>();
  let last = 0;
  let ended: unknown = null;
  const end = (cause: unknown): void => {
    ended ??= cause;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that writes the database has ended.')));
  worker.on('message', (reply: Reply) => {
    const asker = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0) worker.unref();
    if (reply.failure === null) asker?.resolve(reply);
    else asker?.reject(Object.assign(new Error(reply.failure.message), { errcode: reply.failure.errcode }));
  });

  /** Statements that nobody awaits go together: every message wakes the thread. */
  let pending: Wish[] = [];
  const send = (wish: Wish, now: boolean): void => {
    pending.push(wish);
    if (!now && pending.length < TOGETHER) return;
    worker.postMessage(pending);
    pending = [];
  };
  const ask = (text: string, parameters: Wish['parameters']): Promise<Reply> =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended);
      const id = ++last;
      waiting.set(id, { resolve, reject });
      worker.ref();
      send({ id, text, parameters }, true);
    });
  const post: Post = (text, parameters) => send({ id: null, text, parameters }, false);

  const refuse = async (): Promise<never> => {
    throw new Error('The engine makes the transactions.');
  };
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => ({
      executeQuery: async <R>({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) => {
        const { rows, changes } = await ask(sql, parameters);
        return { rows: rows as R[], ...(changes === null ? {} : { numAffectedRows: BigInt(changes) }) };
      },
      streamQuery: () => {
        throw new Error('Nothing is streamed from the thread that writes.');
      },
    }),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
  return {
    db: new Kysely<Schema>({
      dialect: {
        createAdapter: () => new ThreadAdapter(post),
        createDriver: () => driver,
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    hasEnded: () => ended !== null,
    exec: async (text) => {
      await ask(text, null);
    },
    [Symbol.asyncDispose]: async () => {
      if (ended !== null) return;
      const exited = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await exited;
    },
  };
};
