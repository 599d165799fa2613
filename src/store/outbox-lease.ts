import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';

/** What is common to what is sent out: rows wait, are one process's for a while, and go or come back. */
type Outbox = 'digest_outbox' | 'push_outbox';

interface Wish {
  readonly owner: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly limit: number;
  /** Domains of mail addresses that have to wait. */
  readonly without?: readonly string[];
}

interface Back {
  readonly id: string;
  /** When it is due again. */
  readonly at: number;
  /** Null where nothing was tried. */
  readonly error: string | null;
}

/** Ids of rows that are due and, until the lease ends, `owner`'s alone; the longest due first. */
export const lease = async (
  { read, write }: Engine,
  table: Outbox,
  { owner, now, leaseMs, limit, without = [] }: Wish,
): Promise<readonly string[]> => {
  const free = await read
    .selectFrom(table)
    .select('id')
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .where('lease_until', '<=', now)
    .$if(without.length > 0, (query) => query.where('domain', 'not in', without.map(keyText)))
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  const ids = free.map(({ id }) => id);
  if (ids.length === 0) return [];
  const rows = await write((db) =>
    db
      .updateTable(table)
      .set({ owner: keyText(owner), lease_until: now + leaseMs })
      .where('id', 'in', ids)
      // Whoever leased one in between has moved its lease on.
      .where('state', '=', 'waiting')
      .where('lease_until', '<=', now)
      .returning('id')
      .execute(),
  );
  const won = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => won.has(id));
};

/** Puts rows back that `owner` still holds; one with an error has been tried once more. */
export const giveBack = (
  { write }: Engine,
  table: Outbox,
  owner: string,
  rows: readonly Back[],
  errorCap: number,
): Promise<void> =>
  write(async (db) => {
    for (const { id, at, error } of rows)
      await db
        .updateTable(table)
        .set((is) => ({
          owner: null,
          lease_until: 0,
          due_at: at,
          ...(error === null ? {} : { error: bodyText(error).slice(0, errorCap), attempts: is('attempts', '+', 1) }),
        }))
        .where('id', '=', keyText(id))
        .where('owner', '=', keyText(owner))
        .where('state', '=', 'waiting')
        .execute();
  });

/** How many rows stand in each state; of digests, `since` leaves out what went before. */
export const counts = async <State extends string>(
  { read }: Engine,
  table: Outbox,
  states: readonly State[],
  since?: number,
): Promise<Readonly<Record<State, number>>> => {
  const rows = await read
    .selectFrom(table)
    .select((is) => ['state', is.fn.countAll<number>().as('n')])
    .$if(since !== undefined, (query) => query.where('sent_at', '>=', since ?? 0))
    .groupBy('state')
    .execute();
  const none = Object.fromEntries(states.map((state) => [state, 0]));
  return { ...none, ...Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])) } as Record<State, number>;
};
