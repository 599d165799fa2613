import type { PaperId } from '../model/paper.ts';
import { chunks } from './bulk.ts';
import type { DigestStore } from './digest-contract.ts';
import type { Db, Engine } from './engine.ts';
import { keyText } from './key.ts';

/** Values in one `IN (…)`. */
const MANY = 500;
/** Subscriptions in one transaction of a sweep. */
const SWEPT_AT_ONCE = 50;

/** Every name, present and former, under which one of these papers may have been sent: name → paper. */
const namesOf = async (db: Db, ids: readonly PaperId[]): Promise<ReadonlyMap<string, PaperId>> => {
  const names = new Map(ids.map((id) => [keyText(id), id]));
  for (const part of chunks([...names.keys()], MANY)) {
    const rows = await db.selectFrom('paper_alias').selectAll().where('paper_id', 'in', part).execute();
    for (const { alias, paper_id } of rows) names.set(keyText(alias), names.get(paper_id) ?? paper_id);
  }
  return names;
};

/** The memory of “never twice”; see the contract in `digest-contract.ts`. */
export const sentPapers = ({
  read,
  write,
}: Pick<Engine, 'read' | 'write'>): Pick<DigestStore['outbox'], 'sent' | 'sweepSent'> => ({
  sent: async (subscriptionId, ids) => {
    const names = await namesOf(read, ids);
    const sent = new Set<string>();
    for (const part of chunks([...names.keys()], MANY)) {
      const rows = await read
        .selectFrom('digest_sent')
        .select('paper_id')
        .where('subscription_id', '=', keyText(subscriptionId))
        .where('paper_id', 'in', part)
        .execute();
      for (const row of rows) sent.add(names.get(row.paper_id) ?? row.paper_id);
    }
    return sent;
  },
  sweepSent: async ({ before, keep }) => {
    const kept = new Set((await namesOf(read, keep)).keys());
    let swept = 0;
    for (let after = ''; ; ) {
      const page = await read
        .selectFrom('subscription')
        .select('id')
        .where('reader', 'is', null)
        .where('id', '>', after)
        .orderBy('id')
        .limit(SWEPT_AT_ONCE)
        .execute();
      const last = page.at(-1);
      if (last === undefined) return swept;
      after = last.id;
      const old = await read
        .selectFrom('digest_sent as s')
        .innerJoin('digest_outbox as o', 'o.id', 's.outbox_id')
        .select(['s.subscription_id', 's.paper_id'])
        .where(
          's.subscription_id',
          'in',
          page.map(({ id }) => id),
        )
        .where('o.sent_at', '<', before)
        .execute();
      const gone = Map.groupBy(
        old.filter(({ paper_id }) => !kept.has(paper_id)),
        (row) => row.subscription_id,
      );
      if (gone.size === 0) continue;
      await write(async (db) => {
        for (const [id, rows] of gone)
          for (const part of chunks(
            rows.map(({ paper_id }) => paper_id),
            MANY,
          ))
            await db
              .deleteFrom('digest_sent')
              .where('subscription_id', '=', id)
              .where('paper_id', 'in', part)
              .execute();
      });
      swept += [...gone.values()].reduce((sum, rows) => sum + rows.length, 0);
    }
  },
});
