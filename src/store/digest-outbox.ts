import type { Selectable } from 'kysely';
import type { OutboxRow, OutboxTrouble } from '../model/digest.ts';
import { insertRows } from './bulk.ts';
import type { DigestStore } from './digest-contract.ts';
import { sentPapers } from './digest-sent.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, digest, keyText } from './key.ts';
import { counts, giveBack, lease } from './outbox-lease.ts';
import type { Schema } from './schema.ts';
import { subscriptionOf } from './subscription.ts';

const STATES: readonly OutboxRow['state'][] = ['waiting', 'sent', 'empty', 'failed', 'dropped'];
const ERROR_CAP = 500;

const outboxRow = (row: Selectable<Schema['digest_outbox']>): OutboxRow => ({
  id: row.id,
  subscriptionId: row.subscription_id,
  localDay: row.local_day,
  about: row.about,
  messageId: row.message_id,
  state: row.state,
  attempts: row.attempts,
  dueAt: row.due_at,
  plan: row.plan === null ? null : JSON.parse(row.plan),
  sentAt: row.sent_at,
  error: row.error,
});

const domainOf = (address: string): string => keyText(address.slice(address.lastIndexOf('@') + 1).toLowerCase());

const planText = (plan: OutboxRow['plan'] & object): string => bodyText(JSON.stringify(plan));

type Settled = Parameters<DigestStore['outbox']['settle']>[0][number];

const settleOne = async (db: Db, one: Settled): Promise<void> => {
  // What was sent stays sent, whatever another process believes.
  const row = await db
    .updateTable('digest_outbox')
    .set({
      state: one.state,
      owner: null,
      lease_until: 0,
      sent_at: one.at,
      error: one.error === undefined ? null : bodyText(one.error).slice(0, ERROR_CAP),
    })
    .where('id', '=', keyText(one.id))
    .where('state', '!=', 'sent')
    .returning(['id', 'subscription_id'])
    .executeTakeFirst();
  if (row === undefined) return;
  const { id: outbox_id, subscription_id } = row;
  const papers = one.papers.map((id) => ({ subscription_id, paper_id: keyText(id), outbox_id }));
  await insertRows(db, 'digest_sent', papers, 'ON CONFLICT (subscription_id, paper_id) DO NOTHING');
  const watched = one.watched.map((state) => ({
    subscription_id,
    paper_id: keyText(state.paperId),
    version: state.version,
    withdrawn: state.withdrawn ? 1 : 0,
    code: state.code ? 1 : 0,
  }));
  await insertRows(
    db,
    'digest_watched',
    watched,
    'ON CONFLICT (subscription_id, paper_id) DO UPDATE SET version = excluded.version, withdrawn = excluded.withdrawn, code = excluded.code',
  );
};

