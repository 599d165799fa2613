import { dayOf } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { type GroupTally, mayInGroup, rankInGroup } from '../model/group.ts';
import type {
  GroupFront,
  GroupMembers,
  GroupPaper,
  GroupStory,
  GroupsPage,
  MeetingShown,
  PaperInGroup,
} from '../model/group-page.ts';
import { type Meeting, nextOf } from '../model/meeting.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';
import { type Acting, enterGroup, type GroupDeps } from './group.ts';
import { readLetters } from './letters.ts';
import type { MarkdownRenderer } from './markdown.ts';
import type { Tally } from './vote.ts';

export interface FrontDeps extends GroupDeps {
  readonly store: Pick<Store, 'groups' | 'rates' | 'papers' | 'editions' | 'journalClub'>;
}

interface Looking {
  readonly handle: string;
  readonly reader: Reader | null;
}

const DAY_MS = 86_400_000;
const MOST = 100;
const OFFERED = 20;
const PUBLIC = 200;

/** A reader's groups, and the public ones. */
export const readGroups = async (
  { store }: { readonly store: Pick<Store, 'groups'> },
  reader: Reader | null,
): Promise<GroupsPage> => {
  const [mine, all] = await Promise.all([
    reader === null ? [] : store.groups.of(reader.id),
    store.groups.public({ limit: PUBLIC, offset: 0 }),
  ]);
  const own = new Set(mine.map(({ handle }) => handle));
  return { mine, others: all.filter(({ handle }) => !own.has(handle)) };
};

/** Cards that show the group's votes, not the instance's; in the order of `ids`. */
export const cardsInGroup = async (
  { store }: Pick<FrontDeps, 'store'>,
  { group, reader, ids }: { readonly group: string; readonly reader: Reader | null; readonly ids: readonly PaperId[] },
): Promise<readonly PaperCard[]> => {
  const id = reader?.id ?? '';
  const [cards, tallies] = await Promise.all([
    store.papers.cards(ids, id),
    store.groups.tallies({ group, reader: id, ids }),
  ]);
  const of = new Map(tallies.map((tally) => [tally.paperId, tally]));
  return cards.map((card) => {
    const tally = of.get(card.paper.id);
    const { upvotes: _, ...own } = card;
    return { ...own, votes: tally?.votes ?? 0, voted: tally?.voted ?? false, letters: 0, comments: null };
  });
};

export const meetingsShown = async (
  deps: Pick<FrontDeps, 'store'>,
  {
    group,
    reader,
    meetings,
  }: { readonly group: string; readonly reader: Reader | null; readonly meetings: readonly Meeting[] },
): Promise<readonly MeetingShown[]> => {
  const ids = meetings.flatMap(({ paperId }) => paperId ?? []);
  const cards = await cardsInGroup(deps, { group, reader, ids: [...new Set(ids)] });
  const of = new Map(cards.map((card) => [card.paper.id, card]));
  return meetings.map((meeting) => ({
    meeting,
    card: meeting.paperId === null ? null : (of.get(meeting.paperId) ?? null),
  }));
};

/** What a group's members chose: pinned papers first, then those voted for within its window, by `rankInGroup`. */
export const readGroupFront = async (
  deps: FrontDeps,
  { handle, reader }: Looking,
): Promise<Result<GroupFront, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'see' });
  if (!entered.ok) return entered;
  const { group, standing } = entered.value;
  const { store, clock } = deps;
  const now = clock.now();
  const [tallies, pins, members, meetings, latest] = await Promise.all([
    store.groups.tallies({ group: handle, reader: reader?.id ?? '', since: now - group.windowDays * DAY_MS }),
    store.groups.pins(handle),
    store.groups.members(handle),
    store.journalClub.meetings(handle),
    mayInGroup(group.visibility, standing, 'vote') ? store.editions.latest() : null,
  ]);
  const pinned = new Set(pins.map(({ paperId }) => paperId));
  const ranked: readonly GroupTally[] = rankInGroup(tallies, dayOf(now)).filter(({ paperId }) => !pinned.has(paperId));
  const ids = [...pinned, ...ranked.map(({ paperId }) => paperId)].slice(0, MOST);
  const taken = new Set(ids);
  const offered = (latest?.placements ?? []).filter((id) => !taken.has(id)).slice(0, OFFERED);
  const next = nextOf(meetings, now);
  const in_ = { group: handle, reader };
  const [stories, offers, shown] = await Promise.all([
    cardsInGroup(deps, { ...in_, ids }),
    cardsInGroup(deps, { ...in_, ids: offered }),
    meetingsShown(deps, { ...in_, meetings: next === null ? [] : [next] }),
  ]);
  return ok({
    group,
    standing,
    members: members.length,
    next: shown[0] ?? null,
    stories: stories.map((card): GroupStory => ({ card, pinned: pinned.has(card.paper.id) })),
    offered: offers,
    edition: latest?.date ?? null,
  });
};

