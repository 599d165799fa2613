import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import { Fault } from '../kernel/errors.ts';
import { nextTurn } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import type { Schema } from './schema.ts';
import { type Connection, openConnection } from './sqlite-connection.ts';
import { openThread, type SqliteThread } from './sqlite-thread.ts';

/** How long a writer waits for another process's transaction before it gives up. */
const PATIENCE_MS = 30_000;

/** Pages in the log of large saves: most are touched by every one of them, and go into the file once for several. */
const LOG_PAGES = 40_960;

/** The five methods of better-sqlite3 that Kysely calls, over `node:sqlite`. */
const shim = ({ database, prepare }: Connection): SqliteDatabase => ({
  close: () => database.close(),
  prepare: (text) => {
    const kept = prepare(text);
    return {
      reader: kept.columns().length > 0,
      // SQLite's rows have no prototype; the store's values are ordinary objects.
      all: (parameters) => kept.all(...(parameters as SQLInputValue[])).map((row) => ({ ...row })),
      run: (parameters) => kept.run(...(parameters as SQLInputValue[])),
      iterate: (parameters) => kept.iterate(...(parameters as SQLInputValue[])),
    };
  },
});

const sqliteCode = (cause: unknown): number => (cause as { errcode?: number }).errcode ?? 0;
const isBusy = (cause: unknown): boolean => (sqliteCode(cause) & 0xff) === 5;

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
const plainly = (path: string, cause: unknown): unknown => {
  const fault = SQLITE_FAULTS[sqliteCode(cause) & 0xff]?.(path);
  return fault ? new Fault(fault.code, fault.message, { cause }) : cause;
};

/** Not the recursive `mkdirSync`: that one never returns where a file system denies that its folders exist, as /proc does. */
const makeFolders = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (cause) {
    // Another starter may have been quicker.
    if (existsSync(folder)) return;
    throw new Fault('cannot-write', `The folder ${folder} cannot be made: choose a folder that can be written.`, {
      cause,
    });
  }
};

const openPatiently = async (path: string, readOnly: boolean): Promise<Connection> => {
  for (const start = performance.now(); ; await sleep(10)) {
    try {
      return openConnection(path, readOnly);
    } catch (cause) {
      if (!isBusy(cause) || performance.now() - start > PATIENCE_MS) throw plainly(path, cause);
    }
  }
};

/** What a transaction is made of, in this thread or in another. */
interface Writer {
  readonly db: Db;
  exec(text: string): Promise<void>;
}

const begin = async ({ exec }: Writer, path: string): Promise<void> => {
  for (const start = performance.now(); ; await sleep(1 + Math.random() * 10)) {
    try {
      await exec('BEGIN IMMEDIATE');
      return;
    } catch (cause) {
      if (!isBusy(cause)) throw plainly(path, cause);
      if (performance.now() - start > PATIENCE_MS) {
        throw new Fault(
          'database-unavailable',
          `Another process keeps the database ${path} locked: end it and try again.`,
          {
            cause,
            retryAfter: 5,
          },
        );
      }
    }
  }
};

/** `path` is a file, made when missing; `:memory:` is a temporary file that goes when the engine is closed. */
export const openSqlite = async (path: string): Promise<Engine> => {
  const temporary = path === ':memory:' ? mkdtempSync(join(tmpdir(), 'broadsheet-')) : null;
  const file = temporary ? join(temporary, 'broadsheet.db') : path;
  makeFolders(dirname(resolve(file)));
  const writer = await openPatiently(file, false);
  // Two connections: readers never see half a transaction, and SQLite itself tells when another connection has written.
  const reader = await openPatiently(file, true).catch((cause) => {
    writer.database.close();
    throw cause;
  });
  const db = (connection: Connection): Db =>
    new Kysely<Schema>({ dialect: new SqliteDialect({ database: shim(connection) }) });
  const read = db(reader);
  const here: Writer = {
    db: db(writer),
    exec: async (text) => {
      if (text !== 'ROLLBACK' || writer.database.isTransaction) writer.database.exec(text);
    },
  };
  /** Starts with the first large save: its statements and commits would hold up the event loop. */
  let thread: SqliteThread | null = null;
  const startThread = (): SqliteThread => {
    // A small commit here is not to bring home what the thread has logged.
    writer.database.exec(`PRAGMA wal_autocheckpoint = ${2 * LOG_PAGES}`);
    return openThread(file, LOG_PAGES);
  };
  const version = reader.database.prepare('PRAGMA data_version');
  const opened = Date.now() * 1000;
  let turn: Promise<unknown> = Promise.resolve();

  const transact = async <T>(work: (db: Db) => Promise<T>, on: Writer): Promise<T> => {
    await begin(on, file);
    try {
      const value = await work(on.db);
      await on.exec('COMMIT');
      return value;
    } catch (cause) {
      await on.exec('ROLLBACK').catch(() => {});
      throw plainly(file, cause);
    }
  };

  return {
    kind: 'sqlite',
    read,
    write: (work, { large = false } = {}) => {
      // SQLite answers at once, so a long queue of writers would keep the event loop from everyone else.
      const mine = turn.then(nextTurn).then(() => {
        if (!large) return transact(work, here);
        if (!thread || thread.hasEnded()) thread = startThread();
        return transact(work, thread);
      });
      turn = mine.catch(() => {});
      return mine;
    },
    // What only SQLite is to run is a comment to the other engine.
    script: async (_, text) => writer.database.exec(text.replaceAll(/\/\* sqlite:(.*?)\*\//gs, '$1')),
    lockMigrations: async () => {},
    revision: async () => opened + Number(version.get()?.data_version),
    check: async () => {
      const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check(3)`.execute(read);
      const said = rows.map((row) => row.integrity_check).join('; ');
      return said === 'ok' ? null : `The database ${file} is damaged (${said}): restore it from a backup.`;
    },
    [Symbol.asyncDispose]: async () => {
      await turn;
      await read.destroy();
      await thread?.[Symbol.asyncDispose]();
      await here.db.destroy();
      for (const { database } of [reader, writer]) if (database.isOpen) database.close();
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    },
  };
};
