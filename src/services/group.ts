import { hash } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { newName } from '../kernel/secret.ts';
import {
  GROUP_CAPS,
  type Group,
  type GroupAction,
  groupName,
  groupSlug,
  linesOf,
  mayInGroup,
  mayLeave,
  type Standing,
  WINDOWS,
} from '../model/group.ts';
import type { Reader } from '../model/reader.ts';
import type { Store } from '../store/store.ts';

export interface GroupDeps {
  readonly store: Pick<Store, 'groups' | 'rates'>;
  readonly clock: Clock;
}

/** A group, with where one who asks stands to it. Made by `enterGroup` only, so that it proves that the action is theirs. */
export interface Entered {
  readonly group: Group;
  readonly standing: Standing;
}

export const NO_GROUP = 'There is no such group.';
const REFUSALS: Partial<Record<GroupAction, string>> = {
  pin: 'The group’s editors put papers on its front page.',
  sift: 'The group’s editors sift its proposals.',
  schedule: 'The group’s editors call its meetings.',
  minutes: 'The group’s editors keep its minutes.',
  invite: 'The group’s editors invite.',
  tend: 'The group’s editors look after its letters.',
  edit: 'The group’s chair changes its settings.',
  appoint: 'The group’s chair appoints its editors.',
  remove: 'The group’s chair removes members.',
  handOver: 'Only the chair hands the chair over.',
};

/** The one place where it is decided what a reader may do in a group. A private group is not there for outsiders, whatever they ask. */
export const enterGroup = async (
  { store }: { readonly store: { readonly groups: Pick<Store['groups'], 'get' | 'standing'> } },
  { handle, reader, action }: { readonly handle: string; readonly reader: Reader | null; readonly action: GroupAction },
): Promise<Result<Entered, 'not-found' | 'forbidden'>> => {
  const [group, standing] = await Promise.all([
    store.groups.get(handle),
    store.groups.standing(handle, reader?.id ?? ''),
  ]);
  if (group === null || !mayInGroup(group.visibility, standing, 'see')) return fail('not-found', NO_GROUP);
  if (mayInGroup(group.visibility, standing, action)) return ok({ group, standing });
  return fail('forbidden', REFUSALS[action] ?? 'This is open to the group’s members.');
};

interface Wish {
  readonly name: string;
  readonly about: string;
  readonly visibility: Group['visibility'];
  readonly windowDays: number;
}

const wellFormed = ({ name, about, visibility, windowDays }: Wish): Result<Wish, 'bad-input'> => {
  const said = groupName(name);
  if (said === '') return fail('bad-input', 'The name is empty: it is the group’s masthead.');
  const days = WINDOWS.find((one) => one === windowDays) ?? 30;
  return ok({ name: said, about: linesOf(about, GROUP_CAPS.about), visibility, windowDays: days });
};

const DAY_MS = 86_400_000;
const A_DAY = 10;
const TRIES = 5;

/**
 * Opens a group; its reader is the chair. Sent twice under the same `key` it is one group. The address of a private one
 * always ends in something nobody guesses: that an address is taken must not say that there is a group.
 */
export const openGroup = async (
  { store, clock }: GroupDeps,
  { key, reader, ...wish }: Wish & { readonly key: string; readonly reader: Reader },
): Promise<Result<Group, 'bad-input' | 'too-many'>> => {
  const said = wellFormed(wish);
  if (!said.ok) return said;
  const now = clock.now();
  if ((await store.groups.openedBy(reader.id, now - DAY_MS)) >= A_DAY)
    return fail('too-many', `That is ${A_DAY} groups in a day. Open the next one tomorrow.`);
  const base = groupSlug(said.value.name);
  const plain = said.value.visibility === 'public';
  for (let n = 0; n < TRIES; n++) {
    const handle = plain && n === 0 ? base : `${base}-${newName(6)}`;
    const made = await store.groups.create({
      ...said.value,
      handle,
      createdBy: reader.id,
      createdAt: now,
      madeAs: hash('sha256', JSON.stringify([reader.id, key])),
      chair: { reader: reader.id, handle: reader.handle, name: reader.name },
    });
    if (made !== null) return ok(made);
  }
  return fail('bad-input', 'No address could be made of this name. Choose another.');
};

