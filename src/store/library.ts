import { sql } from 'kysely';
import {
  changedEntry,
  foldersOf,
  type LibraryEntry,
  type LibraryFilter,
  liesIn,
  noteText,
  type ReadingState,
  STATES,
  tagsOf,
} from '../model/library.ts';
import type { PaperId } from '../model/paper.ts';
import { CHUNK, chunks, insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import { libraryFolders } from './library-folder.ts';
import { takeTurn } from './library-turn.ts';
import type { Store } from './store.ts';

type Kept = LibraryEntry & { readonly removedAt: number | null };

const grouped = (rows: readonly { readonly paper_id: string; readonly name: string }[]): Map<string, string[]> => {
  const found = new Map<string, string[]>();
  for (const { paper_id, name } of rows) found.set(paper_id, [...(found.get(paper_id) ?? []), name]);
  return found;
};

/** Entries by paper, those taken out too. */
const entriesOf = async (db: Db, reader: string, ids: readonly PaperId[]): Promise<Map<PaperId, Kept>> => {
  const entries = new Map<PaperId, Kept>();
  for (const part of chunks([...new Set(ids)], CHUNK)) {
    const rows = await db
      .selectFrom('library')
      .selectAll()
      .where('reader', '=', reader)
      .where('paper_id', 'in', part)
      .execute();
    const tags = grouped(
      await db
        .selectFrom('library_tag')
        .select(['paper_id', 'tag as name'])
        .where('reader', '=', reader)
        .where('paper_id', 'in', part)
        .execute(),
    );
    const folders = grouped(
      await db
        .selectFrom('library_filed')
        .select(['paper_id', 'folder as name'])
        .where('reader', '=', reader)
        .where('paper_id', 'in', part)
        .execute(),
    );
    for (const row of rows) {
      entries.set(row.paper_id, {
        paperId: row.paper_id,
        savedAt: row.saved_at,
        changedAt: row.changed_at,
        state: row.state as ReadingState,
        folders: (folders.get(row.paper_id) ?? []).sort(),
        tags: (tags.get(row.paper_id) ?? []).sort(),
        note: row.note,
        rating: row.rating,
        removedAt: row.removed_at,
      });
    }
  }
  return entries;
};

const bare = ({ removedAt: _, ...entry }: Kept): LibraryEntry => entry;

/** Writes entries as they are now, with their tags and folders in place of those there were. */
const writeEntries = async (db: Db, reader: string, entries: readonly LibraryEntry[], at: number): Promise<void> => {
  await insertRows(
    db,
    'library',
    entries.map((entry) => ({
      reader,
      paper_id: entry.paperId,
      saved_at: entry.savedAt,
      changed_at: entry.changedAt,
      state: entry.state,
      note: bodyText(entry.note),
      rating: entry.rating,
      removed_at: null,
    })),
    `ON CONFLICT (reader, paper_id) DO UPDATE SET changed_at = excluded.changed_at, state = excluded.state,
      note = excluded.note, rating = excluded.rating, removed_at = excluded.removed_at`,
  );
  for (const part of chunks(
    entries.map(({ paperId }) => paperId),
    CHUNK,
  ))
    for (const table of ['library_tag', 'library_filed'] as const)
      await db.deleteFrom(table).where('reader', '=', reader).where('paper_id', 'in', part).execute();
  await insertRows(
    db,
    'library_tag',
    entries.flatMap(({ paperId, tags }) => tags.map((tag) => ({ reader, paper_id: paperId, tag }))),
  );
  const filed = entries.flatMap(({ paperId, folders }) => folders.map((folder) => ({ paperId, folder })));
  await insertRows(
    db,
    'library_filed',
    filed.map(({ paperId, folder }) => ({ reader, paper_id: paperId, folder })),
  );
  await insertRows(
    db,
    'library_folder',
    [...new Set(filed.map(({ folder }) => folder))].map((name) => ({ reader, name, created_at: at })),
    'ON CONFLICT DO NOTHING',
  );
};

const known = async (db: Db, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>> => {
  const found = new Set<PaperId>();
  for (const part of chunks(ids, CHUNK))
    for (const { id } of await db.selectFrom('paper').select('id').where('id', 'in', part).execute()) found.add(id);
  return found;
};

const filtered = async (db: Db, reader: string, filter: LibraryFilter) => {
  let query = db
    .selectFrom('library')
    .select(['library.paper_id', 'library.saved_at', 'library.changed_at', 'library.rating'])
    .where('library.reader', '=', reader)
    .where('library.removed_at', 'is', null);
  if (filter.states.length > 0) query = query.where('library.state', 'in', [...filter.states]);
  for (const tag of filter.tags)
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('library_tag')
          .select('tag')
          .where('library_tag.reader', '=', reader)
          .whereRef('library_tag.paper_id', '=', 'library.paper_id')
          .where('library_tag.tag', '=', tag),
      ),
    );
  if (filter.folders.length > 0) {
    const names = await db.selectFrom('library_folder').select('name').where('reader', '=', reader).execute();
    const inside = names.map(({ name }) => name).filter((name) => filter.folders.some((outer) => liesIn(name, outer)));
    if (inside.length === 0) return [];
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('library_filed')
          .select('folder')
          .where('library_filed.reader', '=', reader)
          .whereRef('library_filed.paper_id', '=', 'library.paper_id')
          .where('library_filed.folder', 'in', inside),
      ),
    );
  }
  return query.orderBy('library.saved_at', 'desc').orderBy('library.paper_id').execute();
};

