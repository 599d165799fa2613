import type { Clock } from '../kernel/clock.ts';
import { fingerprint } from '../kernel/text.ts';
import { citationKey } from '../model/cite.ts';
import { bibtexWith, cslOf, risOf } from '../model/cite-exchange.ts';
import type { Follow } from '../model/follow.ts';
import type { LibraryEntry, LibraryItem } from '../model/library.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import type { SavedSearch } from '../model/saved-search.ts';
import type { Store } from '../store/store.ts';
import { libraryItems } from './library.ts';

export const LIBRARY_FORMATS = ['bibtex', 'ris', 'csl-json', 'json'] as const;
export type LibraryFormat = (typeof LIBRARY_FORMATS)[number];

interface Deps {
  readonly store: Pick<Store, 'library' | 'papers'>;
  readonly clock: Clock;
}

/** Keys that differ within one file: a second paper of the same key has the fingerprint of its id behind it. */
const keyGiver = (): ((paper: Paper) => string) => {
  const given = new Set<string>();
  return (paper) => {
    const key = citationKey(paper);
    const own = given.has(key) ? `${key}-${fingerprint(paper.id)}` : key;
    given.add(own);
    return own;
  };
};

/** A whole entry: the paper as cited, and everything of the reader's. */
const entryJson = ({ card: { paper }, entry }: LibraryItem): object => {
  const { id, title, authors, published, doi, journalRef, links } = paper;
  const { paperId: _, savedAt, changedAt, ...mine } = entry;
  return {
    id,
    title,
    authors: authors.map(({ name }) => name),
    published,
    doi,
    journalRef,
    links,
    saved: new Date(savedAt).toISOString(),
    changed: new Date(changedAt).toISOString(),
    ...mine,
  };
};

/** Papers of a library, those that pass `q`, as text in pieces. Nothing in it is of another reader. */
export async function* exportLibrary(
  deps: Deps,
  { reader, format, q = '' }: { readonly reader: string; readonly format: LibraryFormat; readonly q?: string },
): AsyncGenerator<string> {
  const keyOf = keyGiver();
  const json = format === 'json' || format === 'csl-json';
  let first = true;
  for await (const item of libraryItems(deps, { reader, q })) {
    const { paper } = item.card;
    const between = first ? (json ? '[\n' : '') : json ? ',\n' : '\n';
    first = false;
    if (format === 'bibtex') yield between + bibtexWith(paper, item.entry, keyOf(paper));
    else if (format === 'ris') yield `${risOf(paper, item.entry, keyOf(paper))}\r\n`;
    else yield between + JSON.stringify(format === 'json' ? entryJson(item) : cslOf(paper, item.entry, keyOf(paper)));
  }
  if (json) yield first ? '[]\n' : '\n]\n';
}

/** Everything of a reader that this shelf keeps, for the export of one's data. */
export interface LibraryData {
  readonly library: readonly (LibraryEntry & {
    readonly title: string;
    readonly formerNotes: readonly { readonly until: number; readonly body: string }[];
  })[];
  readonly folders: readonly string[];
  readonly follows: readonly Follow[];
  readonly searches: readonly SavedSearch[];
  readonly seen: readonly { readonly paperId: PaperId; readonly at: number; readonly place: string }[];
}

export const libraryData = async (
  deps: {
    readonly store: Pick<Store, 'library' | 'papers' | 'follows' | 'seen' | 'savedSearches'>;
    readonly clock: Clock;
  },
  reader: string,
): Promise<LibraryData> => {
  const { store } = deps;
  const library: LibraryData['library'][number][] = [];
  for await (const { card, entry } of libraryItems(deps, { reader })) {
    const formerNotes = await store.library.notes(reader, entry.paperId);
    library.push({ ...entry, title: card.paper.title, formerNotes });
  }
  return {
    library,
    folders: (await store.library.counts(reader)).folders.map(({ name }) => name),
    follows: await store.follows.of(reader),
    searches: await store.savedSearches.of(reader),
    seen: await store.seen.all(reader),
  };
};
