import { CompiledQuery, PostgresAdapter } from 'kysely';
import type { Db } from './engine.ts';
import type { Schema } from './schema.ts';
import { ThreadAdapter } from './sqlite-thread.ts';

/** Rows in one statement: few enough that one does not hold up the event loop, many enough that statements do not matter. */
export const CHUNK = 100;

export const chunks = function* <T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
};

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const statement = (
  table: string,
  columns: readonly string[],
  rows: number,
  rest: string,
  numbered: boolean,
): string => {
  let n = 0;
  const row = () => `(${columns.map(() => (numbered ? `$${++n}` : '?')).join(', ')})`;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, row).join(', ')} ${rest}`;
};

const texts = new Map<string, string>();

/**
 * Inserts many rows with few statements whose text is made once: an import spends its time here, and building the same
 * syntax tree over and over would double it. `rest` is what follows the values, e.g. `ON CONFLICT …`.
 */
export const insertRows = async <T extends keyof Schema & string>(
  db: Db,
  table: T,
  rows: readonly Schema[T][],
  rest = '',
): Promise<void> => {
  const first = rows[0];
  if (!first) return;
  const columns = Object.keys(first) as (keyof Schema[T] & string)[];
  const { adapter } = db.getExecutor();
  const numbered = adapter instanceof PostgresAdapter;
  for (const part of chunks(rows, CHUNK)) {
    const name = `${numbered} ${table} ${part.length} ${rest}`;
    const text = texts.get(name) ?? statement(table, columns, part.length, rest, numbered);
    texts.set(name, text);
    const values: unknown[] = [];
    for (const row of part) for (const column of columns) values.push(row[column]);
    if (adapter instanceof ThreadAdapter) adapter.post(text, values);
    else await db.executeQuery(CompiledQuery.raw(text, values));
    await nextTurn();
  }
};
