import { setImmediate as breathe } from 'node:timers/promises';
import { CATEGORIES } from '../model/category.ts';
import type { Suggestion } from '../model/search-page.ts';
import type { Finder } from './finder.ts';
import { wordsOf } from './words-of.ts';

/** Suggestions are made from this many of the newest papers, and of their authors: about 20 MB at most. */
const PAPERS = 40_000;
const NAMES = 40_000;

/** Entries taken in before others get their turn. */
const AT_ONCE = 512;

/** Milliseconds between two renewals: what is typed need not know the papers of the last minute. */
const STALE_MS = 30_000;

interface Entry {
  readonly label: string;
  readonly value: string;
}

/** Entries beside one long text of their folded words, a line each, so that one scan finds a prefix in all of them. */
interface Shelf {
  readonly entries: readonly Entry[];
  readonly text: string;
  readonly starts: Uint32Array;
}

const shelve = async (entries: readonly Entry[], folded: (entry: Entry) => string): Promise<Shelf> => {
  const starts = new Uint32Array(entries.length);
  const lines: string[] = [];
  let at = 0;
  for (const [i, entry] of entries.entries()) {
    if (i % AT_ONCE === AT_ONCE - 1) await breathe();
    const line = `${folded(entry)}\n`;
    starts[i] = at;
    at += line.length;
    lines.push(line);
  }
  return { entries, text: lines.join(''), starts };
};

/** Index of the line that holds a position. */
const lineAt = (starts: Uint32Array, at: number): number => {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** The first entries whose words include all whole words and one that begins with the prefix, in shelf order. */
const scan = ({ entries, text, starts }: Shelf, whole: readonly string[], prefix: string, limit: number): Entry[] => {
  const found: Entry[] = [];
  let at = text.indexOf(` ${prefix}`);
  while (at !== -1 && found.length < limit) {
    const line = lineAt(starts, at);
    const end = starts[line + 1] ?? text.length;
    const words = text.slice(starts[line], end);
    const entry = entries[line];
    if (entry !== undefined && whole.every((word) => words.includes(` ${word} `))) found.push(entry);
    at = text.indexOf(` ${prefix}`, end - 1);
  }
  return found;
};

interface Shelves {
  readonly papers: Shelf;
  readonly authors: Shelf;
  readonly organisations: Shelf;
  /** Of the manifest they were made from. */
  readonly generation: number;
}

const categories = await shelve(
  Object.entries(CATEGORIES).map(([code, name]) => ({ label: `${name} (${code})`, value: `cat:${code}` })),
  (entry) => `${wordsOf(entry.label)}${entry.value.slice(4).toLowerCase()} `,
);

/** Quoted so that the query language reads it back as one value. */
const operator = (name: string, value: string): string => `${name}:"${value.replaceAll('"', '')}"`;

/** Once there are names enough, only known ones are counted on: papers come newest first. */
const count = (counts: Map<string, number>, name: string): void => {
  const before = counts.get(name);
  if (before !== undefined || counts.size < NAMES) counts.set(name, (before ?? 0) + 1);
};

const mostNamed = (counts: Map<string, number>, field: string): Entry[] =>
  [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => ({ label: name, value: operator(field, name) }));

const build = async (finder: Finder): Promise<Shelves> => {
  const titles: Entry[] = [];
  const authors = new Map<string, number>();
  const organisations = new Map<string, number>();
  for (const { id, names } of finder.newest(PAPERS)) {
    const [title, signers, org] = names();
    titles.push({ label: title, value: id });
    for (const name of signers) count(authors, name);
    if (org !== null) count(organisations, org);
    if (titles.length % AT_ONCE === 0) await breathe();
  }
  const label = (entry: Entry): string => wordsOf(entry.label);
  return {
    papers: await shelve(titles, label),
    authors: await shelve(mostNamed(authors, 'author'), label),
    organisations: await shelve(mostNamed(organisations, 'org'), label),
    generation: finder.manifest.generation,
  };
};

/** Completes what is being typed, from memory: made when first asked for, and made anew, now and then, behind the reader's back. */
export const createShelves = () => {
  let shelves: Shelves | null = null;
  let making: Promise<void> | null = null;
  let made = Number.NEGATIVE_INFINITY;

  const make = (finder: Finder): Promise<void> => {
    making ??= build(finder)
      .then((built) => {
        shelves = built;
        made = performance.now();
      })
      // A segment was merged away meanwhile: the next one who asks begins again.
      .catch(() => {})
      .finally(() => {
        making = null;
      });
    return making;
  };

  return {
    suggest: async (finder: Finder, prefix: string, limit: number): Promise<readonly Suggestion[]> => {
      const words = wordsOf(prefix.slice(0, 200)).trim().split(' ');
      const last = words.pop() ?? '';
      if (last === '' || limit < 1) return [];
      if (shelves === null) await make(finder);
      else if (shelves.generation !== finder.manifest.generation && performance.now() - made > STALE_MS)
        void make(finder);
      if (shelves === null) return [];
      const { papers, authors, organisations } = shelves;
      const share = Math.max(1, Math.floor(limit / 4));
      const of = (kind: Suggestion['kind'], shelf: Shelf, most: number): Suggestion[] =>
        scan(shelf, words, last, most).map((entry) => ({ kind, ...entry }));
      const named = [
        ...of('category', categories, share),
        ...of('organisation', organisations, share),
        ...of('author', authors, share),
      ];
      return [...of('paper', papers, limit - Math.min(named.length, limit - 1)), ...named].slice(0, limit);
    },
  };
};
