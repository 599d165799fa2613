import { type Html, html, nothing, raw, safeUrl } from '../kernel/html.ts';
import { GROUP_CAPS } from '../model/group.ts';
import type { GroupAgenda, GroupProposals, InGroup, MeetingShown, OneMeeting } from '../model/group-page.ts';
import type { Rendered } from '../model/letter-page.ts';
import { LENGTHS, MEETING_CAPS, type Meeting } from '../model/meeting.ts';
import { href } from '../model/urls.ts';
import { fullDate, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { area, choose, field, groupLayout, groupVoteButton, may, paperLine, paragraphs, trouble } from './group.ts';
import { letterBody } from './letters.ts';
import { plain } from './story.ts';

/** `Tuesday 24 November 2026, 14:00 Europe/Berlin` */
export const when = ({ day, time: at, zone, startsAt }: Meeting): Html =>
  html`<time datetime="${new Date(startsAt).toISOString()}">${fullDate(day)}, ${at} ${zone.replaceAll('_', ' ')}</time>`;

export const titled = ({ meeting, card }: MeetingShown): string =>
  card === null ? meeting.title || 'Meeting' : plain(card.paper.title);

const lines = (shown: MeetingShown): Html => {
  const { meeting } = shown;
  return html`<p class="meta"><span>${when(meeting)}</span><span>${meeting.lastsMin} minutes</span>${meeting.presenter === '' ? nothing : html`<span>Presented by ${meeting.presenter}</span>`}${meeting.place === '' ? nothing : html`<span>${meeting.place}</span>`}${meeting.link === '' ? nothing : html`<span><a rel="noreferrer nofollow" href="${safeUrl(meeting.link)}">Call</a></span>`}${meeting.minutes === '' ? nothing : html`<span>With minutes</span>`}</p>`;
};

const entry = (shown: MeetingShown, page: InGroup): Html =>
  html`<li><article class="story">${shown.meeting.cancelled ? html`<p class="kicker">Cancelled</p>` : nothing}<h3><a href="${href.groupMeeting(page.group.handle, shown.meeting.id)}">${titled(shown)}</a></h3>${lines(shown)}</article></li>`;

export interface MeetingForm {
  readonly key: string;
  readonly paper: string;
  readonly title: string;
  readonly presenter: string;
  readonly day: string;
  readonly time: string;
  readonly zone: string;
  readonly lasts: string;
  readonly place: string;
  readonly link: string;
  readonly problem: string | null;
}

const meetingForm = (form: MeetingForm, action: string, button: string): Html =>
  html`<form class="shelf club" method="post" action="${action}">${trouble(form.problem)}
${field('paper', 'Paper: its arXiv id, DOI or address; or none', form.paper, html` maxlength="600"`)}
${field('title', 'What it is about, where there is no paper', form.title, html` maxlength="${MEETING_CAPS.title}"`)}
${field('presenter', 'Who presents', form.presenter, html` maxlength="${MEETING_CAPS.presenter}"`)}
${field('day', 'Day', form.day, html` type="date" required`)}
${field('time', 'Time', form.time, html` type="time" required`)}
${field('zone', 'Time zone, e.g. Europe/Berlin', form.zone, html` required maxlength="64"`)}
${choose(
  'lasts',
  'It lasts',
  form.lasts,
  LENGTHS.map((minutes) => [String(minutes), `${minutes} minutes`] as const),
)}
${field('place', 'Place', form.place, html` maxlength="${MEETING_CAPS.place}"`)}
${field('link', 'Address of a call', form.link, html` maxlength="${MEETING_CAPS.link}" inputmode="url"`)}
<input type="hidden" name="key" value="${form.key}"><p><button class="button" name="do" value="plan">${button}</button></p></form>`;

const calendar = (page: GroupAgenda, secret: string | null, frame: Frame): Html => {
  const { group } = page;
  const shown = (address: string): Html => html`<code class="secret">${frame.origin}${address}</code>`;
  const open = group.visibility === 'public';
  if (!open && !may(page, 'vote')) return nothing;
  return html`<section class="block" aria-labelledby="ics"><h2 class="section" id="ics">In your calendar</h2>
${
  open
    ? html`<p class="small">Subscribe to ${shown(href.groupCalendar(group.handle))}, or <a href="${href.groupCalendar(group.handle)}">take the file</a>.</p>`
    : html`${secret === null ? nothing : html`<p class="notice" role="status">Subscribe to ${shown(href.groupCalendar(group.handle, secret))} It is shown this once. Whoever has it can read the agenda.</p>`}
<p class="small"><a href="${href.groupCalendar(group.handle)}">Take the file</a>, or have an address made that your calendar can subscribe to. It is yours alone; making another ends the one before, and so does leaving the group.</p>
<form method="post" action="${href.groupCalendarSecret(group.handle)}"><p><button class="button">Make a calendar address</button></p></form>`
}</section>`;
};

/** What comes and what was. `form` null for those who call no meetings; `secret` is shown once, when it is made. */
export const agendaView = (
  page: GroupAgenda & { readonly form: MeetingForm | null; readonly secret: string | null },
  frame: Frame,
): string => {
  const list = (all: readonly MeetingShown[], none: string): Html =>
    all.length === 0
      ? html`<p class="small">${none}</p>`
      : html`<ul class="hits">${all.map((one) => entry(one, page))}</ul>`;
  const main = html`<h1 class="title">Agenda</h1>
<section class="block" aria-labelledby="coming"><h2 class="section" id="coming">To come</h2>${list(page.coming, 'No meeting is called.')}</section>
<section class="block" aria-labelledby="past"><h2 class="section" id="past">Past</h2>${list(page.past, 'There was none yet.')}</section>
${calendar(page, page.secret, frame)}
${page.form === null ? nothing : html`<section class="block" aria-labelledby="call"><h2 class="section" id="call">Call a meeting</h2>${meetingForm(page.form, href.groupPart(page.group.handle, 'agenda'), 'Call the meeting')}</section>`}`;
  return groupLayout(page, frame, { part: 'agenda', title: 'Agenda', main });
};

/** One meeting, with its minutes. */
export const meetingView = (
  page: OneMeeting & {
    readonly minutes: Rendered | null;
    readonly form: MeetingForm | null;
    readonly wording: string;
    readonly problem: string | null;
  },
  frame: Frame,
): string => {
  const { meeting, card, group } = page;
  const action = href.groupMeeting(group.handle, meeting.id);
  const main = html`${meeting.cancelled ? html`<p class="kicker">Cancelled</p>` : nothing}<h1 class="headline">${titled(page)}</h1>
${lines(page)}${card === null ? nothing : html`<p class="actions"><a href="${href.groupPaper(group.handle, card.paper.id)}">The paper, and the group’s letters on it</a></p>`}
<section class="block" aria-labelledby="minutes"><h2 class="section" id="minutes">Minutes</h2>${page.minutes === null ? html`<p class="small">None are written yet.</p>` : letterBody(page.minutes)}
${may(page, 'minutes') ? html`<form class="shelf club" method="post" action="${action}">${trouble(page.problem)}<label>Minutes, in Markdown<textarea name="minutes" rows="8">${raw('\n')}${page.wording}</textarea></label><p><button class="button" name="do" value="minutes">Keep the minutes</button></p></form>` : nothing}</section>
${
  page.form === null
    ? nothing
    : html`<section class="block" aria-labelledby="change"><h2 class="section" id="change">Change the meeting</h2>
<form method="post" action="${action}"><p><button class="button" name="do" value="${meeting.cancelled ? 'restore' : 'cancel'}">${meeting.cancelled ? 'It takes place after all' : 'Call it off'}</button></p></form>
${meetingForm(page.form, action, 'Keep the change')}</section>`
}`;
  return groupLayout(page, frame, { part: 'agenda', title: titled(page), main });
};

/** What members would like to read, by their votes. */
export const proposalsView = (
  page: GroupProposals & {
    readonly reader: string;
    readonly form: { readonly paper: string; readonly why: string; readonly problem: string | null } | null;
  },
  frame: Frame,
): string => {
  const { handle } = page.group;
  const said = (one: GroupProposals['open'][number], more: Html): Html =>
    html`<li><article class="story"><h3>${paperLine(one.card, page)}</h3>${paragraphs(one.why)}
<p class="meta">${groupVoteButton({ paper: one.card.paper, votes: one.votes, voted: one.voted }, page, href.proposalVote(handle, one.paperId), 'Vote to read')}<span>Proposed by ${one.name || 'a reader who left'}</span>${time(new Date(one.at).toISOString().slice(0, 10))}${more}</p></article></li>`;
  const acts = (one: GroupProposals['open'][number]): Html =>
    html`${may(page, 'schedule') ? html`<span><a href="${href.groupPart(handle, 'agenda')}?paper=${encodeURIComponent(one.paperId)}#call">Call a meeting</a></span>` : nothing}${may(page, 'sift') || (may(page, 'propose') && one.reader === page.reader) ? html`<span><button class="plain-button" form="vote" formaction="${href.proposalDrop(handle, one.paperId)}">Take it off the list</button></span>` : nothing}`;
  const main = html`<h1 class="title">Proposals</h1>
${page.open.length === 0 ? html`<p class="small">Nothing is proposed at the moment.</p>` : html`<ol class="hits">${page.open.map((one) => said(one, acts(one)))}</ol>`}
${page.planned.length === 0 ? nothing : html`<section class="block" aria-labelledby="planned"><h2 class="section" id="planned">With a meeting</h2><ul class="hits">${page.planned.map((one) => said(one, html`<span><a href="${href.groupMeeting(handle, one.meeting.id)}">${shortDate(one.meeting.day)}</a></span>`))}</ul></section>`}
${
  page.form === null
    ? nothing
    : html`<section class="block" aria-labelledby="propose"><h2 class="section" id="propose">Propose a paper</h2><form class="shelf club" method="post" action="${href.groupPart(handle, 'proposals')}">${trouble(page.form.problem)}
${field('paper', 'Paper: its arXiv id, DOI or address', page.form.paper, html` required maxlength="600"`)}
${area('why', 'Why the group should read it', page.form.why, 3, GROUP_CAPS.why)}
<p><button class="button">Propose it</button></p></form></section>`
}`;
  return groupLayout(page, frame, { part: 'proposals', title: 'Proposals', main, islands: ['vote'] });
};
