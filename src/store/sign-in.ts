import { sql } from 'kysely';
import { foldEmail, type LinkedSignIn, type MailLink, type Passkey } from '../model/account.ts';
import type { AccountStore } from './account-contract.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

const linkOf = (row: Schema['mail_link']): MailLink => ({
  hash: row.hash,
  purpose: row.purpose,
  email: row.email,
  accountId: row.account_id,
  onward: row.onward,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

export const mailLinks = ({ read, write }: Engine): AccountStore['mailLinks'] => ({
  put: (link) =>
    write(async (db) => {
      await db
        .insertInto('mail_link')
        .values({
          hash: link.hash,
          purpose: link.purpose,
          email: bodyText(link.email),
          account_id: link.accountId === null ? null : keyText(link.accountId),
          onward: bodyText(link.onward),
          created_at: link.createdAt,
          expires_at: link.expiresAt,
          spent_at: null,
        })
        .execute();
    }),
  get: async (hash, now) => {
    const row = await read
      .selectFrom('mail_link')
      .selectAll()
      .where('hash', '=', keyText(hash))
      .where('spent_at', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row === undefined ? null : linkOf(row);
  },
  // Compare and set in one statement: whoever comes second finds it spent.
  spend: async (hash, now) => {
    const row = await write((db) =>
      db
        .updateTable('mail_link')
        .set({ spent_at: now })
        .where('hash', '=', keyText(hash))
        .where('spent_at', 'is', null)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst(),
    );
    return row === undefined ? null : linkOf(row);
  },
});

export const flows = ({ write }: Engine): AccountStore['flows'] => ({
  put: ({ hash, kind, body, expiresAt }) =>
    write(async (db) => {
      await db
        .insertInto('flow')
        .values({ hash, kind, body: bodyText(body), expires_at: expiresAt })
        .execute();
    }),
  take: async (hash, kind, now) => {
    const row = await write((db) =>
      db
        .deleteFrom('flow')
        .where('hash', '=', keyText(hash))
        .where('kind', '=', kind)
        .where('expires_at', '>', now)
        .returning('body')
        .executeTakeFirst(),
    );
    return row?.body ?? null;
  },
});

const passkeyOf = (row: Schema['passkey']): Passkey => ({
  id: row.id,
  accountId: row.account_id,
  name: row.name,
  publicKey: Uint8Array.from(row.public_key),
  counter: row.counter,
  transports: row.transports === '' ? [] : row.transports.split(' '),
  createdAt: row.created_at,
  usedAt: row.used_at,
});

/** Ids of passkeys are up to 1,023 bytes: what is longer than a key column holds ends in a hash, here as everywhere. */
export const passkeys = ({ read, write }: Engine): AccountStore['passkeys'] => ({
  add: async (key) =>
    (await write((db) =>
      db
        .insertInto('passkey')
        .values({
          id: keyText(key.id),
          account_id: keyText(key.accountId),
          name: bodyText(key.name),
          public_key: key.publicKey,
          counter: key.counter,
          transports: bodyText(key.transports.join(' ')),
          created_at: key.createdAt,
          used_at: key.usedAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst(),
    )) !== undefined,
  get: async (id) => {
    const row = await read.selectFrom('passkey').selectAll().where('id', '=', keyText(id)).executeTakeFirst();
    return row === undefined ? null : passkeyOf(row);
  },
  of: async (accountId) =>
    (
      await read
        .selectFrom('passkey')
        .selectAll()
        .where('account_id', '=', keyText(accountId))
        .orderBy('created_at')
        .orderBy('id')
        .execute()
    ).map(passkeyOf),
  used: (id, counter, at) =>
    write(async (db) => {
      await db.updateTable('passkey').set({ counter, used_at: at }).where('id', '=', keyText(id)).execute();
    }),
  remove: (accountId, id) =>
    write(async (db) => {
      await db
        .deleteFrom('passkey')
        .where('account_id', '=', keyText(accountId))
        .where('id', '=', keyText(id))
        .execute();
    }),
});

const linkedOf = (row: Schema['linked_sign_in']): LinkedSignIn => ({
  issuer: row.issuer,
  subject: row.subject,
  accountId: row.account_id,
  site: row.site,
  label: row.label,
  linkedAt: row.linked_at,
});

export const linkedSignIns = ({ read, write }: Engine): AccountStore['linkedSignIns'] => ({
  add: async (linked) =>
    (await write((db) =>
      db
        .insertInto('linked_sign_in')
        .values({
          issuer: keyText(linked.issuer),
          subject: keyText(linked.subject),
          account_id: keyText(linked.accountId),
          site: linked.site,
          label: bodyText(linked.label),
          linked_at: linked.linkedAt,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('issuer')
        .executeTakeFirst(),
    )) !== undefined,
  get: async (issuer, subject) => {
    const row = await read
      .selectFrom('linked_sign_in')
      .selectAll()
      .where('issuer', '=', keyText(issuer))
      .where('subject', '=', keyText(subject))
      .executeTakeFirst();
    return row === undefined ? null : linkedOf(row);
  },
  of: async (accountId) =>
    (
      await read
        .selectFrom('linked_sign_in')
        .selectAll()
        .where('account_id', '=', keyText(accountId))
        .orderBy('linked_at')
        .execute()
    ).map(linkedOf),
  remove: (accountId, issuer, subject) =>
    write(async (db) => {
      await db
        .deleteFrom('linked_sign_in')
        .where('account_id', '=', keyText(accountId))
        .where('issuer', '=', keyText(issuer))
        .where('subject', '=', keyText(subject))
        .execute();
    }),
});

export const invitations = ({ read, write }: Engine): AccountStore['invitations'] => ({
  put: ({ email, by, at }) =>
    write(async (db) => {
      await db
        .insertInto('invitation')
        .values({ email_key: keyText(foldEmail(email)), email: bodyText(email), invited_by: keyText(by), at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }),
  get: async (email) => {
    const row = await read
      .selectFrom('invitation')
      .selectAll()
      .where('email_key', '=', keyText(foldEmail(email)))
      .executeTakeFirst();
    return row === undefined ? null : { email: row.email, by: row.invited_by, at: row.at };
  },
  all: async () =>
    (await read.selectFrom('invitation').selectAll().orderBy('at').orderBy('email_key').execute()).map((row) => ({
      email: row.email,
      by: row.invited_by,
      at: row.at,
    })),
  remove: (email) =>
    write(async (db) => {
      await db
        .deleteFrom('invitation')
        .where('email_key', '=', keyText(foldEmail(email)))
        .execute();
    }),
});

export const rates = ({ write }: Engine): AccountStore['rates'] => ({
  hit: async (name, { now, windowMs }) => {
    const over = now - windowMs;
    const { n } = await write((db) =>
      db
        .insertInto('rate')
        .values({ key: keyText(name), since: now, n: 1 })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({
            since: sql<number>`CASE WHEN rate.since <= ${over} THEN ${now} ELSE rate.since END`,
            n: sql<number>`CASE WHEN rate.since <= ${over} THEN 1 ELSE rate.n + 1 END`,
          }),
        )
        .returning('n')
        .executeTakeFirstOrThrow(),
    );
    return n;
  },
});
