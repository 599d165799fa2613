import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;

/** What the two engines do differently; all the rest is portable SQL. */
export interface Engine extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres';
  /** For reading outside a transaction: sees only what is committed. */
  readonly read: Db;
  /**
   * Runs `work` in one transaction that is rolled back when it throws. Another writer is waited for without blocking.
   * `large` says that it writes many rows: SQLite writes them in a thread of its own.
   */
  write<T>(work: (db: Db) => Promise<T>, options?: { readonly large?: boolean }): Promise<T>;
  /** A migration's plain SQL, possibly several statements, inside a `write`. */
  script(db: Db, sql: string): Promise<void>;
  /** Makes starters that migrate at once wait for each other, inside a `write`. */
  lockMigrations(db: Db): Promise<void>;
  revision(): Promise<number>;
  check(): Promise<string | null>;
}
