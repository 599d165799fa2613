import { type Html, html, nothing } from '../kernel/html.ts';
import { GROUP_CAPS, type Group, WINDOWS } from '../model/group.ts';
import type { GroupForm, GroupsPage } from '../model/group-page.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { area, choose, field, ROLE_NAMES, shortAbout, trouble } from './group.ts';
import { layout } from './layout.ts';

const entry = (group: Group & { readonly members: number }, ...more: readonly (string | Html)[]): Html =>
  html`<li><article class="story"><h3><a href="${href.group(group.handle)}">${group.name}</a></h3>
${group.about === '' ? nothing : html`<p class="standfirst">${shortAbout(group.about)}</p>`}
<p class="meta"><span>${count(group.members, 'member')}</span>${group.visibility === 'private' ? html`<span>Private</span>` : nothing}${more.map((one) => html`<span>${one}</span>`)}</p></article></li>`;

const alone = html`<p class="note">This instance has no accounts: you are the one reader, and a group of yours has you for its member. Others can join once accounts are turned on, with <code>BROADSHEET_ACCOUNTS</code>.</p>`;

/** A reader's groups, and those that are open to all. */
export const groupsView = ({ mine, others }: GroupsPage, frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'Groups',
      description: 'Groups of readers, each with a front page and a journal club of its own.',
      canonical: href.groups,
    },
    section: null,
    main: html`<h1 class="title">Groups</h1>
<p class="note">A group has a front page of its own, made of what its members vote for; letters for its members; and a journal club.</p>
${!frame.accounts && frame.reader !== null ? alone : nothing}
${frame.reader === null ? nothing : html`<p class="actions"><a href="${href.newGroup}">Open a group</a></p>`}
${
  frame.reader === null
    ? nothing
    : html`<section class="block" aria-labelledby="mine"><h2 class="section" id="mine">Yours</h2>${mine.length === 0 ? html`<p class="small">You are in no group yet.</p>` : html`<ul class="hits">${mine.map((group) => entry(group, ROLE_NAMES[group.role]))}</ul>`}</section>`
}
<section class="block" aria-labelledby="others"><h2 class="section" id="others">Open to all</h2>${others.length === 0 ? html`<p class="small">There are no ${mine.length === 0 ? '' : 'other '}public groups.</p>` : html`<ul class="hits">${others.map((group) => entry(group))}</ul>`}</section>`,
  });

/** The fields that a group is opened and changed with. */
export const groupFields = ({ name, about, visibility, windowDays }: Omit<GroupForm, 'key' | 'problem'>): Html =>
  html`${field('name', 'Name: the masthead of its pages', name, html` required maxlength="${GROUP_CAPS.name}"`)}
${area('about', 'What it is about', about, 4, GROUP_CAPS.about)}
${choose('visibility', 'Who can see it', visibility, [
  ['private', 'Members only: to all others it is not there'],
  ['public', 'Everyone; who likes can join. Letters are for members only'],
])}
${choose(
  'window',
  'Its front page is made of the votes of',
  String(windowDays),
  WINDOWS.map((days) => [String(days), days === 365 ? 'a year' : `${days} days`] as const),
)}`;

export const newGroupView = (form: GroupForm, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Open a group', description: 'Open a group of readers.', canonical: null },
    section: null,
    main: html`<h1 class="title">Open a group</h1>${frame.accounts ? nothing : alone}${trouble(form.problem)}
<form class="shelf club" method="post" action="${href.groups}">${groupFields(form)}
<input type="hidden" name="key" value="${form.key}"><p><button class="button">Open the group</button></p></form>`,
  });

/** What an invitation leads to. */
export const joinView = (
  { group, token, member }: { readonly group: Group; readonly token: string; readonly member: boolean },
  frame: Frame,
): string =>
  layout(frame, {
    head: { title: 'An invitation', description: 'An invitation to a group of readers.', canonical: null },
    section: null,
    main: html`<h1 class="title">${group.name}</h1>
${group.about === '' ? nothing : html`<p class="standfirst">${shortAbout(group.about)}</p>`}
${
  member
    ? html`<p class="note">You are a member already. <a href="${href.group(group.handle)}">To the group</a></p>`
    : html`<p>You are invited to join this group${frame.reader === null ? nothing : html` as ${frame.reader.name}`}. Its members will see your name.</p>
<form method="post" action="${href.groupJoin()}"><input type="hidden" name="t" value="${token}"><p><button class="button">Join</button></p></form>`
}`,
  });
