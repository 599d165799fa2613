import type { Paper } from '../model/paper.ts';
import { insertRows, nextTurn } from './bulk.ts';
import type { Db } from './engine.ts';
import { keyText } from './key.ts';
import type { Schema } from './schema.ts';

/** Papers before others have the event loop. */
const SLICE = 100;

type List = Pick<Schema['listing'], 'kind' | 'key' | 'name' | 'handle'>;

/** Tells every list a paper stands in; a list may be told twice, and the first time counts. */
const eachList = (paper: Paper, tell: (list: List, place: number) => void): void => {
  const add = (kind: List['kind'], key: string, name: string, place: number, handle: string | null = null): void =>
    tell({ kind, key: keyText(key), name: keyText(name), handle }, place);
  add('all', '', '', 0);
  for (const [place, author] of paper.authors.entries()) add('author', author.key, author.name, place);
  for (const [place, code] of paper.categories.entries()) add('category', code, code, place);
  for (const [place, { source }] of paper.sightings.entries()) add('source', source, source, place);
  const house = paper.organisation;
  if (house) add('organisation', house.key, house.name, 0, house.handle === null ? null : keyText(house.handle));
};

const dayOf = ({ published }: Paper): string => keyText(published ?? '');

/** What happens to one list. */
interface Change {
  list: List;
  papers: number;
  readonly rows: Schema['listed'][];
  /** Place among the papers of the last that stands in it. */
  turn: number;
}

/** Moves papers between lists and keeps the counts, given each paper before (null: new) and after (null: it is no more). */
export const relist = async (
  db: Db,
  papers: readonly { readonly old: Paper | null; readonly next: Paper | null }[],
): Promise<void> => {
  const kinds = new Map<List['kind'], Map<string, Change>>();
  const changeOf = (list: List): Change => {
    const ofKind = kinds.get(list.kind) ?? new Map<string, Change>();
    const known = ofKind.get(list.key);
    if (known) return known;
    const change = { list, papers: 0, rows: [], turn: -1 };
    kinds.set(list.kind, ofKind.set(list.key, change));
    return change;
  };
  /** The lists that `paper` stands in, each once. */
  const listsOf = (paper: Paper): Set<Change> => {
    const told = new Set<Change>();
    eachList(paper, (list) => {
      const change = changeOf(list);
      if (!told.has(change)) change.list = list;
      told.add(change);
    });
    return told;
  };
  for (const [i, { old, next }] of papers.entries()) {
    if (i % SLICE === SLICE - 1) await nextTurn();
    const before = old ? listsOf(old) : new Set<Change>();
    const stays = old && next && dayOf(old) === dayOf(next);
    const kept = new Set<Change>();
    if (next) {
      const day = dayOf(next);
      eachList(next, (list, place) => {
        const change = changeOf(list);
        if (change.turn === i) return;
        change.turn = i;
        change.list = list;
        if (before.has(change) && stays) {
          kept.add(change);
          return;
        }
        change.papers += 1;
        // The list of all papers is the table of papers itself; only its count is kept.
        if (list.kind !== 'all') change.rows.push({ kind: list.kind, key: list.key, day, paper_id: next.id, place });
      });
    }
    for (const change of before) {
      if (kept.has(change)) continue;
      change.papers -= 1;
      await db
        .deleteFrom('listed')
        .where('kind', '=', change.list.kind)
        .where('key', '=', change.list.key)
        .where('day', '=', dayOf(old as Paper))
        .where('paper_id', '=', (old as Paper).id)
        .execute();
    }
  }
  // Neighbours in an index go in together: that is half the way down the tree saved.
  const inOrder = [...kinds.keys()].sort().flatMap((kind) => {
    const ofKind = kinds.get(kind) as Map<string, Change>;
    return [...ofKind.keys()].sort().map((key) => ofKind.get(key) as Change);
  });
  await insertRows(
    db,
    'listed',
    inOrder.flatMap((change) => change.rows),
  );
  await insertRows(
    db,
    'listing',
    inOrder.map(({ list, papers: count }) => ({ ...list, papers: count })),
    `ON CONFLICT (kind, key) DO UPDATE SET papers = listing.papers + excluded.papers,
       name = excluded.name, handle = COALESCE(excluded.handle, listing.handle)`,
  );
};
