import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import { may, type Reader } from '../model/reader.ts';
import { type ModerationDeps, moderate } from './moderation.ts';
import { type Body, bodyOf, confirmed, type SubmitDeps, type Submitted, today } from './submit-draft.ts';

/**
 * Lets a submission that waits through, or refuses it, as a deed of moderation; what was refused can be let through later.
 * What is let through comes in first, so that the deed is about papers that are here.
 */
export const decideSubmission = async (
  deps: SubmitDeps & ModerationDeps,
  {
    id,
    by: actor,
    wish: action,
    reason = '',
  }: { readonly id: string; readonly by: Reader; readonly wish: 'accept' | 'refuse'; readonly reason?: string },
): Promise<Result<Submitted, 'not-found' | 'bad-input' | 'forbidden'>> => {
  const { store, clock } = deps;
  const draft = await store.submissions.drafts.get(id);
  if (draft === null || draft.state === 'open') return fail('not-found', 'There is no such submission.');
  const body = bodyOf(draft);
  if (draft.state === 'done') return ok({ kind: 'done', papers: body.papers ?? [] });
  const deed = { actor, kind: 'draft', target: id, action, reason } as const;
  if (action === 'refuse') {
    const refused = await moderate(deps, deed);
    return refused.ok ? ok({ kind: 'waiting' }) : refused;
  }
  if (!may(actor.role, 'moderator')) return fail('forbidden', 'Moderators decide about submissions.');
  const { incoming, known } = await confirmed(deps, body, body.chosen ?? []);
  const saved = incoming.length === 0 ? [] : await store.papers.save(incoming, { now: clock.now() });
  const papers = [...new Set([...known, ...saved.map((one) => one.id)])];
  const through = { papers, day: today(deps), body: JSON.stringify({ ...body, papers } satisfies Body) };
  const done = await moderate(deps, { ...deed, through });
  return done.ok ? ok({ kind: 'done', papers }) : done;
};

/** Takes a submission of one's own back; the paper stays. Moderators hide or remove others', which is logged. */
export const withdrawSubmission = async (
  { store }: Pick<SubmitDeps, 'store'>,
  { paperId, of, reader }: { readonly paperId: PaperId; readonly of: string; readonly reader: Reader },
): Promise<Result<boolean, 'forbidden'>> =>
  of === reader.id
    ? ok(await store.submissions.remove({ paperId, reader: of }))
    : fail('forbidden', 'That is another reader’s submission.');
