import type { Selectable } from 'kysely';
import { foldEmail } from '../model/account.ts';
import { insertRows } from './bulk.ts';
import type { DigestStore, SearchAlert } from './digest-contract.ts';
import { outbox } from './digest-outbox.ts';
import type { Engine } from './engine.ts';
import { bodyText, digest, keyText } from './key.ts';
import type { Schema } from './schema.ts';

const keyOf = (address: string): string => keyText(foldEmail(address));

/** Addresses that are never written to. */
export const suppressions = ({ read, write }: Engine): DigestStore['suppressions'] => ({
  put: (one) =>
    write((db) =>
      insertRows(
        db,
        'suppression',
        [{ address_key: keyOf(one.address), why: one.why, says: bodyText(one.says), at: one.at }],
        'ON CONFLICT (address_key) DO UPDATE SET why = excluded.why, says = excluded.says, at = excluded.at',
      ),
    ),
  get: async (address) => {
    const row = await read
      .selectFrom('suppression')
      .selectAll()
      .where('address_key', '=', keyOf(address))
      .executeTakeFirst();
    return row === undefined ? null : { address: row.address_key, why: row.why, says: row.says, at: row.at };
  },
  remove: (address) =>
    write(async (db) => {
      await db.deleteFrom('suppression').where('address_key', '=', keyOf(address)).execute();
    }),
  count: async () => {
    const row = await read
      .selectFrom('suppression')
      .select((is) => is.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  },
});

/** Mails that came back. */
export const bounces = (engine: Engine): DigestStore['bounces'] => ({
  record: async (one) => {
    const row = await outbox(engine).byMessageId(one.messageId);
    if (row === null) return null;
    const id = digest(`${row.id} ${one.kind} ${one.status}`);
    const fresh = await engine.write((db) =>
      db
        .insertInto('bounce')
        .values({
          id,
          outbox_id: row.id,
          subscription_id: row.subscriptionId,
          kind: one.kind,
          status: bodyText(one.status),
          says: bodyText(one.says),
          at: one.at,
        })
        .onConflict((on) => on.column('id').doNothing())
        .returning('id')
        .executeTakeFirst(),
    );
    return fresh === undefined ? null : row;
  },
  of: async (subscriptionId, since) =>
    (
      await engine.read
        .selectFrom('bounce')
        .innerJoin('digest_outbox', 'digest_outbox.id', 'bounce.outbox_id')
        .selectAll('bounce')
        .select('digest_outbox.message_id')
        .where('bounce.subscription_id', '=', keyText(subscriptionId))
        .where('at', '>=', since)
        .orderBy('at', 'desc')
        .orderBy('bounce.id')
        .execute()
    ).map(({ kind, status, says, at, message_id }) => ({ kind, status, says, at, messageId: message_id })),
});

const alertOf = (row: Selectable<Schema['search_alert']>): SearchAlert => ({
  reader: row.reader,
  searchId: row.search_id,
  way: row.way,
  toldAt: row.told_at,
});

/** How readers are told of what is new in their saved searches. */
export const searchAlerts = ({ read, write }: Engine): DigestStore['searchAlerts'] => ({
  put: (one) =>
    write((db) =>
      insertRows(
        db,
        'search_alert',
        [{ reader: keyText(one.reader), search_id: keyText(one.searchId), way: one.way, told_at: one.toldAt }],
        'ON CONFLICT (reader, search_id) DO UPDATE SET way = excluded.way, told_at = excluded.told_at',
      ),
    ),
  get: async (reader, searchId) => {
    const row = await read
      .selectFrom('search_alert')
      .selectAll()
      .where('reader', '=', keyText(reader))
      .where('search_id', '=', keyText(searchId))
      .executeTakeFirst();
    return row === undefined ? null : alertOf(row);
  },
  of: async (reader) =>
    (
      await read
        .selectFrom('search_alert')
        .selectAll()
        .where('reader', '=', keyText(reader))
        .orderBy('search_id')
        .execute()
    ).map(alertOf),
  atOnce: async ({ after, limit }) =>
    (
      await read
        .selectFrom('search_alert')
        .selectAll()
        .where('way', '=', 'mail')
        .$if(after !== null, (query) =>
          query.where((is) =>
            is.or([
              is('reader', '>', keyText(after?.reader ?? '')),
              is.and([
                is('reader', '=', keyText(after?.reader ?? '')),
                is('search_id', '>', keyText(after?.searchId ?? '')),
              ]),
            ]),
          ),
        )
        .orderBy('reader')
        .orderBy('search_id')
        .limit(limit)
        .execute()
    ).map(alertOf),
});
