import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { Fault } from '../kernel/errors.ts';
import type { Db, Engine } from './engine.ts';
import type { Schema } from './schema.ts';

const INT8 = 20;
const REVISION_MS = 250;

/** Any number does, as long as every Broadsheet takes the same. */
const MIGRATION_LOCK = 8_260_420;

/** Where the world, not the question, is at fault: connection, resources, operator, system (classes of SQLSTATE). */
const isWorld = (cause: unknown): boolean => {
  const { code, message } = cause as { code?: unknown; message?: string };
  if (typeof code !== 'string')
    return /Connection terminated|timeout exceeded when trying to connect/.test(message ?? '');
  return /^(?:08|28|3D|53|57|58)...$/.test(code) || /^E[A-Z]+$/.test(code);
};

/** Serialisation failures and deadlocks: the transaction was rolled back whole, so it may simply be run again. */
const isRetryable = (cause: unknown): boolean =>
  ['40001', '40P01'].includes(String((cause as { code?: unknown }).code));

const address = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host || 'localhost'}${pathname}`;
};

/** The engine over a pool of at most ten connections. `url` is what libpq reads; a `host` parameter may name a socket folder. */
export const openPostgres = (url: string): Engine => {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 15_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that breaks is replaced by the pool; the next question tells whether the database is gone.
  pool.on('error', () => {});
  const plainly = (cause: unknown): unknown =>
    isWorld(cause)
      ? new Fault(
          'database-unavailable',
          `The PostgreSQL database ${address(url)} does not answer: check that it runs and that BROADSHEET_DATABASE_URL is right.`,
          { cause, retryAfter: 5 },
        )
      : cause;
  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (cause) {
      throw plainly(cause);
    }
  };
  const read: Db = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: { connect, end: () => pool.end(), options: pool.options } }),
  });
  let revision: { readonly value: number; readonly until: number } | null = null;

  const write = async <T>(work: (db: Db) => Promise<T>, attempts = 5): Promise<T> => {
    try {
      return await read.transaction().execute(work);
    } catch (cause) {
      if (isRetryable(cause) && attempts > 1) return await write(work, attempts - 1);
      throw plainly(cause);
    } finally {
      revision = null;
    }
  };

  return {
    kind: 'postgres',
    read,
    write: (work) => write(work),
    // Bytes order, as SQLite has it, so that lists have the same order on both engines.
    script: async (db, text) => {
      await sql.raw(text.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"')).execute(db);
    },
    lockMigrations: async (db) => {
      await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(db);
    },
    revision: async () => {
      if (revision && revision.until > performance.now()) return revision.value;
      const { rows } = await sql<{ value: number }>`SELECT CAST(SUM(value) AS BIGINT) AS value FROM counter`.execute(
        read,
      );
      revision = { value: rows[0]?.value ?? 0, until: performance.now() + REVISION_MS };
      return revision.value;
    },
    check: async () => null,
    [Symbol.asyncDispose]: () => read.destroy(),
  };
};
