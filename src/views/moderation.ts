import { type Html, html, nothing } from '../kernel/html.ts';
import type { Action, ModerationEntry } from '../model/moderation.ts';
import { BANNED_WITH_LETTERS, submissionIn, submissionTarget } from '../model/moderation.ts';
import type { LogLine, Matter, ModerationQueue } from '../model/moderation-page.ts';
import { href } from '../model/urls.ts';
import { count, moment } from './dates.ts';
import { deedForm, deedsFor, plainDeed, WITH_LETTERS } from './deed.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { plain } from './story.ts';
import { personLink } from './submission.ts';

const EXCERPT = 600;

const DONE: Readonly<Record<Exclude<Action, 'undo'>, string>> = {
  hide: 'hid',
  remove: 'removed',
  restore: 'restored',
  ban: 'banned',
  unban: 'ended the ban of',
  role: 'changed the role of',
  settle: 'put aside the reports of',
  clear: 'cleared',
  accept: 'let through',
  grant: 'granted',
  refuse: 'refused',
  reopen: 'took up again',
};

const actions = ({ letter, mayAct }: Matter): Html => {
  const to = { kind: 'letter', target: letter.id, whose: `the letter of ${letter.author.name}` } as const;
  const settle = plainDeed(to, ['settle', 'Leave it as it is']);
  if (!mayAct)
    return html`<p class="small">Its author is a moderator or the operator, so only the operator can act on it.</p>${settle}`;
  const reader = { kind: 'reader', target: letter.author.id, whose: letter.author.name } as const;
  const ban = deedForm(reader, [['ban', 'Ban the reader']], WITH_LETTERS);
  return html`${deedForm(to, deedsFor(letter.state))}${settle}<details><summary>The reader<span class="hidden">, ${letter.author.name}</span></summary>${ban}</details>`;
};

const matterItem = (matter: Matter): Html => {
  const { letter, reports, verdict } = matter;
  return html`<li class="matter"><p><a href="${href.letter(letter.id)}">A letter</a> of ${personLink(letter.author)}, ${moment(letter.createdAt)}${letter.state === 'open' ? nothing : html`, <b>${letter.state}</b>`}</p>
<blockquote class="plainly">${letter.body.slice(0, EXCERPT)}${letter.body.length > EXCERPT ? ' …' : ''}</blockquote>
${reports.length === 0 ? nothing : html`<ul class="plain">${reports.map((report) => html`<li>${personLink(report.by)}: ${report.reason} <span class="small">${moment(report.at)}</span></li>`)}</ul>`}
${verdict === null ? nothing : html`<p class="small">Looks like spam: ${verdict.reasons.join(', ')}.</p>`}
${actions(matter)}</li>`;
};

const ringItem = ({
  id,
  at,
  people,
}: ModerationQueue['rings'][number]): Html => html`<li class="matter"><p>${count(people.length, 'account')} that ${people.length === 1 ? 'votes' : 'vote'} as one, found ${moment(at)}. Their votes are shown but do not count where papers are placed.</p>
<details><summary>Who they are</summary><p>${people.map((person, n) => html`${n === 0 ? nothing : ', '}${personLink(person)}`)}</p></details>
${plainDeed({ kind: 'ring', target: id, whose: count(people.length, 'account') }, ['clear', 'They are honest'])}</li>`;

const paperItem = ({ id, title, state, at, reason }: ModerationQueue['papers'][number]): Html =>
  html`<li class="matter"><p><a href="${href.paper(id)}">${plain(title)}</a>, <b>${state}</b> ${moment(at)}: ${reason}</p>
${deedForm({ kind: 'paper', target: id, whose: plain(title) }, deedsFor(state))}</li>`;

const submissionItem = ({ submission, by }: ModerationQueue['submissions'][number]): Html =>
  html`<li class="matter"><p>A submission of ${personLink(by)} for <a href="${href.paper(submission.paperId)}">${submission.paperId}</a></p>
${submission.note === '' ? nothing : html`<blockquote class="plainly">${submission.note}</blockquote>`}
${deedForm({ kind: 'submission', target: submissionTarget(submission), whose: `the submission of ${by?.name ?? 'a reader who left'}` }, [['restore', 'Restore']])}</li>`;

const takenDown = ({ papers, submissions }: ModerationQueue): Html =>
  papers.length + submissions.length === 0
    ? nothing
    : html`<section class="block" aria-labelledby="down"><h2 class="section" id="down">Taken down</h2><ol class="matters">${papers.map(paperItem)}${submissions.map(submissionItem)}</ol></section>`;

