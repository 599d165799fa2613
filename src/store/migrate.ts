import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { Fault } from '../kernel/errors.ts';
import type { Db, Engine } from './engine.ts';

export const MIGRATIONS = resolve(import.meta.dirname, '../../migrations');

const applied = async (db: Db): Promise<Set<string>> => {
  const { rows } = await sql<{ name: string }>`SELECT name FROM migration`.execute(db);
  return new Set(rows.map((row) => row.name));
};

/** Applies the missing files of `folder` in order, each in its own transaction; returns the names of those applied. */
export const migrate = async (engine: Engine, folder = MIGRATIONS): Promise<readonly string[]> => {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  await engine.write(async (db) => {
    await engine.lockMigrations(db);
    await engine.script(db, 'CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL)');
  });
  const unknown = [...(await applied(engine.read))].filter((name) => !files.includes(`${name}.sql`));
  if (unknown.length > 0) {
    throw new Fault(
      'database-unavailable',
      `The database was written by a newer Broadsheet (it knows ${unknown.join(', ')}): start that version.`,
    );
  }
  const done: string[] = [];
  for (const file of files) {
    const name = file.slice(0, -4);
    const fresh = await engine.write(async (db) => {
      await engine.lockMigrations(db);
      if ((await applied(db)).has(name)) return false;
      await engine.script(db, readFileSync(join(folder, file), 'utf8'));
      await sql`INSERT INTO migration (name, applied_at) VALUES (${name}, ${Date.now()})`.execute(db);
      return true;
    });
    if (fresh) done.push(name);
  }
  return done;
};
