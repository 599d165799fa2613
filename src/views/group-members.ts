import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import type { Member } from '../model/group.ts';
import type { GroupForm, GroupMembers, InGroup } from '../model/group-page.ts';
import { href } from '../model/urls.ts';
import { count, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { choose, field, groupLayout, may, ROLE_NAMES, trouble } from './group.ts';
import { groupFields } from './groups.ts';

const acts = (member: Member, page: GroupMembers): Html => {
  if (!may(page, 'remove') || member.reader === page.reader) return nothing;
  const button = (wish: string, label: string): Html =>
    html`<button class="plain-button" name="do" value="${wish}">${label}<span class="hidden"> ${member.name}</span></button>`;
  return html`<form class="letter-actions" method="post" action="${href.groupPart(page.group.handle, 'members')}"><input type="hidden" name="member" value="${member.reader}">${member.role === 'member' ? button('editor', 'Make an editor') : button('member', 'Make a member')}${button('chair', 'Hand the chair to')}${button('remove', 'Remove')}</form>`;
};

const invitations = (page: GroupMembers, made: string | null, frame: Frame): Html => {
  if (!may(page, 'invite')) return nothing;
  const action = href.groupInvitations(page.group.handle);
  return html`<section class="block" aria-labelledby="invite"><h2 class="section" id="invite">Invitations</h2>
${made === null ? nothing : html`<p class="notice" role="status">The invitation: <code class="secret">${frame.origin}${href.groupJoin(made)}</code> It is shown this once.</p>`}
${page.invitations.length === 0 ? nothing : html`<ul class="plain">${page.invitations.map((one) => html`<li><form class="letter-actions" method="post" action="${action}"><span>${one.email ?? 'A link'}, ${one.most === null ? `used ${count(one.used, 'time')}` : `${one.used} of ${one.most} used`}, good until ${time(dayOf(one.expiresAt), shortDate(dayOf(one.expiresAt)))}</span><input type="hidden" name="hash" value="${one.hash}"><button class="plain-button" name="do" value="revoke">Take it back<span class="hidden">: ${one.email ?? 'a link'}</span></button></form></li>`)}</ul>`}
${
  frame.accounts
    ? html`<form class="shelf club" method="post" action="${action}">
${field('email', 'Mail address; left empty, a link is made that you hand on yourself', '', html` type="email" maxlength="254"`)}
${choose('most', 'A link is for', '1', [
  ['1', 'one reader'],
  ['10', 'ten readers'],
  ['', 'any number of readers'],
])}
${choose('days', 'It is good for', '7', [
  ['1', 'a day'],
  ['7', 'a week'],
  ['30', '30 days'],
])}
<p><button class="button" name="do" value="invite">Invite</button></p></form>`
    : html`<p class="small">Others can be invited once this instance has accounts.</p>`
}</section>`;
};

/** Who is in a group. `made` is the token of an invitation just made; it is shown once. */
export const membersView = (
  page: GroupMembers & { readonly made: string | null; readonly problem: string | null; readonly sent: string | null },
  frame: Frame,
): string => {
  const { handle } = page.group;
  const main = html`<h1 class="title">Members</h1>${trouble(page.problem)}${page.sent === null ? nothing : html`<p class="notice" role="status">The invitation is on its way to ${page.sent}.</p>`}
<ul class="hits">${page.members.map(
    (member) =>
      html`<li><p><strong>${member.name}</strong> <span class="small">${ROLE_NAMES[member.role]}, since ${time(dayOf(member.joinedAt), shortDate(dayOf(member.joinedAt)))}</span></p>${acts(member, page)}</li>`,
  )}</ul>
${invitations(page, page.made, frame)}
<section class="block" aria-labelledby="leave"><h2 class="section" id="leave">Leave</h2>
${
  page.standing === 'chair' && page.members.length > 1
    ? html`<p class="small">You are the chair: hand it over first.</p>`
    : html`<p class="small">${page.members.length === 1 ? 'You are the last member: the group ends when you leave, and its address is not given to another.' : 'Your votes here stop counting. Your letters stay.'}</p><form method="post" action="${href.groupPart(handle, 'members')}"><p><button class="button" name="do" value="leave">Leave the group</button></p></form>`
}</section>`;
  return groupLayout(page, frame, { part: 'members', title: 'Members', main });
};

export const groupSettingsView = (
  page: InGroup & { readonly form: GroupForm; readonly saved: boolean },
  frame: Frame,
): string =>
  groupLayout(page, frame, {
    part: 'settings',
    title: 'Settings',
    main: html`<h1 class="title">Settings</h1>${page.saved ? html`<p class="notice" role="status">Saved.</p>` : nothing}${trouble(page.form.problem)}
<form class="shelf club" method="post" action="${href.groupPart(page.group.handle, 'settings')}">${groupFields(page.form)}<p><button class="button">Save</button></p></form>`,
  });
