import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';

/** `DatabaseSync` with its statements kept by their text. */
export interface Connection {
  readonly database: DatabaseSync;
  prepare(text: string): StatementSync;
}

/** What a statement gives: rows of a question, else how many rows it changed. */
export interface Answer {
  readonly rows: readonly unknown[];
  readonly changes: number | bigint | null;
}

/** Opens `path` with the settings that every connection has; makes the file when it may write. Throws SQLite's own errors. */
export const openConnection = (path: string, readOnly: boolean, cacheKiB = 65_536): Connection => {
  // Waiting inside SQLite blocks the event loop: `begin` waits outside it. A reader waits only while a crash is recovered.
  const database = new DatabaseSync(path, { readOnly, timeout: readOnly ? 2000 : 20 });
  try {
    // A page that many transactions touch goes from the log into the file once for all of them, and most papers fit into
    // one page of 8 KB (which holds for new files): an import spends its time on pages.
    if (!readOnly) {
      database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec('PRAGMA wal_autocheckpoint = 8192;');
    }
    database.exec(`PRAGMA foreign_keys = ON; PRAGMA cache_size = -${cacheKiB}; PRAGMA mmap_size = 268435456;`);
  } catch (cause) {
    database.close();
    throw cause;
  }
  const statements = new LRUCache<string, StatementSync>({ max: 300 });
  return {
    database,
    prepare: (text) => {
      const kept = statements.get(text);
      if (kept) return kept;
      const statement = database.prepare(text);
      statements.set(text, statement);
      return statement;
    },
  };
};

export const answerOf = (statement: StatementSync, parameters: readonly unknown[]): Answer => {
  const values = parameters as readonly SQLInputValue[];
  if (statement.columns().length > 0) return { rows: statement.all(...values), changes: null };
  return { rows: [], changes: statement.run(...values).changes };
};
