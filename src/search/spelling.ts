import type { Query } from '../model/search-page.ts';
import { eachWord, isAskingWord, termOf } from './analyse.ts';
import { SHORTEST_CORRECTED } from './document.ts';
import { bitsIn, lettersOf } from './letters.ts';
import { completionsOf } from './prefix.ts';
import { type Placed, type Wanted, wordsOf } from './ranking.ts';
import type { Segment } from './segment.ts';

/** Slips that are forgiven in a word of so many letters. */
const slipsIn = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** What a word counts that says how a question is put rather than what it is about. */
const ASKING = 0.5;

/** A word of a query, in order: the terms that stand for it, its own first, and what it counts. */
export interface AskedWord {
  readonly terms: readonly string[];
  readonly weight: number;
}

/** What a term that stands in for a mistyped one counts, for each slip. */
const STAND_IN = 0.7;
/** A word this rare that has a neighbour so many times as frequent is taken for a slip too. */
const RARE = 3;
const TIMES = 200;
/** A word written fewer times may be a slip itself. */
const LEAST = 4;
const MOST = 2;

/** What all words together count that the word being typed may become. */
const BEGUN = 0.9;

const LONGEST = 64;
const rows = [0, 1, 2].map(() => new Uint8Array(LONGEST + 1)) as [Uint8Array, Uint8Array, Uint8Array];

/**
 * Damerau-Levenshtein distance of two words as bytes (neighbours swapped are one slip), given up beyond `limit`. `b` is
 * what stands in `text` from … to - 1. Words of more than 64 bytes are too far from everything.
 */
