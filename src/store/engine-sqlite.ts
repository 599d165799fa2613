import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import { Fault } from '../kernel/errors.ts';
import { nextTurn } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import type { Schema } from './schema.ts';
import { type Connection, openConnection } from './sqlite-connection.ts';
import { openThread, type SqliteThread } from './sqlite-thread.ts';
import { patiently, plainly, transact, transactTogether, type Waiting, type Writer } from './sqlite-writer.ts';

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
  try {
    return await patiently(() => openConnection(path, readOnly));
  } catch (cause) {
    throw plainly(path, cause);
  }
};

/** So many transactions are one at most. */
const TOGETHER = 64;

/** A commit that takes longer holds up the event loop: from then on all that is written goes through the thread. */
const SLOW_MS = 25;

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
  let slow = false;
  const here: Writer = {
    db: db(writer),
    exec: async (text) => {
      const began = performance.now();
      if (text !== 'ROLLBACK' || writer.database.isTransaction) writer.database.exec(text);
      if (text === 'COMMIT' && performance.now() - began > SLOW_MS) slow = true;
    },
  };
  /** Starts with the first large save, or after a slow commit: statements and commits would hold up the event loop. */
  let thread: SqliteThread | null = null;
  const startThread = (): SqliteThread => {
    // A small commit here is not to bring home what the thread has logged.
    writer.database.exec(`PRAGMA wal_autocheckpoint = ${2 * LOG_PAGES}`);
    return openThread(file, LOG_PAGES);
  };
  const version = reader.database.prepare('PRAGMA data_version');
  const opened = Date.now() * 1000;
  let turn: Promise<unknown> = Promise.resolve();

  const writerFor = (large: boolean): Writer => {
    if (!large && !slow) return here;
    if (!thread || thread.hasEnded()) thread = startThread();
    return thread;
  };
  /** SQLite answers at once, so a long queue of writers would keep the event loop from everyone else. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(nextTurn).then(act);
    turn = mine.catch(() => {});
    return mine;
  };
  /** Those that will have the last turn given out: who comes next joins them. */
  let joined: Waiting[] | null = null;
  const writeTogether = (all: readonly Waiting[]): Promise<void> => {
    if (joined === all) joined = null;
    const [first, ...others] = all;
    if (first === undefined || others.length > 0) return transactTogether(all, writerFor(false), file);
    return transact(first.work, writerFor(false), file).then(first.resolve, first.reject);
  };
  const enlist = (one: Waiting): void => {
    if (joined !== null && joined.length < TOGETHER) {
      joined.push(one);
      return;
    }
    const all = [one];
    joined = all;
    void inTurn(() => writeTogether(all));
  };

  return {
    kind: 'sqlite',
    read,
    write: <T>(work: (db: Db) => Promise<T>, { large = false } = {}) => {
      if (!large)
        return new Promise<T>((resolve, reject) => enlist({ work, resolve: resolve as Waiting['resolve'], reject }));
      joined = null;
      return inTurn(() => transact(work, writerFor(true), file));
    },
    // What only SQLite is to run is a comment to the other engine.
    script: (db, text) => {
      const on = thread !== null && db === thread.db ? thread : here;
      return on.exec(text.replaceAll(/\/\* sqlite:(.*?)\*\//gs, '$1'));
    },
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
