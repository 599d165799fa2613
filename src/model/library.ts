import { foldLetters, foldSpace } from '../kernel/text.ts';
import type { PaperCard, PaperId } from './paper.ts';

/** How far a reader has come with a paper. */
export const STATES = ['unread', 'later', 'reading', 'read', 'not-interested'] as const;
export type ReadingState = (typeof STATES)[number];

export const isReadingState = (text: string): text is ReadingState => (STATES as readonly string[]).includes(text);

/** One paper in a reader's library. Times in milliseconds since 1970. */
export interface LibraryEntry {
  readonly paperId: PaperId;
  readonly savedAt: number;
  /** When the reader last changed anything of it. */
  readonly changedAt: number;
  readonly state: ReadingState;
  /** Names as `folderName` makes them, in order; a paper may lie in several. */
  readonly folders: readonly string[];
  /** As `tagName` makes them, in order. */
  readonly tags: readonly string[];
  /** Markdown source; empty for none. */
  readonly note: string;
  /** 1 to 5; null where none is given. */
  readonly rating: number | null;
}

/** What whoever keeps a bibliography has written beside an entry, as it stands there. */
export interface Marginalia {
  readonly tags: readonly string[];
  readonly folders: readonly string[];
  /** Empty for none. */
  readonly note: string;
}

/** Caps in UTF-16 units, so that both engines can keep names as keys. */
export const LIBRARY_CAPS = {
  tag: 60,
  folder: 160,
  depth: 6,
  tags: 50,
  folders: 20,
  note: 20_000,
  query: 500,
} as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const UNWANTED = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"]/g;

/** Cut between characters: half of one at the cut goes too. */
const cut = (text: string, cap: number): string =>
  text
    .toWellFormed()
    .slice(0, cap)
    .replace(/[\ud800-\udbff]$/, '');

const tagOnce = (text: string): string =>
  foldSpace(
    cut(
      text.toWellFormed().normalize('NFKC').toLowerCase().replace(UNWANTED, ' ').replace(/[,;]/g, ' '),
      LIBRARY_CAPS.tag,
    ),
  )
    .replace(/^[#\s]+/, '')
    .normalize('NFKC');

/** Repeats what folds a text until it stays as it is: one letter's lower case may have to be composed again. */
const settled = (text: string, once: (text: string) => string): string => {
  let last = text;
  for (let n = 0; n < 8; n++) {
    const next = once(last);
    if (next === last) return next;
    last = next;
  }
  return '';
};

/** A tag in its one spelling: lower case, single spaces, no `#`, no commas; at most 60 units. Empty where nothing is left. */
export const tagName = (text: string): string => settled(text, tagOnce);

/** Tags of a text as one types them, divided by commas, semicolons or line ends: each once, in order; at most 50. */
export const tagsIn = (text: string): readonly string[] => tagsOf(text.split(/[,;\n\r]/));

export const tagsOf = (names: readonly string[]): readonly string[] =>
  [...new Set(names.map(tagName))]
    .filter((tag) => tag !== '')
    .sort()
    .slice(0, LIBRARY_CAPS.tags);

const folderOnce = (text: string): string =>
  cut(text.toWellFormed().normalize('NFC').replace(UNWANTED, ' ').replace(/[,;]/g, ' '), LIBRARY_CAPS.folder)
    .split('/')
    .map((part) => foldSpace(part))
    .filter((part) => part !== '')
    .slice(0, LIBRARY_CAPS.depth)
    .join('/');

/** A folder's name: `thesis/chapter 2` lies in `thesis`. Six levels, no commas and 160 units at most; empty where nothing is left. */
export const folderName = (text: string): string => settled(text, folderOnce);

export const foldersOf = (names: readonly string[]): readonly string[] =>
  [...new Set(names.map(folderName))]
    .filter((name) => name !== '')
    .sort()
    .slice(0, LIBRARY_CAPS.folders);

/** Whether a folder is another, or lies in it. */
export const within = (folder: string, outer: string): boolean => folder === outer || folder.startsWith(`${outer}/`);

/** The same for what one types: case does not count. */
export const liesIn = (folder: string, outer: string): boolean => within(folder.toLowerCase(), outer.toLowerCase());

/** The name a folder has after `from` was renamed `to`; what does not lie in `from` keeps its name. */
export const renamed = (folder: string, from: string, to: string): string =>
  within(folder, from) ? folderName(to + folder.slice(from.length)) : folder;

/** A note as it is kept: cut at 20,000 units, without what no database can hold. */
export const noteText = (text: string): string =>
  cut(text.replaceAll('\0', '').replace(/\r\n?/g, '\n'), LIBRARY_CAPS.note).trimEnd();

/** What a list of the library shows. A paper must pass every kind of filter; of several states or folders one suffices, tags must all be there. */
export interface LibraryFilter {
  readonly words: readonly string[];
  readonly not: readonly string[];
  readonly tags: readonly string[];
  readonly folders: readonly string[];
  readonly states: readonly ReadingState[];
}

export const EVERYTHING: LibraryFilter = { words: [], not: [], tags: [], folders: [], states: [] };

const VALUES = 16;
const TOKEN = /(-?)(?:(tag|in|folder|state|is):)?(?:"([^"]*)(?:"|$)|([^\s"]+))/giu;
const LETTER = /[\p{L}\p{N}]/u;

