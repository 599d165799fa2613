import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { ERRORS, Fault } from '../kernel/errors.ts';
import { fail, type Result } from '../kernel/result.ts';
import { mayInGroup } from '../model/group.ts';
import type { InGroup } from '../model/group-page.ts';
import type { Meeting } from '../model/meeting.ts';
import type { PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { agendaFile } from '../services/agenda-file.ts';
import { enterGroup } from '../services/group.ts';
import {
  callMeeting,
  cancelMeeting,
  changeMeeting,
  dropProposal,
  proposePaper,
  readAgenda,
  readCalendar,
  readMeeting,
  readProposals,
  renewAgendaSecret,
  voteOnProposal,
  writeMinutes,
} from '../services/journal-club.ts';
import { agendaView, type MeetingForm, meetingView, proposalsView } from '../views/journal-club.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { originOf } from './frame.ts';
import {
  acting,
  groupVote,
  type Handler,
  looking,
  NOT_KEPT,
  onward,
  pageFor,
  paperIn,
  paperNamed,
  refused,
} from './group-request.ts';
import { groupAgendaJson, meetingJson, proposalsJson } from './group-shape.ts';
import { unwrap } from './problem.ts';
import { sendOnce } from './send.ts';

type Problem = ReturnType<typeof refused>;

const may = ({ group, standing }: InGroup, action: 'schedule' | 'propose'): boolean =>
  mayInGroup(group.visibility, standing, action);

/** A paper named in a form, or what is wrong with it, to be said on the form. */
const named = async (edge: Edge, text: string): Promise<Result<PaperId | null, 'bad-input'>> => {
  if (text.trim() === '') return { ok: true, value: null };
  try {
    return { ok: true, value: await paperNamed(edge, text) };
  } catch (error) {
    if (error instanceof Fault && ERRORS[error.code].status === 404)
      return fail('bad-input', 'This paper is not here yet. Bring it in first, then name it again.');
    throw error;
  }
};

const sendProposals = async (
  edge: Edge,
  c: Context<Env>,
  form: { readonly paper: string; readonly why: string },
  problem: Problem = null,
): Promise<Response> => {
  const who = await looking(edge, c);
  const page = unwrap(await readProposals(edge, who));
  const value = {
    ...page,
    reader: who.reader?.id ?? '',
    form: may(page, 'propose') ? { ...form, problem: problem?.says ?? null } : null,
  };
  return pageFor(edge, c, value, { json: proposalsJson, view: proposalsView, status: problem?.status ?? 200 });
};

/** `/groups/{handle}/proposals` */
export const proposalsPage =
  (edge: Edge): Handler =>
  (c) =>
    sendProposals(edge, c, { paper: c.req.query('paper') ?? '', why: '' });

const ProposeForm = z.object({ paper: z.string().max(2_000), why: z.string().max(20_000).default('') });

/** `POST /groups/{handle}/proposals` */
export const proposePage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'propose' }));
    const form = await formOf(edge, c, ProposeForm);
    const paper = await named(edge, form.paper);
    if (!paper.ok) return sendProposals(edge, c, form, refused(paper));
    if (paper.value === null) return sendProposals(edge, c, form, refused(fail('bad-input', 'Name a paper.')));
    const problem = refused(await proposePaper(edge, { ...who, paperId: paper.value, why: form.why }));
    return problem === null
      ? onward(c, href.groupPart(who.handle, 'proposals'))
      : sendProposals(edge, c, form, problem);
  };

/** `POST /groups/{handle}/proposals/{id}/vote` */
export const proposalVotePage = (edge: Edge): Handler =>
  groupVote(edge, voteOnProposal, ({ handle }) => href.groupPart(handle, 'proposals'));

/** `POST /groups/{handle}/proposals/{id}/drop` */
export const dropProposalPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'propose' }));
    unwrap(await dropProposal(edge, { ...who, paperId: await paperIn(edge, c, '/drop') }));
    return onward(c, href.groupPart(who.handle, 'proposals'));
  };

const PlanForm = z.object({
  do: z.enum(['plan', 'cancel', 'restore', 'minutes']).default('plan'),
  paper: z.string().max(2_000).default(''),
  title: z.string().max(2_000).default(''),
  presenter: z.string().max(2_000).default(''),
  day: z.string().max(20).default(''),
  time: z.string().max(20).default(''),
  zone: z.string().max(100).default(''),
  lasts: z.string().max(9).default('60'),
  place: z.string().max(2_000).default(''),
  link: z.string().max(2_000).default(''),
  minutes: z.string().max(60_000).default(''),
  key: z.string().max(100).default(''),
});
type Plan = z.infer<typeof PlanForm>;

const wishOf = ({ title, presenter, day, time, zone, lasts, place, link }: Plan, paperId: PaperId | null) => ({
  paperId,
  title,
  presenter,
  day,
  time: time.slice(0, 5),
  zone,
  lastsMin: Number(lasts),
  place,
  link,
});

