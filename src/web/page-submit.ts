import type { Context } from 'hono';
import { z } from 'zod';
import { ERRORS, Fault } from '../kernel/errors.ts';
import type { Reader } from '../model/reader.ts';
import { FILE_CAP } from '../model/submission.ts';
import { href } from '../model/urls.ts';
import { readClaimQueue } from '../services/claim.ts';
import type { ModerationDeps } from '../services/moderation.ts';
import { confirmSubmission, lookForSubmission, submitNow } from '../services/submit.ts';
import { withdrawSubmission } from '../services/submit-decide.ts';
import { leftFor, type SubmitDeps } from '../services/submit-draft.ts';
import { readSubmissionQueue, readSubmitPreview } from '../services/submit-read.ts';
import { submitPreviewView, submitQueueView, submitView } from '../views/submit.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, jsonOf } from './form.ts';
import { frameOf, originOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

const OWN = { cache: 'private, no-store' };
/** What a form with a bibliography in it may come to. */
export const MOST_SUBMIT_BYTES = FILE_CAP + 64 * 1024;

export const submitDepsOf = (edge: Edge): SubmitDeps & ModerationDeps & Parameters<typeof submitNow>[0] => ({
  ...edge,
  bases: edge.config.sourceUrls,
  keys: edge.config.sourceKeys,
});

const readerIn = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null) throw new Fault('forbidden', 'Papers are submitted by readers who are signed in.');
  return reader;
};

const wantsJson = (c: Context<Env>): boolean => (c.req.header('accept') ?? '').includes('application/json');

/** Where the next page is: followed by a browser, told to an island. */
const onTo = (c: Context<Env>, location: string): Response =>
  wantsJson(c) ? c.json({ location }, 200, { 'cache-control': 'no-store' }) : c.redirect(location, 303);

/** `GET /submit`; `?what=` fills the form in. */
export const submitPage =
  (edge: Edge): Handler =>
  async (c) => {
    const left = await leftFor(submitDepsOf(edge), await readerIn(edge, c));
    const what = (c.req.query('what') ?? '').slice(0, 2_000);
    return sendOnce(c, submitView({ what, note: '', wrong: null, left }, frameOf(edge, c)), OWN);
  };

interface Asked {
  readonly what: string;
  readonly note: string;
  readonly file: { readonly name: string; readonly bytes: Uint8Array } | null;
}

const askedIn = async (c: Context<Env>): Promise<Asked> => {
  const type = c.req.header('content-type') ?? '';
  if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type))
    throw new Fault('bad-request', 'Send the form as multipart/form-data.');
  const form = await c.req.parseBody().catch((cause: unknown) => {
    throw new Fault('bad-request', 'The form cannot be read.', { cause });
  });
  const { what = '', note = '', file } = form;
  if (typeof what !== 'string' || typeof note !== 'string')
    throw new Fault('bad-request', 'The form has a wrong field.');
  const given = file instanceof File && file.size > 0;
  return {
    what,
    note,
    file: given ? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) } : null,
  };
};

/** `POST /submit`: looks for what is named; the form again, with a sentence, where nothing is found. */
export const lookPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIn(edge, c);
    const { what, note, file } = await askedIn(c);
    const deps = submitDepsOf(edge);
    const draft = await lookForSubmission(deps, { reader, text: what, note, file });
    if (draft.ok) return onTo(c, href.submitDraft(draft.value.id));
    if (wantsJson(c)) throw new Fault(draft.code, draft.message);
    const left = await leftFor(deps, reader);
    const { status } = ERRORS[draft.code];
    return sendOnce(c, submitView({ what, note, wrong: draft.message, left }, frameOf(edge, c)), { ...OWN, status });
  };

/** `GET /submit/{id}`: what was found. */
export const submitDraftPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIn(edge, c);
    const preview = unwrap(await readSubmitPreview(submitDepsOf(edge), { reader, id: c.req.param('id') ?? '' }));
    return sendOnce(c, submitPreviewView(preview, frameOf(edge, c)), OWN);
  };

const ConfirmForm = z.object({
  note: z.string().max(20_000).default(''),
  choose: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((some) => [some].flat().map(Number)),
});

/** `POST /submit/{id}`: submits it, and goes to the paper. */
export const confirmPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIn(edge, c);
    const { note, choose } = await formOf(edge, c, ConfirmForm);
    const id = c.req.param('id') ?? '';
    const submitted = unwrap(await confirmSubmission(submitDepsOf(edge), { reader, id, note, chosen: choose }));
    const [paper, ...others] = submitted.kind === 'done' ? submitted.papers : [];
    return onTo(
      c,
      paper !== undefined && others.length === 0 ? `${href.paper(paper)}#submitted` : href.submitDraft(id),
    );
  };

/** `GET /submissions`: what waits for moderators. */
export const submissionsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const deps = submitDepsOf(edge);
    const [waiting, refused, claims, granted, denied] = await Promise.all([
      readSubmissionQueue(deps, 'waiting'),
      readSubmissionQueue(deps, 'refused'),
      readClaimQueue(edge, 'requested'),
      readClaimQueue(edge, 'granted'),
      readClaimQueue(edge, 'refused'),
    ]);
    const decided = [...granted, ...denied].sort((a, b) => (b.claim.decidedAt ?? 0) - (a.claim.decidedAt ?? 0));
    return sendOnce(c, submitQueueView({ waiting, refused, claims, decided }, frameOf(edge, c)), OWN);
  };

const WithdrawForm = z.object({ do: z.literal('withdraw'), reader: z.string().max(200).optional() });

/** `POST /papers/{id}/submission`: takes one's submission back; a moderator anyone's. */
export const paperSubmissionPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIn(edge, c);
    const form = await formOf(edge, c, WithdrawForm);
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/submission$/, ''));
    unwrap(await withdrawSubmission(edge, { paperId, of: form.reader ?? reader.id, reader }));
    return c.redirect(href.paper(paperId), 303);
  };

const SubmitBody = z.object({ paper_id: z.string().min(1).max(600), comment: z.string().max(65_536).default('') });

/** `POST /api/papers/submit` with `{paper_id, comment?}`, as at Hugging Face. */
export const submitApi =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerIn(edge, c);
    const { paper_id: text, comment: note } = await jsonOf(c, SubmitBody);
    const submitted = unwrap(await submitNow(submitDepsOf(edge), { reader, text, note }));
    const papers = submitted.kind === 'done' ? submitted.papers : [];
    return c.json(
      { status: submitted.kind, papers, urls: papers.map((id) => originOf(edge, c) + href.paper(id)) },
      submitted.kind === 'done' ? 201 : 202,
    );
  };
