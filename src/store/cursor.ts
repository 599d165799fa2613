import { insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Cursor, Store } from './store.ts';

export const setCursor = async (db: Db, { name, position, note }: Cursor): Promise<void> => {
  const row = { name: keyText(name), position, note: note === null ? null : note.replaceAll('\0', '').toWellFormed() };
  await insertRows(
    db,
    'cursor',
    [row],
    `ON CONFLICT (name) DO UPDATE SET position = excluded.position, note = excluded.note
       WHERE cursor.position <> excluded.position OR cursor.note IS DISTINCT FROM excluded.note`,
  );
};

export const cursors = (engine: Engine): Store['cursors'] => ({
  get: async (name) =>
    (await engine.read.selectFrom('cursor').selectAll().where('name', '=', keyText(name)).executeTakeFirst()) ?? null,
  set: (cursor) => engine.write((db) => setCursor(db, cursor)),
  delete: async (name) => {
    await engine.write((db) => db.deleteFrom('cursor').where('name', '=', keyText(name)).execute());
  },
});
