import type { Lexicon } from './lexicon.ts';

/** Which letters a word has, a bit each (bytes that are no letters share them). */
export const lettersOf = (text: Uint8Array, from: number, to: number): number => {
  let bits = 0;
  for (let i = from; i < to; i++) bits |= 1 << ((text[i] as number) & 31);
  return bits;
};

export const lettersOfAll = ({ size, starts, text }: Pick<Lexicon, 'size' | 'starts' | 'text'>): Int32Array => {
  const all = new Int32Array(size);
  for (let n = 0; n < size; n++) all[n] = lettersOf(text, starts[n] as number, starts[n + 1] as number);
  return all;
};

/** How many bits are set. */
export const bitsIn = (bits: number): number => {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
