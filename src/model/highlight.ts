import { foldLetters } from '../kernel/text.ts';
import type { Highlight, Query } from './search-page.ts';
import { isStopWord, stem } from './stem.ts';

/** Length of a snippet, about three lines. UTF-16 units. */
const SNIPPET = 280;

/** Beyond this many characters nothing is looked for: abstracts are far shorter. */
const LOOKED_AT = 20_000;

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;

interface Word {
  readonly start: number;
  readonly end: number;
  readonly stem: string;
}

const wordsIn = (text: string): Word[] =>
  Array.from(text.slice(0, LOOKED_AT).matchAll(WORD), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    stem: stem(match[0]),
  }));

/** Stems of what a query looks for, and of what its mistyped words were taken for; without stop words. */
export const stemsOf = (
  query: Pick<Query, 'text' | 'phrases'>,
  corrected: readonly (readonly [typed: string, taken: string])[] = [],
): ReadonlySet<string> => {
  const words = [query.text, ...query.phrases, ...corrected.map(([, taken]) => taken)].flatMap(
    (part) => part.match(WORD) ?? [],
  );
  return new Set(words.filter((word) => !isStopWord(word)).map(stem));
};

const matches = (text: string, stems: ReadonlySet<string>, begun: string | null): Word[] => {
  if (stems.size === 0) return [];
  const start = begun === null ? null : foldLetters(begun);
  return wordsIn(text).filter(
    (word) =>
      stems.has(word.stem) || (start !== null && foldLetters(text.slice(word.start, word.end)).startsWith(start)),
  );
};

/** Ranges of the words of a text that match, in order, never overlapping; those too that begin with the word `begun`. */
export const highlight = (text: string, stems: ReadonlySet<string>, begun: string | null = null): Highlight[] =>
  matches(text, stems, begun).map(({ start, end }) => [start, end]);

/** Whether a text holds the words of a query: all of up to three, two thirds of more. A query without words is held by any. */
export const textHolds = (text: string, query: Pick<Query, 'text' | 'phrases'>): boolean => {
  const stems = stemsOf(query);
  const held = new Set(matches(text, stems, null).map((word) => word.stem)).size;
  return held >= (stems.size <= 3 ? stems.size : Math.ceil((stems.size * 2) / 3));
};

/** Whether a position lies inside `$…$`. */
const mathAround = (text: string, at: number): readonly [start: number, end: number] | null => {
  let open = -1;
  for (let i = 0; i < text.length && (i < at || open !== -1); i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '$') {
      if (open === -1) open = i;
      else if (i >= at) return [open, i + 1];
      else open = -1;
    }
  }
  return null;
};

/** The first word start at or after a position; math is not cut in two. */
const startOf = (text: string, at: number): number => {
  if (at <= 0) return 0;
  const math = mathAround(text, at);
  if (math !== null) return math[0];
  const space = text.indexOf(' ', at);
  return space === -1 || space - at > 40 ? at : space + 1;
};

const endOf = (text: string, at: number): number => {
  if (at >= text.length) return text.length;
  const math = mathAround(text, at);
  if (math !== null) return math[1];
  const space = text.lastIndexOf(' ', at);
  return space === -1 || at - space > 40 ? at : space;
};

/** Where the most different words of the query stand close together. */
const bestStart = (found: readonly Word[]): number => {
  let best = { at: 0, worth: 0 };
  for (const [i, first] of found.entries()) {
    const near = new Set<string>();
    let count = 0;
    for (let j = i; j < found.length && (found[j]?.end ?? 0) - first.start <= SNIPPET - 40; j++) {
      near.add(found[j]?.stem ?? '');
      if (++count === 64) break;
    }
    const worth = near.size * 100 + count;
    if (worth > best.worth) best = { at: first.start, worth };
  }
  return best.at;
};

/** A half surrogate is no place to cut. */
const whole = (text: string, at: number): number => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at);

/** A stretch of a text around its best match, with an ellipsis where it was cut, and the ranges that match in it. */
export const snippetOf = (
  text: string,
  stems: ReadonlySet<string>,
  begun: string | null = null,
): { readonly snippet: string; readonly highlights: readonly Highlight[] } => {
  const found = matches(text, stems, begun);
  const from = bestStart(found);
  const start = whole(text, from < SNIPPET / 2 ? 0 : startOf(text, Math.max(0, from - 60)));
  const end = whole(text, endOf(text, start + SNIPPET));
  const before = start > 0 ? '… ' : '';
  const shift = before.length - start;
  return {
    snippet: `${before}${text.slice(start, end)}${end < text.length ? ' …' : ''}`,
    highlights: found
      .filter((word) => word.start >= start && word.end <= end)
      .map((word) => [word.start + shift, word.end + shift]),
  };
};
