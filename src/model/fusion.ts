import type { PaperId } from './paper.ts';

/** Weights of the convex combinations, tuned on Cranfield, CISI and SciFact (training). */
const FINE = { words: 0.25, meaning: 0.75 };
const COARSE = { words: 0.3, meaning: 0.7 };

/** What is known of a candidate. */
export interface Evidence {
  readonly id: PaperId;
  /** BM25; null when it shares no word with the query. */
  readonly words: number | null;
  /** Cosine of static vectors; null where there is none. */
  readonly coarse: number | null;
  /** Cosine of the model's vectors; null when it has not been read yet. */
  readonly fine: number | null;
}

export type Ranked<E extends Evidence = Evidence> = E & {
  /** 0 … 1. */
  readonly score: number;
};

const clamp = (x: number): number => Math.min(Math.max(x, 0), 1);

/**
 * Ranks candidates by 0.25·BM25/max + 0.75·cosine, where the cosine is the model's, and by 0.30·BM25/max + 0.70·cosine
 * where it is only that of the static vectors. Ties are broken by id: the same evidence always gives the same order.
 */
export const fuse = <E extends Evidence>(candidates: readonly E[]): Ranked<E>[] => {
  const most = candidates.reduce((max, { words }) => Math.max(max, words ?? 0), 0);
  const score = ({ words, coarse, fine }: Evidence): number => {
    const share = most > 0 ? clamp((words ?? 0) / most) : 0;
    if (fine !== null) return clamp(FINE.words * share + FINE.meaning * clamp(fine));
    return coarse === null ? share : clamp(COARSE.words * share + COARSE.meaning * clamp(coarse));
  };
  return candidates
    .map((candidate) => ({ ...candidate, score: score(candidate) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
};
