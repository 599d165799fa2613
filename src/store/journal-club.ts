import type { Selectable } from 'kysely';
import { isOtherPlan, type Meeting, type MeetingPlan } from '../model/meeting.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import type { GroupStore } from './group-contract.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import { isBanned } from './vote.ts';

const meetingOf = (row: Selectable<Schema['group_meeting']>): Meeting => ({
  id: row.id,
  group: row.group_handle,
  paperId: row.paper_id,
  title: row.title,
  presenter: row.presenter,
  day: row.day,
  time: row.clock_time,
  zone: row.zone,
  lastsMin: row.lasts_min,
  startsAt: row.starts_at,
  place: row.place,
  link: row.link,
  minutes: row.minutes,
  sequence: row.sequence,
  cancelled: row.cancelled !== 0,
  createdBy: row.created_by,
  createdAt: row.created_at,
  changedAt: row.changed_at,
});

const planRow = (plan: MeetingPlan) => ({
  paper_id: plan.paperId === null ? null : keyText(plan.paperId),
  title: bodyText(plan.title),
  presenter: bodyText(plan.presenter),
  day: plan.day,
  clock_time: plan.time,
  zone: plan.zone,
  lasts_min: plan.lastsMin,
  starts_at: plan.startsAt,
  place: bodyText(plan.place),
  link: bodyText(plan.link),
});

const find = async (db: Db, id: string): Promise<Meeting | null> => {
  const row = await db.selectFrom('group_meeting').selectAll().where('id', '=', keyText(id)).executeTakeFirst();
  return row === undefined ? null : meetingOf(row);
};

const proposalsWithVotes = (db: Db, group: string, reader: string) =>
  db
    .selectFrom('group_proposal')
    .leftJoin('account', 'account.id', 'group_proposal.reader')
    .leftJoin('group_member as proposer', (join) =>
      join
        .onRef('proposer.group_handle', '=', 'group_proposal.group_handle')
        .onRef('proposer.reader', '=', 'group_proposal.reader'),
    )
    .leftJoin('group_proposal_vote as said', (join) =>
      join
        .onRef('said.group_handle', '=', 'group_proposal.group_handle')
        .onRef('said.paper_id', '=', 'group_proposal.paper_id'),
    )
    .leftJoin('group_member as voter', (join) =>
      join
        .onRef('voter.group_handle', '=', 'said.group_handle')
        .onRef('voter.reader', '=', 'said.reader')
        .on('voter.left_at', 'is', null)
        .on(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('account as banned')
                .select('banned.id')
                .whereRef('banned.id', '=', 'said.reader')
                .where('banned.disabled_at', 'is not', null),
            ),
          ),
        ),
    )
    .where('group_proposal.group_handle', '=', keyText(group))
    .where('group_proposal.dropped_at', 'is', null)
    .select((is) => [
      'group_proposal.paper_id',
      'group_proposal.reader',
      'group_proposal.why',
      'group_proposal.at',
      'account.name as name_now',
      'proposer.name',
      is.fn.count<number | string>('voter.reader').as('votes'),
      is.fn.sum<number | string>(is.case().when('voter.reader', '=', keyText(reader)).then(1).else(0).end()).as('own'),
    ])
    .groupBy([
      'group_proposal.paper_id',
      'group_proposal.reader',
      'group_proposal.why',
      'group_proposal.at',
      'account.name',
      'proposer.name',
    ]);

