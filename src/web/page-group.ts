import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { GroupForm } from '../model/group-page.ts';
import { href } from '../model/urls.ts';
import { editGroup, enterGroup, openGroup } from '../services/group.ts';
import { castGroupVote, pinPaper, readGroupFront, readGroups } from '../services/group-front.ts';
import { groupFrontView } from '../views/group-front.ts';
import { groupSettingsView } from '../views/group-members.ts';
import { groupsView, newGroupView } from '../views/groups.ts';
import type { Edge } from './edge.ts';
import { formOf } from './form.ts';
import {
  acting,
  groupVote,
  type Handler,
  handleOf,
  looking,
  onward,
  pageFor,
  paperIn,
  paperNamed,
  readerNow,
  refused,
} from './group-request.ts';
import { groupFrontJson, groupsJson } from './group-shape.ts';
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

/** `POST /groups/{handle}/papers/{id}/vote` */
export const groupVotePage = (edge: Edge): Handler =>
  groupVote(edge, castGroupVote, ({ handle, paperId }) => href.groupPaper(handle, paperId));

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
