import { type Html, html, nothing } from '../kernel/html.ts';
import { plainMath } from '../kernel/plain-math.ts';
import type { FollowKind } from '../model/follow.ts';
import { LIBRARY_CAPS, type LibraryEntry, type ReadingState, STATES } from '../model/library.ts';
import type { PaperCard } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';

/** What a reader's own shelf adds to pages of papers. Nothing of it is there for one who is not signed in. */

export const STATE_NAMES: Readonly<Record<ReadingState, string>> = {
  unread: 'Unread',
  later: 'For later',
  reading: 'Being read',
  read: 'Read',
  'not-interested': 'Not interested',
};

/** A button of the page's one vote form; the island keeps the reader on the page. */
export const saveButton = ({ paper, saved = false }: PaperCard, frame: Frame): Html =>
  frame.reader === null
    ? nothing
    : html`<button class="save" form="vote" formaction="${href.save(paper.id)}" name="save" value="${saved ? '0' : '1'}" aria-pressed="${saved ? 'true' : 'false'}" aria-label="Save ${plainMath(paper.title)}"></button>`;

/** Follows an author, an organisation, a category or a reader. */
export const followButton = (
  { kind, key, name }: { readonly kind: FollowKind; readonly key: string; readonly name: string },
  followed: boolean,
  frame: Frame,
): Html =>
  frame.reader === null
    ? nothing
    : html`<form class="follow" method="post" action="${href.following}"><input type="hidden" name="kind" value="${kind}"><input type="hidden" name="key" value="${key}"><button class="button" name="wish" value="${followed ? '0' : '1'}" aria-pressed="${followed ? 'true' : 'false'}" aria-label="Follow ${name}">${followed ? 'Followed' : 'Follow'}</button>${followed ? html` <a class="small" href="${href.following}">What is new</a>` : nothing}</form>`;

export const selectOf = (
  name: string,
  now: string,
  options: readonly (readonly [value: string, label: string])[],
): Html =>
  html`<select name="${name}">${options.map(([value, label]) => html`<option value="${value}"${value === now ? html` selected` : nothing}>${label}</option>`)}</select>`;

const RATINGS: readonly (readonly [string, string])[] = [
  ['0', 'None'],
  ['1', '1 of 5'],
  ['2', '2 of 5'],
  ['3', '3 of 5'],
  ['4', '4 of 5'],
  ['5', '5 of 5'],
];

/** Everything of a reader's beside a paper, in one form; keeping it puts the paper into the library. */
export const shelfBlock = (entry: LibraryEntry | null, { paper }: PaperCard, frame: Frame): Html =>
  frame.reader === null
    ? nothing
    : html`<section class="block" id="shelf" aria-labelledby="h-shelf"><h2 class="section" id="h-shelf">Your library</h2>
<details${entry === null ? nothing : html` open`}><summary>${entry === null ? 'Not saved. Save it with tags or a note' : 'State, tags, folders, note'}</summary>
<form class="shelf" method="post" action="${href.shelf(paper.id)}" data-keep="note ${paper.id}"><p class="notice" role="alert" hidden></p>
<label>State ${selectOf(
        'state',
        entry?.state ?? 'unread',
        STATES.map((state) => [state, STATE_NAMES[state]] as const),
      )}</label>
<label>Rating ${selectOf('rating', String(entry?.rating ?? 0), RATINGS)}</label>
<label>Tags, with commas between <input name="tags" value="${entry?.tags.join(', ')}" maxlength="2000" autocomplete="off" autocapitalize="off"></label>
<label>Folders, with commas between <input name="folders" value="${entry?.folders.join(', ')}" maxlength="2000" autocomplete="off"></label>
<label>Note, in Markdown <textarea name="note" rows="4" maxlength="${LIBRARY_CAPS.note}">\n${entry?.note}</textarea></label>
<p class="actions"><button class="button">${entry === null ? 'Save with this' : 'Keep changes'}</button><a href="${href.library()}">Your library</a></p>
</form></details></section>`;
