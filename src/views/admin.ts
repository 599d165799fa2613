import { type Html, html, nothing } from '../kernel/html.ts';
import type { Account } from '../model/account.ts';
import type { AdminPage, AdminUsers } from '../model/admin-page.ts';
import type { Finding } from '../model/finding.ts';
import type { JobStanding } from '../model/job.ts';
import { sumsOf } from '../model/ledger-page.ts';
import { href } from '../model/urls.ts';
import { ago, count, moment, number } from './dates.ts';
import { readerDeeds } from './deed.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { alarmList } from './ledger.ts';
import { pager } from './pager.ts';
import { progressLine, readingLine } from './sources.ts';

const section = (id: string, title: string, body: Html): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${title}</h2>${body}</section>`;

const table = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table class="grid runs"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;

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

const sources = ({ sources: { sources: all, running, alarms, scheduleNote, now } }: AdminPage, frame: Frame): Html => {
  const shown = all.filter(({ standing: at, times, last }) => at !== null || times.length > 0 || last !== null);
  const state = ({ standing: at, times }: (typeof all)[number]): Html => {
    if (at?.paused) return html`<b>paused</b>`;
    if (at?.lastFailureAt != null && at.lastFailureAt > (at.lastSuccessAt ?? 0))
      return html`<b class="rejected">failed</b>${at.lastFailure === null ? nothing : html`<br><span class="small">${at.lastFailure}</span>`}`;
    return times.length === 0
      ? html`only when told to`
      : at?.lastSuccessAt == null
        ? html`not yet harvested`
        : html`well`;
  };
  const when = (ms: number | null | undefined): Html =>
    ms == null ? html`–` : html`${moment(ms)}<br><span class="small">${ago(ms, now)}</span>`;
  return section(
    'sources',
    'Sources',
    html`${scheduleNote === null ? nothing : html`<p class="notice">${scheduleNote}</p>`}${alarmList(alarms)}
${running.length === 0 ? nothing : html`<ul class="plain">${running.map((run) => html`<li><b>${frame.sources[run.source] ?? run.source}</b> is being harvested: ${progressLine(run, now)}</li>`)}</ul>`}
${
  shown.length === 0
    ? html`<p>Nothing is harvested.</p>`
    : table(
        'Table of sources',
        ['Source', 'State', 'Last success', 'Next', 'Papers'],
        shown.map(
          (source) =>
            html`<tr><th scope="row"><a href="${href.ledgerSource(source.id)}">${source.title}</a></th><td>${state(source)}</td><td>${when(source.standing?.lastSuccessAt)}</td><td>${when(source.standing?.nextAt)}</td><td>${number(source.papers)}</td></tr>`,
        ),
      )
}
<p class="small"><a href="${href.sources}">All sources</a>, to pause and resume them, with the last runs.</p>`,
  );
};

const ledger = ({ today }: AdminPage): Html => {
  const { announced, ingested, rejected } = sumsOf(today);
  return section(
    'ledger',
    'Ledger, today',
    html`${
      today.length === 0
        ? html`<p>Nothing of today’s has been announced yet.</p>`
        : html`<p>${number(announced)} announced, ${number(ingested)} taken in, ${rejected === 0 ? 'none rejected' : html`<b class="rejected">${number(rejected)} rejected</b>`}.</p>
${table(
  'Table of today',
  ['Source', 'Announced', 'Taken in', 'Rejected'],
  today.map(
    (one) =>
      html`<tr><th scope="row"><a href="${href.ledgerSource(one.id)}">${one.title}</a></th><td>${number(one.announced)}</td><td>${number(one.ingested)}</td><td>${number(one.rejected)}</td></tr>`,
  ),
)}`
    }
<p class="small"><a href="${href.ledger}">The ledger</a> of the last half year.</p>`,
  );
};

const jobState = ({ leaseUntil, dueAt }: JobStanding, now: number): Html => {
  if (leaseUntil > now) return html`<b>running</b>, held until ${moment(leaseUntil)}`;
  return dueAt <= now ? html`due since ${moment(dueAt)}` : html`due ${moment(dueAt)} (${ago(dueAt, now)})`;
};

const jobs = ({ jobs: all, now }: AdminPage): Html =>
  section(
    'jobs',
    'Jobs',
    all.length === 0
      ? html`<p>Nothing runs, and nothing is due.</p>`
      : table(
          'Table of jobs',
          ['Job', 'State', 'Tries', 'Last outcome'],
          all.map(
            (job) =>
              html`<tr><th scope="row">${job.kind}${job.key === job.kind ? nothing : html`<br><span class="small">${job.key}</span>`}</th><td>${jobState(job, now)}</td><td>${number(job.attempts)}</td><td>${job.error === null ? html`–` : html`<b class="rejected">put off</b>: ${job.error}`}</td></tr>`,
          ),
        ),
  );

const reading = ({ sources: { reading: progress } }: AdminPage): Html =>
  section(
    'reading',
    'Reading for meaning',
    progress === null
      ? html`<p>Papers are searched by words only (<code>BROADSHEET_EMBED</code>).</p>`
      : html`<p>${readingLine(progress)}${progress.model === null ? nothing : html` · <code>${progress.model}</code>`}</p>`,
  );

const mail = ({ mail: { by, subscriptions, outbox } }: AdminPage): Html => {
  const some = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([state, n]) => `${number(n)} ${state}`)
      .join(', ') || 'none';
  return section(
    'mail',
    'Morning mail',
    html`${by === null ? html`<p>No mail is sent (<code>BROADSHEET_MAIL_URL</code> is empty).</p>` : nothing}<dl class="facts"><div><dt>Subscriptions</dt><dd>${some(subscriptions)}</dd></div><div><dt>Outbox</dt><dd>${some(outbox)}</dd></div></dl>`,
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
<p class="standfirst">All that you look after here, as it stands ${moment(page.now)}.</p>
${queue(page)}${health(page)}${users(page, frame)}${sources(page, frame)}${ledger(page)}${jobs(page)}${reading(page)}${mail(page)}${settings(page)}`,
  });
