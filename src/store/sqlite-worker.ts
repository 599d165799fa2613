import { parentPort, workerData } from 'node:worker_threads';
import { answerOf, openConnection } from './sqlite-connection.ts';

/**
 * The thread that writes large saves: it runs statements in the order in which they come. One that nobody awaits and that
 * fails makes all that follow fail with it until the transaction is rolled back.
 */

/** `parameters` null: a script. `id` null: nobody awaits the answer. */
export interface Wish {
  readonly id: number | null;
  readonly text: string;
  readonly parameters: readonly unknown[] | null;
}

export interface Reply {
  readonly id: number;
  readonly rows: readonly unknown[];
  readonly changes: number | bigint | null;
  readonly failure: { readonly message: string; readonly errcode: number } | null;
}

/** Pages of a large save that do not fit are written to the log more than once. */
const CACHE_KIB = 196_608;

const { path, logPages } = workerData as { readonly path: string; readonly logPages: number };
const connection = openConnection(path, false, CACHE_KIB);
connection.database.exec(`PRAGMA wal_autocheckpoint = ${logPages}`);

/** Left to another thread's commit, the log would go into the file there, and hold up that thread's event loop. */
const IDLE_MS = 500;
const tidy = setTimeout(() => {
  if (connection.database.isTransaction) return;
  try {
    connection.database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // The log keeps what the file could not take; the next commit meets the same trouble and says so.
  }
}, IDLE_MS).unref();

let broken: Reply['failure'] = null;

const run = ({ text, parameters }: Wish): Pick<Reply, 'rows' | 'changes'> => {
  if (parameters !== null) return answerOf(connection.prepare(text), parameters);
  if (text !== 'ROLLBACK' || connection.database.isTransaction) connection.database.exec(text);
  return { rows: [], changes: null };
};

const answer = (wish: Wish): void => {
  if (wish.text.startsWith('ROLLBACK')) broken = null;
  let said: Pick<Reply, 'rows' | 'changes'> = { rows: [], changes: null };
  let failure = broken;
  if (failure === null) {
    try {
      said = run(wish);
    } catch (cause) {
      failure = { message: (cause as Error).message, errcode: (cause as { errcode?: number }).errcode ?? 0 };
      if (wish.id === null) broken = failure;
    }
  }
  if (wish.id !== null) parentPort?.postMessage({ id: wish.id, ...said, failure } satisfies Reply);
};

parentPort?.on('message', (message: readonly Wish[] | 'close') => {
  if (message !== 'close') {
    for (const wish of message) answer(wish);
    tidy.refresh();
    return;
  }
  clearTimeout(tidy);
  connection.database.close();
  parentPort?.close();
});
