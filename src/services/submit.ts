import { randomBytes } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Day } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PaperId } from '../model/paper.ts';
import { may, type Reader } from '../model/reader.ts';
import {
  allowedPerDay,
  type FoundShown,
  noteOf,
  type PerDay,
  type SubmissionDraft,
  type SubmissionShown,
  type SubmissionWaiting,
  type SubmitPreview,
} from '../model/submission.ts';
import type { Incoming, Store } from '../store/store.ts';
import { type FindDeps, type Finding, type Found, findPapers } from './find-papers.ts';
import type { MarkdownRenderer } from './markdown.ts';
import { type ModerationDeps, moderate, refusalOf } from './moderation.ts';
import { type NewcomerDeps, newcomerLimits } from './newcomer.ts';
import { peopleOf } from './people.ts';
import { dayIn } from './roll-over.ts';

interface Rules {
  readonly perDay: PerDay;
  readonly review: boolean;
}

export interface SubmitDeps {
  readonly store: Pick<Store, 'papers' | 'submissions' | 'accounts'>;
  readonly clock: Clock;
  readonly config: NewcomerDeps['config'] & { readonly submit: Rules; readonly edition: { readonly zone: string } };
}

/** What a draft's body holds. */
interface Body extends Finding {
  /** Which of `found` were confirmed. */
  readonly chosen?: readonly number[];
  /** The papers they became. */
  readonly papers?: readonly PaperId[];
}

export type Submitted =
  | { readonly kind: 'done'; readonly papers: readonly PaperId[] }
  /** A moderator looks at it first. */
  | { readonly kind: 'waiting' };

/** Look-ups an hour: each asks other sites. */
const LOOKS_AN_HOUR = 60;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a draft that nobody confirmed is kept. */
const KEPT_MS = 30 * 24 * HOUR_MS;

const bodyOf = (draft: SubmissionDraft): Body => JSON.parse(draft.body);

const today = ({ clock, config }: Pick<SubmitDeps, 'clock' | 'config'>): Day => dayIn(config.edition.zone, clock.now());

/** How many a reader may submit within a day; null for any number. */
const mostFor = async (deps: SubmitDeps, reader: Reader): Promise<number | null> => {
  const most = allowedPerDay(deps.config.submit.perDay, reader.role);
  const limits = await newcomerLimits(deps, reader);
  return limits === null ? most : Math.min(most ?? limits.submissions, limits.submissions);
};

const leftFor = async (deps: SubmitDeps, reader: Reader): Promise<number | null> => {
  const most = await mostFor(deps, reader);
  return most === null ? null : Math.max(0, most - (await deps.store.submissions.countOn(reader.id, today(deps))));
};

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

/** What was confirmed of a finding: papers to be taken in, and those that are here. */
const confirmed = async (
  { store }: Pick<SubmitDeps, 'store'>,
  body: Body,
  chosen: readonly number[],
): Promise<{ readonly incoming: readonly Incoming[]; readonly known: readonly PaperId[] }> => {
  const found = chosen.flatMap((n) => body.found[n] ?? []);
  const known = await Promise.all(
    found.map((one) => (one.kind === 'known' ? store.papers.resolve(one.paperId) : null)),
  );
  return {
    incoming: found.flatMap((one) => (one.kind === 'new' ? [one.incoming] : [])),
    known: known.filter((id) => id !== null),
  };
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

/** The form of an empty submission: how many more a reader may submit today. */
export const readAllowance = leftFor;

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
