import { folderName, renamed, within } from '../model/library.ts';
import { CHUNK, chunks, insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';
import { takeTurn } from './library-turn.ts';
import type { Store } from './store.ts';

type Folders = Pick<Store['library'], 'createFolder' | 'renameFolder' | 'deleteFolder'>;

const namesIn = async (db: Db, reader: string, outer: string): Promise<readonly string[]> => {
  const rows = await db.selectFrom('library_folder').select('name').where('reader', '=', reader).execute();
  return rows.map(({ name }) => name).filter((name) => within(name, outer));
};

const drop = async (db: Db, reader: string, names: readonly string[]): Promise<void> => {
  for (const part of chunks(names, CHUNK)) {
    await db.deleteFrom('library_filed').where('reader', '=', reader).where('folder', 'in', part).execute();
    await db.deleteFrom('library_folder').where('reader', '=', reader).where('name', 'in', part).execute();
  }
};

/** Folders of a library: names, some within others. */
export const libraryFolders = ({ write }: Engine): Folders => ({
  createFolder: ({ reader: said, name, at }) => {
    const [reader, folder] = [keyText(said), folderName(name)];
    return write(async (db) => {
      await takeTurn(db, reader);
      await insertRows(db, 'library_folder', [{ reader, name: folder, created_at: at }], 'ON CONFLICT DO NOTHING');
    });
  },
  renameFolder: ({ reader: said, from, to, at }) => {
    const [reader, target] = [keyText(said), folderName(to)];
    return write(async (db) => {
      await takeTurn(db, reader);
      const names = await namesIn(db, reader, folderName(from));
      if (names.length === 0 || target === '') return false;
      const pairs = new Map(names.map((name) => [name, renamed(name, folderName(from), target)]));
      const filed: { reader: string; paper_id: string; folder: string }[] = [];
      for (const part of chunks(names, CHUNK)) {
        const rows = await db
          .selectFrom('library_filed')
          .selectAll()
          .where('reader', '=', reader)
          .where('folder', 'in', part)
          .execute();
        for (const row of rows) filed.push({ ...row, folder: pairs.get(row.folder) ?? row.folder });
      }
      await drop(db, reader, names);
      const next = [...new Set(pairs.values())];
      await insertRows(
        db,
        'library_folder',
        next.map((name) => ({ reader, name, created_at: at })),
        'ON CONFLICT DO NOTHING',
      );
      await insertRows(db, 'library_filed', filed, 'ON CONFLICT DO NOTHING');
      return true;
    });
  },
  deleteFolder: ({ reader: said, name }) => {
    const reader = keyText(said);
    return write(async (db) => {
      await takeTurn(db, reader);
      const names = await namesIn(db, reader, folderName(name));
      await drop(db, reader, names);
      return names.length > 0;
    });
  },
});
