import { foldLetters } from '../kernel/text.ts';

/** Words too common to search by; the full-text index leaves out the same. */
const STOP_WORDS = new Set(
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  ),
);

const ENDINGS = [
  ['izations', ''],
  ['ization', ''],
  ['isations', ''],
  ['isation', ''],
  ['ational', 'ate'],
  ['ations', ''],
  ['ation', ''],
  ['fulness', ''],
  ['iveness', ''],
  ['ously', ''],
  ['ively', ''],
  ['ators', ''],
  ['ator', ''],
  ['atings', ''],
  ['ating', ''],
  ['ings', ''],
  ['ing', ''],
  ['ions', ''],
  ['ion', ''],
  ['izers', ''],
  ['izer', ''],
  ['izes', ''],
  ['ized', ''],
  ['ize', ''],
  ['ates', ''],
  ['ated', ''],
  ['ate', ''],
  ['ness', ''],
  ['ment', ''],
  ['ive', ''],
  ['ally', ''],
  ['ly', ''],
  ['ies', 'y'],
  ['ied', 'y'],
  ['sses', 'ss'],
  ['ed', ''],
  ['al', ''],
  ['es', ''],
  ['e', ''],
] as const;

const SHORTEST = 3;

const undouble = (text: string): string => text.replace(/([bdfglmnprt])\1$/, '$1');

/** The stem of an English word, for marking what matched. Coarser than the index's own: what it finds alike, a reader does too. */
export const stem = (word: string): string => {
  const folded = foldLetters(word);
  for (const [ending, instead] of ENDINGS) {
    const rest = folded.length - ending.length;
    if (rest >= SHORTEST && folded.endsWith(ending)) return undouble(folded.slice(0, rest) + instead);
  }
  return undouble(folded.length > SHORTEST && /[^su]s$/.test(folded) ? folded.slice(0, -1) : folded);
};

export const isStopWord = (word: string): boolean => STOP_WORDS.has(word.toLowerCase());
