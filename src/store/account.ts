import { type Selectable, sql } from 'kysely';
import { type Account, foldEmail } from '../model/account.ts';
import type { AccountStore } from './account-contract.ts';
import { CHUNK, chunks } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

export type AccountRow = Selectable<Schema['account']>;

export const accountOf = (row: AccountRow): Account => ({
  id: row.id,
  handle: row.handle,
  name: row.name,
  email: row.email,
  role: row.role,
  createdAt: row.created_at,
  disabledAt: row.disabled_at,
  disabledWhy: row.disabled_why,
  leavingAt: row.leaving_at,
  leftAt: row.left_at,
});

const emailKey = (email: string | null): string | null => (email === null ? null : keyText(foldEmail(email)));

/** Whether a row was refused because a key of it is another's: SQLSTATE 23505, SQLITE_CONSTRAINT_UNIQUE. */
const isTaken = (cause: unknown): boolean => {
  const { code, errcode } = cause as { code?: unknown; errcode?: unknown };
  return code === '23505' || errcode === 2067;
};

/** What signs one in, in the order in which it can go. */
const OF_ACCOUNT = ['session', 'passkey', 'linked_sign_in', 'api_token', 'mail_link'] as const;

export const accounts = ({ read, write }: Engine): AccountStore['accounts'] => {
  const one = async (column: 'id' | 'handle' | 'email_key', value: string): Promise<Account | null> => {
    const row = await read.selectFrom('account').selectAll().where(column, '=', value).executeTakeFirst();
    return row === undefined ? null : accountOf(row);
  };
  return {
    create: ({ id, handle, name, email, role, createdAt }) =>
      write(async (db) => {
        const row = await db
          .insertInto('account')
          .values({
            id: keyText(id),
            handle: keyText(handle),
            name: bodyText(name),
            email: email === null ? null : bodyText(email),
            email_key: emailKey(email),
            role,
            created_at: createdAt,
            disabled_at: null,
            disabled_why: null,
            leaving_at: null,
            left_at: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        return row === undefined ? null : accountOf(row);
      }),
    get: (id) => one('id', keyText(id)),
    byHandle: (handle) => one('handle', keyText(handle)),
    byEmail: (email) => one('email_key', keyText(foldEmail(email))),
    change: async (id, { handle, name, email, role, disabledAt, disabledWhy, leavingAt }) => {
      const set = {
        ...(handle === undefined ? {} : { handle: keyText(handle) }),
        ...(name === undefined ? {} : { name: bodyText(name) }),
        ...(email === undefined ? {} : { email: email === null ? null : bodyText(email), email_key: emailKey(email) }),
        ...(role === undefined ? {} : { role }),
        ...(disabledAt === undefined ? {} : { disabled_at: disabledAt }),
        ...(disabledWhy === undefined ? {} : { disabled_why: disabledWhy === null ? null : bodyText(disabledWhy) }),
        ...(leavingAt === undefined ? {} : { leaving_at: leavingAt }),
      };
      try {
        const changed = await write((db) =>
          db
            .updateTable('account')
            .set({ ...set, id: keyText(id) })
            .where('id', '=', keyText(id))
            .where('left_at', 'is', null)
            .returning('id')
            .executeTakeFirst(),
        );
        return changed !== undefined;
      } catch (cause) {
        if (isTaken(cause)) return false;
        throw cause;
      }
    },
    list: async ({ limit, offset }) =>
      (
        await read
          .selectFrom('account')
          .selectAll()
          .where('left_at', 'is', null)
          .orderBy('created_at')
          .orderBy('id')
          .limit(limit)
          .offset(offset)
          .execute()
      ).map(accountOf),
    find: async ({ q, limit, offset }) => {
      const pattern = `%${bodyText(q.trim().normalize('NFC').toLowerCase()).replace(/[\\%_]/g, '\\$&')}%`;
      const found = read
        .selectFrom('account')
        .where('left_at', 'is', null)
        .where(
          (is) =>
            sql<boolean>`(lower(${is.ref('handle')}) LIKE ${pattern} ESCAPE '\\' OR lower(${is.ref('name')}) LIKE ${pattern} ESCAPE '\\' OR coalesce(${is.ref('email_key')}, '') LIKE ${pattern} ESCAPE '\\')`,
        );
      const [rows, { n }] = await Promise.all([
        found.selectAll().orderBy('created_at', 'desc').orderBy('id').limit(limit).offset(offset).execute(),
        found.select((is) => is.fn.countAll<number>().as('n')).executeTakeFirstOrThrow(),
      ]);
      return { accounts: rows.map(accountOf), total: Number(n) };
    },
    stood: async (id, by) => {
      const key = keyText(id);
      // Each stops at the first row; most are found by the first.
      const vote = await read
        .selectFrom('vote_log')
        .innerJoin('vote', (join) =>
          join.onRef('vote.paper_id', '=', 'vote_log.paper_id').onRef('vote.reader', '=', 'vote_log.reader'),
        )
        .select('vote_log.seq')
        .where('vote_log.reader', '=', key)
        .where('vote_log.at', '<=', by)
        .limit(1)
        .executeTakeFirst();
      if (vote !== undefined) return true;
      const letter = await read
        .selectFrom('letter_edit')
        .innerJoin('letter', 'letter.id', 'letter_edit.letter_id')
        .select('letter.id')
        .where('letter_edit.author_id', '=', key)
        .where('letter_edit.at', '<=', by)
        .where('letter.state', '=', 'open')
        .limit(1)
        .executeTakeFirst();
      if (letter !== undefined) return true;
      const submission = await read
        .selectFrom('submission')
        .select('paper_id')
        .where('reader', '=', key)
        .where('at', '<=', by)
        .where('state', '=', 'open')
        .limit(1)
        .executeTakeFirst();
      return submission !== undefined;
    },
    born: async (ids) => {
      const found = new Map<string, number>();
      for (const part of chunks([...new Set(ids)], CHUNK)) {
        const some = await read
          .selectFrom('account')
          .select(['id', 'created_at'])
          .where('id', 'in', part.map(keyText))
          .execute();
        for (const row of some) found.set(row.id, row.created_at);
      }
      return found;
    },
    operators: async () => {
      const { n } = await read
        .selectFrom('account')
        .select((is) => is.fn.countAll<number>().as('n'))
        .where('role', '=', 'operator')
        .where('disabled_at', 'is', null)
        .where('left_at', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    leaving: async (before) =>
      (
        await read
          .selectFrom('account')
          .selectAll()
          .where('left_at', 'is', null)
          .where('leaving_at', '<', before)
          .execute()
      ).map(accountOf),
    empty: (id, at) =>
      write(async (db) => {
        const key = keyText(id);
        for (const table of OF_ACCOUNT) await db.deleteFrom(table).where('account_id', '=', key).execute();
        await db
          .updateTable('account')
          .set({
            handle: `left-${key}`,
            name: '',
            email: null,
            email_key: null,
            role: 'reader',
            disabled_why: null,
            left_at: at,
          })
          .where('id', '=', key)
          .execute();
      }),
  };
};
