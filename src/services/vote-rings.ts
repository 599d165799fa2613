import type { Clock } from '../kernel/clock.ts';
import type { PaperCard } from '../model/paper.ts';
import type { Weigh } from '../model/ranking.ts';
import { findRings, withoutRings } from '../model/vote-ring.ts';
import type { Store } from '../store/store.ts';

const LOOK_BACK_MS = 30 * 86_400_000;
const MOST_VOTES = 50_000;

/** Looks through the votes of the last thirty days, the latest 50,000, and writes down accounts that vote as one; how many are new. */
export const flagRings = async ({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'moderation' | 'accounts'>;
  readonly clock: Clock;
}): Promise<number> => {
  const at = clock.now();
  const votes = await store.moderation.recentVotes(at - LOOK_BACK_MS, MOST_VOTES);
  const born = new Map<string, number>();
  for (const reader of new Set(votes.map((vote) => vote.reader))) {
    const account = await store.accounts.get(reader);
    if (account !== null) born.set(reader, account.createdAt);
  }
  let flagged = 0;
  for (const { id, readers } of findRings(votes, born)) flagged += await store.moderation.flagRing({ id, readers, at });
  return flagged;
};

/** What the votes of these cards weigh where papers are placed: those of flagged rings nothing. */
export const weighing = async (
  { moderation }: Pick<Store, 'moderation'>,
  cards: readonly PaperCard[],
): Promise<Weigh> => {
  const voted = cards.filter(({ votes }) => votes > 0).map(({ paper }) => paper.id);
  const ofRings = new Map<string, number>();
  if (voted.length > 0)
    for (const { paperId, votes } of await moderation.ringVotes(voted))
      ofRings.set(paperId, (ofRings.get(paperId) ?? 0) + votes);
  return ({ paper, votes }) => withoutRings(votes, ofRings.get(paper.id) ?? 0);
};
