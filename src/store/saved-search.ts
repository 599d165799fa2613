import type { Selectable } from 'kysely';
import type { SavedSearch } from '../model/saved-search.ts';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

const searchOf = (row: Selectable<Schema['saved_search']>): SavedSearch => ({
  reader: row.reader,
  id: row.id,
  name: row.name,
  query: row.query,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  removedAt: row.removed_at,
});

export const savedSearches = ({ read, write }: Engine): Store['savedSearches'] => ({
  put: (search) =>
    write((db) =>
      insertRows(
        db,
        'saved_search',
        [
          {
            reader: keyText(search.reader),
            id: keyText(search.id),
            name: bodyText(search.name),
            query: bodyText(search.query),
            created_at: search.createdAt,
            seen_at: search.seenAt,
            removed_at: search.removedAt,
          },
        ],
        'ON CONFLICT (reader, id) DO UPDATE SET name = excluded.name, query = excluded.query, seen_at = excluded.seen_at, removed_at = excluded.removed_at',
      ),
    ),
  get: async (reader, id) => {
    const row = await read
      .selectFrom('saved_search')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .where('id', '=', keyText(id))
      .executeTakeFirst();
    return row === undefined ? null : searchOf(row);
  },
  of: async (reader) => {
    const rows = await read
      .selectFrom('saved_search')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .where('removed_at', 'is', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map(searchOf);
  },
  sweep: (before) =>
    write(async (db) => {
      await db.deleteFrom('saved_search').where('removed_at', '<', before).execute();
    }),
});
