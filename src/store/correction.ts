import type { Correction } from '../model/correction.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, digest, keyText } from './key.ts';
import type { Store } from './store.ts';

/** Records a correction inside a transaction; the same one again (of another time, too) changes nothing. */
export const recordCorrection = async (db: Db, { date, paperId, kind, says, at }: Correction): Promise<void> => {
  await draw(db, 'harvest', 1);
  const row = {
    date: keyText(date),
    paper_id: keyText(paperId ?? ''),
    kind,
    hash: digest(says),
    says: bodyText(says),
    at,
  };
  await insertRows(db, 'correction', [row], 'ON CONFLICT (date, paper_id, kind, hash) DO NOTHING');
};

export const corrections = (engine: Engine): Pick<Store['editions'], 'correct' | 'corrections'> => ({
  correct: (correction) => engine.write((db) => recordCorrection(db, correction)),
  corrections: async (date) => {
    const rows = await engine.read
      .selectFrom('correction')
      .selectAll()
      .where('date', '=', keyText(date))
      .orderBy('at')
      .orderBy('paper_id')
      .orderBy('kind')
      .orderBy('hash')
      .execute();
    return rows.map((row) => ({
      date: row.date,
      paperId: row.paper_id === '' ? null : row.paper_id,
      kind: row.kind,
      says: row.says,
      at: row.at,
    }));
  },
});
