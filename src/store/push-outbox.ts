import type { PushState } from '../model/push.ts';
import { chunks } from './bulk.ts';
import type { Engine } from './engine.ts';
import { bodyText, digest, keyText } from './key.ts';
import { counts, giveBack, lease } from './outbox-lease.ts';
import type { LeasedPush, PushStore } from './push-contract.ts';
import { deviceOf } from './push-device.ts';

/** Values in one `IN (…)`. */
const MANY = 500;
const ERROR_CAP = 300;
const STATES: readonly PushState[] = ['waiting', 'sent', 'failed'];

/** Thrown to undo what was begun, and caught where it was begun. */
class ToldMeanwhile extends Error {}

const says = (error: string | null): string | null => (error === null ? null : bodyText(error).slice(0, ERROR_CAP));

/** What is to be pushed, is being pushed and was pushed; see the contract in `push-contract.ts`. */
export const pushOutbox = (engine: Engine): PushStore['pushOutbox'] => {
  const { read, write } = engine;
  return {
    fill: ({ reader, device, note, papers, at }) =>
      write(async (db) => {
        const whose = keyText(reader);
        const devices = await db
          .selectFrom('push_device')
          .select('id')
          .where('reader', '=', whose)
          .$if(device !== undefined, (query) => query.where('id', '=', keyText(device ?? '')))
          .orderBy('id')
          .execute();
        if (devices.length === 0) return 0;
        for (const paper of papers) {
          const fresh = await db
            .insertInto('push_told')
            .values({ reader: whose, paper_id: keyText(paper), at })
            .onConflict((on) => on.doNothing())
            .returning('paper_id')
            .executeTakeFirst();
          if (fresh === undefined) throw new ToldMeanwhile();
        }
        let made = 0;
        for (const { id: device_id } of devices) {
          const inserted = await db
            .insertInto('push_outbox')
            .values({
              id: digest(`${device_id} ${note.tag}`),
              device_id,
              note: bodyText(JSON.stringify(note)),
              state: 'waiting',
              made_at: at,
              due_at: at,
              owner: null,
              lease_until: 0,
              attempts: 0,
              settled_at: null,
              error: null,
            })
            .onConflict((on) => on.doNothing())
            .returning('id')
            .executeTakeFirst();
          if (inserted !== undefined) made++;
        }
        return made;
      }).catch((error: unknown) => {
        if (error instanceof ToldMeanwhile) return 0;
        throw error;
      }),
    lease: async (wish) => {
      const ids = await lease(engine, 'push_outbox', wish);
      if (ids.length === 0) return [];
      const rows = await read.selectFrom('push_outbox').selectAll().where('id', 'in', ids).execute();
      const whose = [...new Set(rows.map(({ device_id }) => device_id))];
      const there = await read.selectFrom('push_device').selectAll().where('id', 'in', whose).execute();
      const devices = new Map(there.map((row) => [row.id, deviceOf(row)]));
      const byId = new Map(rows.map((row) => [row.id, row]));
      const leased: LeasedPush[] = [];
      for (const id of ids) {
        const row = byId.get(id);
        const device = devices.get(row?.device_id ?? '');
        if (row === undefined) continue;
        // Written while its device went.
        if (device === undefined) await write((db) => db.deleteFrom('push_outbox').where('id', '=', id).execute());
        else
          leased.push({ row: { id, note: JSON.parse(row.note), attempts: row.attempts, madeAt: row.made_at }, device });
      }
      return leased;
    },
    settle: ({ id, state, at, error }) =>
      write(async (db) => {
        // What was sent stays sent, whatever another process believes.
        const row = await db
          .updateTable('push_outbox')
          .set({ state, owner: null, lease_until: 0, settled_at: at, error: says(error) })
          .where('id', '=', keyText(id))
          .where('state', '!=', 'sent')
          .returning('device_id')
          .executeTakeFirst();
        if (row === undefined) return;
        await db
          .updateTable('push_device')
          .set(state === 'sent' ? { told_at: at, trouble: null } : { trouble: says(error) })
          .where('id', '=', row.device_id)
          .execute();
      }),
    giveBack: (owner, row) => giveBack(engine, 'push_outbox', owner, [row], ERROR_CAP),
    told: async (reader, ids) => {
      const original = new Map(ids.map((id) => [keyText(id), id]));
      const told = new Set<string>();
      for (const part of chunks([...original.keys()], MANY)) {
        const rows = await read
          .selectFrom('push_told')
          .select('paper_id')
          .where('reader', '=', keyText(reader))
          .where('paper_id', 'in', part)
          .execute();
        for (const row of rows) told.add(original.get(row.paper_id) ?? row.paper_id);
      }
      return told;
    },
    counts: () => counts(engine, 'push_outbox', STATES),
    sweep: (before) =>
      write(async (db) => {
        await db.deleteFrom('push_outbox').where('settled_at', '<', before).execute();
        await db.deleteFrom('push_told').where('at', '<', before).execute();
      }),
  };
};