/** What is to be sent, is being sent and was sent; see the contract in `digest-contract.ts`. */
export const outbox = (engine: Engine): DigestStore['outbox'] => {
  const { read, write } = engine;
  return {
    fill: (rows, at) =>
      write(async (db) => {
        let made = 0;
        for (const { subscription, row, nextAt } of rows) {
          const id = keyText(subscription.id);
          if (row !== null) {
            const inserted = await db
              .insertInto('digest_outbox')
              .values({
                id: digest(`${subscription.id} ${row.messageId}`),
                subscription_id: id,
                local_day: row.localDay,
                about: keyText(row.about),
                message_id: row.messageId,
                domain: domainOf(subscription.address),
                state: 'waiting',
                due_at: at,
                owner: null,
                lease_until: 0,
                attempts: 0,
                plan: row.plan === undefined ? null : planText(row.plan),
                sent_at: null,
                error: null,
              })
              .onConflict((on) => on.doNothing())
              .returning('id')
              .executeTakeFirst();
            if (inserted !== undefined) made++;
          }
          if (nextAt !== null)
            await db
              .updateTable('subscription')
              .set({ next_at: nextAt })
              .where('id', '=', id)
              // A reader who changed the hour meanwhile has set the next time anew.
              .where('next_at', '=', subscription.nextAt)
              .execute();
        }
        return made;
      }),
    lease: async (wish) => {
      const ids = await lease(engine, 'digest_outbox', wish);
      if (ids.length === 0) return [];
      const rows = await read.selectFrom('digest_outbox').selectAll().where('id', 'in', ids).execute();
      const whose = [...new Set(rows.map(({ subscription_id }) => subscription_id))];
      const there = await read.selectFrom('subscription').selectAll().where('id', 'in', whose).execute();
      const subscriptions = new Map(there.map((row) => [row.id, subscriptionOf(row)]));
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.flatMap((id) => {
        const row = byId.get(id);
        const subscription = subscriptions.get(row?.subscription_id ?? '');
        return row === undefined || subscription === undefined ? [] : [{ row: outboxRow(row), subscription }];
      });
    },
    composed: (owner, rows, { now, leaseMs }) =>
      write(async (db) => {
        const held = new Set<string>();
        for (const { id, plan } of rows) {
          const row = await db
            .updateTable('digest_outbox')
            .set({ plan: planText(plan), lease_until: now + leaseMs })
            .where('id', '=', keyText(id))
            .where('owner', '=', keyText(owner))
            .where('state', '=', 'waiting')
            .returning('id')
            .executeTakeFirst();
          if (row !== undefined) held.add(id);
        }
        return held;
      }),
    settle: (rows) =>
      write(async (db) => {
        for (const one of rows) await settleOne(db, one);
      }),
    giveBack: (owner, rows) => giveBack(engine, 'digest_outbox', owner, rows, ERROR_CAP),
    get: async (id) => {
      const row = await read.selectFrom('digest_outbox').selectAll().where('id', '=', keyText(id)).executeTakeFirst();
      return row === undefined ? null : outboxRow(row);
    },
    byMessageId: async (messageId) => {
      const row = await read
        .selectFrom('digest_outbox')
        .selectAll()
        .where('message_id', '=', keyText(messageId))
        .executeTakeFirst();
      return row === undefined ? null : outboxRow(row);
    },
    of: async (subscriptionId, limit) =>
      (
        await read
          .selectFrom('digest_outbox')
          .selectAll()
          .where('subscription_id', '=', keyText(subscriptionId))
          .orderBy('local_day', 'desc')
          .orderBy('about')
          .limit(limit)
          .execute()
      ).map(outboxRow),
    counts: (since) => counts(engine, 'digest_outbox', STATES, since),
    troubles: async (limit) => {
      const among = async (state: OutboxTrouble['state'], at: 'sent_at' | 'due_at', most: number) =>
        most <= 0
          ? []
          : (
              await read
                .selectFrom('digest_outbox as o')
                .innerJoin('subscription as s', 's.id', 'o.subscription_id')
                .select(['o.state', 'o.local_day', 'o.attempts', 'o.error', `o.${at} as at`, 's.address'])
                .where('o.state', '=', state)
                .where('o.error', 'is not', null)
                .orderBy(`o.${at}`, 'desc')
                .orderBy('o.id')
                .limit(most)
                .execute()
            ).map((row) => ({
              state,
              address: row.address,
              localDay: row.local_day,
              attempts: row.attempts,
              at: row.at ?? 0,
              error: row.error ?? '',
            }));
      const failed = await among('failed', 'sent_at', limit);
      return [...failed, ...(await among('waiting', 'due_at', limit - failed.length))];
    },
    ...sentPapers(engine),
    watched: async (subscriptionId) =>
      new Map(
        (
          await read
            .selectFrom('digest_watched')
            .selectAll()
            .where('subscription_id', '=', keyText(subscriptionId))
            .execute()
        ).map((row) => [row.paper_id, { version: row.version, withdrawn: row.withdrawn === 1, code: row.code === 1 }]),
      ),
    sweep: (before) =>
      write(async (db) => {
        await db
          .updateTable('digest_outbox')
          .set({ plan: null })
          .where('state', '!=', 'waiting')
          .where('sent_at', '<', before)
          .where('plan', 'is not', null)
          .execute();
      }),
  };
};
