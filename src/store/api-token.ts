import { type ApiToken, SCOPES } from '../model/account.ts';
import { accountOf } from './account.ts';
import type { AccountStore } from './account-contract.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

const tokenOf = (row: Schema['api_token']): ApiToken => ({
  hash: row.hash,
  accountId: row.account_id,
  name: row.name,
  scopes: SCOPES.filter((scope) => row.scopes.split(' ').includes(scope)),
  createdAt: row.created_at,
  usedAt: row.used_at,
});

export const apiTokens = ({ read, write }: Engine): AccountStore['apiTokens'] => ({
  add: (token) =>
    write(async (db) => {
      await db
        .insertInto('api_token')
        .values({
          hash: token.hash,
          account_id: keyText(token.accountId),
          name: bodyText(token.name),
          scopes: token.scopes.join(' '),
          created_at: token.createdAt,
          used_at: token.usedAt,
        })
        .execute();
    }),
  find: async (hash) => {
    const row = await read.selectFrom('api_token').selectAll().where('hash', '=', keyText(hash)).executeTakeFirst();
    if (row === undefined) return null;
    const account = await read
      .selectFrom('account')
      .selectAll()
      .where('id', '=', row.account_id)
      .executeTakeFirstOrThrow();
    return { token: tokenOf(row), account: accountOf(account) };
  },
  of: async (accountId) =>
    (
      await read
        .selectFrom('api_token')
        .selectAll()
        .where('account_id', '=', keyText(accountId))
        .orderBy('created_at')
        .orderBy('hash')
        .execute()
    ).map(tokenOf),
  used: (hash, at) =>
    write(async (db) => {
      await db.updateTable('api_token').set({ used_at: at }).where('hash', '=', keyText(hash)).execute();
    }),
  remove: (accountId, hash) =>
    write(async (db) => {
      await db
        .deleteFrom('api_token')
        .where('account_id', '=', keyText(accountId))
        .where('hash', '=', keyText(hash))
        .execute();
    }),
});
