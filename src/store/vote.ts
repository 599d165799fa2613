import { Fault } from '../kernel/errors.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Store } from './store.ts';

type Standing = Awaited<ReturnType<Store['votes']['cast']>>;

const standing = async (db: Db, paperId: string, reader: string): Promise<Standing> => {
  const row = await db
    .selectFrom('paper')
    .leftJoin('vote_tally', 'vote_tally.paper_id', 'paper.id')
    .leftJoin('vote', (join) => join.onRef('vote.paper_id', '=', 'paper.id').on('vote.reader', '=', reader))
    .select(['vote_tally.votes', 'vote.reader'])
    .where('paper.id', '=', paperId)
    .executeTakeFirst();
  if (!row) throw new Fault('not-found', 'There is no such paper to vote for.');
  return { votes: row.votes ?? 0, voted: row.reader !== null };
};

/** One who was banned while the vote was on its way. */
export const isBanned = async (db: Db, reader: string): Promise<boolean> =>
  (await db
    .selectFrom('account')
    .select('id')
    .where('id', '=', reader)
    .where('disabled_at', 'is not', null)
    .executeTakeFirst()) !== undefined;

type Vote = Parameters<Store['votes']['cast']>[0];

/** Throws `Fault('too-many')`. */
const withinLimit = async (db: Db, { reader, paperId, wish, most }: Vote): Promise<void> => {
  if (!wish || most === undefined) return;
  const { n } = await db
    .selectFrom('vote_log')
    .select((is) => is.fn.count<number>('paper_id').distinct().as('n'))
    .where('reader', '=', reader)
    .where('paper_id', '!=', paperId)
    .where('wish', '=', 1)
    .where('at', '>', most.since)
    .executeTakeFirstOrThrow();
  if (Number(n) < most.papers) return;
  throw new Fault('too-many', `A new account may vote for ${most.papers} papers a day here. Come back tomorrow.`);
};

export const votes = (engine: Engine): Store['votes'] => ({
  of: async (reader) =>
    (
      await engine.read
        .selectFrom('vote')
        .innerJoin('vote_log', (join) =>
          join.onRef('vote_log.paper_id', '=', 'vote.paper_id').onRef('vote_log.reader', '=', 'vote.reader'),
        )
        .select((is) => ['vote.paper_id', is.fn.max('vote_log.at').as('at')])
        .where('vote.reader', '=', keyText(reader))
        .groupBy('vote.paper_id')
        .orderBy('at', 'desc')
        .orderBy('vote.paper_id')
        .execute()
    ).map((row) => ({ paperId: row.paper_id, at: Number(row.at) })),
  cast: async (vote) => {
    const paperId = keyText(vote.paperId);
    const reader = keyText(vote.reader);
    const before = await standing(engine.read, paperId, reader);
    if (before.voted === vote.wish) return before;
    return engine.write(async (db) => {
      // Drawing the number first makes voters take turns; only then is it certain whether the vote changes anything.
      const seq = await draw(db, 'vote', 1);
      const now = await standing(db, paperId, reader);
      if (now.voted === vote.wish || (await isBanned(db, reader))) return now;
      await withinLimit(db, { ...vote, reader, paperId });
      await insertRows(db, 'vote_log', [{ seq, paper_id: paperId, reader, wish: vote.wish ? 1 : 0, at: vote.at }]);
      if (vote.wish) await insertRows(db, 'vote', [{ reader, paper_id: paperId }]);
      else await db.deleteFrom('vote').where('reader', '=', reader).where('paper_id', '=', paperId).execute();
      const tally = now.votes + (vote.wish ? 1 : -1);
      await insertRows(
        db,
        'vote_tally',
        [{ paper_id: paperId, votes: tally }],
        'ON CONFLICT (paper_id) DO UPDATE SET votes = excluded.votes',
      );
      return { votes: tally, voted: vote.wish };
    });
  },
});
