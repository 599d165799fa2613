import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import {
  EVERYTHING,
  folderName,
  holdsWords,
  type LibraryChange,
  type LibraryEntry,
  type LibraryFilter,
  type LibraryItem,
  type LibraryPage,
  type LibrarySort,
  librarySorter,
  parseLibraryFilter,
  type Sortable,
} from '../model/library.ts';
import type { PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

/** How long what was taken out can be brought back. Milliseconds. */
const KEPT_MS = 24 * 3_600_000;
/** Entries whose words are read at once. */
const READ = 200;
export const LIBRARY_PER_PAGE = 30;
/** Papers that one form may change. */
export const MOST_AT_ONCE = 5_000;

interface Shelf {
  readonly store: Pick<Store, 'library' | 'papers'>;
}
interface Deps extends Shelf {
  readonly clock: Clock;
}

/** Puts a paper into the reader's library, or takes it out; said twice it changes nothing. */
export const savePaper = async (
  { store, clock }: Deps,
  { reader, paperId, wish }: { readonly reader: string; readonly paperId: PaperId; readonly wish: boolean },
): Promise<Result<{ readonly saved: boolean; readonly undo: number | null }, 'not-found'>> => {
  if ((await store.papers.get(paperId)) === null) return fail('not-found', 'There is no such paper.');
  const at = clock.now();
  if (!wish) {
    await store.library.sweep(at - KEPT_MS);
    const removed = await store.library.remove({ reader, ids: [paperId], at });
    return ok({ saved: false, undo: removed > 0 ? at : null });
  }
  await store.library.change({ reader, ids: [paperId], change: {}, at, saving: true });
  return ok({ saved: true, undo: null });
};

/** Changes entries; with `saving`, papers not yet in the library are put there. How many there are of them. */
export const changeEntries = async (
  { store, clock }: Deps,
  by: {
    readonly reader: string;
    readonly ids: readonly PaperId[];
    readonly change: LibraryChange;
    readonly saving?: boolean;
  },
): Promise<readonly LibraryEntry[]> =>
  store.library.change({ saving: false, ...by, ids: by.ids.slice(0, MOST_AT_ONCE), at: clock.now() });

/** Takes papers out of the library; `undo` brings them back for a day. */
export const removeEntries = async (
  { store, clock }: Deps,
  { reader, ids }: { readonly reader: string; readonly ids: readonly PaperId[] },
): Promise<{ readonly removed: number; readonly undo: number }> => {
  const at = clock.now();
  await store.library.sweep(at - KEPT_MS);
  return { removed: await store.library.remove({ reader, ids: ids.slice(0, MOST_AT_ONCE), at }), undo: at };
};

/** Brings back what was taken out at that time; how many papers. */
export const restoreEntries = (
  { store }: Deps,
  { reader, undo }: { readonly reader: string; readonly undo: number },
): Promise<number> => store.library.restore({ reader, removedAt: undo });

export const createFolder = async (
  { store, clock }: Deps,
  { reader, name }: { readonly reader: string; readonly name: string },
): Promise<Result<string, 'bad-input'>> => {
  const folder = folderName(name);
  if (folder === '') return fail('bad-input', 'A folder needs a name.');
  await store.library.createFolder({ reader, name: folder, at: clock.now() });
  return ok(folder);
};

/** Renames a folder and those in it. */
export const renameFolder = async (
  { store, clock }: Deps,
  { reader, from, to }: { readonly reader: string; readonly from: string; readonly to: string },
): Promise<Result<string, 'bad-input' | 'not-found'>> => {
  const folder = folderName(to);
  if (folder === '') return fail('bad-input', 'A folder needs a name.');
  return (await store.library.renameFolder({ reader, from, to: folder, at: clock.now() }))
    ? ok(folder)
    : fail('not-found', 'There is no such folder.');
};

/** Deletes a folder and those in it; the papers stay in the library. */
export const deleteFolder = async (
  { store }: Deps,
  { reader, name }: { readonly reader: string; readonly name: string },
): Promise<Result<true, 'not-found'>> =>
  (await store.library.deleteFolder({ reader, name })) ? ok(true) : fail('not-found', 'There is no such folder.');

type Light = Pick<LibraryEntry, 'paperId' | 'savedAt' | 'changedAt' | 'rating'>;

/** What words are looked for in: title, authors, abstract, note and tags. */
const textOf = ({ card: { paper }, entry }: LibraryItem): string =>
  [paper.title, ...paper.authors.map(({ name }) => name), paper.abstract, entry.note, ...entry.tags].join('\n');

const itemsOf = async ({ store }: Shelf, reader: string, ids: readonly PaperId[]): Promise<readonly LibraryItem[]> => {
  const [cards, entries] = await Promise.all([store.papers.cards(ids, reader), store.library.get(reader, ids)]);
  return cards.flatMap((card) => {
    const entry = entries.get(card.paper.id);
    return entry === undefined ? [] : [{ card, entry }];
  });
};

/** All that pass, in order. Papers are read only where their words, titles or dates matter. */
const matching = async (
  deps: Shelf,
  reader: string,
  filter: LibraryFilter,
  sort: LibrarySort,
): Promise<readonly PaperId[]> => {
  const light = await deps.store.library.list(reader, filter);
  const worded = filter.words.length > 0 || filter.not.length > 0;
  const order = librarySorter(sort);
  if (!worded && sort !== 'title' && sort !== 'published') {
    const bare = light.map((entry: Light): Sortable => ({ entry, title: '', published: null }));
    return bare.sort(order).map(({ entry }) => entry.paperId);
  }
  const found: Sortable[] = [];
  for (let at = 0; at < light.length; at += READ) {
    const ids = light.slice(at, at + READ).map(({ paperId }) => paperId);
    for (const item of await itemsOf(deps, reader, ids)) {
      const { title, published } = item.card.paper;
      if (holdsWords(textOf(item), filter)) found.push({ entry: item.entry, title, published });
    }
  }
  return found.sort(order).map(({ entry }) => entry.paperId);
};

/** Ids of the papers of a library that pass what one types to find them, last saved first: for `in:library` and for exports. */
export const idsOf = (
  deps: Shelf,
  { reader, q = '', sort = 'saved' }: { readonly reader: string; readonly q?: string; readonly sort?: LibrarySort },
): Promise<readonly PaperId[]> => matching(deps, reader, parseLibraryFilter(q), sort);

/** Entries with their papers, in the order of `idsOf`, some at a time. */
export async function* libraryItems(
  deps: Shelf,
  { reader, q = '', sort = 'saved' }: { readonly reader: string; readonly q?: string; readonly sort?: LibrarySort },
): AsyncGenerator<LibraryItem> {
  const ids = await matching(deps, reader, q === '' ? EVERYTHING : parseLibraryFilter(q), sort);
  for (let at = 0; at < ids.length; at += READ) yield* await itemsOf(deps, reader, ids.slice(at, at + READ));
}

/** A page of the library. A page beyond the last is the last. */
export const readLibrary = async (
  deps: Shelf,
  {
    reader,
    q = '',
    sort = 'saved',
    page = 1,
  }: { readonly reader: string; readonly q?: string; readonly sort?: LibrarySort; readonly page?: number },
): Promise<LibraryPage> => {
  const filter = parseLibraryFilter(q);
  const [ids, counts] = await Promise.all([matching(deps, reader, filter, sort), deps.store.library.counts(reader)]);
  const pages = Math.max(1, Math.ceil(ids.length / LIBRARY_PER_PAGE));
  const shown = Math.min(Math.max(1, page), pages);
  const first = (shown - 1) * LIBRARY_PER_PAGE;
  const items = await itemsOf(deps, reader, ids.slice(first, first + LIBRARY_PER_PAGE));
  return { q, filter, sort, total: ids.length, page: shown, pages, items, counts };
};

/** One entry, with its former notes; null where the paper is not in the library. */
export const readEntry = async (
  { store }: { readonly store: Pick<Store, 'library'> },
  { reader, paperId }: { readonly reader: string; readonly paperId: PaperId },
): Promise<LibraryEntry | null> => (await store.library.get(reader, [paperId])).get(paperId) ?? null;
