import type { PaperId } from './paper.ts';

/** What each part counts (decision 0070): tuned on halves of four collections, one setting for all. */
const WORDS = 0.25;
const COARSE = 0.1;
const FINE = 0.75;
const AGREEMENT = 0.3;
const WHOLE = WORDS + COARSE + FINE + AGREEMENT;

/** The cosine a model is likely to give a paper that it has not read, fitted on the same collections: `base + coarse × … + share × …`. */
const GUESS = { base: 0.05, coarse: 0.75, share: 0.15 };
/** How many papers it must have read before what it gives them says half of how the query lies to it. */
const DOUBT = 5;
/** The cosine of static vectors that a paper without one is likely to have. */
const UNKNOWN_COARSE = { base: 0.2, share: 0.3 };

/** What is known of a candidate. */
export interface Evidence {
  readonly id: PaperId;
  /** BM25; null when it shares no word with the query. */
  readonly words: number | null;
  /** Cosine of static vectors; null where there is none. */
  readonly coarse: number | null;
  /** Cosine of the model's vectors; null when it has not been read yet. */
  readonly fine: number | null;
  /** How far its words agree with the query's in number and order, 0 … 1. */
  readonly agreement: number;
}

export type Ranked<E extends Evidence = Evidence> = E & {
  /** 0 … 1. */
  readonly score: number;
};

const clamp = (x: number): number => Math.min(Math.max(x, 0), 1);

type Instant = Pick<Evidence, 'words' | 'coarse'>;

/** BM25 as a share of the most that any candidate has. */
const shareAmong = (candidates: readonly Instant[]): ((candidate: Instant) => number) => {
  const most = candidates.reduce((max, { words }) => Math.max(max, words ?? 0), 0);
  return ({ words }) => (most > 0 ? clamp((words ?? 0) / most) : 0);
};

const coarseOf = ({ coarse }: Instant, share: number): number =>
  coarse === null ? UNKNOWN_COARSE.base + UNKNOWN_COARSE.share * share : clamp(coarse);

const guess = (share: number, coarse: number): number => GUESS.base + GUESS.coarse * coarse + GUESS.share * share;

const combine = (share: number, coarse: number, fine: number, agreement: number): number =>
  clamp((WORDS * share + COARSE * coarse + FINE * clamp(fine) + AGREEMENT * clamp(agreement)) / WHOLE);

/** What words and static vectors alone say of candidates, in their order: `fuse` before any model has read them. */
export const instantScores = (candidates: readonly Instant[]): number[] => {
  const shareOf = shareAmong(candidates);
  return candidates.map((candidate) => {
    const share = shareOf(candidate);
    const coarse = coarseOf(candidate, share);
    return combine(share, coarse, guess(share, coarse), 0);
  });
};

/**
 * Ranks candidates by `0.25·BM25/max + 0.10·cosine of static vectors + 0.75·cosine of the model's + 0.30·agreement`, over
 * 1.4. A paper the model has not read is given the cosine that its words and static vector suggest, moved by how far the
 * model's cosines lie from such guesses where it has read: so all stand on one scale. Ties are broken by id: the same
 * evidence always gives the same order, however it was ordered.
 */
export const fuse = <E extends Evidence>(candidates: readonly E[]): Ranked<E>[] => {
  const byId = [...candidates].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const shareOf = shareAmong(byId);
  const known = byId.map((candidate) => {
    const share = shareOf(candidate);
    const coarse = coarseOf(candidate, share);
    return { candidate, share, coarse, guessed: guess(share, coarse) };
  });
  let off = 0;
  let read = 0;
  for (const { candidate, guessed } of known) {
    if (candidate.fine === null) continue;
    off += clamp(candidate.fine) - guessed;
    read++;
  }
  const move = off / (read + DOUBT);
  return known
    .map(({ candidate, share, coarse, guessed }) => ({
      ...candidate,
      score: combine(share, coarse, candidate.fine ?? guessed + move, candidate.agreement),
    }))
    .sort((a, b) => b.score - a.score);
};
