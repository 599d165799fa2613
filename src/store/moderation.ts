import type { AccountRole, Action, ModerationEntry, TargetKind } from '../model/moderation.ts';
import { chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { ModerationStore } from './moderation-contract.ts';
import { turn } from './moderation-turn.ts';

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
        if (!(await turn(db, { ...wish, id }, undone))) return null;
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
    recentGroupVotes: async (since, limit) =>
      (
        await read
          .selectFrom('group_vote')
          .innerJoin('reading_group', 'reading_group.handle', 'group_vote.group_handle')
          .innerJoin('group_member', (join) =>
            join
              .onRef('group_member.group_handle', '=', 'group_vote.group_handle')
              .onRef('group_member.reader', '=', 'group_vote.reader'),
          )
          .select(['group_vote.group_handle', 'group_vote.reader', 'group_vote.paper_id', 'group_vote.at'])
          .where('reading_group.visibility', '=', 'public')
          .where('reading_group.closed_at', 'is', null)
          .where('group_member.left_at', 'is', null)
          .where('group_vote.at', '>=', since)
          .orderBy('group_vote.at', 'desc')
          .orderBy('group_vote.reader', 'desc')
          .orderBy('group_vote.paper_id', 'desc')
          .limit(limit)
          .execute()
      )
        .reverse()
        .map((row) => ({ group: row.group_handle, reader: row.reader, paperId: row.paper_id, at: row.at })),
    votesCast: async () => {
      const { n } = await read
        .selectFrom('counter')
        .select((is) => is.fn.sum<number | string>('value').as('n'))
        .where('name', 'in', ['vote', 'group'])
        .executeTakeFirstOrThrow();
      return Number(n);
    },
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
    ring: async (id) => {
      const rows = await read.selectFrom('vote_ring').selectAll().where('ring', '=', keyText(id)).execute();
      return rows.length === 0
        ? null
        : {
            readers: rows.map(({ reader }) => reader).sort(),
            cleared: rows.every((row) => row.cleared_at !== null),
          };
    },
    lastReport: async (letter) =>
      (
        await read
          .selectFrom('letter_report')
          .select((is) => is.fn.max('at').as('at'))
          .where('letter_id', '=', keyText(letter))
          .executeTakeFirst()
      )?.at ?? null,
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
