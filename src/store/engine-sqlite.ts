import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { Fault } from '../kernel/errors.ts';
import { nextTurn } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import type { Schema } from './schema.ts';

/** How long a writer waits for another process's transaction before it gives up. */
const PATIENCE_MS = 30_000;

/** The five methods of better-sqlite3 that Kysely calls, over `node:sqlite`, with its statements kept. */
const shim = (database: DatabaseSync): SqliteDatabase => {
  const statements = new LRUCache<string, StatementSync>({ max: 300 });
  return {
    close: () => database.close(),
    prepare: (text) => {
      let statement = statements.get(text);
      if (!statement) {
        statement = database.prepare(text);
        statements.set(text, statement);
      }
      const kept = statement;
      return {
        reader: kept.columns().length > 0,
        // SQLite's rows have no prototype; the store's values are ordinary objects.
        all: (parameters) => kept.all(...(parameters as SQLInputValue[])).map((row) => ({ ...row })),
        run: (parameters) => kept.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => kept.iterate(...(parameters as SQLInputValue[])),
      };
    },
  };
};

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

const open = (path: string, readOnly: boolean): DatabaseSync => {
  // Waiting inside SQLite blocks the event loop: `begin` waits outside it. A reader waits only while a crash is recovered.
  const database = new DatabaseSync(path, { readOnly, timeout: readOnly ? 2000 : 20 });
  try {
    // A page that many transactions touch goes from the log into the file once for all of them, and most papers fit into
    // one page of 8 KB (which holds for new files): an import spends its time on pages.
    if (!readOnly) {
      database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec('PRAGMA wal_autocheckpoint = 8192;');
    }
    database.exec('PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456;');
  } catch (cause) {
    database.close();
    throw cause;
  }
  return database;
};

const openPatiently = async (path: string, readOnly: boolean): Promise<DatabaseSync> => {
  for (const start = performance.now(); ; await sleep(10)) {
    try {
      return open(path, readOnly);
    } catch (cause) {
      if (!isBusy(cause) || performance.now() - start > PATIENCE_MS) throw plainly(path, cause);
    }
  }
};

const begin = async (database: DatabaseSync, path: string): Promise<void> => {
  for (const start = performance.now(); ; await sleep(1 + Math.random() * 10)) {
    try {
      database.exec('BEGIN IMMEDIATE');
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
    writer.close();
    throw cause;
  });
  const db = (database: DatabaseSync): Db =>
    new Kysely<Schema>({ dialect: new SqliteDialect({ database: shim(database) }) });
  const read = db(reader);
  const write = db(writer);
  const version = reader.prepare('PRAGMA data_version');
  const opened = Date.now() * 1000;
  let turn: Promise<unknown> = Promise.resolve();

  const transact = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    await begin(writer, file);
    try {
      const value = await work(write);
      writer.exec('COMMIT');
      return value;
    } catch (cause) {
      if (writer.isTransaction) writer.exec('ROLLBACK');
      throw plainly(file, cause);
    }
  };

  return {
    kind: 'sqlite',
    read,
    write: (work) => {
      // SQLite answers at once, so a long queue of writers would keep the event loop from everyone else.
      const mine = turn.then(nextTurn).then(() => transact(work));
      turn = mine.catch(() => {});
      return mine;
    },
    script: async (_, text) => writer.exec(text),
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
      await write.destroy();
      for (const database of [reader, writer]) if (database.isOpen) database.close();
      if (temporary) rmSync(temporary, { recursive: true, force: true });
    },
  };
};