export const slipsBetween = (a: Uint8Array, text: Uint8Array, from: number, to: number, limit: number): number => {
  const [n, m] = [a.length, to - from];
  if (n > LONGEST || m > LONGEST || Math.abs(n - m) > limit) return limit + 1;
  let [before, above, row] = rows;
  for (let j = 0; j <= m; j++) above[j] = j;
  for (let i = 1; i <= n; i++) {
    row[0] = i;
    let least = i;
    const letter = a[i - 1] as number;
    for (let j = 1; j <= m; j++) {
      const other = text[from + j - 1] as number;
      let cost = (above[j - 1] as number) + (letter === other ? 0 : 1);
      if ((above[j] as number) + 1 < cost) cost = (above[j] as number) + 1;
      if ((row[j - 1] as number) + 1 < cost) cost = (row[j - 1] as number) + 1;
      if (i > 1 && j > 1 && letter === text[from + j - 2] && a[i - 2] === other && (before[j - 2] as number) + 1 < cost)
        cost = (before[j - 2] as number) + 1;
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [before, above, row] = [above, row, before];
  }
  return Math.min(above[m] as number, limit + 1);
};

/** Words of a vocabulary that begin with the same letter and are few slips away, with how often they were written. */
const neighbours = (
  { vocabulary, letters }: Pick<Segment, 'vocabulary' | 'letters'>,
  word: Uint8Array,
  limit: number,
  found: Map<string, { slips: number; written: number }>,
): void => {
  const after = Uint8Array.of((word[0] ?? 0) + 1);
  const { text, starts } = vocabulary;
  const own = lettersOf(word, 0, word.length);
  for (let n = vocabulary.lowerBound(word.subarray(0, 1)), end = vocabulary.lowerBound(after); n < end; n++) {
    const [from, to] = [starts[n] as number, starts[n + 1] as number];
    if (Math.abs(to - from - word.length) > limit) continue;
    // A slip takes away one letter at most, and brings one.
    if (bitsIn(own ^ (letters[n] as number)) > 2 * limit) continue;
    const slips = slipsBetween(word, text, from, to, limit);
    if (slips === 0 || slips > limit) continue;
    const other = vocabulary.termAt(n);
    const known = found.get(other);
    found.set(other, { slips, written: vocabulary.value(n) + (known?.written ?? 0) });
  }
};

const written = (segments: readonly Placed[], word: string): number =>
  segments.reduce((sum, { segment: { vocabulary } }) => {
    const n = vocabulary.find(word);
    return n < 0 ? sum : sum + vocabulary.value(n);
  }, 0);

/** What a word is likely to have been meant as: the words fewest slips away, most written first. */
const meantBy = (
  segments: readonly Placed[],
  word: string,
  often: number,
): readonly { word: string; slips: number }[] => {
  const found = new Map<string, { slips: number; written: number }>();
  const bytes = Buffer.from(word);
  for (const { segment } of segments) neighbours(segment, bytes, slipsIn(word), found);
  const common = [...found].filter(([, { written: theirs }]) => theirs > Math.max(LEAST, TIMES * often));
  // In a small collection the word that was meant may be rare itself.
  const likely = common.length > 0 || often > 0 ? common : [...found];
  const fewest = Math.min(...likely.map(([, { slips }]) => slips));
  return likely
    .filter(([, { slips }]) => slips === fewest)
    .sort((a, b) => b[1].written - a[1].written)
    .slice(0, MOST)
    .map(([other, { slips }]) => ({ word: other, slips }));
};

/** The place among `wordsOf` of the last word of a text; -1 where that is a stop word, or there is none. */
const typedLast = (text: string): number => {
  let last = '';
  eachWord(text, (word) => {
    last = word;
  });
  const words = wordsOf({ text, phrases: [] });
  return words.at(-1)?.word === last ? words.length - 1 : -1;
};

/**
 * What a query asks the inverted index for. A word that no paper has, or almost none, is stood in for by the words
 * most written that are one slip away (two, for long words), each counting less. With `prefix` the last of the free words
 * may be the beginning of one, and then also stands for the words most written that begin with it: `completed` is
 * what it is taken for where it is no word itself.
 */
export const wantedOf = (
  segments: readonly Placed[],
  query: Pick<Query, 'text' | 'phrases'>,
  { prefix = false }: { readonly prefix?: boolean } = {},
): {
  readonly wanted: readonly Wanted[];
  readonly words: readonly AskedWord[];
  readonly corrected: readonly (readonly [typed: string, taken: string])[];
  readonly completed: readonly (readonly [typed: string, taken: string])[];
} => {
  const words: AskedWord[] = [];
  const weights = new Map<string, number>();
  const corrected: (readonly [string, string])[] = [];
  const want = (term: string, weight: number): void => void weights.set(term, (weights.get(term) ?? 0) + weight);
  const completed: (readonly [string, string])[] = [];
  const typing = prefix ? typedLast(query.text) : -1;
  for (const [at, { word, term }] of wordsOf(query).entries()) {
    const weight = isAskingWord(word) ? ASKING : 1;
    const terms = [term];
    words.push({ terms, weight });
    want(term, weight);
    if (at === typing) {
      const begun = completionsOf(segments, word);
      for (const { word: other, share } of begun) {
        const taken = termOf(other);
        if (taken === null || terms.includes(taken)) continue;
        terms.push(taken);
        want(taken, BEGUN * share);
      }
      const [first] = begun;
      if (first !== undefined && written(segments, word) <= RARE) completed.push([word, first.word]);
      if (first !== undefined) continue;
    }
    if (word.length < SHORTEST_CORRECTED || slipsIn(word) === 0) continue;
    const often = written(segments, word);
    if (often > RARE) continue;
    const meant = meantBy(segments, word, often);
    for (const { word: other, slips } of meant) {
      const taken = termOf(other) ?? other;
      terms.push(taken);
      want(taken, STAND_IN ** slips);
    }
    const [first] = meant;
    if (first !== undefined && often === 0) corrected.push([word, first.word]);
  }
  return { wanted: [...weights].map(([term, weight]) => ({ term, weight })), words, corrected, completed };
};
