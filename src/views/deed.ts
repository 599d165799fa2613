import { type Html, html, nothing } from '../kernel/html.ts';
import { type Action, type TargetKind, WHY_CAP } from '../model/moderation.ts';
import { may } from '../model/reader.ts';
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
export const deedForm = (to: DeedTarget, deeds: Deeds, choices: Html = nothing): Html => {
  const id = `why-${to.kind}-${to.target.replace(/[^\w-]/g, '-')}`;
  return html`<form class="deed" method="post" action="${href.moderation}">${targetFields(to)}
<label for="${id}">Why <span class="small">(stands in the public log)</span></label> <input id="${id}" name="reason" maxlength="${WHY_CAP}" required autocomplete="off">
${choices}${deeds.map((deed) => button(deed, to.whose))}</form>`;
};

/** One button for what needs no reason. */
export const plainDeed = (to: DeedTarget, deed: Deeds[number]): Html =>
  html`<form method="post" action="${href.moderation}">${targetFields(to)}${button(deed, to.whose)}</form>`;

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
