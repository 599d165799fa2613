import type { Edition } from '../model/edition.ts';
import type { PaperId } from '../model/paper.ts';
import { chunks, insertRows } from './bulk.ts';
import { corrections } from './correction.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

type Head = Schema['edition'];

const headOf = (db: Db, date: string): Promise<Head | undefined> =>
  db.selectFrom('edition').selectAll().where('date', '=', keyText(date)).executeTakeFirst();

/** Appends what is not yet placed, unless the edition is closed or of another source. */
export const place = async (
  db: Db,
  { date, source }: { readonly date: string; readonly source: string },
  ids: readonly PaperId[],
  whys: readonly string[] = [],
): Promise<void> => {
  // The counter's row serialises all that write editions, before anything is read.
  await draw(db, 'edition', 1);
  let head = await headOf(db, date);
  if (!head) {
    const { last } = await db
      .selectFrom('edition')
      .select((is) => is.fn.max('number').as('last'))
      .executeTakeFirstOrThrow();
    head = { date: keyText(date), number: (last ?? 0) + 1, source: keyText(source), closed: 0 };
    await insertRows(db, 'edition', [head]);
  }
  if (head.closed !== 0 || head.source !== keyText(source)) return;
  const placed = await db.selectFrom('placement').select('paper_id').where('date', '=', head.date).execute();
  const there = new Set(placed.map((row) => row.paper_id));
  const reasons = new Map<string, string>();
  for (const [i, why] of whys.entries()) reasons.set(keyText(ids[i] ?? ''), bodyText(why));
  const fresh = [...new Set(ids.map(keyText))].filter((id) => !there.has(id));
  const rows = fresh.map((paper_id, i) => ({
    date: head.date,
    place: placed.length + i + 1,
    paper_id,
    why: reasons.get(paper_id) ?? null,
  }));
  await insertRows(db, 'placement', rows);
};

const close = async (db: Db, date: string, source: string): Promise<void> => {
  await draw(db, 'edition', 1);
  await db
    .updateTable('edition')
    .set({ closed: 1 })
    .where('date', '=', keyText(date))
    .where('source', '=', keyText(source))
    .execute();
};

const fill = async (db: Db, heads: readonly Head[]): Promise<Edition[]> => {
  const placed = new Map<string, PaperId[]>(heads.map((head) => [head.date, []]));
  for (const part of chunks(heads, 50)) {
    const rows = await db
      .selectFrom('placement')
      .select(['date', 'paper_id'])
      .where(
        'date',
        'in',
        part.map((head) => head.date),
      )
      .orderBy('date')
      .orderBy('place')
      .execute();
    for (const row of rows) placed.get(row.date)?.push(row.paper_id);
  }
  return heads.map(({ date, number, source }) => ({ date, number, source, placements: placed.get(date) ?? [] }));
};

export const editions = (engine: Engine): Store['editions'] => {
  const { read } = engine;
  const one = async (head: Head | undefined, db = read): Promise<Edition | null> =>
    head ? ((await fill(db, [head]))[0] ?? null) : null;

  return {
    save: (edition) =>
      engine.write(async (db) => {
        const before = await headOf(db, edition.date);
        if (!before || before.closed === 0) {
          await place(db, edition, edition.placements, edition.whys);
          await close(db, edition.date, edition.source);
        }
        return (await one(await headOf(db, edition.date), db)) as Edition;
      }),
    whys: async (date) => {
      const rows = await read
        .selectFrom('placement')
        .select(['paper_id', 'why'])
        .where('date', '=', keyText(date))
        .where('why', 'is not', null)
        .orderBy('place')
        .execute();
      return new Map(rows.map((row) => [row.paper_id, row.why ?? '']));
    },
    ...corrections(engine),
    close: async (date, source) => {
      const head = await headOf(read, date);
      if (head?.closed === 0 && head.source === keyText(source)) await engine.write((db) => close(db, date, source));
    },
    get: async (date) => one(await headOf(read, date)),
    latest: async () =>
      one(await read.selectFrom('edition').selectAll().orderBy('date', 'desc').limit(1).executeTakeFirst()),
    neighbours: async (date) => {
      const day = keyText(date);
      const dates = read.selectFrom('edition').select('date').limit(1);
      const earlier = await dates.where('date', '<', day).orderBy('date', 'desc').executeTakeFirst();
      const later = await dates.where('date', '>', day).orderBy('date').executeTakeFirst();
      return { earlier: earlier?.date ?? null, later: later?.date ?? null };
    },
    between: async (first, last) =>
      fill(
        read,
        await read
          .selectFrom('edition')
          .selectAll()
          .where('date', '>=', keyText(first))
          .where('date', '<=', keyText(last))
          .orderBy('date')
          .execute(),
      ),
    dates: async () =>
      (await read.selectFrom('edition').select('date').orderBy('date').execute()).map((row) => row.date),
    placing: (id) =>
      read
        .selectFrom('placement')
        .innerJoin('edition', 'edition.date', 'placement.date')
        .select(['edition.date', 'edition.number', 'placement.place'])
        .where('placement.paper_id', '=', keyText(id))
        .orderBy('edition.date', 'desc')
        .execute(),
  };
};
