import { sql } from 'kysely';
import type { Db } from './engine.ts';
import type { Schema } from './schema.ts';

/**
 * Draws `n` numbers and returns the last. The row stays locked until the transaction ends, so numbers are drawn in the
 * order of the commits, without gaps: whoever has read up to a number has missed nothing before it.
 */
export const draw = async (db: Db, name: Schema['counter']['name'], n: number): Promise<number> => {
  const { value } = await db
    .updateTable('counter')
    .set({ value: sql<number>`value + ${n}` })
    .where('name', '=', name)
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
};
