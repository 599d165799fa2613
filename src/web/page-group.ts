import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import type { GroupForm } from '../model/group-page.ts';
import type { PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { editGroup, enterGroup, openGroup } from '../services/group.ts';
import { castGroupVote, pinPaper, readGroupFront, readGroupPaper, readGroups } from '../services/group-front.ts';
import { deleteLetter, writeLetter } from '../services/letters.ts';
import { groupFrontView, groupPaperView } from '../views/group-front.ts';
import { groupSettingsView } from '../views/group-members.ts';
import { groupsView, newGroupView } from '../views/groups.ts';
import type { Edge, Env } from './edge.ts';
import { formOf, pageSentFrom } from './form.ts';
import {
  acting,
  type Handler,
  handleOf,
  looking,
  onward,
  pageFor,
  paperIn,
  paperNamed,
  readerNow,
  refused,
  wantsJson,
} from './group-request.ts';
import { groupFrontJson, groupPaperJson, groupsJson } from './group-shape.ts';
import { unwrap } from './problem.ts';

/** `/groups` and `/groups.json` */
export const groupsPage =
  (edge: Edge): Handler =>
  async (c) =>
    pageFor(edge, c, await readGroups(edge, await edge.readerOf(c)), { json: groupsJson, view: groupsView });

const blank = (): GroupForm => ({
  key: randomUUID(),
  name: '',
  about: '',
  visibility: 'private',
  windowDays: 30,
  problem: null,
});

/** `/groups/new` */
export const newGroupPage =
  (edge: Edge): Handler =>
  (c) =>
    pageFor(edge, c, blank(), { view: newGroupView });

const Fields = {
  name: z.string().max(1_000),
  about: z.string().max(20_000).default(''),
  visibility: z.enum(['public', 'private']),
  window: z.coerce.number().int().default(30),
};
const OpenForm = z.object({ ...Fields, key: z.string().min(1).max(100) });

/** `POST /groups` */
export const openGroupPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { window: windowDays, ...fields } = await formOf(edge, c, OpenForm);
    const opened = await openGroup(edge, { ...fields, windowDays, reader });
    if (opened.ok) return onward(c, href.group(opened.value.handle));
    const problem = refused(opened);
    const form: GroupForm = { ...fields, windowDays, problem: problem?.says ?? null };
    return pageFor(edge, c, form, { view: newGroupView, status: problem?.status ?? 422 });
  };

/** `/groups/{handle}` */
export const groupPage =
  (edge: Edge): Handler =>
  async (c) =>
    pageFor(edge, c, unwrap(await readGroupFront(edge, await looking(edge, c))), {
      json: groupFrontJson,
      view: groupFrontView,
    });

/** `/groups/{handle}/settings` */
export const groupSettingsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const entered = unwrap(await enterGroup(edge, { ...(await acting(edge, c)), action: 'edit' }));
    const form: GroupForm = { ...entered.group, key: '', problem: null };
    return pageFor(
      edge,
      c,
      { ...entered, form, saved: c.req.query('saved') !== undefined },
      { view: groupSettingsView },
    );
  };

/** `POST /groups/{handle}/settings` */
export const saveGroupPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const entered = unwrap(await enterGroup(edge, { ...who, action: 'edit' }));
    const { window: windowDays, ...fields } = await formOf(edge, c, z.object(Fields));
    const problem = refused(await editGroup(edge, { ...who, ...fields, windowDays }));
    if (problem === null) return onward(c, `${href.groupPart(who.handle, 'settings')}?saved`);
    const form: GroupForm = { ...fields, windowDays, key: '', problem: problem.says };
    return pageFor(edge, c, { ...entered, form, saved: false }, { view: groupSettingsView, status: problem.status });
  };