const clean = <T extends { readonly tags?: readonly string[]; readonly folders?: readonly string[]; note?: string }>(
  change: T,
): T => ({
  ...change,
  ...(change.tags === undefined ? {} : { tags: tagsOf(change.tags) }),
  ...(change.folders === undefined ? {} : { folders: foldersOf(change.folders) }),
  ...(change.note === undefined ? {} : { note: noteText(change.note) }),
});

export const library = (engine: Engine): Store['library'] => {
  const { read, write } = engine;
  return {
    change: ({ reader: said, ids, change, at, saving }) => {
      const reader = keyText(said);
      const wanted = [...new Set(ids.map(keyText))];
      const wish = clean({
        ...change,
        ...(change.addTags === undefined ? {} : { addTags: tagsOf(change.addTags) }),
        ...(change.addFolders === undefined ? {} : { addFolders: foldersOf(change.addFolders) }),
      });
      return write(async (db) => {
        await takeTurn(db, reader);
        const before = await entriesOf(db, reader, wanted);
        const papers = saving ? await known(db, wanted) : new Set(before.keys());
        const after: LibraryEntry[] = [];
        const written: LibraryEntry[] = [];
        const notes: { reader: string; paper_id: string; until: number; body: string }[] = [];
        for (const id of wanted) {
          const was = before.get(id);
          if (!papers.has(id) || (!saving && (was === undefined || was.removedAt !== null))) continue;
          const blank = { paperId: id, savedAt: at, changedAt: at, state: 'unread', rating: null } as const;
          const entry = was === undefined ? { ...blank, folders: [], tags: [], note: '' } : bare(was);
          const next = changedEntry(entry, wish, at);
          after.push(next);
          if (next !== entry || was === undefined || was.removedAt !== null) written.push(next);
          if (entry.note !== '' && next.note !== entry.note)
            notes.push({ reader, paper_id: id, until: at, body: bodyText(entry.note) });
        }
        await writeEntries(db, reader, written, at);
        await insertRows(db, 'library_note', notes, 'ON CONFLICT DO NOTHING');
        return after;
      });
    },
    remove: ({ reader: said, ids, at }) => {
      const reader = keyText(said);
      return write(async (db) => {
        await takeTurn(db, reader);
        let removed = 0;
        for (const part of chunks([...new Set(ids.map(keyText))], CHUNK)) {
          const done = await db
            .updateTable('library')
            .set({ removed_at: at })
            .where('reader', '=', reader)
            .where('paper_id', 'in', part)
            .where('removed_at', 'is', null)
            .executeTakeFirst();
          removed += Number(done.numUpdatedRows);
        }
        return removed;
      });
    },
    restore: ({ reader: said, removedAt }) => {
      const reader = keyText(said);
      return write(async (db) => {
        await takeTurn(db, reader);
        const done = await db
          .updateTable('library')
          .set({ removed_at: null })
          .where('reader', '=', reader)
          .where('removed_at', '=', removedAt)
          .executeTakeFirst();
        return Number(done.numUpdatedRows);
      });
    },
    sweep: (before) =>
      write(async (db) => {
        for (const table of ['library_tag', 'library_filed', 'library_note'] as const)
          await sql`DELETE FROM ${sql.table(table)} WHERE EXISTS (SELECT 1 FROM library
            WHERE library.reader = ${sql.ref(`${table}.reader`)} AND library.paper_id = ${sql.ref(`${table}.paper_id`)}
              AND library.removed_at < ${before})`.execute(db);
        await db.deleteFrom('library').where('removed_at', '<', before).execute();
      }),
    get: async (reader, ids) => {
      const entries = await entriesOf(read, keyText(reader), ids.map(keyText));
      return new Map([...entries].filter(([, entry]) => entry.removedAt === null).map(([id, one]) => [id, bare(one)]));
    },
    list: async (reader, filter) => {
      const rows = await filtered(read, keyText(reader), filter);
      return rows.map((row) => ({
        paperId: row.paper_id,
        savedAt: row.saved_at,
        changedAt: row.changed_at,
        rating: row.rating,
      }));
    },
    counts: async (said) => {
      const reader = keyText(said);
      const states = await read
        .selectFrom('library')
        .select((is) => ['state', is.fn.countAll<number | string>().as('papers')])
        .where('reader', '=', reader)
        .where('removed_at', 'is', null)
        .groupBy('state')
        .execute();
      const named = async (table: 'library_tag' | 'library_filed', column: 'tag' | 'folder') => {
        const { rows } = await sql<{ name: string; papers: number | string }>`
          SELECT ${sql.ref(`${table}.${column}`)} AS name, COUNT(*) AS papers FROM ${sql.table(table)}
          JOIN library ON library.reader = ${sql.ref(`${table}.reader`)} AND library.paper_id = ${sql.ref(`${table}.paper_id`)}
          WHERE ${sql.ref(`${table}.reader`)} = ${reader} AND library.removed_at IS NULL
          GROUP BY ${sql.ref(`${table}.${column}`)}`.execute(read);
        return new Map(rows.map(({ name, papers }) => [name, Number(papers)]));
      };
      const [tags, filed] = [await named('library_tag', 'tag'), await named('library_filed', 'folder')];
      const folders = await read.selectFrom('library_folder').select('name').where('reader', '=', reader).execute();
      const of = new Map(states.map(({ state, papers }) => [state, Number(papers)]));
      const sorted = (names: Iterable<string>, papers: ReadonlyMap<string, number>) =>
        [...new Set(names)].sort().map((name) => ({ name, papers: papers.get(name) ?? 0 }));
      return {
        total: [...of.values()].reduce((sum, n) => sum + n, 0),
        states: Object.fromEntries(STATES.map((state) => [state, of.get(state) ?? 0])) as Record<ReadingState, number>,
        tags: sorted(tags.keys(), tags),
        folders: sorted([...folders.map(({ name }) => name), ...filed.keys()], filed),
      };
    },
    notes: async (reader, id) =>
      read
        .selectFrom('library_note')
        .select(['until', 'body'])
        .where('reader', '=', keyText(reader))
        .where('paper_id', '=', keyText(id))
        .orderBy('until', 'desc')
        .execute(),
    ...libraryFolders(engine),
    forget: (said) => {
      const reader = keyText(said);
      return write(async (db) => {
        for (const table of [
          'library',
          'library_tag',
          'library_filed',
          'library_folder',
          'library_note',
          'library_turn',
          'follow',
          'seen',
        ] as const)
          await db.deleteFrom(table).where('reader', '=', reader).execute();
      });
    },
  };
};
