import type { Store } from '../store/store.ts';
import type { ReadReplies } from './digest.ts';
import { repliesSince } from './notification.ts';

/** Answers to letters that a reader wrote for everyone. What is said in a group stays there. */
export const repliesTo =
  (deps: { readonly store: Pick<Store, 'notifications' | 'papers'> }): ReadReplies =>
  async (reader, since) =>
    (await repliesSince(deps, { reader, since }))
      .filter(({ kind, groupId }) => kind === 'reply' && groupId === null)
      .map(({ letterId, paperId, title, by, excerpt, at }) => ({ letterId, paperId, title, by, excerpt, at }));
