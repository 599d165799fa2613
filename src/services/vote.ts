import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

export interface Tally {
  readonly votes: number;
  readonly voted: boolean;
}

/** Votes for a paper, or takes the vote back; saying the same twice changes nothing. */
export const castVote = async (
  { store, clock }: { store: Pick<Store, 'votes' | 'papers'>; clock: Clock },
  { paperId, reader, wish }: { readonly paperId: PaperId; readonly reader: string; readonly wish: boolean },
): Promise<Result<Tally, 'not-found'>> => {
  if ((await store.papers.get(paperId)) === null) return fail('not-found', 'There is no such paper.');
  return ok(await store.votes.cast({ paperId, reader, wish, at: clock.now() }));
};
