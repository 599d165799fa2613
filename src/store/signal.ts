import type { PaperId } from '../model/paper.ts';
import { chunks, insertRows } from './bulk.ts';
import type { Db } from './engine.ts';
import { keyText } from './key.ts';
import type { Schema } from './schema.ts';

interface Spoken {
  readonly paperId: PaperId;
  readonly source: string;
  /** Null leaves them as they are. */
  readonly signals: Readonly<Record<string, number>> | null;
}

type Signal = Schema['signal'];

/** What one source reports replaces what it reported before. Returns the comments of each paper over all sources. */
export const keepSignals = async (
  db: Db,
  spoken: readonly Spoken[],
  isOld: (id: PaperId) => boolean,
): Promise<ReadonlyMap<PaperId, number>> => {
  const rows = new Map<string, Signal>();
  const key = (row: Pick<Signal, 'paper_id' | 'source' | 'name'>): string =>
    `${row.paper_id} ${row.source} ${row.name}`;
  const old = [...new Set(spoken.map(({ paperId }) => paperId).filter(isOld))];
  for (const ids of chunks(old, 500)) {
    for (const row of await db.selectFrom('signal').selectAll().where('paper_id', 'in', ids).execute())
      rows.set(key(row), row);
    await db.deleteFrom('signal').where('paper_id', 'in', ids).execute();
  }
  for (const { paperId, source, signals } of spoken) {
    if (signals === null) continue;
    for (const row of rows.values()) {
      if (old.length > 0 && row.paper_id === paperId && row.source === source) rows.delete(key(row));
    }
    for (const [name, value] of Object.entries(signals)) {
      const row = { paper_id: paperId, source, name: keyText(name), value };
      if (Number.isFinite(value)) rows.set(key(row), row);
    }
  }
  await insertRows(db, 'signal', [...rows.values()]);
  const comments = new Map<PaperId, number>();
  for (const row of rows.values()) {
    if (row.name === 'comments') comments.set(row.paper_id, Math.round((comments.get(row.paper_id) ?? 0) + row.value));
  }
  return comments;
};
