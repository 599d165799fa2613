import type { Clock } from '../kernel/clock.ts';
import type { PaperCard } from '../model/paper.ts';
import type { Weigh } from '../model/ranking.ts';
import { findRings, withoutRings } from '../model/vote-ring.ts';
import type { Store } from '../store/store.ts';

const LOOK_BACK_MS = 30 * 86_400_000;
const MOST_VOTES = 50_000;

/**
 * Looks through the votes of the last thirty days, the latest 50,000 here and as many in public groups, and writes down
 * accounts that vote as one; how many are new. Members of a group may well vote as one after a meeting, so among them
 * only accounts that were made together are a ring.
 */
export const flagRings = async ({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'moderation' | 'accounts'>;
  readonly clock: Clock;
}): Promise<number> => {
  const at = clock.now();
  const [votes, inGroups] = await Promise.all([
    store.moderation.recentVotes(at - LOOK_BACK_MS, MOST_VOTES),
    store.moderation.recentGroupVotes(at - LOOK_BACK_MS, MOST_VOTES),
  ]);
  const born = await store.accounts.born([...votes, ...inGroups].map(({ reader }) => reader));
  const rings = [
    ...findRings(votes, born),
    ...Map.groupBy(inGroups, ({ group }) => group)
      .values()
      .flatMap((some) => findRings(some, born, { onlyTwins: true })),
  ];
  let flagged = 0;
  for (const { id, readers } of rings) flagged += await store.moderation.flagRing({ id, readers, at });
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
