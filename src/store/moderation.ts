import type { AccountRole, Action, ModerationEntry, TargetKind } from '../model/moderation.ts';
import { chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { ModerationStore, ModerationWish } from './moderation-contract.ts';

const MOST_IDS = 500;

const selectEntries = (db: Db) =>
  db
    .selectFrom('moderation_log as entry')
    .leftJoin('moderation_log as undo', 'undo.undoes', 'entry.id')
    .selectAll('entry')
    .select('undo.id as undone_by');

type Row = Awaited<ReturnType<ReturnType<typeof selectEntries>['executeTakeFirstOrThrow']>>;

const entryOf = (row: Row): ModerationEntry => ({
  id: row.id,
  actor: row.actor,
  actorRole: row.actor_role as AccountRole,
  action: row.action as Action,
  kind: row.kind as TargetKind,
  target: row.target,
  reason: row.reason,
  at: row.at,
  before: row.state_before,
  after: row.state_after,
  undoes: row.undoes,
  undoneBy: row.undone_by,
});

const turnLetter = async (db: Db, { target, before, after, actor, reason, at }: ModerationWish): Promise<boolean> => {
  await draw(db, 'letter', 1);
  const row = await db
    .updateTable('letter')
    .set({
      state: after,
      state_at: at,
      state_by: keyText(actor),
      reason: after === 'open' ? null : bodyText(reason),
    })
    .where('id', '=', keyText(target))
    .where('state', '=', before)
    .returning(['paper_id', 'group_id'])
    .executeTakeFirst();
  if (row === undefined) return false;
  const moved = Number(after === 'open') - Number(before === 'open');
  if (row.group_id === null && moved !== 0)
    await insertRows(
      db,
      'letter_tally',
      [{ paper_id: row.paper_id, letters: moved }],
      'ON CONFLICT (paper_id) DO UPDATE SET letters = letter_tally.letters + excluded.letters',
    );
  return true;
};

/** Counts the votes of these papers again, from those that stand. */
const recount = async (db: Db, ids: readonly string[]): Promise<void> => {
  for (const some of chunks(ids, MOST_IDS)) {
    const counted = await db
      .selectFrom('vote')
      .select((is) => ['paper_id', is.fn.countAll<number | string>().as('votes')])
      .where('paper_id', 'in', some)
      .groupBy('paper_id')
      .execute();
    const votes = new Map(counted.map((row) => [row.paper_id, Number(row.votes)]));
    await insertRows(
      db,
      'vote_tally',
      some.map((id) => ({ paper_id: id, votes: votes.get(id) ?? 0 })),
      'ON CONFLICT (paper_id) DO UPDATE SET votes = excluded.votes',
    );
  }
};

const takeVotes = async (db: Db, reader: string): Promise<void> => {
  await draw(db, 'vote', 0);
  const gone = await db.deleteFrom('vote').where('reader', '=', reader).returning('paper_id').execute();
  await recount(
    db,
    gone.map((row) => row.paper_id),
  );
};

/** The log is never touched by a ban, so it says what the votes were; papers that have become one since are one there too. */
const giveVotesBack = async (db: Db, reader: string): Promise<void> => {
  await draw(db, 'vote', 0);
  const said = await db
    .selectFrom('vote_log')
    .select(['paper_id', 'wish'])
    .where('reader', '=', reader)
    .orderBy('seq')
    .execute();
  const last = new Map(said.map((row) => [row.paper_id, row.wish === 1]));
  const ids = [...last].flatMap(([id, wish]) => (wish ? [id] : []));
  await insertRows(
    db,
    'vote',
    ids.map((id) => ({ reader, paper_id: id })),
    'ON CONFLICT DO NOTHING',
  );
  await recount(db, ids);
};

const turnReader = async (db: Db, { target, before, after, reason, at }: ModerationWish): Promise<boolean> => {
  const id = keyText(target);
  const bans = after === 'banned';
  const row = await db
    .updateTable('account')
    .set({ disabled_at: bans ? at : null, disabled_why: bans ? bodyText(reason) : null })
    .where('id', '=', id)
    .where('disabled_at', before === 'banned' ? 'is not' : 'is', null)
    .where('left_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  if (!bans) await giveVotesBack(db, id);
  else {
    await db.deleteFrom('session').where('account_id', '=', id).execute();
    await takeVotes(db, id);
  }
  return true;
};

const turnRole = async (db: Db, { target, before, after }: ModerationWish): Promise<boolean> => {
  const id = keyText(target);
  const row = await db
    .updateTable('account')
    .set({ role: after as AccountRole })
    .where('id', '=', id)
    .where('role', '=', before as AccountRole)
    .where('left_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return false;
  // Whoever holds a session signs in again.
  await db.deleteFrom('session').where('account_id', '=', id).execute();
  return true;
};

const turn = (db: Db, wish: ModerationWish, action: Action): Promise<boolean> => {
  if (wish.kind === 'letter') return turnLetter(db, wish);
  return action === 'role' ? turnRole(db, wish) : turnReader(db, wish);
};

export const moderation = ({ read, write }: Engine): ModerationStore['moderation'] => {
  const find = async (db: Db, id: number): Promise<ModerationEntry | null> => {
    const row = await selectEntries(db).where('entry.id', '=', id).executeTakeFirst();
    return row === undefined ? null : entryOf(row);
  };
  return {
    act: (wish) =>
      write(async (db) => {
        const id = await draw(db, 'moderation', 0).then((last) => last + 1);
        const undone = wish.undoes === null ? null : await find(db, wish.undoes);
        if (wish.undoes !== null && (undone === null || undone.undoneBy !== null)) return null;
        if (!(await turn(db, wish, undone?.action ?? wish.action))) return null;
        await draw(db, 'moderation', 1);
        await insertRows(db, 'moderation_log', [
          {
            id,
            actor: keyText(wish.actor),
            actor_role: wish.actorRole,
            action: wish.action,
            kind: wish.kind,
            target: keyText(wish.target),
            reason: bodyText(wish.reason),
            at: wish.at,
            state_before: wish.before,
            state_after: wish.after,
            undoes: wish.undoes,
          },
        ]);
        return find(db, id);
      }),
    get: (id) => find(read, id),
    log: async ({ limit, before, target }) => {
      let query = selectEntries(read).orderBy('entry.id', 'desc').limit(limit);
      if (before !== undefined) query = query.where('entry.id', '<', before);
      if (target) query = query.where('entry.kind', '=', target.kind).where('entry.target', '=', keyText(target.id));
      return (await query.execute()).map(entryOf);
    },
    settle: ({ kind, target, by, at }) =>
      write((db) =>
        insertRows(
          db,
          'moderation_settled',
          [{ kind, target: keyText(target), settled_by: keyText(by), at }],
          'ON CONFLICT (kind, target) DO UPDATE SET settled_by = excluded.settled_by, at = excluded.at',
        ),
      ),
    settled: async (kind, targets) => {
      const found = new Map<string, number>();
      for (const some of chunks(targets.map(keyText), MOST_IDS)) {
        const rows = await read
          .selectFrom('moderation_settled')
          .select(['target', 'at'])
          .where('kind', '=', kind)
          .where('target', 'in', some)
          .execute();
        for (const { target, at } of rows) found.set(target, at);
      }
      return found;
    },
    recentLetters: async (since, limit) =>
      (
        await read
          .selectFrom('letter')
          .select(['id', 'author_id', 'body', 'created_at'])
          .where('created_at', '>=', since)
          .where('state', '=', 'open')
          .where('group_id', 'is', null)
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .limit(limit)
          .execute()
      ).map((row) => ({ id: row.id, author: row.author_id, body: row.body, at: row.created_at })),
    recentVotes: async (since, limit) =>
      (
        await read
          .selectFrom('vote_log')
          .innerJoin('vote', (join) =>
            join.onRef('vote.paper_id', '=', 'vote_log.paper_id').onRef('vote.reader', '=', 'vote_log.reader'),
          )
          .select(['vote_log.seq', 'vote_log.reader', 'vote_log.paper_id', 'vote_log.at'])
          .where('vote_log.at', '>=', since)
          .where('vote_log.wish', '=', 1)
          .orderBy('vote_log.seq', 'desc')
          .limit(limit)
          .execute()
      )
        .reverse()
        .map((row) => ({ reader: row.reader, paperId: row.paper_id, at: row.at })),
    flagRing: ({ id, readers, at }) =>
      write(async (db) => {
        await draw(db, 'moderation', 0);
        let added = 0;
        for (const some of chunks(readers.map(keyText), MOST_IDS)) {
          const known = await db.selectFrom('vote_ring').select('reader').where('reader', 'in', some).execute();
          const there = new Set(known.map(({ reader }) => reader));
          const fresh = some.filter((reader) => !there.has(reader));
          added += fresh.length;
          await insertRows(
            db,
            'vote_ring',
            fresh.map((reader) => ({ reader, ring: keyText(id), found_at: at, cleared_at: null })),
          );
        }
        return added;
      }),
    rings: async () => {
      const rows = await read
        .selectFrom('vote_ring')
        .selectAll()
        .where('cleared_at', 'is', null)
        .orderBy('found_at', 'desc')
        .orderBy('ring')
        .orderBy('reader')
        .execute();
      return [...Map.groupBy(rows, ({ ring }) => ring)].map(([id, members]) => ({
        id,
        readers: members.map(({ reader }) => reader),
        at: Math.max(...members.map(({ found_at }) => found_at)),
      }));
    },
    clearRing: (id, at) =>
      write(async (db) => {
        await db
          .updateTable('vote_ring')
          .set({ cleared_at: at })
          .where('ring', '=', keyText(id))
          .where('cleared_at', 'is', null)
          .execute();
      }),
    ringVotes: async (ids) => {
      const found: { paperId: string; votes: number }[] = [];
      for (const some of chunks(ids.map(keyText), MOST_IDS)) {
        const rows = await read
          .selectFrom('vote_ring')
          .innerJoin('vote', 'vote.reader', 'vote_ring.reader')
          .select((is) => ['vote.paper_id', 'vote_ring.ring', is.fn.countAll<number | string>().as('votes')])
          .where('vote_ring.cleared_at', 'is', null)
          .where('vote.paper_id', 'in', some)
          .groupBy(['vote.paper_id', 'vote_ring.ring'])
          .execute();
        for (const row of rows) found.push({ paperId: row.paper_id, votes: Number(row.votes) });
      }
      return found;
    },
  };
};
