import type { Selectable } from 'kysely';
import type { GroupInvitation } from '../model/group.ts';
import { insertRows } from './bulk.ts';
import type { Db, Engine } from './engine.ts';
import type { GroupStore } from './group-contract.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

export type InTurn = <T>(work: (db: Db) => Promise<T>) => Promise<T>;

const invitationOf = (row: Selectable<Schema['group_invitation']>): GroupInvitation => ({
  hash: row.hash,
  group: row.group_handle,
  email: row.email,
  most: row.most,
  used: row.used,
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** Invitations to groups; see the contract in `group-contract.ts`. */
export const groupInvitations = ({ read }: Engine, inTurn: InTurn): GroupStore['groups']['invitations'] => {
  const good = (now: number) =>
    read
      .selectFrom('group_invitation')
      .innerJoin('reading_group', 'reading_group.handle', 'group_invitation.group_handle')
      .selectAll('group_invitation')
      .where('reading_group.closed_at', 'is', null)
      .where('expires_at', '>', now)
      .where((is) => is.or([is('most', 'is', null), is('used', '<', is.ref('most'))]));
  return {
    put: (one) =>
      inTurn((db) =>
        insertRows(
          db,
          'group_invitation',
          [
            {
              hash: keyText(one.hash),
              group_handle: keyText(one.group),
              email: one.email === null ? null : bodyText(one.email),
              most: one.most,
              used: one.used,
              created_by: keyText(one.createdBy),
              created_at: one.createdAt,
              expires_at: one.expiresAt,
            },
          ],
          'ON CONFLICT (hash) DO NOTHING',
        ),
      ),
    get: async (hash, now) => {
      const row = await good(now).where('hash', '=', keyText(hash)).executeTakeFirst();
      return row === undefined ? null : invitationOf(row);
    },
    of: async (group, now) =>
      (
        await good(now)
          .where('group_handle', '=', keyText(group))
          .orderBy('group_invitation.created_at', 'desc')
          .orderBy('hash')
          .execute()
      ).map(invitationOf),
    revoke: (group, hash) =>
      inTurn(async (db) => {
        await db
          .deleteFrom('group_invitation')
          .where('group_handle', '=', keyText(group))
          .where('hash', '=', keyText(hash))
          .execute();
      }),
  };
};
