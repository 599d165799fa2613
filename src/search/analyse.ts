import { stemmer } from 'stemmer';
import { foldLetters } from '../kernel/text.ts';
import { isStopWord } from '../model/stem.ts';

const WORD = /[\p{L}\p{N}]+/gu;
/** A word longer than this is no word: it is cut, so that it is found by its beginning. UTF-16 units. */
export const LONGEST = 64;

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

const ASKING_WORDS = new Set(
  `about above after again all also am among any anyone anything because been before being below between both can cannot
  could describe did do does doing done down during each either else ever every few find from further get give given gives
  had has have having he her here hers him his how however i instead its itself just kind kinds let like many may me might
  more most much must my need neither never nor now off often once one only onto or other others our out over own per
  perhaps please rather same several shall she should show since so some something still than them themselves though
  through thus too under until up upon us use used using various very via want we were what whatever when where whether
  which while who whom whose why within without would yet you your anybody`.split(/\s+/),
);

/** Whether a word of a query is likely to say how something is asked, not what is asked for. Folded. */
export const isAskingWord = (word: string): boolean => ASKING_WORDS.has(word);

/** The word as the index knows it: Porter's stem; null for stop words. */
export const termOf = (word: string): string | null => (isStopWord(word) ? null : stemmer(word));
