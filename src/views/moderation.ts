import { type Html, html, nothing } from '../kernel/html.ts';
import type { Action, ModerationEntry } from '../model/moderation.ts';
import { WHY_CAP } from '../model/moderation.ts';
import type { LogLine, Matter, ModerationQueue } from '../model/moderation-page.ts';
import { href } from '../model/urls.ts';
import { count, moment } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { personLink } from './submission.ts';

const EXCERPT = 600;

const DONE: Readonly<Record<Exclude<Action, 'undo'>, string>> = {
  hide: 'hid',
  remove: 'removed',
  restore: 'restored',
  ban: 'banned',
  unban: 'ended the ban of',
  role: 'changed the role of',
};

/** A reason, and buttons each of which does something for that reason. */
const deedForm = (
  to: { readonly kind: 'letter' | 'reader'; readonly target: string; readonly whose: string },
  deeds: readonly (readonly [Exclude<Action, 'undo' | 'role'>, string])[],
): Html => {
  const id = `why-${to.kind}-${to.target}`;
  return html`<form class="deed" method="post" action="${href.moderation}"><input type="hidden" name="kind" value="${to.kind}"><input type="hidden" name="target" value="${to.target}">
<label for="${id}">Why <span class="small">(stands in the public log)</span></label> <input id="${id}" name="reason" maxlength="${WHY_CAP}" required>
${deeds.map(([deed, label]) => html`<button class="button" name="do" value="${deed}" aria-label="${label} ${to.whose}">${label}</button> `)}</form>`;
};

const actions = ({ letter, mayAct }: Matter): Html => {
  const whose = `the letter of ${letter.author.name}`;
  const settle = html`<form method="post" action="${href.moderation}"><input type="hidden" name="target" value="${letter.id}"><button class="button" name="do" value="settle" aria-label="Leave it as it is: ${whose}">Leave it as it is</button></form>`;
  if (!mayAct)
    return html`<p class="small">Its author is a moderator or the operator, so only the operator can act on it.</p>${settle}`;
  const deeds =
    letter.state === 'open'
      ? ([
          ['hide', 'Hide'],
          ['remove', 'Remove'],
        ] as const)
      : ([
          ['restore', 'Restore'],
          ['remove', 'Remove'],
        ] as const);
  const ban = deedForm({ kind: 'reader', target: letter.author.id, whose: letter.author.name }, [
    ['ban', 'Ban the reader'],
  ]);
  return html`${deedForm({ kind: 'letter', target: letter.id, whose }, deeds)}${settle}<details><summary>The reader</summary>${ban}</details>`;
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
<form method="post" action="${href.moderation}"><input type="hidden" name="target" value="${id}"><button class="button" name="do" value="clear-ring" aria-label="These ${count(people.length, 'account')} are honest">They are honest</button></form></li>`;

/** `/moderation`: what waits for a moderator. */
export const moderationView = ({ matters, rings }: ModerationQueue, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Moderation', description: 'What waits for a moderator.', canonical: null },
    section: null,
    main: html`<h1 class="title">Moderation</h1>
<p class="standfirst">What waits for a word of yours. Everything done here stands in <a href="${href.moderationLog()}">the public log</a>, with its reason, and can be undone there. Papers and claims wait <a href="${href.submissions}">with the submissions</a>.</p>
<section class="block" aria-labelledby="letters"><h2 class="section" id="letters">Letters</h2>${matters.length === 0 ? html`<p>No letter waits.</p>` : html`<ol class="matters">${matters.map(matterItem)}</ol>`}</section>
<section class="block" aria-labelledby="rings"><h2 class="section" id="rings">Votes</h2>${rings.length === 0 ? html`<p>No accounts vote as one.</p>` : html`<ol class="matters">${rings.map(ringItem)}</ol>`}</section>`,
  });

const object = ({ entry, to }: LogLine): Html => {
  const whose = personLink(to);
  return entry.kind === 'letter' ? html`<a href="${href.letter(entry.target)}">a letter</a> of ${whose}` : whose;
};

const says = (line: LogLine): Html => {
  const { entry } = line;
  if (entry.action === 'undo')
    return html`took back <a href="#entry-${entry.undoes}">an earlier step</a> on ${object(line)}`;
  const role = entry.action === 'role' ? html` from ${entry.before} to ${entry.after}` : nothing;
  return html`${DONE[entry.action]} ${object(line)}${role}`;
};

const undo = ({ id }: ModerationEntry): Html =>
  html`<form method="post" action="${href.moderation}"><input type="hidden" name="target" value="${id}"><button class="button" name="do" value="undo" aria-label="Undo step ${id}">Undo</button></form>`;

const logLine = (line: LogLine): Html => {
  const { entry, by, mayUndo } = line;
  return html`<li class="matter" id="entry-${entry.id}"><p>${personLink(by)} ${says(line)}. <span class="small">${moment(entry.at)}</span></p>
${entry.action === 'undo' ? nothing : html`<p>${entry.reason}</p>`}${entry.undoneBy === null ? nothing : html`<p class="small"><a href="#entry-${entry.undoneBy}">Taken back since.</a></p>`}${mayUndo ? undo(entry) : nothing}</li>`;
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
