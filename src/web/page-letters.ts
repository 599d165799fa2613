import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import type { LetterForm, ShownLetter } from '../model/letter-page.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import {
  deleteLetter,
  editLetter,
  readHistory,
  readLetter,
  readLetters,
  reportLetter,
  restoreLetter,
  writeLetter,
} from '../services/letters.ts';
import { setWords } from '../services/mention.ts';
import { letterHistoryView, letterReportView } from '../views/letter-pages.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { aboutOf, orFormAgain, previewed, wantsJson } from './letter-form.ts';
import { lettersJson } from './letter-shape.ts';
import { sendGroupPaper } from './page-group-paper.ts';
import { paperAt, sendPaper } from './page-paper.ts';
import { formOf } from './page-vote.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Handler = (c: Context<Env>) => Promise<Response>;

/** A key of a form is made by the page, and any text will do; what is longer is no key of ours. */
const KEY = z.string().max(100);
/** Far longer than a letter may be: one that is too long is shown again, with the reason. */
const BODY = z.string().max(64_000);
const ID = z.string().regex(/^[0-9a-f]{24}$/);

const readerNow = async (edge: Edge, c: Context<Env>): Promise<Reader> => {
  const reader = await edge.readerOf(c);
  if (reader === null) throw new Fault('forbidden', 'Sign in to write a letter.');
  return reader;
};

const shownAt = async (edge: Edge, c: Context<Env>): Promise<ShownLetter> => {
  const id = c.req.param('id') ?? '';
  return unwrap(await readLetter(edge, { id, reader: await edge.readerOf(c) }));
};

const WriteForm = z.object({
  do: z.enum(['send', 'preview']).default('send'),
  body: BODY,
  key: KEY.default(''),
  parent: ID.optional(),
});

/** `POST /papers/{id}/letters`: a letter or an answer; or the page with a preview. */
export const writeLetterPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { do: wish, body, key, parent } = await formOf(edge, c, WriteForm);
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/letters$/, ''));
    const answered = parent === undefined ? null : await readLetter(edge, { id: parent, reader });
    const about = answered?.ok && answered.value.letter.groupId === null ? aboutOf(answered.value) : null;
    const kind = about === null ? 'new' : 'answer';
    const form: LetterForm = {
      kind,
      about,
      key,
      body,
      preview: await previewed(edge, wish === 'preview' ? body : ''),
      problem: null,
    };
    const again = (said: LetterForm, status: number) => sendPaper(edge, c, paperId, { form: said, status });
    if (wish === 'preview') return again(form, 200);
    return orFormAgain(c, form, again, async () => {
      const letter = unwrap(await writeLetter(edge, { paperId, parentId: parent ?? null, key, body, reader }));
      const at = href.letterAt(paperId, letter.id);
      return wantsJson(c) ? c.json({ id: letter.id, href: at }, 201) : c.redirect(at, 303);
    });
  };

const ChangeForm = z.object({
  do: z.enum(['edit', 'preview', 'delete', 'restore']),
  body: BODY.default(''),
  key: KEY.optional(),
});

/** `POST /letters/{id}`: other words for a letter of one's own, or the page with a preview of them; deleting it, and bringing it back. */
export const changeLetterPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { do: wish, body } = await formOf(edge, c, ChangeForm);
    const shown = await shownAt(edge, c);
    const { id, paperId, groupId } = shown.letter;
    const which = { id, reader };
    const at = href.letterPlace(shown.letter);
    const done = (): Response => (wantsJson(c) ? c.json({ id, href: at }) : c.redirect(at, 303));
    if (wish === 'delete' || wish === 'restore') {
      unwrap(await (wish === 'delete' ? deleteLetter : restoreLetter)(edge, which));
      return done();
    }
    const preview = await previewed(edge, wish === 'preview' ? body : '');
    const form: LetterForm = { kind: 'edit', about: aboutOf(shown), key: '', body, preview, problem: null };
    const again = (said: LetterForm, status: number) =>
      groupId === null
        ? sendPaper(edge, c, paperId, { form: said, status })
        : sendGroupPaper(edge, c, { paperId, handle: groupId }, { form: said, status });
    if (wish === 'preview') return again(form, 200);
    return orFormAgain(c, form, again, async () => {
      unwrap(await editLetter(edge, { ...which, body }));
      return done();
    });
  };

/** `POST /letters/preview`: a letter set as it would be shown, for the form's island. */
export const previewLetterPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { body } = await formOf(edge, c, z.object({ body: BODY }));
    const { html, asWritten } = await setWords(edge, body);
    return c.json({ html, asWritten }, 200, { 'cache-control': 'no-store' });
  };

/** `GET /letters/{id}`: sent on to its place on the page of its paper. */
export const letterPage =
  (edge: Edge): Handler =>
  async (c) => {
    const { letter } = await shownAt(edge, c);
    return c.redirect(href.letterPlace(letter), 302);
  };

/** `GET /papers/{id}/letters`: as JSON where that is asked for, else sent on to the paper's page. */
export const paperLettersPage =
  (edge: Edge): Handler =>
  async (c) => {
    const paperId = await paperAt(edge, (c.req.param('id') ?? '').replace(/\/letters$/, ''));
    if (!wantsJson(c)) return c.redirect(`${href.paper(paperId)}#letters`, 302);
    const page = await readLetters(edge, { paperId, reader: await edge.readerOf(c) });
    return c.json(lettersJson(page), 200, { 'cache-control': 'private, no-store' });
  };

const NOT_KEPT = { cache: 'private, no-store' } as const;

const cardOf = async (edge: Edge, c: Context<Env>, paperId: PaperId) => {
  const [card] = await edge.store.papers.cards([paperId], (await edge.readerOf(c))?.id ?? '');
  if (card === undefined) throw new Fault('not-found', 'There is no such paper here.');
  return card;
};

/** `GET /letters/{id}/history` */
export const letterHistoryPage =
  (edge: Edge): Handler =>
  async (c) => {
    const letter = unwrap(await readHistory(edge, { id: c.req.param('id') ?? '', reader: await edge.readerOf(c) }));
    const card = await cardOf(edge, c, letter.letter.paperId);
    return sendOnce(c, letterHistoryView({ card, letter }, frameOf(edge, c)), NOT_KEPT);
  };

/** `GET /letters/{id}/report`: the form. */
export const reportFormPage =
  (edge: Edge): Handler =>
  async (c) => {
    const letter = await shownAt(edge, c);
    const card = await cardOf(edge, c, letter.letter.paperId);
    const value = { card, letter, done: c.req.query('done') !== undefined, problem: null, reason: '' };
    return sendOnce(c, letterReportView(value, frameOf(edge, c)), NOT_KEPT);
  };

/** `POST /letters/{id}/report` */
export const reportLetterPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { reason } = await formOf(edge, c, z.object({ reason: z.string().max(10_000) }));
    const { letter } = await shownAt(edge, c);
    const said = await reportLetter(edge, { id: letter.id, reader, reason });
    if (!said.ok && said.code === 'bad-input' && !wantsJson(c)) {
      const [shown, card] = [await shownAt(edge, c), await cardOf(edge, c, letter.paperId)];
      const value = { card, letter: shown, done: false, problem: said.message, reason };
      return sendOnce(c, letterReportView(value, frameOf(edge, c)), { ...NOT_KEPT, status: 422 });
    }
    unwrap(said);
    return wantsJson(c) ? c.json({ reported: true }) : c.redirect(`${href.letterReport(letter.id)}?done`, 303);
  };
