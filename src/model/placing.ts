import { type Day, daysBetween } from '../kernel/day.ts';
import type { PaperId } from './paper.ts';
import { talkScore } from './ranking.ts';

/** The ranking in force. A new formula gets a new name, so that every edition says what it was placed by. */
export const RANKING = 'talk-2';
/** Those whose reasons can still be read: `talk-1` knew of no submissions. */
const RANKINGS: readonly string[] = ['talk-1', RANKING];

/** What is known of a paper on the day it may be placed. */
export interface Candidate {
  readonly id: PaperId;
  /** Primary category, e.g. `cs.LG`; null where there is none. */
  readonly category: string | null;
  readonly published: Day | null;
  /** Our readers' votes. */
  readonly votes: number;
  /** Upvotes and comments elsewhere, as sources report them; 0 where none does. */
  readonly upvotes: number;
  readonly comments: number;
  /** Whether it links to code. */
  readonly code: boolean;
  /** The day a reader first submitted it; null where nobody has. */
  readonly submitted: Day | null;
}

/** The parts a place is made of: with them the order of an edition can be computed again. */
export interface Why {
  readonly ranking: string;
  readonly score: number;
  readonly votes: number;
  readonly upvotes: number;
  readonly comments: number;
  readonly code: boolean;
  readonly published: Day | null;
  readonly category: string | null;
  /** Null also where it was placed before submissions counted. */
  readonly submitted: Day | null;
  /** Decides between equal scores, lowest first. */
  readonly lot: number;
}

export interface Placed {
  /** Best first. */
  readonly placements: readonly PaperId[];
  /** JSON of a `Why` each, in the order of `placements`. */
  readonly whys: readonly string[];
}

/** What a word from elsewhere weighs beside a vote of our own readers. */
const ELSEWHERE = 0.25;
const CODE = 1;
/** What it weighs that somebody submitted a paper, however many did. */
const SUBMITTED = 2;
/** The share of the page one primary category may have while others wait. */
const SPREAD = 0.4;

/** What is no number counts as none. */
const atLeastNone = (n: number): number => Math.max(0, n || 0);

/**
 * `talk-2` = `(1 + votes + upvotes/4 + comments/4 + (code ? 1 : 0) + (submitted ? 2 : 0)) / (2 + age)^0.5`, age in days on
 * `today` since the paper was published or submitted, whichever is later: `talkScore` with the talk elsewhere at a quarter
 * of our own, a paper that brings its code one vote ahead, and one that a reader submitted two votes ahead and fresh on
 * that day. Counts below 0 are 0.
 */
export const placingScore = (
  { votes, upvotes, comments, code, published, submitted }: Omit<Candidate, 'id' | 'category'>,
  today: Day,
): number => {
  const elsewhere = (atLeastNone(upvotes) + atLeastNone(comments)) * ELSEWHERE;
  const ahead = (code ? CODE : 0) + (submitted === null ? 0 : SUBMITTED);
  const since = submitted !== null && submitted > (published ?? '') ? submitted : published;
  return talkScore({ votes: atLeastNone(votes) + elsewhere + ahead, comments: null, since }, today);
};

/** The reasons of a place as they were kept; null where there are none, or those of a ranking that is not known. */
export const whyOf = (text: string | undefined): Why | null => {
  const why = text === undefined ? null : (JSON.parse(text) as Why);
  return why !== null && RANKINGS.includes(why.ranking) ? { ...why, submitted: why.submitted ?? null } : null;
};

/** FNV-1a, 32 bits, with a last mixing so that neighbouring ids end far apart. */
const lotOf = (id: PaperId, today: Day): number => {
  let hash = 0x811c9dc5;
  for (const unit of `${today} ${id}`) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** As many as fit: in order, but none of a category that has had its share while others wait. A paper without a category is never one too many. */
const spread = <T extends { readonly candidate: Candidate }>(ordered: readonly T[], size: number): readonly T[] => {
  const share = Math.max(1, Math.floor(size * SPREAD));
  const had = new Map<string, number>();
  const chosen = new Set<T>();
  for (const one of ordered) {
    if (chosen.size === size) break;
    const { category } = one.candidate;
    const before = category === null ? 0 : (had.get(category) ?? 0);
    if (before >= share) continue;
    if (category !== null) had.set(category, before + 1);
    chosen.add(one);
  }
  for (const one of ordered) {
    if (chosen.size === size) break;
    chosen.add(one);
  }
  return ordered.filter((one) => chosen.has(one));
};

/**
 * The front page of `today`: at most `size` candidates, highest `placingScore` first. Most papers of a first day are
 * level; between those the lot decides, drawn from day and id: the same on every machine, and nobody gains by the time of
 * submission. Of one primary category at most 40 % of the page is taken (at least one) while others wait.
 * The order of `candidates` plays no part; of those with the same id the first counts.
 */
export const placePapers = (
  candidates: readonly Candidate[],
  { size, today }: { readonly size: number; readonly today: Day },
): Placed => {
  const byId = new Map(candidates.toReversed().map((candidate) => [candidate.id, candidate]));
  const ordered = [...byId.values()]
    .map((candidate) => ({ candidate, score: placingScore(candidate, today), lot: lotOf(candidate.id, today) }))
    .sort((a, b) => b.score - a.score || a.lot - b.lot || (a.candidate.id < b.candidate.id ? -1 : 1));
  const page = spread(ordered, Math.min(size, ordered.length));
  return {
    placements: page.map(({ candidate }) => candidate.id),
    whys: page.map(({ candidate: { id: _, ...parts }, score, lot }) =>
      JSON.stringify({ ranking: RANKING, score, ...parts, lot } satisfies Why),
    ),
  };
};

/** Days between the publication and the edition that still make a paper a candidate. */
export const CANDIDATE_DAYS = 10;

/** Whether a paper of these categories stands in an edition made of `wished`: `cs` takes `cs.LG`, and no wish takes all. */
export const isWished = (categories: readonly string[], wished: readonly string[]): boolean =>
  wished.length === 0 || categories.some((code) => wished.some((wish) => code === wish || code.startsWith(`${wish}.`)));

/** Saturday or Sunday. */
export const isWeekend = (day: Day): boolean => ((daysBetween('2001-01-01', day) % 7) + 7) % 7 > 4;
