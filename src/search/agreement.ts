/** Words up to this far apart in a paper, which are neighbours in the query, count as standing together. */
const APART = 3;
/** In queries of more words than this, how many of them a paper has says less, and what they mean says more. */
const SHORT = 4;
/** Standing together counts twice as much as standing there. */
const HELD = 1 / 3;
const TOGETHER = 2 / 3;
const MOST_WORDS = 255;

/** A word of the query: hashes of the terms that stand for it, and what it weighs (its idf). */
export interface QueryWord {
  readonly hashes: readonly number[];
  readonly weight: number;
}

/** The agreement of a paper with a query of one word: it stands there, and has no neighbour. */
export const agreementWithOne = (isThere: boolean): number => (isThere ? HELD : 0);

/** How far a paper's words agree with those of a query, 0 … 1, from the hashes of its words in order (0 between fields). */
export type Agreement = (tokens: Uint16Array) => number;

/** Which word of the query a hash stands for, counted from 1; 0 for none. Shared: what is set for one query is taken back after it. */
const wordOf = new Uint8Array(1 << 16);

/**
 * Prepares the agreement of papers with a query: the share of its words (by weight) that a paper has, and the share that
 * stands there next to its neighbour in the query. Long queries agree less: `min(1, 4 / words)`.
 */
export const agreementWith = (query: readonly QueryWord[]): Agreement => {
  const words = query.slice(0, MOST_WORDS);
  const whole = words.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return () => 0;
  const scale = Math.min(1, SHORT / words.length) / whole;
  const entries: (readonly [hash: number, word: number])[] = [];
  for (const [i, { hashes }] of words.entries()) for (const hash of hashes) entries.push([hash, i + 1]);
  // Of equal words the first is found.
  entries.reverse();
  const held = new Uint8Array(words.length);
  const together = new Uint8Array(words.length);
  return (tokens) => {
    for (const [hash, word] of entries) wordOf[hash] = word;
    held.fill(0);
    together.fill(0);
    let last = -1;
    let lastAt = -Infinity;
    for (let at = 0; at < tokens.length; at++) {
      const hash = tokens[at] as number;
      if (hash === 0) {
        lastAt = -Infinity;
        continue;
      }
      const word = (wordOf[hash] as number) - 1;
      if (word < 0) continue;
      held[word] = 1;
      if (word === last + 1 && at - lastAt <= APART) together[word] = 1;
      last = word;
      lastAt = at;
    }
    for (const [hash] of entries) wordOf[hash] = 0;
    let sum = 0;
    for (const [i, { weight }] of words.entries()) {
      if (held[i] === 1) sum += HELD * weight;
      if (together[i] === 1) sum += TOGETHER * Math.min(weight, words[i - 1]?.weight ?? 0);
    }
    return Math.min(1, sum * scale);
  };
};
