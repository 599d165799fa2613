import { randomUUID } from 'node:crypto';
import { insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Store } from './store.ts';

/** A job that is done is gone, so a row is work to do: free when its lease is over. */
export const jobs = (engine: Engine): Store['jobs'] => {
  const held = (id: string, owner: string) => ({ id: keyText(id), owner: keyText(owner) });

  return {
    enqueue: async ({ kind, key, payload, at }) => {
      const row = {
        id: randomUUID(),
        kind: keyText(kind),
        name: keyText(key),
        // JSON by convention: what PostgreSQL cannot hold is escaped there anyway.
        payload: payload.replaceAll('\0', '').toWellFormed(),
        due_at: at,
        owner: null,
        lease_until: 0,
        attempts: 0,
        error: null,
      };
      await engine.write((db) => insertRows(db, 'job', [row], 'ON CONFLICT (kind, name) DO NOTHING'));
    },
    claim: async (kind, { owner, now, leaseMs }) => {
      for (;;) {
        const due = await engine.read
          .selectFrom('job')
          .select(['id', 'payload', 'attempts', 'lease_until'])
          .where('kind', '=', keyText(kind))
          .where('due_at', '<=', now)
          .where('lease_until', '<=', now)
          .orderBy('due_at')
          .orderBy('id')
          .limit(1)
          .executeTakeFirst();
        if (!due) return null;
        const attempts = due.attempts + 1;
        // Compare and set: whoever claimed it in between has moved `attempts` on.
        const won = await engine.write((db) =>
          db
            .updateTable('job')
            .set({ owner: keyText(owner), lease_until: now + leaseMs, attempts })
            .where('id', '=', due.id)
            .where('attempts', '=', due.attempts)
            .where('lease_until', '=', due.lease_until)
            .returning('id')
            .executeTakeFirst(),
        );
        if (won) return { id: due.id, kind, payload: due.payload, attempts };
      }
    },
    list: async (limit) =>
      (await engine.read.selectFrom('job').selectAll().orderBy('due_at').orderBy('id').limit(limit).execute()).map(
        (row) => ({
          kind: row.kind,
          key: row.name,
          dueAt: row.due_at,
          leaseUntil: row.lease_until,
          attempts: row.attempts,
          error: row.error,
        }),
      ),
    extend: (id, owner, until) =>
      engine.write(async (db) => {
        const mine = held(id, owner);
        const rows = await db
          .updateTable('job')
          .set({ lease_until: until })
          .where('id', '=', mine.id)
          .where('owner', '=', mine.owner)
          .returning('id')
          .execute();
        return rows.length > 0;
      }),
    finish: (id, owner) =>
      engine.write(async (db) => {
        const mine = held(id, owner);
        const rows = await db
          .deleteFrom('job')
          .where('id', '=', mine.id)
          .where('owner', '=', mine.owner)
          .returning('id')
          .execute();
        return rows.length > 0;
      }),
    retry: (id, owner, at, error) =>
      engine.write(async (db) => {
        const mine = held(id, owner);
        const rows = await db
          .updateTable('job')
          .set({ due_at: at, lease_until: 0, owner: null, error: error.replaceAll('\0', '').toWellFormed() })
          .where('id', '=', mine.id)
          .where('owner', '=', mine.owner)
          .returning('id')
          .execute();
        return rows.length > 0;
      }),
  };
};
