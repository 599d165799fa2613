import { hash } from 'node:crypto';
import { fail, ok, type Result } from '../kernel/result.ts';
import { hashSecret, newSecret } from '../kernel/secret.ts';
import { GROUP_CAPS, lineOf, linesOf } from '../model/group.ts';
import type { GroupAgenda, GroupProposals, OneMeeting } from '../model/group-page.ts';
import {
  agendaOf,
  LENGTHS,
  MEETING_CAPS,
  type Meeting,
  type MeetingPlan,
  meetingLink,
  startOf,
} from '../model/meeting.ts';
import type { PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import { type Acting, enterGroup, NO_GROUP } from './group.ts';
import { cardsInGroup, type FrontDeps, meetingsShown, NO_PAPER } from './group-front.ts';
import type { Tally } from './vote.ts';

interface Looking {
  readonly handle: string;
  readonly reader: Reader | null;
}

/** Proposes a paper to read together; proposed twice it is one, with the first reason. */
export const proposePaper = async (
  deps: FrontDeps,
  { handle, reader, paperId, why }: Acting & { readonly paperId: PaperId; readonly why: string },
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'propose' });
  if (!entered.ok) return entered;
  if ((await deps.store.papers.get(paperId)) === null) return fail('not-found', NO_PAPER);
  const said = linesOf(why, GROUP_CAPS.why);
  if (said === '') return fail('bad-input', 'Say in a sentence why the group should read it.');
  await deps.store.journalClub.propose({ group: handle, paperId, reader: reader.id, why: said, at: deps.clock.now() });
  return ok(null);
};

/** Takes a proposal off the list: its proposer may, and the editors. */
export const dropProposal = async (
  deps: FrontDeps,
  { handle, reader, paperId }: Acting & { readonly paperId: PaperId },
): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const own = (await deps.store.journalClub.proposals(handle, reader.id)).some(
    (one) => one.paperId === paperId && one.reader === reader.id,
  );
  const entered = await enterGroup(deps, { handle, reader, action: own ? 'propose' : 'sift' });
  if (!entered.ok) return entered;
  await deps.store.journalClub.drop({ group: handle, paperId, at: deps.clock.now() });
  return ok(null);
};

export const voteOnProposal = async (
  deps: FrontDeps,
  { handle, reader, paperId, wish }: Acting & { readonly paperId: PaperId; readonly wish: boolean },
): Promise<Result<Tally, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'vote' });
  if (!entered.ok) return entered;
  const at = deps.clock.now();
  const tally = await deps.store.journalClub.vote({ group: handle, paperId, reader: reader.id, wish, at });
  return tally === null ? fail('not-found', 'This paper is not proposed.') : ok(tally);
};

/** What is proposed, most votes first; apart from it what has a meeting. */
export const readProposals = async (
  deps: FrontDeps,
  { handle, reader }: Looking,
): Promise<Result<GroupProposals, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'see' });
  if (!entered.ok) return entered;
  const { store } = deps;
  const [proposals, meetings] = await Promise.all([
    store.journalClub.proposals(handle, reader?.id ?? ''),
    store.journalClub.meetings(handle),
  ]);
  const cards = await cardsInGroup(deps, { group: handle, reader, ids: proposals.map(({ paperId }) => paperId) });
  const cardOf = new Map(cards.map((card) => [card.paper.id, card]));
  const meetingOf = new Map(meetings.flatMap((one) => (one.cancelled ? [] : [[one.paperId, one] as const])));
  const all = proposals.flatMap((proposal) => {
    const card = cardOf.get(proposal.paperId);
    return card === undefined ? [] : [{ ...proposal, card, meeting: meetingOf.get(proposal.paperId) }];
  });
  return ok({
    ...entered.value,
    open: all.filter(({ meeting }) => meeting === undefined),
    planned: all.flatMap((one) => (one.meeting === undefined ? [] : [{ ...one, meeting: one.meeting }])),
  });
};

export interface MeetingWish {
  readonly paperId: PaperId | null;
  readonly title: string;
  readonly presenter: string;
  readonly day: string;
  readonly time: string;
  readonly zone: string;
  readonly lastsMin: number;
  readonly place: string;
  readonly link: string;
}

const planOf = (wish: MeetingWish): Result<MeetingPlan, 'bad-input'> => {
  const zone = wish.zone.trim();
  const startsAt = startOf(wish.day.trim(), wish.time.trim(), zone);
  if (startsAt === null)
    return fail('bad-input', 'Day, time or time zone is none: write 2026-11-24, 14:00 and Europe/Berlin.');
  const link = meetingLink(wish.link);
  if (link === null) return fail('bad-input', 'The link is no web address.');
  const title = lineOf(wish.title, MEETING_CAPS.title);
  if (wish.paperId === null && title === '')
    return fail('bad-input', 'Name a paper, or say what the meeting is about.');
  return ok({
    paperId: wish.paperId,
    title,
    presenter: lineOf(wish.presenter, MEETING_CAPS.presenter),
    day: wish.day.trim(),
    time: wish.time.trim(),
    zone,
    lastsMin: LENGTHS.find((minutes) => minutes === wish.lastsMin) ?? 60,
    startsAt,
    place: lineOf(wish.place, MEETING_CAPS.place),
    link,
  });
};

const planned = async (deps: FrontDeps, wish: MeetingWish): Promise<Result<MeetingPlan, 'bad-input' | 'not-found'>> => {
  if (wish.paperId !== null && (await deps.store.papers.get(wish.paperId)) === null) return fail('not-found', NO_PAPER);
  return planOf(wish);
};

