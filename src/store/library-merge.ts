import type { PaperId } from '../model/paper.ts';
import { insertRows } from './bulk.ts';
import type { Db } from './engine.ts';

/** Entries of two papers that prove to be one become one: tags and folders of both, both notes, the state of `to`. */
export const moveLibrary = async (db: Db, from: PaperId, to: PaperId): Promise<void> => {
  const rows = await db.selectFrom('library').selectAll().where('paper_id', '=', from).execute();
  for (const row of rows) {
    const other = await db
      .selectFrom('library')
      .selectAll()
      .where('reader', '=', row.reader)
      .where('paper_id', '=', to)
      .executeTakeFirst();
    const notes = [other?.note ?? '', row.note].filter((note) => note !== '');
    const kept = other === undefined || (other.removed_at !== null && row.removed_at === null) ? row : other;
    await insertRows(
      db,
      'library',
      [
        {
          ...kept,
          paper_id: to,
          saved_at: Math.min(row.saved_at, other?.saved_at ?? row.saved_at),
          rating: kept.rating ?? row.rating,
          note: [...new Set(notes)].join('\n\n'),
        },
      ],
      `ON CONFLICT (reader, paper_id) DO UPDATE SET saved_at = excluded.saved_at, changed_at = excluded.changed_at,
        state = excluded.state, rating = excluded.rating, note = excluded.note, removed_at = excluded.removed_at`,
    );
  }
  for (const table of ['library_tag', 'library_filed', 'library_note', 'seen'] as const) {
    const moved = await db.selectFrom(table).selectAll().where('paper_id', '=', from).execute();
    if (moved.length === 0) continue;
    await insertRows(
      db,
      table,
      moved.map((row) => ({ ...row, paper_id: to })),
      'ON CONFLICT DO NOTHING',
    );
    await db.deleteFrom(table).where('paper_id', '=', from).execute();
  }
  if (rows.length > 0) await db.deleteFrom('library').where('paper_id', '=', from).execute();
};
