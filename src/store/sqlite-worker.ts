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

/** Pages in the log before they go into the file: most are touched by every large save, and go once for several. */
const LOG_PAGES = 40_960;

const connection = openConnection(workerData as string, false, CACHE_KIB);
connection.database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
let broken: Reply['failure'] = null;

const run = ({ text, parameters }: Wish): Pick<Reply, 'rows' | 'changes'> => {
  if (parameters !== null) return answerOf(connection.prepare(text), parameters);
  if (text !== 'ROLLBACK' || connection.database.isTransaction) connection.database.exec(text);
  return { rows: [], changes: null };
};

const answer = (wish: Wish): void => {
  if (wish.text === 'ROLLBACK') broken = null;
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

parentPort?.on('message', (wish: Wish | 'close') => {
  if (wish !== 'close') return answer(wish);
  connection.database.close();
  parentPort?.close();
});
