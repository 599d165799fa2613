import type { Selectable } from 'kysely';
import { GROUP_ROLES, type Group, type Member, mayLeave } from '../model/group.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import type { GroupStore } from './group-contract.ts';
import { groupInvitations } from './group-invitation.ts';
import { groupPapers } from './group-paper.ts';
import { groupVotes } from './group-vote.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

const groupOf = (row: Selectable<Schema['reading_group']>): Group => ({
  handle: row.handle,
  name: row.name,
  about: row.about,
  visibility: row.visibility,
  windowDays: row.window_days,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

/** Members as they are called now; the owner of an instance without accounts as when they joined. */
const membersOf = async (db: Db, group: string): Promise<readonly Member[]> => {
  const rows = await db
    .selectFrom('group_member')
    .leftJoin('account', 'account.id', 'group_member.reader')
    .selectAll('group_member')
    .select(['account.handle as handle_now', 'account.name as name_now'])
    .where('group_handle', '=', keyText(group))
    .where('group_member.left_at', 'is', null)
    .orderBy('joined_at')
    .orderBy('reader')
    .execute();
  const rank = ({ role }: Pick<Member, 'role'>): number => -GROUP_ROLES.indexOf(role);
  return rows
    .map((row) => ({
      reader: row.reader,
      handle: row.handle_now ?? row.handle,
      name: row.name_now ?? row.name,
      role: row.role,
      joinedAt: row.joined_at,
    }))
    .sort((a, b) => rank(a) - rank(b));
};

const memberRow = (db: Db, group: string, reader: string) =>
  db
    .selectFrom('group_member')
    .selectAll()
    .where('group_handle', '=', keyText(group))
    .where('reader', '=', keyText(reader))
    .executeTakeFirst();

const change = (db: Db, group: string, reader: string, set: Partial<Schema['group_member']>) =>
  db
    .updateTable('group_member')
    .set(set)
    .where('group_handle', '=', keyText(group))
    .where('reader', '=', keyText(reader))
    .execute();

const putMember = (db: Db, group: string, { reader, handle, name, role, joinedAt }: Member): Promise<void> =>
  insertRows(
    db,
    'group_member',
    [
      {
        group_handle: keyText(group),
        reader: keyText(reader),
        handle: bodyText(handle),
        name: bodyText(name),
        role,
        joined_at: joinedAt,
        left_at: null,
        removed: 0,
        agenda_hash: null,
      },
    ],
    `ON CONFLICT (group_handle, reader) DO UPDATE SET handle = excluded.handle, name = excluded.name,
      role = excluded.role, joined_at = excluded.joined_at, left_at = NULL, removed = 0, agenda_hash = NULL`,
  );

const end = async (db: Db, group: string, reader: string, { removed, at }: { removed: boolean; at: number }) => {
  await change(db, group, reader, { left_at: at, removed: removed ? 1 : 0, agenda_hash: null, role: 'member' });
  if ((await membersOf(db, group)).length > 0) return;
  await db.updateTable('reading_group').set({ closed_at: at }).where('handle', '=', keyText(group)).execute();
};

const counted = (db: Db) =>
  db
    .selectFrom('reading_group')
    .innerJoin('group_member as every', 'every.group_handle', 'reading_group.handle')
    .where('every.left_at', 'is', null)
    .where('reading_group.closed_at', 'is', null);

/** Groups; see the contract in `group-contract.ts`. */
export const groups = (engine: Engine): GroupStore['groups'] => {
  const { read, write } = engine;
  /** Drawing the number first makes changes take turns. */
  const inTurn = <T>(work: (db: Db) => Promise<T>): Promise<T> =>
    write(async (db) => {
      await draw(db, 'group', 1);
      return work(db);
    });
  return {
    create: ({ chair, madeAs, ...group }) =>
      inTurn(async (db) => {
        const by = (column: 'made_as' | 'handle', value: string) =>
          db.selectFrom('reading_group').selectAll().where(column, '=', keyText(value)).executeTakeFirst();
        const made = await by('made_as', madeAs);
        if (made !== undefined) return groupOf(made);
        if ((await by('handle', group.handle)) !== undefined) return null;
        await insertRows(db, 'reading_group', [
          {
            handle: keyText(group.handle),
            made_as: keyText(madeAs),
            name: bodyText(group.name),
            about: bodyText(group.about),
            visibility: group.visibility,
            window_days: group.windowDays,
            created_by: keyText(group.createdBy),
            created_at: group.createdAt,
            closed_at: null,
          },
        ]);
        await putMember(db, group.handle, { ...chair, role: 'chair', joinedAt: group.createdAt });
        return group;
      }),
    get: async (handle) => {
      const row = await read
        .selectFrom('reading_group')
        .selectAll()
        .where('handle', '=', keyText(handle))
        .where('closed_at', 'is', null)
        .executeTakeFirst();
      return row === undefined ? null : groupOf(row);
    },
    change: (handle, { name, about, visibility, windowDays }) =>
      inTurn(async (db) => {
        const set = {
          ...(name === undefined ? {} : { name: bodyText(name) }),
          ...(about === undefined ? {} : { about: bodyText(about) }),
          ...(visibility === undefined ? {} : { visibility }),
          ...(windowDays === undefined ? {} : { window_days: windowDays }),
        };
        await db
          .updateTable('reading_group')
          .set({ ...set, handle: keyText(handle) })
          .where('handle', '=', keyText(handle))
          .execute();
      }),
    public: async ({ limit, offset }) => {
      const rows = await counted(read)
        .where('visibility', '=', 'public')
        .selectAll('reading_group')
        .select((is) => is.fn.countAll<number | string>().as('n'))
        .groupBy('reading_group.handle')
        .orderBy('n', 'desc')
        .orderBy('reading_group.created_at')
        .orderBy('reading_group.handle')
        .limit(limit)
        .offset(offset)
        .execute();
      return rows.map((row) => ({ ...groupOf(row), members: Number(row.n) }));
    },
    of: async (reader) => {
      const rows = await counted(read)
        .innerJoin('group_member as own', 'own.group_handle', 'reading_group.handle')
        .where('own.reader', '=', keyText(reader))
        .where('own.left_at', 'is', null)
        .selectAll('reading_group')
        .select((is) => ['own.role', is.fn.countAll<number | string>().as('n')])
        .groupBy(['reading_group.handle', 'own.role'])
        .orderBy('reading_group.name')
        .orderBy('reading_group.handle')
        .execute();
      return rows.map((row) => ({ ...groupOf(row), members: Number(row.n), role: row.role }));
    },
    openedBy: async (reader, since) => {
      const { n } = await read
        .selectFrom('reading_group')
        .select((is) => is.fn.countAll<number | string>().as('n'))
        .where('created_by', '=', keyText(reader))
        .where('created_at', '>=', since)
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    standing: async (handle, reader) => {
      const row = reader === '' ? undefined : await memberRow(read, handle, reader);
      return row === undefined || row.left_at !== null ? 'outsider' : row.role;
    },
    members: (handle) => membersOf(read, handle),
    join: ({ group, member, invitation, most, at }) =>
      inTurn(async (db) => {
        const before = await memberRow(db, group, member.reader);
        if (before !== undefined && before.left_at === null) return 'member';
        if (before?.removed === 1 && invitation === null) return 'removed';
        if ((await membersOf(db, group)).length >= most) return 'full';
        if (invitation !== null) {
          const spent = await db
            .updateTable('group_invitation')
            .set((is) => ({ used: is('used', '+', 1) }))
            .where('hash', '=', keyText(invitation))
            .where('group_handle', '=', keyText(group))
            .where('expires_at', '>', at)
            .where((is) => is.or([is('most', 'is', null), is('used', '<', is.ref('most'))]))
            .returning('hash')
            .executeTakeFirst();
          if (spent === undefined) return 'spent';
        }
        await putMember(db, group, { ...member, role: 'member', joinedAt: at });
        return 'joined';
      }),
    leave: ({ group, reader, removed, at }) =>
      inTurn(async (db) => {
        const all = await membersOf(db, group);
        const own = all.find((member) => member.reader === keyText(reader));
        if (own === undefined || !mayLeave(own.role, all.length)) return false;
        await end(db, group, reader, { removed, at });
        return true;
      }),
    appoint: ({ group, reader, role }) =>
      inTurn(async (db) => {
        const row = await memberRow(db, group, reader);
        if (row === undefined || row.left_at !== null || row.role === 'chair') return false;
        if (row.role !== role) await change(db, group, reader, { role });
        return true;
      }),
    handOver: ({ group, from, to }) =>
      inTurn(async (db) => {
        const [chair, next] = [await memberRow(db, group, from), await memberRow(db, group, to)];
        if (chair?.role !== 'chair' || chair.left_at !== null || next === undefined || next.left_at !== null)
          return false;
        if (from === to) return true;
        await change(db, group, from, { role: 'editor' });
        await change(db, group, to, { role: 'chair' });
        return true;
      }),
    setAgendaSecret: ({ group, reader, hash }) =>
      inTurn(async (db) => {
        await change(db, group, reader, { agenda_hash: hash });
      }),
    memberBySecret: async (group, hash) => {
      const row = await read
        .selectFrom('group_member')
        .select('reader')
        .where('group_handle', '=', keyText(group))
        .where('agenda_hash', '=', hash)
        .where('left_at', 'is', null)
        .executeTakeFirst();
      return row?.reader ?? null;
    },
    invitations: groupInvitations(engine, inTurn),
    ...groupVotes(engine, inTurn),
    ...groupPapers(engine),
    forget: (reader, at) =>
      inTurn(async (db) => {
        const key = keyText(reader);
        const own = await db
          .selectFrom('group_member')
          .selectAll()
          .where('reader', '=', key)
          .where('left_at', 'is', null)
          .execute();
        for (const { group_handle: group, role } of own) {
          const next = (await membersOf(db, group)).find((member) => member.reader !== key);
          if (role === 'chair' && next !== undefined) await change(db, group, next.reader, { role: 'chair' });
          await end(db, group, reader, { removed: false, at });
        }
        for (const table of ['group_vote', 'group_vote_log', 'group_proposal_vote'] as const)
          await db.deleteFrom(table).where('reader', '=', key).execute();
        await db.deleteFrom('group_invitation').where('created_by', '=', key).execute();
        await db.updateTable('group_member').set({ handle: '', name: '' }).where('reader', '=', key).execute();
      }),
  };
};
