import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import { may, type Reader } from '../model/reader.ts';
import type {
  FoundShown,
  SubmissionDraft,
  SubmissionShown,
  SubmissionWaiting,
  SubmitPreview,
} from '../model/submission.ts';
import type { Store } from '../store/store.ts';
import type { Found } from './find-papers.ts';
import type { MarkdownRenderer } from './markdown.ts';
import { refusalOf } from './moderation.ts';
import { peopleOf } from './people.ts';
import { bodyOf, leftFor, type SubmitDeps } from './submit-draft.ts';

const ownDraft = async (deps: SubmitDeps, reader: Reader, id: string): Promise<SubmissionDraft | null> => {
  const draft = await deps.store.submissions.drafts.get(id);
  return draft !== null && (draft.reader === reader.id || may(reader.role, 'moderator')) ? draft : null;
};

/** Submissions of papers with who made them, by paper. */
export const submissionsOf = async (
  store: Pick<Store, 'submissions' | 'accounts'>,
  ids: readonly PaperId[],
): Promise<ReadonlyMap<PaperId, readonly SubmissionShown[]>> => {
  const found = await store.submissions.of(ids);
  const people = await peopleOf(
    store,
    [...found.values()].flat().map(({ reader }) => reader),
  );
  return new Map(
    [...found].map(([id, all]) => [
      id,
      all.map((submission) => ({ submission, by: people.get(submission.reader) ?? null })),
    ]),
  );
};

/** The submissions of one paper, their notes set. */
export const setSubmissions = async (
  {
    store,
    markdown,
  }: { readonly store: Pick<Store, 'submissions' | 'accounts'>; readonly markdown: Pick<MarkdownRenderer, 'render'> },
  id: PaperId,
): Promise<readonly SubmissionShown[]> => {
  const all = (await submissionsOf(store, [id])).get(id) ?? [];
  return Promise.all(all.map(async (one) => ({ ...one, html: (await markdown.render(one.submission.note)).html })));
};

const shown = async (deps: SubmitDeps, reader: Reader, found: readonly Found[]): Promise<readonly FoundShown[]> => {
  const known = found.flatMap((one) => (one.kind === 'known' ? [one.paperId] : []));
  const ids = await Promise.all(known.map((id) => deps.store.papers.resolve(id)));
  const at = new Map(known.map((id, n) => [id, ids[n] ?? id]));
  const cards = new Map(
    (await deps.store.papers.cards([...at.values()], reader.id)).map((card) => [card.paper.id, card]),
  );
  const notes = await submissionsOf(deps.store, [...cards.keys()]);
  return found.flatMap((one): readonly FoundShown[] => {
    if (one.kind === 'new') return [{ card: null, paper: one.incoming.draft, submissions: [] }];
    const card = cards.get(at.get(one.paperId) ?? '');
    return card === undefined ? [] : [{ card, paper: card.paper, submissions: notes.get(card.paper.id) ?? [] }];
  });
};

/** What was found, for its reader to confirm; once it is submitted, the papers it came to. */
export const readSubmitPreview = async (
  deps: SubmitDeps & { readonly store: Pick<Store, 'moderation'> },
  { reader, id }: { readonly reader: Reader; readonly id: string },
): Promise<Result<SubmitPreview & { readonly papers: readonly PaperId[] }, 'not-found'>> => {
  const draft = await ownDraft(deps, reader, id);
  if (draft === null) return fail('not-found', 'There is no such submission, or it is too long ago: begin again.');
  const { found, missing, failures, papers = [] } = bodyOf(draft);
  const here = draft.state === 'done' ? papers.map((paperId): Found => ({ kind: 'known', paperId })) : found;
  return ok({
    draft,
    refusal: draft.state === 'refused' ? await refusalOf(deps, 'draft', id) : null,
    found: await shown(deps, reader, here),
    missing,
    failures,
    left: await leftFor(deps, reader),
    papers,
  });
};

const QUEUE_MOST = 200;

/** Submissions of a state that moderators decide about, oldest first. */
export const readSubmissionQueue = async (
  deps: SubmitDeps,
  state: 'waiting' | 'refused',
): Promise<readonly SubmissionWaiting[]> => {
  const drafts = await deps.store.submissions.drafts.in(state, QUEUE_MOST);
  const people = await peopleOf(
    deps.store,
    drafts.map(({ reader }) => reader),
  );
  const waiting: SubmissionWaiting[] = [];
  for (const draft of drafts) {
    const { found, chosen = [] } = bodyOf(draft);
    const titles: string[] = [];
    for (const one of chosen.flatMap((n) => found[n] ?? [])) {
      if (one.kind === 'new') titles.push(one.incoming.draft.title);
      else titles.push((await deps.store.papers.get(one.paperId))?.title ?? one.paperId);
    }
    waiting.push({ draft, by: people.get(draft.reader) ?? null, titles });
  }
  return waiting;
};
