import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { addDays, dayOf } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { plainMath } from '../kernel/plain-math.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { foldSpace } from '../kernel/text.ts';
import { textHolds } from '../model/highlight.ts';
import type { PaperCard } from '../model/paper.ts';
import { formatQuery, parseQuery } from '../model/query.ts';
import { type KeptSearch, NAME_CAP, type SavedSearch, type SavedSearchesPage } from '../model/saved-search.ts';
import type { Store } from '../store/store.ts';
import { type SearchDeps, searchPapers } from './search.ts';

/** How long a removed search can be brought back. Milliseconds. */
const KEPT_MS = 24 * 3_600_000;
/** Papers come in some days after the date they bear: what is dated so much before the last look may still be new. */
const LATE_DAYS = 14;
/** Of the newest papers that a search finds, so many are looked at. */
const LOOKED_AT = 120;

type Shelf = Pick<Store, 'savedSearches'>;
interface Deps {
  readonly store: Shelf;
  readonly clock: Clock;
}

const idOf = (query: string): string => hash('sha256', query).slice(0, 16);
const asTyped = (q: string): string => formatQuery(parseQuery(q));
const nameOf = (name: string): string => foldSpace(name.toWellFormed().slice(0, NAME_CAP));

/** The id under which a reader keeps a query; null where they do not. */
export const savedAs = async (
  { store }: { readonly store: Shelf },
  { reader, q }: { readonly reader: string; readonly q: string },
): Promise<string | null> => {
  const kept = await store.savedSearches.get(reader, idOf(asTyped(q)));
  return kept === null || kept.removedAt !== null ? null : kept.id;
};

/** Keeps a query under a name, the query itself by default. Saved twice it is one, and keeps the name it has. */
export const saveSearch = async (
  { store, clock }: Deps,
  { reader, q, name = '' }: { readonly reader: string; readonly q: string; readonly name?: string },
): Promise<Result<SavedSearch, 'bad-input'>> => {
  const query = asTyped(q);
  if (query === '') return fail('bad-input', 'There is nothing to save: the search is empty.');
  const now = clock.now();
  await store.savedSearches.sweep(now - KEPT_MS);
  const before = await store.savedSearches.get(reader, idOf(query));
  if (before !== null && before.removedAt === null && nameOf(name) === '') return ok(before);
  const search: SavedSearch = {
    reader,
    id: idOf(query),
    name: nameOf(name) || before?.name || nameOf(query),
    query,
    createdAt: before?.createdAt ?? now,
    seenAt: before?.seenAt ?? now,
    removedAt: null,
  };
  await store.savedSearches.put(search);
  return ok(search);
};

const changed = async (
  { store }: { readonly store: Shelf },
  { reader, id }: { readonly reader: string; readonly id: string },
  change: Partial<Pick<SavedSearch, 'name' | 'seenAt' | 'removedAt'>>,
): Promise<Result<SavedSearch, 'not-found'>> => {
  const search = await store.savedSearches.get(reader, id);
  if (search === null) return fail('not-found', 'There is no such saved search.');
  const next = { ...search, ...change };
  await store.savedSearches.put(next);
  return ok(next);
};

interface Which {
  readonly reader: string;
  readonly id: string;
}

/** Gives a saved search another name; an empty one is its query. */
export const renameSearch = async (deps: Deps, { name, ...which }: Which & { readonly name: string }) => {
  const search = await deps.store.savedSearches.get(which.reader, which.id);
  return changed(deps, which, { name: nameOf(name) || nameOf(search?.query ?? '') });
};

/** Removes a saved search; for a day it can be brought back. */
export const removeSearch = (deps: Deps, which: Which) => changed(deps, which, { removedAt: deps.clock.now() });

/** Brings back what was removed. */
export const restoreSearch = (deps: Deps, which: Which) => changed(deps, which, { removedAt: null });

/** From now on only what comes in later is new. */
export const lookAtSearch = (deps: Deps, which: Which) => changed(deps, which, { seenAt: deps.clock.now() });

/**
 * Papers a search finds that were first seen after `since` (ms since 1970), newest first, at most 120: those that pass its
 * filters and hold its words (all of up to three, two thirds of more), for what is only near in meaning is no news.
 */
export const newMatches = async (
  deps: SearchDeps,
  search: Pick<SavedSearch, 'query' | 'reader'>,
  since: number,
): Promise<readonly PaperCard[]> => {
  const query = parseQuery(search.query);
  const earliest = addDays(dayOf(since), -LATE_DAYS);
  const after = query.after !== null && query.after > earliest ? query.after : earliest;
  const { hits } = await searchPapers(
    { ...deps, embedder: null },
    { q: formatQuery({ ...query, after }), sort: 'newest', limit: LOOKED_AT, reader: search.reader },
  );
  const seen = new Date(since).toISOString();
  return hits
    .map(({ card }) => card)
    .filter(({ paper }) => {
      const first = paper.sightings.map(({ seenAt }) => seenAt).sort()[0] ?? '';
      return first > seen && textHolds(plainMath(`${paper.title} ${paper.abstract}`), query);
    });
};

const freshIn = async (deps: SearchDeps, search: SavedSearch): Promise<number | null> => {
  try {
    return (await newMatches(deps, search, search.seenAt)).length;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
};

/** A reader's saved searches, with what is new in each; `saved` and `removed` name those just saved or removed. */
export const readSavedSearches = async (
  deps: SearchDeps & { readonly store: Shelf },
  { reader, saved = '', removed = '' }: { readonly reader: string; readonly saved?: string; readonly removed?: string },
): Promise<SavedSearchesPage> => {
  const searches: KeptSearch[] = [];
  for (const search of await deps.store.savedSearches.of(reader))
    searches.push({ search, fresh: await freshIn(deps, search) });
  const gone = removed === '' ? null : await deps.store.savedSearches.get(reader, removed);
  return {
    searches,
    removed: gone?.removedAt == null ? null : gone,
    saved: searches.find(({ search }) => search.id === saved)?.search ?? null,
  };
};
