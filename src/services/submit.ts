import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import { may, type Reader } from '../model/reader.ts';
import { noteOf, type SubmissionDraft } from '../model/submission.ts';
import type { Store } from '../store/store.ts';
import { type FindDeps, findPapers } from './find-papers.ts';
import {
  type Body,
  bodyOf,
  confirmed,
  leftFor,
  mostFor,
  type SubmitDeps,
  type Submitted,
  today,
} from './submit-draft.ts';

/** Look-ups an hour: each asks other sites. */
const LOOKS_AN_HOUR = 60;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a draft that nobody confirmed is kept. */
const KEPT_MS = 30 * 24 * HOUR_MS;

const spent = (role: string, most: number | null): string =>
  `At most ${most} ${most === 1 ? 'paper' : 'papers'} a day may be submitted by a ${role} here. Come back tomorrow.`;

/** Looks for what a reader names and keeps the finding until they have said yes to it. */
export const lookForSubmission = async (
  deps: SubmitDeps & FindDeps,
  { reader, note, ...asked }: Parameters<typeof findPapers>[1] & { readonly reader: Reader; readonly note: string },
): Promise<Result<SubmissionDraft, 'bad-input' | 'source-unavailable' | 'too-large' | 'too-many'>> => {
  const now = deps.clock.now();
  const { drafts } = deps.store.submissions;
  await drafts.sweep(now - KEPT_MS);
  if (!may(reader.role, 'moderator') && (await drafts.count(reader.id, now - HOUR_MS)) >= LOOKS_AN_HOUR)
    return fail('too-many', 'That was looked for too often within an hour. Try again later.');
  const finding = await findPapers(deps, asked);
  if (!finding.ok) return finding;
  const draft: SubmissionDraft = {
    id: randomBytes(12).toString('hex'),
    reader: reader.id,
    at: now,
    state: 'open',
    note: noteOf(note),
    body: JSON.stringify(finding.value satisfies Body),
    decidedBy: null,
    decidedAt: null,
  };
  await drafts.put(draft);
  return ok(draft);
};

/** Takes in what is new and puts the submissions beside it, all or none. */
const publish = async (
  deps: SubmitDeps,
  draft: SubmissionDraft,
  { chosen, note, most }: { chosen: readonly number[]; note: string; most: number | null },
): Promise<readonly PaperId[] | null> => {
  const { store, clock } = deps;
  const body = bodyOf(draft);
  const { incoming, known } = await confirmed(deps, body, chosen);
  const by = { reader: draft.reader, day: today(deps), at: clock.now(), note };
  const papers = await store.submissions.bringIn({ incoming, known, most, ...by });
  if (papers === null) return null;
  await store.submissions.drafts.put({
    ...draft,
    state: 'done',
    note,
    body: JSON.stringify({ ...body, chosen, papers } satisfies Body),
  });
  return papers;
};

const needsReview = async ({ store, config }: SubmitDeps, reader: Reader): Promise<boolean> =>
  config.submit.review && reader.role === 'reader' && (await store.submissions.by(reader.id, 1)).length === 0;

/**
 * Leave to bring in a paper that Broadsheet does not know by way of one's library: as many within a day as one may submit,
 * and none by one whose first submission a moderator would look at. Taken one by one, and counted when it is taken.
 */
export const leaveToBringIn =
  (deps: SubmitDeps & { readonly store: Pick<Store, 'rates'> }, reader: Reader) => async (): Promise<boolean> => {
    const most = await mostFor(deps, reader);
    if (await needsReview(deps, reader)) return false;
    if (most === null) return true;
    const at = { now: deps.clock.now(), windowMs: DAY_MS };
    return (await deps.store.rates.hit(`library import ${reader.id}`, at)) <= most;
  };

/**
 * Submits what was found: new papers are taken in, and the note stands with each. Said twice it is once. Where first
 * submissions are looked at, it waits for a moderator.
 */
export const confirmSubmission = async (
  deps: SubmitDeps,
  {
    reader,
    id,
    note,
    chosen,
  }: { readonly reader: Reader; readonly id: string; readonly note: string; readonly chosen: readonly number[] },
): Promise<Result<Submitted, 'not-found' | 'bad-input' | 'too-many' | 'forbidden'>> => {
  const draft = await deps.store.submissions.drafts.get(id);
  if (draft === null || draft.reader !== reader.id)
    return fail('not-found', 'There is no such submission, or it is too long ago: begin again.');
  const body = bodyOf(draft);
  if (draft.state === 'done') return ok({ kind: 'done', papers: body.papers ?? [] });
  if (draft.state === 'waiting') return ok({ kind: 'waiting' });
  if (draft.state === 'refused') return fail('forbidden', 'A moderator has refused this submission.');
  const some = [...new Set(chosen)].filter((n) => body.found[n] !== undefined);
  if (some.length === 0) return fail('bad-input', 'No paper was chosen.');
  const most = await mostFor(deps, reader);
  const mine = new Set((await deps.store.submissions.by(reader.id, 1_000)).map(({ paperId }) => paperId));
  const fresh = some.filter((n) => {
    const one = body.found[n];
    return one?.kind !== 'known' || !mine.has(one.paperId);
  });
  const left = await leftFor(deps, reader);
  if (left !== null && fresh.length > left) return fail('too-many', spent(reader.role, most));
  if (await needsReview(deps, reader)) {
    await deps.store.submissions.drafts.put({
      ...draft,
      state: 'waiting',
      note: noteOf(note),
      body: JSON.stringify({ ...body, chosen: some } satisfies Body),
    });
    return ok({ kind: 'waiting' });
  }
  const papers = await publish(deps, draft, { chosen: some, note: noteOf(note), most });
  return papers === null ? fail('too-many', spent(reader.role, most)) : ok({ kind: 'done', papers });
};

/** Looks for what is named and submits it at once: for programs, which show no preview. */
export const submitNow = async (
  deps: SubmitDeps & FindDeps,
  { reader, text, note }: { readonly reader: Reader; readonly text: string; readonly note: string },
): Promise<
  Result<
    Submitted & { readonly missing: readonly PaperId[] },
    'bad-input' | 'source-unavailable' | 'too-large' | 'too-many' | 'not-found' | 'forbidden'
  >
> => {
  const draft = await lookForSubmission(deps, { reader, text, note, file: null });
  if (!draft.ok) return draft;
  const { found, missing } = bodyOf(draft.value);
  const chosen = found.map((_, n) => n);
  const submitted = await confirmSubmission(deps, { reader, id: draft.value.id, note, chosen });
  return submitted.ok ? ok({ ...submitted.value, missing }) : submitted;
};
