import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../kernel/errors.ts';
import type { Db } from './engine.ts';

/** A connection that writes, in this thread or in another. `ROLLBACK` without a transaction does nothing. */
export interface Writer {
  readonly db: Db;
  exec(text: string): Promise<void>;
}

type Work<T> = (db: Db) => Promise<T>;

/** A transaction that somebody waits for. */
export interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** How long a writer waits for another process's transaction before it gives up. */
const PATIENCE_MS = 30_000;

const sqliteCode = (cause: unknown): number => (cause as { errcode?: number }).errcode ?? 0;
export const isBusy = (cause: unknown): boolean => (sqliteCode(cause) & 0xff) === 5;

const SQLITE_FAULTS: Readonly<Record<number, (path: string) => Fault>> = {
  8: (path) => new Fault('cannot-write', `The database ${path} is read-only: make it and its folder writable.`),
  10: (path) =>
    new Fault('cannot-write', `The disk fails under the database ${path}: check the disk and its free space.`),
  11: (path) => new Fault('database-unavailable', `The database ${path} is damaged: restore it from a backup.`),
  13: (path) => new Fault('cannot-write', `The disk of the database ${path} is full: make room and try again.`),
  14: (path) => new Fault('cannot-write', `The database ${path} cannot be opened: make its folder writable.`),
  26: (path) => new Fault('database-unavailable', `The file ${path} is not an SQLite database: name another file.`),
};

/** A failure of SQLite as a `Fault` with one plain sentence; everything else as it is. */
export const plainly = (path: string, cause: unknown): unknown => {
  const fault = SQLITE_FAULTS[sqliteCode(cause) & 0xff]?.(path);
  return fault ? new Fault(fault.code, fault.message, { cause }) : cause;
};

/** Makes an attempt again while another process has the database locked, without blocking. */
export const patiently = async <T>(attempt: () => T | Promise<T>): Promise<T> => {
  for (const start = performance.now(); ; await sleep(1 + Math.random() * 10)) {
    try {
      return await attempt();
    } catch (cause) {
      if (!isBusy(cause) || performance.now() - start > PATIENCE_MS) throw cause;
    }
  }
};

const begin = async ({ exec }: Writer, path: string): Promise<void> => {
  try {
    await patiently(() => exec('BEGIN IMMEDIATE'));
  } catch (cause) {
    if (!isBusy(cause)) throw plainly(path, cause);
    const what = `Another process keeps the database ${path} locked: end it and try again.`;
    throw new Fault('database-unavailable', what, { cause, retryAfter: 5 });
  }
};

/** One transaction, rolled back when `work` throws. */
export const transact = async <T>(work: Work<T>, on: Writer, path: string): Promise<T> => {
  await begin(on, path);
  try {
    const value = await work(on.db);
    await on.exec('COMMIT');
    return value;
  } catch (cause) {
    await on.exec('ROLLBACK').catch(() => {});
    throw plainly(path, cause);
  }
};

/**
 * Several transactions as one, so that the disk is waited for once: each is a savepoint, what throws is taken back alone, and
 * nobody hears anything before all is committed. Where the whole fails, all of them do.
 */
export const transactTogether = async (waiting: readonly Waiting[], on: Writer, path: string): Promise<void> => {
  const answers: (() => void)[] = [];
  const whole = async (db: Db): Promise<void> => {
    for (const { work, resolve, reject } of waiting) {
      await on.exec('SAVEPOINT one');
      try {
        const value = await work(db);
        await on.exec('RELEASE one');
        answers.push(() => resolve(value));
      } catch (cause) {
        // A full disk ends the transaction as a whole: then there is nothing to go back to.
        await on.exec('ROLLBACK TO one').catch(() => {
          throw cause;
        });
        await on.exec('RELEASE one');
        answers.push(() => reject(plainly(path, cause)));
      }
    }
  };
  try {
    await transact(whole, on, path);
  } catch (cause) {
    for (const { reject } of waiting) reject(cause);
    return;
  }
  for (const answer of answers) answer();
};
