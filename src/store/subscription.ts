import type { Insertable, Selectable } from 'kysely';
import { foldEmail } from '../model/account.ts';
import { SUBSCRIPTION_STATES, type Subscription } from '../model/digest.ts';
import { insertRows } from './bulk.ts';
import type { DigestStore } from './digest-contract.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';

/** Two subscriptions of one week lie at most this far apart; a `next_at` beyond was written by a clock that was wrong. */
const TOO_FAR_MS = 16 * 86_400_000;

export const subscriptionOf = (row: Selectable<Schema['subscription']>): Subscription => ({
  ...JSON.parse(row.wishes),
  id: row.id,
  address: row.address,
  reader: row.reader,
  state: row.state,
  secret: row.secret,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  nextAt: row.next_at,
});

const wishesIn = ({ rhythm, hour, zone, days, papers, parts, whenEmpty }: Subscription): string =>
  JSON.stringify({ rhythm, hour, zone, days, papers, parts, whenEmpty });

const rowOf = (one: Subscription): Insertable<Schema['subscription']> & Schema['subscription'] => ({
  id: keyText(one.id),
  address: bodyText(one.address),
  address_key: keyText(foldEmail(one.address)),
  reader: one.reader === null ? null : keyText(one.reader),
  wishes: wishesIn(one),
  state: one.state,
  secret: one.secret,
  created_at: one.createdAt,
  confirmed_at: one.confirmedAt,
  next_at: one.nextAt,
});

/** Subscriptions; see the contract in `digest-contract.ts`. */
export const subscriptions = ({ read, write }: Engine): DigestStore['subscriptions'] => {
  const by = async (column: 'id' | 'address_key' | 'reader', value: string): Promise<Subscription | null> => {
    const row = await read.selectFrom('subscription').selectAll().where(column, '=', keyText(value)).executeTakeFirst();
    return row === undefined ? null : subscriptionOf(row);
  };
  return {
    create: (one) =>
      write(async (db) => {
        await insertRows(db, 'subscription', [rowOf(one)], 'ON CONFLICT DO NOTHING');
        const row = await db
          .selectFrom('subscription')
          .selectAll()
          .where('id', '=', keyText(one.id))
          .executeTakeFirst();
        return row === undefined ? null : subscriptionOf(row);
      }),
    get: (id) => by('id', id),
    byAddress: (address) => by('address_key', foldEmail(address)),
    byReader: (reader) => by('reader', reader),
    change: (id, change) =>
      write(async (db) => {
        // Writing first makes those who change one subscription take turns.
        const row = await db
          .updateTable('subscription')
          .set({ id: keyText(id) })
          .where('id', '=', keyText(id))
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return null;
        const next = { ...subscriptionOf(row), ...change };
        const { id: _, ...values } = rowOf(next);
        const other = await db
          .selectFrom('subscription')
          .select('id')
          .where('id', '!=', row.id)
          .where((is) =>
            is.or([
              is('address_key', '=', values.address_key),
              ...(values.reader === null ? [] : [is('reader', '=', values.reader)]),
            ]),
          )
          .executeTakeFirst();
        if (other !== undefined) return null;
        await db.updateTable('subscription').set(values).where('id', '=', row.id).execute();
        return next;
      }),
    due: async ({ now, limit }) =>
      (
        await read
          .selectFrom('subscription')
          .selectAll()
          .where('state', '=', 'active')
          .where((is) => is.or([is('next_at', '<=', now), is('next_at', '>', now + TOO_FAR_MS)]))
          .orderBy('next_at')
          .orderBy('id')
          .limit(limit)
          .execute()
      ).map(subscriptionOf),
    counts: async () => {
      const rows = await read
        .selectFrom('subscription')
        .select((is) => ['state', is.fn.countAll<number>().as('n')])
        .groupBy('state')
        .execute();
      const none = Object.fromEntries(SUBSCRIPTION_STATES.map((state) => [state, 0]));
      return { ...none, ...Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])) } as Readonly<
        Record<Subscription['state'], number>
      >;
    },
    forget: (id) =>
      write(async (db) => {
        for (const table of ['digest_sent', 'digest_watched', 'digest_outbox', 'bounce'] as const)
          await db.deleteFrom(table).where('subscription_id', '=', keyText(id)).execute();
        await db.deleteFrom('subscription').where('id', '=', keyText(id)).execute();
      }),
  };
};
