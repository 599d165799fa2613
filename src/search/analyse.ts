import { stemmer } from 'stemmer';
import { foldLetters } from '../kernel/text.ts';
import { isStopWord } from '../model/stem.ts';

const WORD = /[\p{L}\p{N}]+/gu;
/** A word longer than this is no word: it is cut, so that it is found by its beginning. UTF-16 units. */
const LONGEST = 64;

const isLetterOrDigit = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is asked for
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Words of a text in order, folded: lower case, without accents, letters and digits only. */
export const eachWord = (text: string, take: (word: string) => void): void => {
  if (BEYOND_ASCII.test(text)) {
    for (const [word] of foldLetters(text).matchAll(WORD)) take(word.slice(0, LONGEST));
    return;
  }
  const folded = text.toLowerCase();
  let start = -1;
  for (let i = 0; i <= folded.length; i++) {
    const inside = i < folded.length && isLetterOrDigit(folded.charCodeAt(i));
    if (inside && start < 0) start = i;
    else if (!inside && start >= 0) {
      take(folded.slice(start, Math.min(i, start + LONGEST)));
      start = -1;
    }
  }
};

/** The word as the index knows it: Porter's stem; null for stop words. */
export const termOf = (word: string): string | null => (isStopWord(word) ? null : stemmer(word));
