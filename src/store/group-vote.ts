import type { ExpressionBuilder, Nullable } from 'kysely';
import type { GroupTally } from '../model/group.ts';
import { CHUNK, chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import type { GroupStore } from './group-contract.ts';
import type { InTurn } from './group-invitation.ts';
import { keyText } from './key.ts';
import type { Schema } from './schema.ts';
import { isBanned } from './vote.ts';

type Rows = Schema & { vote_ring: Nullable<Schema['vote_ring']> };
type Terms = ExpressionBuilder<Rows, 'group_vote' | 'group_member' | 'reading_group' | 'vote_ring'>;

const countedAt = (is: Terms) => is.case().when('vote_ring.reader', 'is', null).then(is.ref('group_vote.at')).end();

const lastAt = (is: Terms) => is.fn.coalesce(is.fn.max(countedAt(is)), is.fn.max('group_vote.at'));

/** Votes of those who are members now and are not banned. */
const standing = (db: Db, group: string) =>
  db
    .selectFrom('group_vote')
    .innerJoin('group_member', (join) =>
      join
        .onRef('group_member.group_handle', '=', 'group_vote.group_handle')
        .onRef('group_member.reader', '=', 'group_vote.reader'),
    )
    .where('group_vote.group_handle', '=', keyText(group))
    .where('group_member.left_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('account')
            .select('account.id')
            .whereRef('account.id', '=', 'group_vote.reader')
            .where('account.disabled_at', 'is not', null),
        ),
      ),
    );

/** 1 for a vote of one's own. */
const isOwn = (is: ExpressionBuilder<Schema, 'group_vote'>, reader: string) =>
  is.case().when('group_vote.reader', '=', keyText(reader)).then(1).else(0).end();

/** By paper. Votes of those whom a private group let in count whatever rings are flagged. */
const tallied = (db: Db, group: string, reader: string) =>
  standing(db, group)
    .innerJoin('reading_group', 'reading_group.handle', 'group_vote.group_handle')
    .leftJoin('vote_ring', (join) =>
      join
        .onRef('vote_ring.reader', '=', 'group_vote.reader')
        .on('vote_ring.cleared_at', 'is', null)
        .on('reading_group.visibility', '=', 'public'),
    )
    .select((is) => [
      'group_vote.paper_id',
      is.fn.countAll<number | string>().as('votes'),
      is.fn.sum<number | string>(is.case().when('vote_ring.reader', 'is', null).then(1).else(0).end()).as('counted'),
      is.fn.coalesce(is.fn.min(countedAt(is)), is.fn.min('group_vote.at')).as('first_at'),
      lastAt(is).as('last_at'),
      is.fn.sum<number | string>(isOwn(is, reader)).as('own'),
    ])
    .groupBy('group_vote.paper_id');

type Row = Awaited<ReturnType<ReturnType<typeof tallied>['executeTakeFirstOrThrow']>>;

const tallyOf = (row: Row): GroupTally => ({
  paperId: row.paper_id,
  votes: Number(row.votes),
  counted: Number(row.counted),
  voted: Number(row.own) > 0,
  firstAt: Number(row.first_at),
  lastAt: Number(row.last_at),
});

/** Votes and pins of a group; see the contract in `group-contract.ts`. */
export const groupVotes = (
  { read }: Engine,
  inTurn: InTurn,
): Pick<GroupStore['groups'], 'vote' | 'tallies' | 'pin' | 'pins' | 'votesOf' | 'proposalsOf'> => ({
  vote: ({ group, paperId, reader, wish, at }) =>
    inTurn(async (db) => {
      const key = { group_handle: keyText(group), paper_id: keyText(paperId), reader: keyText(reader) };
      const there = await db
        .selectFrom('group_vote')
        .select('at')
        .where('group_handle', '=', key.group_handle)
        .where('paper_id', '=', key.paper_id)
        .where('reader', '=', key.reader)
        .executeTakeFirst();
      if ((there !== undefined) !== wish && !(await isBanned(db, key.reader))) {
        const seq = await draw(db, 'group', 1);
        await insertRows(db, 'group_vote_log', [{ seq, ...key, wish: wish ? 1 : 0, at }]);
        if (wish) await insertRows(db, 'group_vote', [{ ...key, at }]);
        else
          await db
            .deleteFrom('group_vote')
            .where('group_handle', '=', key.group_handle)
            .where('paper_id', '=', key.paper_id)
            .where('reader', '=', key.reader)
            .execute();
      }
      const row = await standing(db, group)
        .select((is) => [
          is.fn.countAll<number | string>().as('votes'),
          is.fn.sum<number | string>(isOwn(is, reader)).as('own'),
        ])
        .where('group_vote.paper_id', '=', key.paper_id)
        .executeTakeFirstOrThrow();
      return { votes: Number(row.votes), voted: Number(row.own) > 0 };
    }),
  tallies: async ({ group, reader, since, ids }) => {
    const all = tallied(read, group, reader);
    const recent = since === undefined ? all : all.having((is) => lastAt(is), '>=', since);
    if (ids === undefined) return (await recent.orderBy('group_vote.paper_id').execute()).map(tallyOf);
    const found: GroupTally[] = [];
    for (const part of chunks([...new Set(ids)], CHUNK))
      found.push(...(await recent.where('group_vote.paper_id', 'in', part.map(keyText)).execute()).map(tallyOf));
    return found;
  },
  pin: ({ group, paperId, by, wish, at }) =>
    inTurn(async (db) => {
      const row = { group_handle: keyText(group), paper_id: keyText(paperId), pinned_by: keyText(by), at };
      if (wish) return insertRows(db, 'group_pin', [row], 'ON CONFLICT DO NOTHING');
      await db
        .deleteFrom('group_pin')
        .where('group_handle', '=', row.group_handle)
        .where('paper_id', '=', row.paper_id)
        .execute();
    }),
  pins: async (group) =>
    (
      await read
        .selectFrom('group_pin')
        .selectAll()
        .where('group_handle', '=', keyText(group))
        .orderBy('at', 'desc')
        .orderBy('paper_id')
        .execute()
    ).map((row) => ({ paperId: row.paper_id, by: row.pinned_by, at: row.at })),
  votesOf: async (reader) =>
    (
      await read
        .selectFrom('group_vote')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .orderBy('at', 'desc')
        .orderBy('paper_id')
        .execute()
    ).map((row) => ({ group: row.group_handle, paperId: row.paper_id, at: row.at })),
  proposalsOf: async (reader) =>
    (
      await read
        .selectFrom('group_proposal')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .orderBy('at', 'desc')
        .orderBy('paper_id')
        .execute()
    ).map((row) => ({ group: row.group_handle, paperId: row.paper_id, why: row.why, at: row.at })),
});

/** What groups say of a paper goes along when papers become one. */
export const moveGroups = async (db: Db, from: string, to: string): Promise<void> => {
  await draw(db, 'group', 1);
  await db.updateTable('group_vote_log').set({ paper_id: to }).where('paper_id', '=', from).execute();
  await db.updateTable('group_meeting').set({ paper_id: to }).where('paper_id', '=', from).execute();
  for (const table of ['group_vote', 'group_pin', 'group_proposal', 'group_proposal_vote'] as const) {
    const rows = await db.selectFrom(table).selectAll().where('paper_id', '=', from).execute();
    if (rows.length === 0) continue;
    await db.deleteFrom(table).where('paper_id', '=', from).execute();
    await insertRows(
      db,
      table,
      rows.map((row) => ({ ...row, paper_id: to })),
      'ON CONFLICT DO NOTHING',
    );
  }
};