/** `/moderation`: what waits for a moderator. */
export const moderationView = (queue: ModerationQueue, frame: Frame): string => {
  const { matters, rings } = queue;
  return layout(frame, {
    head: { title: 'Moderation', description: 'What waits for a moderator.', canonical: null },
    section: null,
    main: html`<h1 class="title">Moderation</h1>
<p class="standfirst">What waits for a word of yours. Everything done here stands in <a href="${href.moderationLog()}">the public log</a>, with its reason, and can be undone there. Papers and claims wait <a href="${href.submissions}">with the submissions</a>.</p>
<section class="block" aria-labelledby="letters"><h2 class="section" id="letters">Letters</h2>${matters.length === 0 ? html`<p>No letter waits.</p>` : html`<ol class="matters">${matters.map(matterItem)}</ol>`}</section>
<section class="block" aria-labelledby="rings"><h2 class="section" id="rings">Votes</h2>${rings.length === 0 ? html`<p>No accounts vote as one.</p>` : html`<ol class="matters">${rings.map(ringItem)}</ol>`}</section>
${takenDown(queue)}`,
  });
};

const object = ({ entry, to, inGroup, mayUndo }: LogLine): Html => {
  if (inGroup && entry.target === '') return html`a letter in a group`;
  const whose = personLink(to);
  switch (entry.kind) {
    case 'letter':
      return html`<a href="${href.letter(entry.target)}">a letter</a> of ${whose}`;
    case 'paper':
      return html`the paper <a href="${href.paper(entry.target)}">${entry.target}</a>`;
    case 'submission': {
      const { paperId } = submissionIn(entry.target);
      return html`the submission of ${whose} for <a href="${href.paper(paperId)}">${paperId}</a>`;
    }
    case 'claim': {
      const { paperId } = submissionIn(entry.target);
      return html`the claim of ${whose} to have written <a href="${href.paper(paperId)}">${paperId}</a>`;
    }
    case 'draft':
      // Which papers it names is moderators' to see: what was refused stands nowhere.
      return html`${mayUndo ? html`<a href="${href.submitDraft(entry.target)}">a submission</a>` : html`a submission`} of ${whose}`;
    case 'ring':
      return html`accounts that vote as one`;
    case 'reader':
      return whose;
  }
};

const says = (line: LogLine): Html => {
  const { entry } = line;
  if (entry.action === 'undo')
    return html`took back <a href="#entry-${entry.undoes}">an earlier step</a> on ${object(line)}`;
  const role = entry.action === 'role' ? html` from ${entry.before} to ${entry.after}` : nothing;
  const letters = entry.after === BANNED_WITH_LETTERS ? html` and hid their letters` : nothing;
  return html`${DONE[entry.action]} ${object(line)}${role}${letters}`;
};

const undo = ({ id }: ModerationEntry): Html =>
  html`<form method="post" action="${href.moderation}"><input type="hidden" name="target" value="${id}"><button class="button" name="do" value="undo" aria-label="Undo step ${id}">Undo</button></form>`;

const logLine = (line: LogLine): Html => {
  const { entry, by, mayUndo } = line;
  const who = line.inGroup && entry.actor === '' ? 'Who looks after it' : personLink(by);
  return html`<li class="matter" id="entry-${entry.id}"><p>${who} ${says(line)}. <span class="small">${moment(entry.at)}</span></p>
${entry.action === 'undo' || entry.reason === '' ? nothing : html`<p>${entry.reason}</p>`}${entry.undoneBy === null ? nothing : html`<p class="small"><a href="#entry-${entry.undoneBy}">Taken back since.</a></p>`}${mayUndo ? undo(entry) : nothing}</li>`;
};

/** `/moderation/log`: what was done and why. */
export const moderationLogView = (
  { lines, more }: { readonly lines: readonly LogLine[]; readonly more: number | null },
  frame: Frame,
): string =>
  layout(frame, {
    head: {
      title: 'Moderation log',
      description: 'What moderators have done here, and why.',
      canonical: null,
    },
    section: null,
    main: html`<h1 class="title">Moderation log</h1>
<p class="standfirst">What moderators have done here, and why. Nothing is taken out of it; what was undone says so.</p>
${lines.length === 0 ? html`<p>Nothing has been done yet.</p>` : html`<ol class="matters">${lines.map(logLine)}</ol>`}
${more === null ? nothing : html`<p><a href="${href.moderationLog(more)}">Earlier</a></p>`}`,
  });