/** `/groups/{handle}/papers?paper=…`: sent on to the group's page of it. */
export const takeUpPage =
  (edge: Edge): Handler =>
  async (c) => {
    unwrap(await enterGroup(edge, { ...(await looking(edge, c)), action: 'see' }));
    return onward(c, href.groupPaper(handleOf(c), await paperNamed(edge, c.req.query('paper') ?? '')));
  };

interface Written {
  readonly body: string;
  readonly key: string;
  readonly parent: string | undefined;
  readonly problem: { readonly says: string; readonly status: number } | null;
}

const sendGroupPaper = async (edge: Edge, c: Context<Env>, paperId: PaperId, written?: Written): Promise<Response> => {
  const page = unwrap(await readGroupPaper(edge, { ...(await looking(edge, c)), paperId }));
  const rendered = await Promise.all((page.letters ?? []).map(({ body }) => edge.markdown.render(body)));
  const answered = written?.parent ?? c.req.query('answer');
  const value = {
    ...page,
    rendered,
    answers: page.letters?.find(({ id }) => id === answered) ?? null,
    key: written?.key ?? randomUUID(),
    body: written?.body ?? '',
    problem: written?.problem?.says ?? null,
    reader: (await edge.readerOf(c))?.id ?? '',
  };
  return pageFor(edge, c, value, {
    json: groupPaperJson,
    view: groupPaperView,
    status: written?.problem?.status ?? 200,
  });
};

/** `/groups/{handle}/papers/{id}` */
export const groupPaperPage =
  (edge: Edge): Handler =>
  async (c) => {
    // Before the paper: what is not there must not answer otherwise for papers that are.
    unwrap(await enterGroup(edge, { ...(await looking(edge, c)), action: 'see' }));
    return sendGroupPaper(edge, c, await paperIn(edge, c));
  };

/** `POST /groups/{handle}/papers/{id}/vote` */
export const groupVotePage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'vote' }));
    const { vote } = await formOf(edge, c, z.object({ vote: z.enum(['0', '1']) }));
    const paperId = await paperIn(edge, c, '/vote');
    const tally = unwrap(await castGroupVote(edge, { ...who, paperId, wish: vote === '1' }));
    if (wantsJson(c)) return c.json(tally, 200, { 'cache-control': 'private, no-store' });
    return onward(c, pageSentFrom(edge, c, href.groupPaper(who.handle, paperId)));
  };

/** `POST /groups/{handle}/papers/{id}/pin` */
export const groupPinPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'pin' }));
    const { pin } = await formOf(edge, c, z.object({ pin: z.enum(['0', '1']) }));
    const paperId = await paperIn(edge, c, '/pin');
    unwrap(await pinPaper(edge, { ...who, paperId, wish: pin === '1' }));
    return onward(c, href.groupPaper(who.handle, paperId));
  };

const ID = z.string().regex(/^[0-9a-f]{24}$/);
const LetterForm = z.object({
  do: z.enum(['send', 'delete']).default('send'),
  body: z.string().max(64_000).default(''),
  key: z.string().max(100).default(''),
  parent: ID.optional(),
  letter: ID.optional(),
});

/** `POST /groups/{handle}/papers/{id}/letters`: a letter to the group, an answer, or one's own deleted. */
export const groupLettersPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const { reader, handle } = who;
    unwrap(await enterGroup(edge, { ...who, action: 'letters' }));
    const { do: wish, body, key, parent, letter } = await formOf(edge, c, LetterForm);
    const paperId = await paperIn(edge, c, '/letters');
    const here = href.groupPaper(handle, paperId);
    if (wish === 'delete') {
      unwrap(await deleteLetter(edge, { id: letter ?? '', reader }));
      return onward(c, `${here}#letters`);
    }
    const sent = await writeLetter(edge, { paperId, parentId: parent ?? null, key, body, reader, groupId: handle });
    if (sent.ok) return onward(c, `${here}#letter-${sent.value.id}`);
    return sendGroupPaper(edge, c, paperId, { body, key, parent, problem: refused(sent) });
  };