/** What everyone who acts in a group brings along. */
export interface Acting {
  readonly handle: string;
  readonly reader: Reader;
}

export const editGroup = async (
  deps: GroupDeps,
  { handle, reader, ...wish }: Acting & Wish,
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { handle, reader, action: 'edit' });
  if (!entered.ok) return entered;
  const said = wellFormed(wish);
  if (!said.ok) return said;
  await deps.store.groups.change(handle, said.value);
  return ok(null);
};

const JOINED: Record<'removed' | 'spent' | 'full', string> = {
  removed: 'You were removed from this group: it takes an invitation to come back.',
  spent: 'This invitation was used already, or is past its time. Ask for another.',
  full: `The group is full: it has ${GROUP_CAPS.members} members.`,
};

export const enterAsMember = async (
  { store, clock }: GroupDeps,
  { handle, reader, invitation }: Acting & { readonly invitation: string | null },
): Promise<Result<null, 'forbidden'>> => {
  const outcome = await store.groups.join({
    group: handle,
    member: { reader: reader.id, handle: reader.handle, name: reader.name },
    invitation,
    most: GROUP_CAPS.members,
    at: clock.now(),
  });
  return outcome === 'joined' || outcome === 'member' ? ok(null) : fail('forbidden', JOINED[outcome]);
};

/** Joins a public group; joined twice is joined once. */
export const joinGroup = async (deps: GroupDeps, acting: Acting): Promise<Result<null, 'not-found' | 'forbidden'>> => {
  const seen = await enterGroup(deps, { ...acting, action: 'see' });
  if (!seen.ok) return seen;
  return seen.value.standing === 'outsider' ? enterAsMember(deps, { ...acting, invitation: null }) : ok(null);
};

/** Ends one's own membership; that of the last member ends the group. */
export const leaveGroup = async (
  deps: GroupDeps,
  acting: Acting,
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'leave' });
  if (!entered.ok) return entered;
  const members = (await deps.store.groups.members(acting.handle)).length;
  const { standing } = entered.value;
  const left =
    standing !== 'outsider' &&
    mayLeave(standing, members) &&
    (await deps.store.groups.leave({
      group: acting.handle,
      reader: acting.reader.id,
      removed: false,
      at: deps.clock.now(),
    }));
  return left ? ok(null) : fail('bad-input', 'Hand the chair over to another member first; then you can leave.');
};

interface About extends Acting {
  /** Reader id of the member it is about. */
  readonly member: string;
}

const NO_MEMBER = 'There is no such member.';

/** Removes a member: they come back by invitation only. Removed twice is removed once. */
export const removeMember = async (
  deps: GroupDeps,
  { member, ...acting }: About,
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'remove' });
  if (!entered.ok) return entered;
  if (member === acting.reader.id)
    return fail('bad-input', 'A chair cannot be removed: hand the chair over, then leave.');
  await deps.store.groups.leave({ group: acting.handle, reader: member, removed: true, at: deps.clock.now() });
  return ok(null);
};

export const appointMember = async (
  deps: GroupDeps,
  { member, role, ...acting }: About & { readonly role: 'member' | 'editor' },
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'appoint' });
  if (!entered.ok) return entered;
  const done = await deps.store.groups.appoint({ group: acting.handle, reader: member, role });
  return done ? ok(null) : fail('bad-input', NO_MEMBER);
};

/** Makes another member the chair; who was it becomes an editor. */
export const handOverChair = async (
  deps: GroupDeps,
  { member, ...acting }: About,
): Promise<Result<null, 'not-found' | 'forbidden' | 'bad-input'>> => {
  const entered = await enterGroup(deps, { ...acting, action: 'handOver' });
  if (!entered.ok) return entered;
  const done = await deps.store.groups.handOver({ group: acting.handle, from: acting.reader.id, to: member });
  return done ? ok(null) : fail('bad-input', NO_MEMBER);
};
