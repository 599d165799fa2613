import { type Day, daysBetween } from '../kernel/day.ts';
import type { PaperCard } from './paper.ts';

/** What the talk of the day is made of. */
export interface Talk {
  readonly votes: number;
  /** Comments counted by the sources; null where none counts them. */
  readonly comments: number | null;
  /** The day the paper was first placed, or else published; null where unknown. */
  readonly since: Day | null;
}

const GRAVITY = 0.5;
const UNKNOWN_AGE_DAYS = 365;

/**
 * Trending, first cut: `(1 + votes + comments) / (2 + age)^0.5`, age in days on `today`, never negative; a paper
 * without a date counts as a year old. The shape is Hacker News's `points / (hours + 2)^gravity`, with a gravity low
 * enough that a talked-about paper of last month still beats a silent one of today.
 */
export const talkScore = ({ votes, comments, since }: Talk, today: Day): number => {
  const age = since === null ? UNKNOWN_AGE_DAYS : Math.max(0, daysBetween(since, today));
  return (1 + votes + (comments ?? 0)) / (2 + age) ** GRAVITY;
};

/** What the votes of a card weigh where papers are placed. */
export type Weigh = (card: PaperCard) => number;

/** Indexes into `cards`, highest score first; ties keep the order of placement. */
export const byTalk = (
  cards: readonly PaperCard[],
  today: Day,
  weigh: Weigh = ({ votes }) => votes,
): readonly number[] => {
  const scores = cards.map((card) =>
    talkScore({ votes: weigh(card), comments: card.comments, since: card.paper.published }, today),
  );
  return cards.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
};
