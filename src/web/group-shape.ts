import type { Group } from '../model/group.ts';
import type {
  GroupAgenda,
  GroupFront,
  GroupMembers,
  GroupPaper,
  GroupProposals,
  GroupsPage,
  InGroup,
  MeetingShown,
  OneMeeting,
} from '../model/group-page.ts';
import type { Letter } from '../model/letter.ts';
import type { ShownThread } from '../model/letter-page.ts';
import type { Proposal } from '../model/meeting.ts';
import type { PaperCard } from '../model/paper.ts';

/** Groups for programs. */

const iso = (ms: number): string => new Date(ms).toISOString();

const groupShape = ({ handle, name, about, visibility, windowDays, createdAt }: Group): object => ({
  handle,
  name,
  about,
  visibility,
  windowDays,
  createdAt: iso(createdAt),
});

const paperShape = ({ paper, votes, voted }: PaperCard): object => ({
  id: paper.id,
  title: paper.title,
  published: paper.published,
  votes,
  voted,
});

const meetingShape = ({ meeting, card }: MeetingShown): object => ({
  id: meeting.id,
  paper: card === null ? null : paperShape(card),
  title: meeting.title,
  presenter: meeting.presenter,
  day: meeting.day,
  time: meeting.time,
  zone: meeting.zone,
  startsAt: iso(meeting.startsAt),
  lastsMin: meeting.lastsMin,
  place: meeting.place,
  link: meeting.link,
  cancelled: meeting.cancelled,
  minutes: meeting.minutes,
});

const inGroup = ({ group, standing }: InGroup): object => ({ group: groupShape(group), standing });

export const groupsJson = ({ mine, others }: GroupsPage): object => ({
  mine: mine.map((one) => ({ ...groupShape(one), members: one.members, role: one.role })),
  others: others.map((one) => ({ ...groupShape(one), members: one.members })),
});

export const groupFrontJson = (page: GroupFront): object => ({
  ...inGroup(page),
  members: page.members,
  next: page.next === null ? null : meetingShape(page.next),
  papers: page.stories.map(({ card, pinned }) => ({ ...paperShape(card), pinned })),
});

export const groupMembersJson = (page: GroupMembers): object => ({
  ...inGroup(page),
  members: page.members.map(({ handle, name, role, joinedAt }) => ({ handle, name, role, joinedAt: iso(joinedAt) })),
});

export const groupAgendaJson = (page: GroupAgenda): object => ({
  ...inGroup(page),
  coming: page.coming.map(meetingShape),
  past: page.past.map(meetingShape),
});

export const meetingJson = (page: OneMeeting): object => ({ ...inGroup(page), meeting: meetingShape(page) });

const proposalShape = (one: Proposal & { readonly card: PaperCard }): object => ({
  paper: paperShape(one.card),
  by: one.name,
  why: one.why,
  at: iso(one.at),
  votes: one.votes,
  voted: one.voted,
});

export const proposalsJson = (page: GroupProposals): object => ({
  ...inGroup(page),
  open: page.open.map(proposalShape),
  planned: page.planned.map((one) => ({ ...proposalShape(one), meeting: one.meeting.id })),
});

const openLetters = (threads: readonly ShownThread[]): readonly Letter[] =>
  threads
    .flatMap(({ letter, answers }) => [letter, ...openLetters(answers)])
    .filter(({ state }) => state === 'open')
    .sort((a, b) => a.createdAt - b.createdAt);

export const groupPaperJson = (page: GroupPaper): object => ({
  ...inGroup(page),
  paper: { ...paperShape(page.card), pinned: page.pinned, proposed: page.proposed },
  letters:
    page.letters === null
      ? null
      : openLetters(page.letters.threads).map(({ id, parentId, author, body, createdAt, editedAt }) => ({
          id,
          parentId,
          author: { handle: author.handle, name: author.name },
          body,
          createdAt: iso(createdAt),
          editedAt: editedAt === null ? null : iso(editedAt),
        })),
});
