import type { Context } from 'hono';
import { z } from 'zod';
import type { LetterForm } from '../model/letter-page.ts';
import type { PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { enterGroup } from '../services/group.ts';
import { readGroupPaper } from '../services/group-front.ts';
import { readLetter, writeLetter } from '../services/letters.ts';
import { groupPaperView } from '../views/group-front.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { acting, type Handler, handleOf, looking, onward, pageFor, paperIn } from './group-request.ts';
import { groupPaperJson } from './group-shape.ts';
import { aboutOf, formAsked, orFormAgain, previewed, wantsJson } from './letter-form.ts';
import { unwrap } from './problem.ts';

/** A group's page of a paper; `form` is the form for a letter as it was sent, where it stays open. */
export const sendGroupPaper = async (
  edge: Edge,
  c: Context<Env>,
  { paperId, handle = handleOf(c) }: { readonly paperId: PaperId; readonly handle?: string },
  { form, status = 200 }: { readonly form?: LetterForm; readonly status?: number } = {},
): Promise<Response> => {
  const reader = await edge.readerOf(c);
  const page = unwrap(await readGroupPaper(edge, { handle, reader, paperId }));
  const asked = page.letters === null ? null : (form ?? (await formAsked(edge, c, paperId, handle)));
  return pageFor(edge, c, { ...page, form: asked }, { json: groupPaperJson, view: groupPaperView, status });
};

/** `/groups/{handle}/papers/{id}` */
export const groupPaperPage =
  (edge: Edge): Handler =>
  async (c) => {
    // Before the paper: what is not there must not answer otherwise for papers that are.
    unwrap(await enterGroup(edge, { ...(await looking(edge, c)), action: 'see' }));
    return sendGroupPaper(edge, c, { paperId: await paperIn(edge, c) });
  };

const WriteForm = z.object({
  do: z.enum(['send', 'preview']).default('send'),
  body: z.string().max(64_000),
  key: z.string().max(100).default(''),
  parent: z
    .string()
    .regex(/^[0-9a-f]{24}$/)
    .optional(),
});

/** `POST /groups/{handle}/papers/{id}/letters`: a letter to the group, or an answer; or the page with a preview. */
export const groupLettersPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const { reader, handle } = who;
    unwrap(await enterGroup(edge, { ...who, action: 'letters' }));
    const { do: wish, body, key, parent } = await formOf(edge, c, WriteForm);
    const paperId = await paperIn(edge, c, '/letters');
    const answered = parent === undefined ? null : await readLetter(edge, { id: parent, reader });
    const about = answered?.ok && answered.value.letter.groupId === handle ? aboutOf(answered.value) : null;
    const preview = await previewed(edge, wish === 'preview' ? body : '');
    const form: LetterForm = { kind: about === null ? 'new' : 'answer', about, key, body, preview, problem: null };
    const again = (said: LetterForm, status: number) => sendGroupPaper(edge, c, { paperId }, { form: said, status });
    if (wish === 'preview') return again(form, 200);
    return orFormAgain(c, form, again, async () => {
      const wishes = { paperId, parentId: parent ?? null, key, body, reader, groupId: handle };
      const letter = unwrap(await writeLetter(edge, wishes));
      const at = href.letterPlace(letter);
      return wantsJson(c)
        ? c.json({ id: letter.id, href: at }, 201, { 'cache-control': 'private, no-store' })
        : onward(c, at);
    });
  };
