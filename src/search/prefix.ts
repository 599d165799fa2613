import type { Placed } from './ranking.ts';

/** Words that a beginning is taken for. */
const MOST = 4;
/** A beginning this short is on too many words to say anything. */
const SHORTEST = 2;

/** The first bytes after all words that begin with `word`; null where there are none. */
const after = (word: Buffer): Buffer | null => {
  const next = Buffer.from(word);
  for (let i = next.length - 1; i >= 0; i--) {
    const byte = next[i] as number;
    if (byte === 0xff) continue;
    next[i] = byte + 1;
    return next.subarray(0, i + 1);
  }
  return null;
};

/** The words most written that begin with `word`, other than it, with their share of all such writings, most written first. */
export const completionsOf = (
  segments: readonly Placed[],
  word: string,
): readonly { readonly word: string; readonly share: number }[] => {
  if ([...word].length < SHORTEST) return [];
  const bytes = Buffer.from(word);
  const end = after(bytes);
  const counts = new Map<string, number>();
  let all = 0;
  for (const {
    segment: { vocabulary },
  } of segments) {
    const last = end === null ? vocabulary.size : vocabulary.lowerBound(end);
    const best: { n: number; written: number }[] = [];
    for (let n = vocabulary.lowerBound(bytes); n < last; n++) {
      const written = vocabulary.value(n);
      all += written;
      // A few more than are wanted of each segment: what is second in one may be first in all.
      if (best.length === 4 * MOST && written <= (best.at(-1)?.written ?? 0)) continue;
      best.push({ n, written });
      best.sort((a, b) => b.written - a.written);
      if (best.length > 4 * MOST) best.pop();
    }
    for (const { n, written } of best) {
      const term = vocabulary.termAt(n);
      counts.set(term, (counts.get(term) ?? 0) + written);
    }
  }
  return [...counts]
    .filter(([term]) => term !== word)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST)
    .map(([term, written]) => ({ word: term, share: written / all }));
};
