import type { Query } from '../model/search-page.ts';
import type { Lexicon } from './lexicon.ts';
import { holding, type Placed, termsOf, type Wanted } from './ranking.ts';

/** Slips that are forgiven in a word of so many letters. */
const slipsIn = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);

/** What a term that stands in for a mistyped one counts, for each slip. */
const STAND_IN = 0.7;
/** A word this rare that has a neighbour so many times as frequent is taken for a slip too. */
const RARE = 3;
const TIMES = 200;
const MOST = 2;

/** Damerau-Levenshtein distance (adjacent letters swapped are one slip), given up beyond `limit`. */
export const slipsBetween = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    [before, above] = [above, row];
  }
  return above[b.length] ?? limit + 1;
};

/** Terms of a lexicon that begin with the same letter and are few slips away. */
const neighbours = (lexicon: Lexicon, term: string, limit: number, found: Map<string, number>): void => {
  const first = Buffer.from(term.slice(0, 1));
  const after = Buffer.from(first);
  after[after.length - 1] = (after.at(-1) ?? 0) + 1;
  for (let n = lexicon.lowerBound(first), end = lexicon.lowerBound(after); n < end; n++) {
    const [from, to] = lexicon.text(n);
    if (Math.abs(to - from - term.length) > limit) continue;
    const candidate = lexicon.termAt(n);
    if (found.has(candidate) || candidate.includes(':')) continue;
    const slips = slipsBetween(term, candidate, limit);
    if (slips > 0 && slips <= limit) found.set(candidate, slips);
  }
};

/**
 * What a query asks the inverted index for. A word that no paper holds, or almost none, is stood in for by the most
 * frequent words one slip away (two, for long words), each counting less.
 */
export const wantedOf = (
  segments: readonly Placed[],
  query: Pick<Query, 'text' | 'phrases'>,
): { readonly wanted: readonly Wanted[]; readonly corrected: readonly (readonly [typed: string, taken: string])[] } => {
  const wanted: Wanted[] = [];
  const corrected: (readonly [string, string])[] = [];
  for (const [term, times] of termsOf(query)) {
    const held = holding(segments, term);
    if (held > 0) wanted.push({ term, weight: times });
    if (held > RARE || slipsIn(term) === 0) continue;
    const found = new Map<string, number>();
    for (const { segment } of segments) neighbours(segment.lexicon, term, slipsIn(term), found);
    const least = Math.min(...found.values());
    const best = [...found]
      .filter(([, slips]) => slips === least)
      .map(([word, slips]) => ({ word, slips, held: holding(segments, word) }))
      .filter(({ held: theirs }) => theirs > TIMES * held)
      .sort((a, b) => b.held - a.held)
      .slice(0, MOST);
    for (const { word, slips } of best) wanted.push({ term: word, weight: times * STAND_IN ** slips });
    const [first] = best;
    if (first !== undefined && held === 0) corrected.push([term, first.word]);
  }
  return { wanted, corrected };
};