type Refused = 'not-found' | 'forbidden' | 'bad-input';

/** Calls a meeting; sent twice under the same `key` it is one. */
export const callMeeting = async (
  deps: FrontDeps,
  { handle, reader, key, wish }: Acting & { readonly key: string; readonly wish: MeetingWish },
): Promise<Result<Meeting, Refused>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'schedule' });
  if (!entered.ok) return entered;
  const plan = await planned(deps, wish);
  if (!plan.ok) return plan;
  const id = hash('sha256', JSON.stringify([handle, reader.id, key])).slice(0, 24);
  const at = deps.clock.now();
  return ok(await deps.store.journalClub.call({ ...plan.value, id, group: handle, createdBy: reader.id, at }));
};

const NO_MEETING = 'There is no such meeting.';

const meetingIn = async (deps: FrontDeps, handle: string, id: string): Promise<Result<Meeting, 'not-found'>> => {
  const meeting = await deps.store.journalClub.get(id);
  return meeting?.group === handle ? ok(meeting) : fail('not-found', NO_MEETING);
};

interface OfMeeting extends Acting {
  readonly id: string;
}

/** Moves a meeting, or says otherwise where it is and what it is about. Calendars are told. */
export const changeMeeting = async (
  deps: FrontDeps,
  { handle, reader, id, wish }: OfMeeting & { readonly wish: MeetingWish },
): Promise<Result<null, Refused>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'schedule' });
  if (!entered.ok) return entered;
  const meeting = await meetingIn(deps, handle, id);
  if (!meeting.ok) return meeting;
  const plan = await planned(deps, wish);
  if (!plan.ok) return plan;
  const { cancelled } = meeting.value;
  await deps.store.journalClub.change({ id, plan: plan.value, cancelled, at: deps.clock.now() });
  return ok(null);
};

/** Calls a meeting off, or back on: it stays in the calendar, marked as cancelled. */
export const cancelMeeting = async (
  deps: FrontDeps,
  { handle, reader, id, cancelled }: OfMeeting & { readonly cancelled: boolean },
): Promise<Result<null, Refused>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'schedule' });
  if (!entered.ok) return entered;
  const meeting = await meetingIn(deps, handle, id);
  if (!meeting.ok) return meeting;
  await deps.store.journalClub.change({ id, plan: meeting.value, cancelled, at: deps.clock.now() });
  return ok(null);
};

/** Keeps what was said at a meeting, as Markdown. */
export const writeMinutes = async (
  deps: FrontDeps,
  { handle, reader, id, minutes }: OfMeeting & { readonly minutes: string },
): Promise<Result<null, Refused>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'minutes' });
  if (!entered.ok) return entered;
  const meeting = await meetingIn(deps, handle, id);
  if (!meeting.ok) return meeting;
  const over = linesOf(minutes, MEETING_CAPS.minutes + 1).length > MEETING_CAPS.minutes;
  if (over)
    return fail('bad-input', `Minutes have at most ${MEETING_CAPS.minutes.toLocaleString('en-GB')} characters.`);
  await deps.store.journalClub.minute({
    id,
    minutes: linesOf(minutes, MEETING_CAPS.minutes),
    at: deps.clock.now(),
  });
  return ok(null);
};

export const readAgenda = async (
  deps: FrontDeps,
  { handle, reader }: Looking,
): Promise<Result<GroupAgenda, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'see' });
  if (!entered.ok) return entered;
  const { coming, past } = agendaOf(await deps.store.journalClub.meetings(handle), deps.clock.now());
  const show = (meetings: readonly Meeting[]) => meetingsShown(deps, { group: handle, reader, meetings });
  return ok({ ...entered.value, coming: await show(coming), past: await show(past) });
};

export const readMeeting = async (
  deps: FrontDeps,
  { handle, reader, id }: Looking & { readonly id: string },
): Promise<Result<OneMeeting, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'see' });
  if (!entered.ok) return entered;
  const meeting = await meetingIn(deps, handle, id);
  if (!meeting.ok) return meeting;
  const [shown] = await meetingsShown(deps, { group: handle, reader, meetings: [meeting.value] });
  return shown === undefined ? fail('not-found', NO_MEETING) : ok({ ...entered.value, ...shown });
};

/** A new secret for a member's calendar address, shown once; the one before is good no more. */
export const renewAgendaSecret = async (
  deps: FrontDeps,
  { handle, reader }: Acting,
): Promise<Result<string, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'vote' });
  if (!entered.ok) return entered;
  const secret = newSecret();
  await deps.store.groups.setAgendaSecret({ group: handle, reader: reader.id, hash: hashSecret(secret) });
  return ok(secret);
};

/** The meetings for a calendar: of a public group to all, of a private one to members and who holds a member's secret. */
export const readCalendar = async (
  deps: FrontDeps,
  { handle, reader, secret }: Looking & { readonly secret: string },
): Promise<Result<GroupAgenda, 'not-found' | 'forbidden'>> => {
  const open = await readAgenda(deps, { handle, reader });
  if (open.ok || secret === '') return open;
  const [group, member] = await Promise.all([
    deps.store.groups.get(handle),
    deps.store.groups.memberBySecret(handle, hashSecret(secret)),
  ]);
  if (group === null || member === null) return fail('not-found', NO_GROUP);
  const { coming, past } = agendaOf(await deps.store.journalClub.meetings(handle), deps.clock.now());
  const show = (meetings: readonly Meeting[]) => meetingsShown(deps, { group: handle, reader: null, meetings });
  return ok({ group, standing: 'member', coming: await show(coming), past: await show(past) });
};
