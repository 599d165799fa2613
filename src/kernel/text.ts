import { decodeHTMLStrict } from 'entities';
import { texToText } from './tex-to-unicode.ts';

/** C0 and C1 controls except white space, byte order marks, and marks that turn the writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const INVISIBLE = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** An ampersand, however often it has been escaped: `&amp;amp;lt;` is `&lt;`. */
const AMPERSAND = /&(?:(?:amp|#0*38|#[xX]0*26);)+/g;

/** Texts without any of these are clean once their space is folded: most are. */
const SUSPECT = /[^\x20-\x7e]|[\\${}`~&]|--|[\^_]\{/;

/** Runs of white space become one space; none is left at the ends. */
export const foldSpace = (text: string): string => text.replace(/\s\s+|[^\S ]/g, ' ').trim();

/** HTML entities that end in a semicolon become their characters, also when they were escaped twice. */
export const decodeEntities = (text: string): string =>
  text.includes('&') ? decodeHTMLStrict(text.replace(AMPERSAND, '&')) : text;

const cleanOnce = (text: string): string =>
  foldSpace(texToText(decodeEntities(text).replace(INVISIBLE, ''))).normalize('NFC');

/**
 * Text as a source gives it, made fit to read: entities and TeX outside math become characters, space is folded, NFC.
 * Math stays as TeX between `$…$` (see `splitMath`); a literal dollar is written `\$`. Cleaning twice changes nothing.
 */
export const cleanText = (raw: string): string => {
  const folded = foldSpace(raw);
  if (!SUSPECT.test(folded)) return folded;
  let text = cleanOnce(folded.toWellFormed());
  // One construct can hide in another (`&\,amp;`). Each layer needs the one above written out in full, so few rounds do.
  for (let round = 0; round < 8; round++) {
    const next = cleanOnce(text);
    if (next === text) break;
    text = next;
  }
  return text;
};

/** Letters without an accent to strip that still have a plain spelling. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};

const BEYOND_ASCII = /[^\0-\x7f]/;

/** Whether a text is plain ASCII: most are, and need none of what Unicode takes. */
export const isAscii = (text: string): boolean => !BEYOND_ASCII.test(text);

/** Lower case without diacritics: `Łukasz Kaiser` → `lukasz kaiser`. */
export const foldLetters = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : text
        .toWellFormed()
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase()
        .replace(/[ßæœøđðþłħı]/g, (letter) => FOLDED[letter] ?? letter)
        .normalize('NFC');

/** FNV-1a, 32 bits, as eight hex digits: names what has no letters to make a slug from. */
export const fingerprint = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
};

/** Letters and digits of any script in lower case, joined by `-`; cut between words at `max` characters. Never empty. */
export const slug = (text: string, max = 80): string => {
  const folded = foldLetters(text);
  const words = folded.match(isAscii(folded) ? /[a-z0-9]+/g : /[\p{L}\p{N}]+/gu) ?? [];
  let out = '';
  for (const word of words) {
    if (out.length + word.length + 1 > max) break;
    out += out === '' ? word : `-${word}`;
  }
  return out === '' ? `x-${fingerprint(text)}` : out;
};