const keep = <T>(list: T[], value: T | ''): void => {
  if (value !== '' && list.length < VALUES && !list.includes(value)) list.push(value);
};

/**
 * Reads what one types to find in the library. Total: any text is some filter. `tag:rag`, `in:"thesis/chapter 2"`,
 * `state:later`, words, `"phrases"`, `-not`.
 */
export const parseLibraryFilter = (raw: string): LibraryFilter => {
  const found = {
    words: [] as string[],
    not: [] as string[],
    tags: [] as string[],
    folders: [] as string[],
    states: [] as ReadingState[],
  };
  const clean = cut(raw, LIBRARY_CAPS.query).normalize('NFC');
  for (const [whole, minus, field, quoted, bare] of clean.matchAll(TOKEN)) {
    const value = quoted ?? bare ?? '';
    const name = field?.toLowerCase();
    if (minus === '' && name === 'tag') keep(found.tags, tagName(value));
    else if (minus === '' && (name === 'in' || name === 'folder')) keep(found.folders, folderName(value));
    else if (minus === '' && name !== undefined && isReadingState(value.toLowerCase()))
      keep(found.states, value.toLowerCase() as ReadingState);
    else {
      const words = foldSpace((field === undefined ? value : whole.slice(minus?.length)).replace(UNWANTED, ' '));
      if (LETTER.test(words) && !/^(?:tag|in|folder|state|is):$/i.test(words))
        keep(minus === '-' ? found.not : found.words, words);
    }
  }
  return found;
};

const quoted = (value: string): string => (/^[^\s":-][^\s":]*$/u.test(value) ? value : `"${value}"`);

/** A filter as one would type it; `parseLibraryFilter` reads it back as the same filter, as long as it is short enough. */
export const formatLibraryFilter = (filter: LibraryFilter): string =>
  [
    ...filter.words.map(quoted),
    ...filter.not.map((words) => `-${quoted(words)}`),
    ...filter.tags.map((tag) => `tag:${quoted(tag)}`),
    ...filter.folders.map((folder) => `in:${quoted(folder)}`),
    ...filter.states.map((state) => `state:${state}`),
  ].join(' ');

/** Whether an entry passes the filters that need nothing but the entry. */
export const passes = (entry: Pick<LibraryEntry, 'tags' | 'folders' | 'state'>, filter: LibraryFilter): boolean =>
  filter.tags.every((tag) => entry.tags.includes(tag)) &&
  (filter.folders.length === 0 ||
    filter.folders.some((outer) => entry.folders.some((folder) => liesIn(folder, outer)))) &&
  (filter.states.length === 0 || filter.states.includes(entry.state));

