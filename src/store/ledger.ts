import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { dayOf } from '../kernel/day.ts';
import type { LedgerCell, Rejection } from '../model/ledger.ts';
import { chunks, insertRows } from './bulk.ts';
import { draw } from './counter.ts';
import type { Db, Engine } from './engine.ts';
import { bodyText, digest, keyText } from './key.ts';
import type { Schema } from './schema.ts';
import type { Store } from './store.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** One thing a source announced, and what became of it. */
export interface Counted {
  readonly source: string;
  /** Null where the source gives none. */
  readonly category: string | null;
  /** Null where the source gives none: then it is counted on the UTC day of `now`. */
  readonly day: string | null;
  readonly outcome: 'ingested' | 'rejected';
}

/** Adds to the squares of the ledger, inside the transaction that keeps the papers. The caller counts nothing twice. */
export const countEntries = async (db: Db, entries: readonly Counted[], now: number): Promise<void> => {
  if (entries.length === 0) return;
  const squares = new Map<string, Schema['ledger']>();
  for (const { source, category, day, outcome } of entries) {
    const square = { source: keyText(source), day: keyText(day ?? dayOf(now)), category: keyText(category ?? '') };
    const key = `${square.source}\n${square.day}\n${square.category}`;
    const row = squares.get(key) ?? { ...square, ingested: 0, rejected: 0 };
    row[outcome]++;
    squares.set(key, row);
  }
  await draw(db, 'harvest', 1);
  await insertRows(
    db,
    'ledger',
    [...squares.values()],
    `ON CONFLICT (source, day, category) DO UPDATE SET ingested = ledger.ingested + excluded.ingested,
       rejected = ledger.rejected + excluded.rejected`,
  );
};

/**
 * Keeps what could not be taken in, each once by source and bytes. Returns those that were not there before, in their
 * order: these are the ones to count.
 */
export const keepRejections = async (
  db: Db,
  rejections: readonly Rejection[],
  now: number,
): Promise<readonly Rejection[]> => {
  const byKey = new Map<string, Rejection>();
  for (const one of rejections) {
    const key = `${keyText(one.source)}\n${digest(one.raw)}`;
    if (!byKey.has(key)) byKey.set(key, one);
  }
  // The counter's row makes those that keep rejections take turns: what is missing now stays missing until it is written.
  if (byKey.size > 0) await draw(db, 'harvest', 1);
  const fresh = new Map(byKey);
  for (const part of chunks([...byKey.keys()], 500)) {
    const hashes = part.map((key) => key.slice(key.lastIndexOf('\n') + 1));
    const there = await db.selectFrom('rejection').select(['source', 'hash']).where('hash', 'in', hashes).execute();
    for (const { source, hash } of there) fresh.delete(`${source}\n${hash}`);
  }
  const rows = await Promise.all(
    [...fresh.values()].map(async (one) => ({
      source: keyText(one.source),
      hash: digest(one.raw),
      day: one.day === null ? null : keyText(one.day),
      counted: keyText(one.day ?? dayOf(now)),
      category: one.category === null ? null : keyText(one.category),
      reason: bodyText(one.reason),
      // JSON, because it keeps what UTF-8 cannot: lone surrogates.
      body: await compress(JSON.stringify(one.raw)),
      at: now,
    })),
  );
  await insertRows(db, 'rejection', rows, 'ON CONFLICT (source, hash) DO NOTHING');
  return [...fresh.values()];
};

interface Span {
  readonly first: string;
  readonly last: string;
  readonly source?: string;
}

/** Forgets rejections that could be read after all, and takes them out of the counts. Those that are not there count nothing. */
const redeem = async (db: Db, source: string, raws: readonly string[]): Promise<void> => {
  await draw(db, 'harvest', 1);
  for (const part of chunks([...new Set(raws.map(digest))], 500)) {
    const rows = await db
      .deleteFrom('rejection')
      .where('source', '=', keyText(source))
      .where('hash', 'in', part)
      .returning(['counted', 'category'])
      .execute();
    for (const { counted, category } of rows) {
      await db
        .updateTable('ledger')
        .set((is) => ({ rejected: is('rejected', '-', 1) }))
        .where('source', '=', keyText(source))
        .where('day', '=', counted)
        .where('category', '=', category ?? '')
        .where('rejected', '>', 0)
        .execute();
    }
  }
  await db.deleteFrom('ledger').where('ingested', '=', 0).where('rejected', '=', 0).execute();
};

export const ledger = ({ read, write }: Engine): Store['ledger'] => {
  const within = ({ first, last, source }: Span) => {
    const rows = read.selectFrom('ledger').where('day', '>=', keyText(first)).where('day', '<=', keyText(last));
    return source === undefined ? rows : rows.where('source', '=', keyText(source));
  };
  const cell = (row: Schema['ledger']): LedgerCell => ({ ...row, announced: row.ingested + row.rejected });

  return {
    cells: async (span) => {
      const rows = await within(span).selectAll().orderBy('day').orderBy('source').orderBy('category').execute();
      return rows.map(cell);
    },
    days: async (span) => {
      const cells = await within(span)
        .select(({ fn }) => [
          'source',
          'day',
          fn.sum<number | string>('ingested').as('ingested'),
          fn.sum<number | string>('rejected').as('rejected'),
        ])
        .groupBy(['source', 'day'])
        .orderBy('day')
        .orderBy('source')
        .execute();
      // PostgreSQL adds BIGINTs up to a NUMERIC, which comes as text.
      return cells.map(({ source, day, ingested, rejected }) =>
        cell({ source, day, category: '', ingested: Number(ingested), rejected: Number(rejected) }),
      );
    },
    redeem: async (source, raws) => {
      if (raws.length > 0) await write((db) => redeem(db, source, raws));
    },
    rejections: async ({ source, day, limit }) => {
      let rows = read.selectFrom('rejection').selectAll();
      if (source !== undefined) rows = rows.where('source', '=', keyText(source));
      if (day !== undefined) rows = rows.where('counted', '=', keyText(day));
      const found = await rows.orderBy('at', 'desc').orderBy('source').orderBy('hash').limit(limit).execute();
      return Promise.all(
        found.map(async (row) => ({
          source: row.source,
          day: row.day,
          category: row.category,
          reason: row.reason,
          raw: JSON.parse((await decompress(row.body)).toString()) as string,
          at: row.at,
        })),
      );
    },
  };
};
