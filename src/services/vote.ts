import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';
import { DAY_MS, type NewcomerDeps, newcomerLimits } from './newcomer.ts';

export interface Tally {
  readonly votes: number;
  readonly voted: boolean;
}

/**
 * Votes for a paper, or takes the vote back; saying the same twice changes nothing. Throws `Fault('too-many')` where a new account
 * has voted for as many papers as it may within a day.
 */
export const castVote = async (
  deps: NewcomerDeps & { readonly store: Pick<Store, 'votes' | 'papers'> },
  {
    paperId,
    reader,
    wish,
  }: { readonly paperId: PaperId; readonly reader: Pick<Reader, 'id' | 'role'>; readonly wish: boolean },
): Promise<Result<Tally, 'not-found'>> => {
  const { store, clock } = deps;
  if ((await store.papers.get(paperId)) === null) return fail('not-found', 'There is no such paper.');
  const at = clock.now();
  const limits = wish ? await newcomerLimits(deps, reader) : null;
  const most = limits === null ? {} : { most: { papers: limits.votes, since: at - DAY_MS } };
  return ok(await store.votes.cast({ paperId, reader: reader.id, wish, at, ...most }));
};
