import { fingerprint } from '../kernel/text.ts';
import { citationKey } from '../model/cite.ts';
import { bibtexWith, cslOf, risOf } from '../model/cite-exchange.ts';
import { zoteroOf } from '../model/cite-zotero.ts';
import type { FollowKind } from '../model/follow.ts';
import type { LibraryItem } from '../model/library.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';
import { libraryItems } from './library.ts';

export const LIBRARY_FORMATS = ['bibtex', 'ris', 'csl-json', 'zotero', 'json'] as const;
export type LibraryFormat = (typeof LIBRARY_FORMATS)[number];

interface Deps {
  readonly store: Pick<Store, 'library' | 'papers'>;
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
  const json = format === 'json' || format === 'csl-json' || format === 'zotero';
  let first = true;
  for await (const item of libraryItems(deps, { reader, q })) {
    const { paper } = item.card;
    const between = first ? (json ? '[\n' : '') : json ? ',\n' : '\n';
    first = false;
    if (format === 'bibtex') yield between + bibtexWith(paper, item.entry, keyOf(paper));
    else if (format === 'ris') yield `${risOf(paper, item.entry, keyOf(paper))}\r\n`;
    else if (format === 'zotero')
      yield between +
        zoteroOf(paper, item.entry)
          .map((one) => JSON.stringify(one))
          .join(',\n');
    else yield between + JSON.stringify(format === 'json' ? entryJson(item) : cslOf(paper, item.entry, keyOf(paper)));
  }
  if (json) yield first ? '[]\n' : '\n]\n';
}

const iso = (at: number): string => new Date(at).toISOString();

/** Everything of a reader that is kept beside papers, for them to take along. Times are ISO. */
export interface LibraryData {
  readonly entries: readonly object[];
  readonly folders: readonly string[];
  readonly follows: readonly {
    readonly kind: FollowKind;
    readonly key: string;
    readonly name: string;
    readonly since: string;
  }[];
  readonly seen: readonly { readonly paper: PaperId; readonly at: string; readonly on: string }[];
}

/** One's library with former notes, folders, what one follows and what one was shown. */
export const libraryData = async (
  { store }: { readonly store: Pick<Store, 'library' | 'papers' | 'follows' | 'seen'> },
  reader: string,
): Promise<LibraryData> => {
  const entries: object[] = [];
  for await (const item of libraryItems({ store }, { reader })) {
    const former = await store.library.notes(reader, item.entry.paperId);
    entries.push({
      ...entryJson(item),
      formerNotes: former.map(({ until, body }) => ({ until: iso(until), note: body })),
    });
  }
  return {
    entries,
    folders: (await store.library.counts(reader)).folders.map(({ name }) => name),
    follows: (await store.follows.of(reader)).map(({ createdAt, ...one }) => ({ ...one, since: iso(createdAt) })),
    seen: (await store.seen.all(reader)).map(({ paperId, at, place }) => ({ paper: paperId, at: iso(at), on: place })),
  };
};
