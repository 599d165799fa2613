import type { Paper } from '../model/paper.ts';
import { insertRows, nextTurn } from './bulk.ts';
import type { Db } from './engine.ts';
import { keyText } from './key.ts';
import type { Schema } from './schema.ts';

/** Papers before others have the event loop. */
const SLICE = 100;

type Listed = Schema['listed'] & Pick<Schema['listing'], 'name' | 'handle'>;

const rowKey = (row: Pick<Listed, 'kind' | 'key'>): string => `${row.kind} ${row.key}`;

/** Every list a paper stands in, once each. */
const listedIn = (paper: Paper): Map<string, Listed> => {
  const rows = new Map<string, Listed>();
  const day = paper.published ?? '';
  const add = (kind: Listed['kind'], key: string, name: string, place: number, handle: string | null = null): void => {
    const row = { kind, key: keyText(key), day: keyText(day), paper_id: paper.id, place, name: keyText(name), handle };
    if (!rows.has(rowKey(row))) rows.set(rowKey(row), row);
  };
  add('all', '', '', 0);
  for (const [place, author] of paper.authors.entries()) add('author', author.key, author.name, place);
  for (const [place, code] of paper.categories.entries()) add('category', code, code, place);
  for (const [place, { source }] of paper.sightings.entries()) add('source', source, source, place);
  const house = paper.organisation;
  if (house) add('organisation', house.key, house.name, 0, house.handle === null ? null : keyText(house.handle));
  return rows;
};

/** Moves papers between lists and keeps the counts, given each paper before (null: new) and after (null: it is no more). */
export const relist = async (
  db: Db,
  papers: readonly { readonly old: Paper | null; readonly next: Paper | null }[],
): Promise<void> => {
  const listed: Schema['listed'][] = [];
  const counts = new Map<string, Schema['listing']>();
  const count = ({ kind, key, name, handle }: Listed, by: number): void => {
    const seen = counts.get(rowKey({ kind, key }));
    counts.set(rowKey({ kind, key }), { kind, key, name, handle, papers: (seen?.papers ?? 0) + by });
  };
  for (const [i, { old, next }] of papers.entries()) {
    if (i % SLICE === SLICE - 1) await nextTurn();
    const before = old ? listedIn(old) : new Map<string, Listed>();
    const after = next ? listedIn(next) : new Map<string, Listed>();
    for (const [key, row] of before) {
      if (after.get(key)?.day === row.day) continue;
      count(row, -1);
      await db
        .deleteFrom('listed')
        .where('kind', '=', row.kind)
        .where('key', '=', row.key)
        .where('day', '=', row.day)
        .where('paper_id', '=', row.paper_id)
        .execute();
    }
    for (const [key, row] of after) {
      const same = before.get(key)?.day === row.day;
      count(row, same ? 0 : 1);
      // The list of all papers is the table of papers itself; only its count is kept.
      if (same || row.kind === 'all') continue;
      const { kind, day, paper_id, place } = row;
      listed.push({ kind, key: row.key, day, paper_id, place });
    }
  }
  // Neighbours in an index go in together: that is half the way down the tree saved.
  const inOrder = (a: { kind: string; key: string }, b: { kind: string; key: string }): number =>
    a.kind === b.kind ? (a.key < b.key ? -1 : Number(a.key > b.key)) : a.kind < b.kind ? -1 : 1;
  await insertRows(db, 'listed', listed.sort(inOrder));
  await insertRows(
    db,
    'listing',
    [...counts.values()].sort(inOrder),
    `ON CONFLICT (kind, key) DO UPDATE SET papers = listing.papers + excluded.papers,
       name = excluded.name, handle = COALESCE(excluded.handle, listing.handle)`,
  );
};
