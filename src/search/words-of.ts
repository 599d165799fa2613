import { foldLetters } from '../kernel/text.ts';

/** Folded words of a text, each between single spaces, one at either end: `“Deep-Q” nets` → ` deep q nets `. Empty text is one space. */
export const wordsOf = (text: string): string => {
  const words = foldLetters(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return words === '' ? ' ' : ` ${words} `;
};