/** Who is in a group; members only are told. */
export const readMembers = async (
  deps: GroupDeps,
  { handle, reader }: Acting,
): Promise<Result<GroupMembers, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'vote' });
  if (!entered.ok) return entered;
  const { group, standing } = entered.value;
  const [members, invitations] = await Promise.all([
    deps.store.groups.members(handle),
    mayInGroup(group.visibility, standing, 'invite') ? deps.store.groups.invitations.of(handle, deps.clock.now()) : [],
  ]);
  return ok({ group, standing, reader: reader.id, members, invitations });
};

export const NO_PAPER = 'There is no such paper here.';

interface OnPaper extends Acting {
  readonly paperId: PaperId;
  readonly wish: boolean;
}

/** Votes for a paper in a group, or takes that back; the same twice changes nothing. */
export const castGroupVote = async (
  deps: FrontDeps,
  { handle, reader, paperId, wish }: OnPaper,
): Promise<Result<Tally, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'vote' });
  if (!entered.ok) return entered;
  if ((await deps.store.papers.get(paperId)) === null) return fail('not-found', NO_PAPER);
  return ok(await deps.store.groups.vote({ group: handle, paperId, reader: reader.id, wish, at: deps.clock.now() }));
};

/** Puts a paper on top of the group's front page, or takes it down. */
export const pinPaper = async (
  deps: FrontDeps,
  { handle, reader, paperId, wish }: OnPaper,
): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'pin' });
  if (!entered.ok) return entered;
  if ((await deps.store.papers.get(paperId)) === null) return fail('not-found', NO_PAPER);
  await deps.store.groups.pin({ group: handle, paperId, by: reader.id, wish, at: deps.clock.now() });
  return ok(null);
};

/** What the groups that a reader is in have of a paper: of no use to anybody else, and in no cache. */
export const readInGroups = async (
  { store }: { readonly store: Pick<Store, 'groups'> },
  { reader, paperId }: { readonly reader: Reader | null; readonly paperId: PaperId },
): Promise<readonly PaperInGroup[]> => {
  if (reader === null) return [];
  const groups = await store.groups.onPaper(reader.id, paperId);
  return Promise.all(
    groups.map(async (group) => {
      const [tally] = await store.groups.tallies({ group: group.handle, reader: reader.id, ids: [paperId] });
      return { ...group, votes: tally?.votes ?? 0 };
    }),
  );
};

/** A paper as a group talks of it; its letters for members only. */
export const readGroupPaper = async (
  deps: FrontDeps & {
    readonly store: Pick<Store, 'letters' | 'accounts'>;
    readonly markdown: Pick<MarkdownRenderer, 'render'>;
  },
  { handle, reader, paperId }: Looking & { readonly paperId: PaperId },
): Promise<Result<GroupPaper, 'not-found' | 'forbidden'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'see' });
  if (!entered.ok) return entered;
  const { group, standing } = entered.value;
  const [card] = await cardsInGroup(deps, { group: handle, reader, ids: [paperId] });
  if (card === undefined) return fail('not-found', NO_PAPER);
  const [pins, proposals, letters] = await Promise.all([
    deps.store.groups.pins(handle),
    deps.store.journalClub.proposals(handle, reader?.id ?? ''),
    mayInGroup(group.visibility, standing, 'letters') ? readLetters(deps, { paperId, reader, groupId: handle }) : null,
  ]);
  return ok({
    group,
    standing,
    card,
    pinned: pins.some((pin) => pin.paperId === paperId),
    proposed: proposals.some((one) => one.paperId === paperId),
    letters,
  });
};
