import { type Html, html, nothing } from '../kernel/html.ts';
import type { Account } from '../model/account.ts';
import type { AdminPage, AdminUsers } from '../model/admin-page.ts';
import type { Finding } from '../model/finding.ts';
import { href } from '../model/urls.ts';
import { adminWork, section } from './admin-work.ts';
import { count, moment } from './dates.ts';
import { readerDeeds } from './deed.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { pager } from './pager.ts';

const STATES: Readonly<Record<Finding['state'], Html>> = {
  well: nothing,
  care: html`<b>Wants care</b>: `,
  ill: html`<b class="rejected">Ill</b>: `,
};

const health = ({ health: findings }: AdminPage): Html =>
  section(
    'health',
    'Health',
    html`<dl class="facts">${findings.map(
      ({ what, state, says, mend }) =>
        html`<div><dt>${what}</dt><dd>${STATES[state]}${says}${mend === null ? nothing : html`<br><span class="small">To mend it: ${mend}.</span>`}</dd></div>`,
    )}</dl>
<p class="small"><code>broadsheet doctor</code> also reads all of the database, and asks the mail server and the model.</p>`,
  );

const queue = ({ queue: { letters, rings, submissions, claims } }: AdminPage): Html => {
  const waiting = (n: number, noun: string): Html => (n === 0 ? html`no ${noun}` : html`<b>${count(n, noun)}</b>`);
  return section(
    'queue',
    'What waits',
    html`<ul class="plain"><li><a href="${href.moderation}">Moderation</a>: ${waiting(letters, 'letter')}, ${waiting(rings, 'ring')} of votes</li>
<li><a href="${href.submissions}">Submissions</a>: ${waiting(submissions, 'submission')}, ${waiting(claims, 'claim')} of authorship</li>
<li><a href="${href.moderationLog()}">The public log</a> of what was done, where it can be undone</li></ul>`,
  );
};

const standing = ({ disabledAt, disabledWhy, leavingAt }: Account): Html => {
  if (disabledAt !== null) return html`<b class="rejected">banned</b>${disabledWhy ? html`: ${disabledWhy}` : nothing}`;
  return leavingAt === null ? html`open` : html`asked to be deleted`;
};

const userItem = (account: Account, frame: Frame): Html => {
  const { id, handle, name, email, role, createdAt, disabledAt } = account;
  const deeds = readerDeeds(frame, { id, name, role, banned: disabledAt !== null });
  return html`<li class="matter"><p><a href="${href.reader(handle)}">${name || handle}</a> <span class="small">@${handle}${email === null ? nothing : html` · ${email}`}</span><br>
<b>${role}</b>, ${standing(account)} <span class="small">since ${moment(createdAt)}</span></p>${deeds}</li>`;
};

const search = ({ q }: AdminUsers): Html =>
  html`<form class="find-users" action="${href.admin()}" method="get"><label for="users-q">Handle, name or address</label> <input id="users-q" name="q" type="search" value="${q}" maxlength="200" autocomplete="off"> <button class="button">Find</button></form>`;

const users = ({ users: found }: AdminPage, frame: Frame): Html => {
  if (found === null)
    return section(
      'users',
      'Users',
      html`<p>There are no accounts here: the owner, who sits at this machine, is the only reader. <code>BROADSHEET_ACCOUNTS</code> changes that.</p>`,
    );
  const { accounts, total, q } = found;
  const none = q === '' ? 'There are no accounts yet.' : 'No account has that in its handle, name or address.';
  return section(
    'users',
    'Users',
    html`${search(found)}<p class="found">${count(total, 'account')}${q === '' ? nothing : html` with “${q}” · <a href="${href.admin()}">All</a>`}</p>
${accounts.length === 0 ? html`<p>${none}</p>` : html`<ol class="matters">${accounts.map((account) => userItem(account, frame))}</ol>`}
${pager(found, (n) => href.admin(q, n))}
<p class="small">A change of role, and a ban, stand in <a href="${href.moderationLog()}">the public log</a> with the reason, and are undone there. Who is banned is signed out, and their votes count no more.</p>`,
  );
};

const settings = ({ settings: all }: AdminPage): Html => {
  const rows = (own: boolean): Html =>
    html`<dl class="facts settings-in-force">${all
      .filter(({ from }) => (from !== 'default') === own)
      .map(
        ({ name, value, from }) =>
          html`<div><dt><code>${name}</code></dt><dd>${value === '' ? html`<span class="small">(empty)</span>` : html`<code>${value}</code>`}${own ? html` <span class="small">${from}</span>` : nothing}</dd></div>`,
      )}</dl>`;
  const own = all.filter(({ from }) => from !== 'default').length;
  return section(
    'settings',
    'Settings in force',
    html`${own === 0 ? html`<p>None is set: all are as they come.</p>` : rows(true)}
${own === all.length ? nothing : html`<details><summary>${count(all.length - own, 'setting')} as they come</summary>${rows(false)}</details>`}
<p class="small">Passwords and keys are not shown. They are set in the environment, and read when Broadsheet starts.</p>`,
  );
};

/** `/admin`: all that the operator looks after. */
export const adminView = (page: AdminPage, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Admin', description: 'All that the operator looks after.', canonical: null },
    section: null,
    main: html`<h1 class="title">Admin</h1>
<p class="standfirst">All that you look after here, as it stands ${moment(page.now)}; <a href="${href.adminJson}">as JSON</a>.</p>
<div class="admin">${queue(page)}${health(page)}${users(page, frame)}${adminWork(page, frame)}${settings(page)}</div>`,
  });