/** Whether a text holds all words looked for, and none of those left out; accents and case do not count. */
export const holdsWords = (text: string, { words, not }: Pick<LibraryFilter, 'words' | 'not'>): boolean => {
  const folded = foldSpace(foldLetters(text));
  const held = (word: string): boolean => folded.includes(foldSpace(foldLetters(word)));
  return words.every(held) && !not.some(held);
};

export const LIBRARY_SORTS = ['saved', 'changed', 'published', 'title', 'rating'] as const;
export type LibrarySort = (typeof LIBRARY_SORTS)[number];

export const isLibrarySort = (text: string): text is LibrarySort => (LIBRARY_SORTS as readonly string[]).includes(text);

/** What an entry is sorted by. */
export interface Sortable {
  readonly entry: Pick<LibraryEntry, 'paperId' | 'savedAt' | 'changedAt' | 'rating'>;
  readonly title: string;
  readonly published: string | null;
}

/** Newest, latest changed, latest published and best first; titles from A to Z. Equal ones by id, so that pages never overlap. */
export const librarySorter =
  (sort: LibrarySort) =>
  (a: Sortable, b: Sortable): number => {
    const by: Readonly<Record<LibrarySort, () => number>> = {
      saved: () => b.entry.savedAt - a.entry.savedAt,
      changed: () => b.entry.changedAt - a.entry.changedAt,
      published: () => compare(b.published ?? '', a.published ?? ''),
      title: () => compare(foldLetters(a.title), foldLetters(b.title)),
      rating: () => (b.entry.rating ?? 0) - (a.entry.rating ?? 0),
    };
    return by[sort]() || compare(a.entry.paperId, b.entry.paperId);
  };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One entry with its paper. */
export interface LibraryItem {
  readonly entry: LibraryEntry;
  readonly card: PaperCard;
}

export interface LibraryCounts {
  readonly total: number;
  readonly states: Readonly<Record<ReadingState, number>>;
  readonly tags: readonly { readonly name: string; readonly papers: number }[];
  /** Of a folder itself, without those in it; empty ones too. */
  readonly folders: readonly { readonly name: string; readonly papers: number }[];
}

/** A page of the library. */
export interface LibraryPage {
  readonly q: string;
  readonly filter: LibraryFilter;
  readonly sort: LibrarySort;
  /** Of all that pass the filter. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly items: readonly LibraryItem[];
  readonly counts: LibraryCounts;
}

/** What one change does to some papers of a library. What is left out stays. */
export interface LibraryChange {
  readonly state?: ReadingState;
  /** Null takes it away. */
  readonly rating?: number | null;
  readonly note?: string;
  /** In place of those there are. */
  readonly tags?: readonly string[];
  readonly folders?: readonly string[];
  readonly addTags?: readonly string[];
  readonly dropTags?: readonly string[];
  readonly addFolders?: readonly string[];
  readonly dropFolders?: readonly string[];
}

/** An entry after a change; the very same where nothing changes. */
export const changedEntry = (entry: LibraryEntry, change: LibraryChange, at: number): LibraryEntry => {
  const lists = (was: readonly string[], next?: readonly string[], add?: readonly string[], drop?: readonly string[]) =>
    [...new Set([...(next ?? was), ...(add ?? [])])].filter((name) => !drop?.includes(name)).sort();
  const next = {
    ...entry,
    state: change.state ?? entry.state,
    rating: change.rating === undefined ? entry.rating : change.rating,
    note: change.note ?? entry.note,
    tags: lists(entry.tags, change.tags, change.addTags, change.dropTags).slice(0, LIBRARY_CAPS.tags),
    folders: lists(entry.folders, change.folders, change.addFolders, change.dropFolders).slice(0, LIBRARY_CAPS.folders),
  };
  return JSON.stringify(next) === JSON.stringify(entry) ? entry : { ...next, changedAt: at };
};
