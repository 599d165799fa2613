import type { Selectable } from 'kysely';
import type { PaperId } from '../model/paper.ts';
import type { Submission } from '../model/submission.ts';
import { CHUNK, chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import { preparePapers } from './paper-save.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';
import { drafts } from './submission-draft.ts';

const submissionOf = (row: Selectable<Schema['submission']>): Submission => ({
  paperId: row.paper_id,
  reader: row.reader,
  day: row.day,
  at: row.at,
  note: row.note,
});

/** Taken back by who made it: seen nowhere, but counted on its day, or a limit a day would be none. */
const WITHDRAWN = 'withdrawn';

/** Inside a transaction: the papers that were not submitted yet; null where those would be more than `most` on their day. */
export const addSubmissions = async (
  db: Db,
  batch: readonly Submission[],
  most: number | null,
): Promise<readonly PaperId[] | null> => {
  // Drawing makes submitters take turns, so that a limit holds however many forms are sent at once.
  await draw(db, 'submission', 1);
  const fresh: Submission[] = [];
  /** Taken back on the same day, so counted already. */
  let again = 0;
  for (const one of batch) {
    const there = await db
      .selectFrom('submission')
      .select(['day', 'state'])
      .where('paper_id', '=', keyText(one.paperId))
      .where('reader', '=', keyText(one.reader))
      .executeTakeFirst();
    if (there === undefined || there.state === WITHDRAWN) fresh.push(one);
    if (there?.state === WITHDRAWN && there.day === one.day) again += 1;
  }
  const [first] = fresh;
  if (first === undefined) return [];
  if (most !== null) {
    const { n } = await db
      .selectFrom('submission')
      .select((is) => is.fn.countAll<number | string>().as('n'))
      .where('reader', '=', keyText(first.reader))
      .where('day', '=', first.day)
      .executeTakeFirstOrThrow();
    if (Number(n) - again + fresh.length > most) return null;
  }
  await insertRows(
    db,
    'submission',
    fresh.map(({ paperId, reader, day, at, note }) => ({
      paper_id: keyText(paperId),
      reader: keyText(reader),
      day,
      at,
      note: bodyText(note),
    })),
    `ON CONFLICT (paper_id, reader) DO UPDATE SET day = excluded.day, at = excluded.at, note = excluded.note, state = 'open'
      WHERE submission.state = '${WITHDRAWN}'`,
  );
  return fresh.map(({ paperId }) => paperId);
};

/** Inside a transaction: takes back those that a reader's account made at exactly that time. */
export const withdrawSubmissions = async (
  db: Db,
  { reader, at }: { readonly reader: string; readonly at: number },
): Promise<void> => {
  await db
    .updateTable('submission')
    .set({ state: WITHDRAWN, note: '' })
    .where('reader', '=', reader)
    .where('at', '=', at)
    .where('state', '=', 'open')
    .execute();
};

/** Thrown to take the papers back that came in with too many submissions. */
const OVER = Symbol('over the limit');

/** Submissions; see the contract in `store.ts`. */
export const submissions = (engine: Engine): Store['submissions'] => ({
  drafts: drafts(engine),
  add: (batch, most) => engine.write((db) => addSubmissions(db, batch, most)),
  bringIn: async ({ incoming, known, most, ...submission }) => {
    const save = await preparePapers(engine, incoming);
    try {
      return await engine.write(
        async (db) => {
          const saved = await save.in(db, submission.at);
          const papers = [...new Set([...known, ...saved.map(({ id }) => id)])];
          const batch = papers.map((paperId) => ({ ...submission, paperId }));
          if ((await addSubmissions(db, batch, most)) === null) throw OVER;
          return papers;
        },
        { large: save.large },
      );
    } catch (error) {
      if (error === OVER) return null;
      throw error;
    }
  },
  of: async (ids) => {
    const found = new Map<PaperId, Submission[]>();
    for (const part of chunks([...new Set(ids)], CHUNK)) {
      const rows = await engine.read
        .selectFrom('submission')
        .selectAll()
        .where('state', '=', 'open')
        .where('paper_id', 'in', part.map(keyText))
        .orderBy('at')
        .orderBy('reader')
        .execute();
      for (const row of rows) found.set(row.paper_id, [...(found.get(row.paper_id) ?? []), submissionOf(row)]);
    }
    return found;
  },
  by: async (reader, limit) => {
    const rows = await engine.read
      .selectFrom('submission')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .where('state', '<>', WITHDRAWN)
      .orderBy('at', 'desc')
      .orderBy('paper_id')
      .limit(limit)
      .execute();
    return rows.map(submissionOf);
  },
  between: async (first, last) => {
    const rows = await engine.read
      .selectFrom('submission')
      .selectAll()
      .where('state', '=', 'open')
      .where('day', '>=', first)
      .where('day', '<=', last)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('account')
              .select('account.id')
              .whereRef('account.id', '=', 'submission.reader')
              .where('account.disabled_at', 'is not', null),
          ),
        ),
      )
      .orderBy('at')
      .orderBy('paper_id')
      .execute();
    return rows.map(submissionOf);
  },
  state: async (which) =>
    (
      await engine.read
        .selectFrom('submission')
        .select('state')
        .where('paper_id', '=', keyText(which.paperId))
        .where('reader', '=', keyText(which.reader))
        .where('state', '<>', WITHDRAWN)
        .executeTakeFirst()
    )?.state ?? null,
  held: async (limit) => {
    const rows = await engine.read
      .selectFrom('submission')
      .selectAll()
      .where('state', 'not in', ['open', WITHDRAWN])
      .orderBy('at', 'desc')
      .orderBy('paper_id')
      .limit(limit)
      .execute();
    return rows.map(submissionOf);
  },
  countOn: async (reader, day) => {
    const { n } = await engine.read
      .selectFrom('submission')
      .select((is) => is.fn.countAll<number | string>().as('n'))
      .where('reader', '=', keyText(reader))
      .where('day', '=', day)
      .executeTakeFirstOrThrow();
    return Number(n);
  },
  remove: (which) =>
    engine.write(async (db) => {
      const gone = await db
        .updateTable('submission')
        .set({ state: WITHDRAWN, note: '' })
        .where('paper_id', '=', keyText(which.paperId))
        .where('reader', '=', keyText(which.reader))
        .where('state', '=', 'open')
        .executeTakeFirst();
      return gone.numUpdatedRows > 0n;
    }),
  forget: (reader) =>
    engine.write(async (db) => {
      await db.deleteFrom('submission').where('reader', '=', keyText(reader)).execute();
      await db.deleteFrom('submission_draft').where('reader', '=', keyText(reader)).execute();
    }),
});
