import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { ERRORS, Fault } from '../kernel/errors.ts';
import { quoteOf } from '../model/letter.ts';
import type { LetterForm, ShownLetter } from '../model/letter-page.ts';
import type { PaperId } from '../model/paper.ts';
import { readLetter } from '../services/letters.ts';
import { setWords } from '../services/mention.ts';
import type { Edge, Env } from './edge.ts';

/** Whether it is the form's island, or a program, that asks. */
export const wantsJson = (c: Context<Env>): boolean => (c.req.header('accept') ?? '').includes('application/json');

export const aboutOf = ({ letter }: ShownLetter): NonNullable<LetterForm['about']> => ({
  id: letter.id,
  name: letter.author.name,
});

/** The form that a paper's page shows, as `?reply=`, `?quote=` or `?edit=` of its address ask for. */
export const formAsked = async (
  edge: Edge,
  c: Context<Env>,
  paperId: PaperId,
  groupId: string | null = null,
): Promise<LetterForm | null> => {
  const reader = await edge.readerOf(c);
  if (reader === null) return null;
  const blank: LetterForm = { kind: 'new', about: null, key: randomUUID(), body: '', preview: null, problem: null };
  const { reply, quote, edit } = c.req.query();
  const id = reply ?? quote ?? edit;
  if (id === undefined) return blank;
  const found = await readLetter(edge, { id, reader });
  if (!found.ok || found.value.letter.paperId !== paperId || found.value.letter.groupId !== groupId) return blank;
  const { letter, rights } = found.value;
  const about = aboutOf(found.value);
  if (edit !== undefined) return rights.edit ? { ...blank, kind: 'edit', about, body: letter.body } : blank;
  if (!rights.answer) return blank;
  return { ...blank, kind: 'answer', about, body: quote === undefined ? '' : quoteOf(letter) };
};

export const previewed = async (edge: Edge, body: string): Promise<LetterForm['preview']> =>
  body.trim() === '' ? null : setWords(edge, body);

/** Runs what a form asks for; where that is refused, the page comes `again` with the form as it was sent, and why. */
export const orFormAgain = async (
  c: Context<Env>,
  form: LetterForm,
  again: (form: LetterForm, status: number) => Promise<Response>,
  act: () => Promise<Response>,
): Promise<Response> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Fault) || ERRORS[error.code].status >= 500 || wantsJson(c)) throw error;
    const answer = await again({ ...form, problem: error.message, preview: null }, ERRORS[error.code].status);
    if (error.retryAfter !== undefined) answer.headers.set('retry-after', String(Math.ceil(error.retryAfter)));
    return answer;
  }
};
