import { insertRows } from './bulk.ts';
import type { Db } from './engine.ts';

/** Makes changes of one reader's library wait for each other; begins every write of it. */
export const takeTurn = (db: Db, reader: string): Promise<void> =>
  insertRows(
    db,
    'library_turn',
    [{ reader, changes: 1 }],
    'ON CONFLICT (reader) DO UPDATE SET changes = library_turn.changes + 1',
  );
