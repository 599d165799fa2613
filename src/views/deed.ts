import { type Html, html, nothing } from '../kernel/html.ts';
import { type AccountRole, type Action, mayModerate, type TargetKind, WHY_CAP } from '../model/moderation.ts';
import { may, ROLES } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';

/** Forms of moderators. */

export interface DeedTarget {
  readonly kind: TargetKind;
  readonly target: string;
  /** What it is, for those who hear the page: “the letter of Ada”. */
  readonly whose: string;
}

export type Deeds = readonly (readonly [Exclude<Action, 'undo' | 'role'>, string])[];

const targetFields = ({ kind, target }: DeedTarget): Html =>
  html`<input type="hidden" name="kind" value="${kind}"><input type="hidden" name="target" value="${target}">`;

const button = ([deed, label]: Deeds[number], whose: string): Html =>
  html`<button class="button" name="do" value="${deed}" aria-label="${label}: ${whose}">${label}</button> `;

/** A reason, and buttons each of which does something for that reason. `choices` stand between. */
export const deedForm = (
  to: DeedTarget,
  deeds: Deeds,
  choices: Html = nothing,
  action: string = href.moderation,
): Html => {
  const id = `why-${to.kind}-${to.target.replace(/[^\w-]/g, '-')}`;
  return html`<form class="deed" method="post" action="${action}">${targetFields(to)}
<label for="${id}">Why <span class="small">(stands in the public log)</span></label> <input id="${id}" name="reason" maxlength="${WHY_CAP}" required autocomplete="off">
${choices}${deeds.map((deed) => button(deed, to.whose))}</form>`;
};

/** One button for what needs no reason. */
export const plainDeed = (to: DeedTarget, deed: Deeds[number], action: string = href.moderation): Html =>
  html`<form method="post" action="${action}">${targetFields(to)}${button(deed, to.whose)}</form>`;

const HOLDING: Deeds = [
  ['hide', 'Hide'],
  ['remove', 'Remove'],
];

/** What can be done to something in one of the states open, hidden and removed. */
export const deedsFor = (state: string): Deeds =>
  state === 'open'
    ? HOLDING
    : [['restore', 'Restore'], ...(state === 'hidden' ? HOLDING.filter(([deed]) => deed === 'remove') : [])];

/** The same folded away on a page that everyone reads; nothing but for moderators. */
export const moderating = (frame: Frame, to: DeedTarget, deeds: Deeds, choices: Html = nothing): Html =>
  frame.reader === null || !may(frame.reader.role, 'moderator')
    ? nothing
    : html`<details class="moderating"><summary>Moderate<span class="hidden"> ${to.whose}</span></summary>${deedForm(to, deeds, choices)}</details>`;

/** Beside a ban. */
export const WITH_LETTERS: Html = html`<label class="choice"><input type="checkbox" name="letters" value="1"> Hide the reader’s letters too</label> `;

/** What moderators see of an account. */
export interface ModeratedReader {
  readonly id: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly banned: boolean;
}

/** The operator's form that gives a reader another role. */
export const roleForm = ({ id, name, role }: ModeratedReader): Html =>
  html`<form class="deed" method="post" action="${href.moderation}"><input type="hidden" name="target" value="${id}">
<label for="role-${id}">Role</label> <select id="role-${id}" name="role">${ROLES.slice(1).map((one) => html`<option${one === role ? html` selected` : nothing}>${one}</option>`)}</select>
<label for="role-why-${id}">Why <span class="small">(stands in the public log)</span></label> <input id="role-why-${id}" name="reason" maxlength="${WHY_CAP}" required autocomplete="off">
<button class="button" name="do" value="role" aria-label="Change the role of ${name}">Change</button></form>`;

/** On a reader's page: a ban or its end, and for the operator the role. Nobody has them of themselves. */
export const readerDeeds = (frame: Frame, of: ModeratedReader | null): Html => {
  const { reader } = frame;
  if (of === null || reader === null || !mayModerate(reader, 'ban', of)) return nothing;
  const to = { kind: 'reader', target: of.id, whose: of.name } as const;
  const ban = of.banned ? deedForm(to, [['unban', 'End the ban']]) : deedForm(to, [['ban', 'Ban']], WITH_LETTERS);
  const role = reader.role === 'operator' ? roleForm(of) : nothing;
  return html`<details class="moderating"><summary>Moderate<span class="hidden"> ${of.name}</span></summary>${ban}${role}</details>`;
};