const formFor = (meeting: Meeting): MeetingForm => ({
  ...meeting,
  key: '',
  paper: meeting.paperId ?? '',
  lasts: String(meeting.lastsMin),
  problem: null,
});

/** A new meeting is where and how long the last one was. */
const blank = (last: Meeting | undefined, paper: string): MeetingForm => ({
  key: randomUUID(),
  paper,
  title: '',
  presenter: '',
  day: '',
  time: last?.time ?? '14:00',
  zone: last?.zone ?? 'UTC',
  lasts: String(last?.lastsMin ?? 60),
  place: last?.place ?? '',
  link: last?.link ?? '',
  problem: null,
});

const sendAgenda = async (
  edge: Edge,
  c: Context<Env>,
  { form, problem = null, secret = null }: { form?: Plan; problem?: Problem; secret?: string | null } = {},
): Promise<Response> => {
  const page = unwrap(await readAgenda(edge, await looking(edge, c)));
  const last = page.coming.at(-1)?.meeting ?? page.past[0]?.meeting;
  const shown =
    form === undefined ? blank(last, c.req.query('paper') ?? '') : { ...form, problem: problem?.says ?? null };
  const value = { ...page, form: may(page, 'schedule') ? shown : null, secret };
  return pageFor(edge, c, value, { json: groupAgendaJson, view: agendaView, status: problem?.status ?? 200 });
};

/** `/groups/{handle}/agenda` */
export const agendaPage =
  (edge: Edge): Handler =>
  (c) =>
    sendAgenda(edge, c);

/** `POST /groups/{handle}/agenda`: calls a meeting. */
export const callMeetingPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'schedule' }));
    const form = await formOf(edge, c, PlanForm);
    const paper = await named(edge, form.paper);
    if (!paper.ok) return sendAgenda(edge, c, { form, problem: refused(paper) });
    const called = await callMeeting(edge, { ...who, key: form.key, wish: wishOf(form, paper.value) });
    if (called.ok) return onward(c, href.groupMeeting(who.handle, called.value.id));
    return sendAgenda(edge, c, { form, problem: refused(called) });
  };

/** `POST /groups/{handle}/agenda/address`: a calendar address, shown once. */
export const agendaAddressPage =
  (edge: Edge): Handler =>
  async (c) =>
    sendAgenda(edge, c, { secret: unwrap(await renewAgendaSecret(edge, await acting(edge, c))) });

const sendMeeting = async (
  edge: Edge,
  c: Context<Env>,
  { form, problem = null }: { form?: Plan; problem?: Problem } = {},
): Promise<Response> => {
  const who = await looking(edge, c);
  const page = unwrap(await readMeeting(edge, { ...who, id: c.req.param('id') ?? '' }));
  const { meeting } = page;
  const ofMinutes = form?.do === 'minutes';
  const says = problem?.says ?? null;
  const planned = form === undefined || ofMinutes ? formFor(meeting) : { ...form, problem: says };
  const value = {
    ...page,
    minutes: meeting.minutes === '' ? null : await edge.markdown.render(meeting.minutes),
    form: may(page, 'schedule') ? planned : null,
    wording: ofMinutes ? form.minutes : meeting.minutes,
    problem: ofMinutes ? says : null,
  };
  return pageFor(edge, c, value, { json: meetingJson, view: meetingView, status: problem?.status ?? 200 });
};

/** `/groups/{handle}/agenda/{id}` */
export const meetingPage =
  (edge: Edge): Handler =>
  (c) =>
    sendMeeting(edge, c);

/** `POST /groups/{handle}/agenda/{id}`: changes a meeting, calls it off or on again, keeps its minutes. */
export const changeMeetingPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    unwrap(await enterGroup(edge, { ...who, action: 'schedule' }));
    const form = await formOf(edge, c, PlanForm);
    const which = { ...who, id: c.req.param('id') ?? '' };
    const paper = form.do === 'plan' ? await named(edge, form.paper) : { ok: true as const, value: null };
    if (!paper.ok) return sendMeeting(edge, c, { form, problem: refused(paper) });
    const act = () => {
      if (form.do === 'minutes') return writeMinutes(edge, { ...which, minutes: form.minutes });
      if (form.do === 'plan') return changeMeeting(edge, { ...which, wish: wishOf(form, paper.value) });
      return cancelMeeting(edge, { ...which, cancelled: form.do === 'cancel' });
    };
    const problem = refused(await act());
    return problem === null
      ? onward(c, href.groupMeeting(who.handle, which.id))
      : sendMeeting(edge, c, { form, problem });
  };

/** `/groups/{handle}/agenda.ics`, of a private group with `?key=…` for calendars. */
export const calendarPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await looking(edge, c);
    const agenda = unwrap(await readCalendar(edge, { ...who, secret: c.req.query('key') ?? '' }));
    return sendOnce(c, agendaFile(agenda, originOf(edge, c)), { ...NOT_KEPT, type: 'text/calendar; charset=utf-8' });
  };
