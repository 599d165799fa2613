import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { quoteOf } from '../model/letter.ts';
import type { LetterForm, ShownLetter } from '../model/letter-page.ts';
import type { PaperId } from '../model/paper.ts';
import { readLetter } from '../services/letters.ts';
import type { Edge, Env } from './edge.ts';

export const aboutOf = ({ letter }: ShownLetter): NonNullable<LetterForm['about']> => ({
  id: letter.id,
  name: letter.author.name,
});

/** The form that a paper's page shows, as `?reply=`, `?quote=` or `?edit=` of its address ask for. */
export const formAsked = async (edge: Edge, c: Context<Env>, paperId: PaperId): Promise<LetterForm | null> => {
  const reader = await edge.readerOf(c);
  if (reader === null) return null;
  const blank: LetterForm = { kind: 'new', about: null, key: randomUUID(), body: '', preview: null, problem: null };
  const { reply, quote, edit } = c.req.query();
  const id = reply ?? quote ?? edit;
  if (id === undefined) return blank;
  const found = await readLetter(edge, { id, reader });
  if (!found.ok || found.value.letter.paperId !== paperId) return blank;
  const { letter, rights } = found.value;
  const about = aboutOf(found.value);
  if (edit !== undefined) return rights.edit ? { ...blank, kind: 'edit', about, body: letter.body } : blank;
  if (!rights.answer) return blank;
  return { ...blank, kind: 'answer', about, body: quote === undefined ? '' : quoteOf(letter) };
};

export const previewed = async (edge: Edge, body: string): Promise<LetterForm['preview']> =>
  body.trim() === '' ? null : edge.markdown.render(body);
