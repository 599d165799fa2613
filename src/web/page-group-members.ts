import type { Context } from 'hono';
import { z } from 'zod';
import { hashSecret } from '../kernel/secret.ts';
import { href } from '../model/urls.ts';
import { appointMember, handOverChair, joinGroup, leaveGroup, removeMember } from '../services/group.ts';
import { readMembers } from '../services/group-front.ts';
import {
  acceptInvitation,
  type Invited,
  inviteToGroup,
  readInvitation,
  revokeInvitation,
} from '../services/group-invitation.ts';
import { membersView } from '../views/group-members.ts';
import { joinView } from '../views/groups.ts';
import { groupInvitationLetter } from '../views/letter-group.ts';
import type { Edge, Env } from './edge.ts';
import { formOf } from './form.ts';
import { originOf } from './frame.ts';
import { acting, type Handler, onward, pageFor, readerNow, refused } from './group-request.ts';
import { groupMembersJson } from './group-shape.ts';
import { unwrap } from './problem.ts';

interface Said {
  readonly made?: string | null;
  readonly sent?: string | null;
  readonly problem?: string | null;
  readonly status?: number;
}

const sendMembers = async (
  edge: Edge,
  c: Context<Env>,
  { made = null, sent = null, problem = null, status = 200 }: Said = {},
): Promise<Response> => {
  const page = unwrap(await readMembers(edge, await acting(edge, c)));
  return pageFor(edge, c, { ...page, made, sent, problem }, { json: groupMembersJson, view: membersView, status });
};

/** `/groups/{handle}/members` */
export const groupMembersPage =
  (edge: Edge): Handler =>
  (c) =>
    sendMembers(edge, c);

const ChangeForm = z.object({
  do: z.enum(['join', 'leave', 'remove', 'member', 'editor', 'chair']),
  member: z.string().max(200).default(''),
});

/** `POST /groups/{handle}/members`: joins a public group, leaves; removes, appoints, hands the chair over. */
export const changeMembersPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const { do: wish, member } = await formOf(edge, c, ChangeForm);
    const act = () => {
      if (wish === 'join') return joinGroup(edge, who);
      if (wish === 'leave') return leaveGroup(edge, who);
      if (wish === 'remove') return removeMember(edge, { ...who, member });
      if (wish === 'chair') return handOverChair(edge, { ...who, member });
      return appointMember(edge, { ...who, member, role: wish });
    };
    const problem = refused(await act());
    if (problem !== null) return sendMembers(edge, c, { problem: problem.says, status: problem.status });
    if (wish === 'leave') return onward(c, href.groups);
    return onward(c, wish === 'join' ? href.group(who.handle) : href.groupPart(who.handle, 'members'));
  };

/** Without waiting for it: the letter is the post's from here on. */
const post = (edge: Edge, c: Context<Env>, { token, group, email }: Invited, by: string): void => {
  const letter = groupInvitationLetter({
    group: group.name,
    by,
    masthead: edge.config.masthead,
    address: originOf(edge, c) + href.groupJoin(token),
  });
  edge.mailer
    ?.send({ to: email ?? '', messageId: `${hashSecret(token).slice(0, 32)}@groups.broadsheet`, ...letter })
    .catch((error: unknown) => edge.log.error({ err: error }, 'an invitation could not be sent'));
};

const InviteForm = z.object({
  do: z.enum(['invite', 'revoke']),
  email: z.string().max(1_000).default(''),
  most: z.enum(['', '1', '10']).default('1'),
  days: z.coerce.number().int().default(7),
  hash: z.string().max(100).default(''),
});

/** `POST /groups/{handle}/invitations`: a letter is sent, or a link shown once; or one is taken back. */
export const groupInvitationsPage =
  (edge: Edge): Handler =>
  async (c) => {
    const who = await acting(edge, c);
    const { do: wish, email, most, days, hash } = await formOf(edge, c, InviteForm);
    if (wish === 'revoke') {
      unwrap(await revokeInvitation(edge, { ...who, hash }));
      return onward(c, href.groupPart(who.handle, 'members'));
    }
    const invited = await inviteToGroup(edge, { ...who, email, most: most === '' ? null : Number(most), days });
    if (!invited.ok) {
      const problem = refused(invited);
      return sendMembers(edge, c, { problem: problem?.says ?? null, status: problem?.status ?? 422 });
    }
    const { token } = invited.value;
    if (invited.value.email === null || edge.mailer === null) return sendMembers(edge, c, { made: token });
    post(edge, c, invited.value, who.reader.name);
    return sendMembers(edge, c, { sent: invited.value.email });
  };

/** `/groups/join?t=…`: what an invitation leads to. */
export const joinPage =
  (edge: Edge): Handler =>
  async (c) => {
    const token = c.req.query('t') ?? '';
    const { group } = unwrap(await readInvitation(edge, token));
    const reader = await readerNow(edge, c);
    const member = (await edge.store.groups.standing(group.handle, reader.id)) !== 'outsider';
    return pageFor(edge, c, { group, token, member }, { view: joinView });
  };

/** `POST /groups/join` */
export const acceptPage =
  (edge: Edge): Handler =>
  async (c) => {
    const reader = await readerNow(edge, c);
    const { t: token } = await formOf(edge, c, z.object({ t: z.string().max(100) }));
    const group = unwrap(await acceptInvitation(edge, { token, reader }));
    return onward(c, href.group(group.handle));
  };
