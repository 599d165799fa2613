import type { Run, SourceStanding } from '../model/ledger.ts';
import { insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Engine } from './engine.ts';
import { bodyText, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

const rowOf = (run: Run): Schema['run'] => ({
  id: keyText(run.id),
  source: keyText(run.source),
  wish: bodyText(run.wish),
  started_at: run.startedAt,
  seen_at: run.seenAt,
  ended_at: run.endedAt,
  outcome: run.outcome,
  note: run.note === null ? null : bodyText(run.note),
  pages: run.pages,
  total: run.total,
  added: run.counts.new,
  changed: run.counts.changed,
  same: run.counts.same,
  rejected: run.counts.rejected,
  gone: run.counts.gone,
});

const runOf = (row: Schema['run']): Run => ({
  id: row.id,
  source: row.source,
  wish: row.wish,
  startedAt: row.started_at,
  seenAt: row.seen_at,
  endedAt: row.ended_at,
  outcome: row.outcome,
  note: row.note,
  pages: row.pages,
  total: row.total,
  counts: { new: row.added, changed: row.changed, same: row.same, rejected: row.rejected, gone: row.gone },
});

export const runs = (engine: Engine): Store['runs'] => ({
  put: (run) =>
    engine.write(async (db) => {
      await draw(db, 'harvest', 1);
      const row = rowOf(run);
      const news = Object.keys(row).map((column) => `${column} = excluded.${column}`);
      await insertRows(db, 'run', [row], `ON CONFLICT (id) DO UPDATE SET ${news.join(', ')}`);
    }),
  recent: async ({ source, limit }) => {
    const all = engine.read.selectFrom('run').selectAll();
    const rows = source === undefined ? all : all.where('source', '=', keyText(source));
    return (await rows.orderBy('started_at', 'desc').orderBy('id').limit(limit).execute()).map(runOf);
  },
});

export const standings = (engine: Engine): Store['standings'] => ({
  all: async () => {
    const rows = await engine.read
      .selectFrom('standing')
      .selectAll()
      .select((is) =>
        is
          .selectFrom('ledger')
          .select(({ fn }) => fn.max('ledger.day').as('day'))
          .whereRef('ledger.source', '=', 'standing.source')
          .as('newest'),
      )
      .orderBy('source')
      .execute();
    return rows.map((row) => ({
      source: row.source,
      paused: row.paused !== 0,
      nextAt: row.next_at,
      lastSuccessAt: row.last_success_at,
      lastFailureAt: row.last_failure_at,
      lastFailure: row.last_failure,
      newestDay: row.newest,
    }));
  },
  put: (standing: Partial<SourceStanding> & { readonly source: string }) =>
    engine.write(async (db) => {
      await draw(db, 'harvest', 1);
      const source = keyText(standing.source);
      const none = {
        source,
        paused: 0,
        next_at: null,
        last_success_at: null,
        last_failure_at: null,
        last_failure: null,
      };
      await insertRows(db, 'standing', [none], 'ON CONFLICT (source) DO NOTHING');
      const { paused, nextAt, lastSuccessAt, lastFailureAt, lastFailure } = standing;
      const change: Partial<Schema['standing']> = {
        ...(paused === undefined ? {} : { paused: paused ? 1 : 0 }),
        ...(nextAt === undefined ? {} : { next_at: nextAt }),
        ...(lastSuccessAt === undefined ? {} : { last_success_at: lastSuccessAt }),
        ...(lastFailureAt === undefined ? {} : { last_failure_at: lastFailureAt }),
        ...(lastFailure === undefined ? {} : { last_failure: lastFailure === null ? null : bodyText(lastFailure) }),
      };
      if (Object.keys(change).length > 0)
        await db.updateTable('standing').set(change).where('source', '=', source).execute();
    }),
});