/** Proposals and meetings; see the contract in `group-contract.ts`. */
export const journalClub = ({ read, write }: Engine): GroupStore['journalClub'] => {
  const inTurn = <T>(work: (db: Db) => Promise<T>): Promise<T> =>
    write(async (db) => {
      await draw(db, 'group', 1);
      return work(db);
    });
  return {
    propose: ({ group, paperId, reader, why, at }) =>
      inTurn((db) =>
        insertRows(
          db,
          'group_proposal',
          [
            {
              group_handle: keyText(group),
              paper_id: keyText(paperId),
              reader: keyText(reader),
              why: bodyText(why),
              at,
              dropped_at: null,
            },
          ],
          `ON CONFLICT (group_handle, paper_id) DO UPDATE SET reader = excluded.reader, why = excluded.why,
            at = excluded.at, dropped_at = NULL WHERE group_proposal.dropped_at IS NOT NULL`,
        ),
      ),
    drop: ({ group, paperId, at }) =>
      inTurn(async (db) => {
        const row = await db
          .updateTable('group_proposal')
          .set({ dropped_at: at })
          .where('group_handle', '=', keyText(group))
          .where('paper_id', '=', keyText(paperId))
          .where('dropped_at', 'is', null)
          .returning('paper_id')
          .executeTakeFirst();
        if (row === undefined) return false;
        await db
          .deleteFrom('group_proposal_vote')
          .where('group_handle', '=', keyText(group))
          .where('paper_id', '=', keyText(paperId))
          .execute();
        return true;
      }),
    vote: ({ group, paperId, reader, wish, at }) =>
      inTurn(async (db) => {
        const key = { group_handle: keyText(group), paper_id: keyText(paperId), reader: keyText(reader) };
        const now = () =>
          proposalsWithVotes(db, group, reader).where('group_proposal.paper_id', '=', key.paper_id).executeTakeFirst();
        if ((await now()) === undefined) return null;
        if (await isBanned(db, key.reader)) return null;
        if (wish) await insertRows(db, 'group_proposal_vote', [{ ...key, at }], 'ON CONFLICT DO NOTHING');
        else
          await db
            .deleteFrom('group_proposal_vote')
            .where('group_handle', '=', key.group_handle)
            .where('paper_id', '=', key.paper_id)
            .where('reader', '=', key.reader)
            .execute();
        const row = await now();
        return { votes: Number(row?.votes ?? 0), voted: Number(row?.own ?? 0) > 0 };
      }),
    proposals: async (group, reader) =>
      (
        await proposalsWithVotes(read, group, reader)
          .orderBy('votes', 'desc')
          .orderBy('group_proposal.at')
          .orderBy('group_proposal.paper_id')
          .execute()
      ).map((row) => ({
        paperId: row.paper_id,
        reader: row.reader,
        name: row.name_now ?? row.name ?? '',
        why: row.why,
        at: row.at,
        votes: Number(row.votes),
        voted: Number(row.own) > 0,
      })),
    call: ({ id, group, createdBy, at, ...plan }) =>
      inTurn(async (db) => {
        const row = {
          id: keyText(id),
          group_handle: keyText(group),
          ...planRow(plan),
          minutes: '',
          sequence: 0,
          cancelled: 0,
          created_by: keyText(createdBy),
          created_at: at,
          changed_at: at,
        };
        await insertRows(db, 'group_meeting', [row], 'ON CONFLICT (id) DO NOTHING');
        return (await find(db, id)) ?? meetingOf(row);
      }),
    get: (id) => find(read, id),
    change: ({ id, plan, cancelled, at }) =>
      inTurn(async (db) => {
        const before = await find(db, id);
        if (before === null || (before.cancelled === cancelled && !isOtherPlan(before, plan))) return before;
        await db
          .updateTable('group_meeting')
          .set({ ...planRow(plan), cancelled: cancelled ? 1 : 0, sequence: before.sequence + 1, changed_at: at })
          .where('id', '=', keyText(id))
          .execute();
        return find(db, id);
      }),
    minute: ({ id, minutes, at }) =>
      inTurn(async (db) => {
        await db
          .updateTable('group_meeting')
          .set({ minutes: bodyText(minutes), changed_at: at })
          .where('id', '=', keyText(id))
          .where('minutes', '!=', bodyText(minutes))
          .execute();
      }),
    meetings: async (group) =>
      (
        await read
          .selectFrom('group_meeting')
          .selectAll()
          .where('group_handle', '=', keyText(group))
          .orderBy('starts_at')
          .orderBy('id')
          .execute()
      ).map(meetingOf),
  };
};
