import { sql } from 'kysely';
import type { Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Store } from './store.ts';

/** How often one that waits for a held connection looks again: it mostly comes back long before its lease is over. */
const LOOK_AGAIN_MS = 200;

export const turns = (engine: Engine): Store['turns'] => {
  const again = async (key: string, now: number): Promise<number | null> => {
    const row = await engine.read.selectFrom('turn').selectAll().where('key', '=', key).executeTakeFirst();
    if (!row || (row.lease_until <= now && row.next_at <= now)) return null;
    // While it is held, when it will be free is not known; the lease is the worst case.
    return Math.max(row.next_at, Math.min(row.lease_until, now + LOOK_AGAIN_MS));
  };

  return {
    take: async (name, { owner, now, leaseMs }) => {
      const key = keyText(name);
      for (;;) {
        const wait = await again(key, now);
        if (wait !== null) return { taken: false, again: wait };
        // Compare and set in one statement: whoever comes second finds the lease of the first.
        const won = await engine.write((db) =>
          db
            .insertInto('turn')
            .values({ key, owner: keyText(owner), lease_until: now + leaseMs, next_at: 0 })
            .onConflict((conflict) =>
              conflict
                .column('key')
                .doUpdateSet((is) => ({
                  owner: is.ref('excluded.owner'),
                  lease_until: is.ref('excluded.lease_until'),
                }))
                .where('turn.lease_until', '<=', now)
                .where('turn.next_at', '<=', now),
            )
            .returning('key')
            .executeTakeFirst(),
        );
        if (won) return { taken: true };
      }
    },
    keep: async (name, { owner, now, leaseMs }) =>
      (await engine.write((db) =>
        db
          .updateTable('turn')
          .set({ lease_until: now + leaseMs })
          .where('key', '=', keyText(name))
          .where('owner', '=', keyText(owner))
          .where('lease_until', '>', now)
          .returning('key')
          .executeTakeFirst(),
      )) !== undefined,
    give: async (name, { owner, nextAt }) => {
      // One whose lease has lapsed no longer holds the connection, but what it learnt of the host still counts.
      await engine.write((db) =>
        db
          .updateTable('turn')
          .set({
            lease_until: sql<number>`CASE WHEN owner = ${keyText(owner)} THEN 0 ELSE lease_until END`,
            next_at: sql<number>`CASE WHEN next_at < ${nextAt} THEN ${nextAt} ELSE next_at END`,
          })
          .where('key', '=', keyText(name))
          .execute(),
      );
    },
  };
};
