import type { Session } from '../model/account.ts';
import { accountOf } from './account.ts';
import type { AccountStore } from './account-contract.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import { dropDevices, dropSignedOut } from './push-device.ts';
import type { Schema } from './schema.ts';

const sessionOf = (row: Schema['session']): Session => ({
  hash: row.hash,
  accountId: row.account_id,
  createdAt: row.created_at,
  seenAt: row.seen_at,
  expiresAt: row.expires_at,
  way: row.way,
  agent: row.agent,
});

export const sessions = ({ read, write }: Engine): AccountStore['sessions'] => ({
  open: (session) =>
    write(async (db) => {
      await db
        .insertInto('session')
        .values({
          hash: session.hash,
          account_id: keyText(session.accountId),
          created_at: session.createdAt,
          seen_at: session.seenAt,
          expires_at: session.expiresAt,
          way: session.way,
          agent: bodyText(session.agent),
        })
        .execute();
    }),
  find: async (hash, { now, idleSince }) => {
    const row = await read
      .selectFrom('session')
      .selectAll()
      .where('hash', '=', keyText(hash))
      .where('expires_at', '>', now)
      .where('seen_at', '>=', idleSince)
      .executeTakeFirst();
    if (row === undefined) return null;
    const account = await read
      .selectFrom('account')
      .selectAll()
      .where('id', '=', row.account_id)
      .executeTakeFirstOrThrow();
    return { session: sessionOf(row), account: accountOf(account) };
  },
  seen: (hash, at) =>
    write(async (db) => {
      await db
        .updateTable('session')
        .set({ seen_at: at })
        .where('hash', '=', keyText(hash))
        .where('seen_at', '<', at)
        .execute();
    }),
  of: async (accountId) =>
    (
      await read
        .selectFrom('session')
        .selectAll()
        .where('account_id', '=', keyText(accountId))
        .orderBy('created_at', 'desc')
        .orderBy('hash')
        .execute()
    ).map(sessionOf),
  close: (accountId, hash, next = '') =>
    write(async (db) => {
      const [account, ended] = [keyText(accountId), keyText(hash)];
      await db.deleteFrom('session').where('hash', '=', ended).where('account_id', '=', account).execute();
      if (next === '') await dropDevices(db, (is) => is.and([is('reader', '=', account), is('session', '=', ended)]));
      else
        await db
          .updateTable('push_device')
          .set({ session: keyText(next) })
          .where('reader', '=', account)
          .where('session', '=', ended)
          .execute();
    }),
  closeAll: (accountId, but = '') =>
    write(async (db) => {
      await db
        .deleteFrom('session')
        .where('account_id', '=', keyText(accountId))
        .where('hash', '<>', keyText(but))
        .execute();
      await dropDevices(db, (is) => is.and([is('reader', '=', keyText(accountId)), is('session', '<>', keyText(but))]));
    }),
  sweep: ({ now, idleSince }) =>
    write(async (db) => {
      await db
        .deleteFrom('session')
        .where((is) => is.or([is('expires_at', '<=', now), is('seen_at', '<', idleSince)]))
        .execute();
      await dropSignedOut(db);
      await db.deleteFrom('mail_link').where('expires_at', '<=', now).execute();
      await db.deleteFrom('flow').where('expires_at', '<=', now).execute();
    }),
});
