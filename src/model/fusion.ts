import type { PaperId } from './paper.ts';

/** Weights of the convex combination, tuned on Cranfield, CISI and SciFact (training): 0.25·BM25/max + 0.75·cosine. */
const WORDS = 0.25;
const MEANING = 0.75;

/** The stretch of cosines that missing ones are estimated from when no candidate has one. */
const USUAL = { low: 0.15, high: 0.55 };

/** What is known of a candidate: its BM25 score, null when it shares no word with the query; its cosine, null when it has no vector yet. */
export interface Evidence {
  readonly id: PaperId;
  readonly words: number | null;
  readonly meaning: number | null;
}

export interface Ranked extends Evidence {
  /** 0 … 1. */
  readonly score: number;
}

const clamp = (x: number): number => Math.min(Math.max(x, 0), 1);

const byScore = (a: Ranked, b: Ranked): number => b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Median of numbers; `otherwise` of none. */
const median = (numbers: readonly number[], otherwise: number): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? otherwise;

/**
 * Ranks candidates by 0.25·BM25/max + 0.75·cosine. A paper without a vector is given the cosine that its BM25 score
 * suggests, between the median and the best of the papers that have one, so that all stand on one scale. With
 * `meaning` off, by BM25/max alone. Ties are broken by id: the same evidence always gives the same order.
 */
export const fuse = (candidates: readonly Evidence[], options: { readonly meaning: boolean }): Ranked[] => {
  const most = candidates.reduce((max, { words }) => Math.max(max, words ?? 0), 0);
  const share = (words: number | null): number => (most > 0 ? clamp((words ?? 0) / most) : 0);
  if (!options.meaning) {
    return candidates.map((candidate) => ({ ...candidate, score: share(candidate.words) })).sort(byScore);
  }
  const cosines = candidates.flatMap(({ meaning }) => (meaning === null ? [] : [clamp(meaning)]));
  const high = cosines.length === 0 ? USUAL.high : cosines.reduce((max, x) => Math.max(max, x), 0);
  const low = median(cosines, USUAL.low);
  const cosine = ({ words, meaning }: Evidence): number =>
    meaning === null ? low + (high - low) * share(words) : clamp(meaning);
  return candidates
    .map((candidate) => ({ ...candidate, score: clamp(WORDS * share(candidate.words) + MEANING * cosine(candidate)) }))
    .sort(byScore);
};
