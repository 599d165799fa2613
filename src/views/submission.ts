import { type Html, html, nothing, raw } from '../kernel/html.ts';
import { submissionTarget } from '../model/moderation.ts';
import type { PaperCard } from '../model/paper.ts';
import type { Person } from '../model/person.ts';
import { noteInLine, type SubmissionShown } from '../model/submission.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import { deedsFor, moderating } from './deed.ts';
import type { Frame } from './frame.ts';
import { plain, standfirst, story } from './story.ts';

const NOTE_LIMIT = 240;

/** A reader by name, leading to their page. */
export const personLink = (person: Person | null): Html =>
  person === null ? html`a reader who left` : html`<a href="${href.reader(person.handle)}">${person.name}</a>`;

const paragraphs = (text: string): readonly Html[] =>
  text
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== '')
    .map((part) => html`<p>${part}</p>`);

const takeBack = ({ submission, by }: SubmissionShown, frame: Frame): Html => {
  const own = frame.reader?.id === submission.reader;
  const whose = own ? 'your submission' : `the submission of ${by?.name ?? 'a reader who left'}`;
  if (!own)
    return moderating(frame, { kind: 'submission', target: submissionTarget(submission), whose }, deedsFor('open'));
  return html`<form method="post" action="${href.paperSubmission(submission.paperId)}"><input type="hidden" name="reader" value="${submission.reader}"><button class="button" name="do" value="withdraw" aria-label="Take back ${whose}">Take back</button></form>`;
};

/** Who submitted a paper, and what they say of it, on its own page. */
export const submissionsOn = (all: readonly SubmissionShown[], frame: Frame): Html =>
  all.length === 0
    ? nothing
    : html`<section class="submitted" id="submitted" aria-label="Submissions">${all.map(
        (one) =>
          html`<div class="submission"><p class="small">Submitted by ${personLink(one.by)}${one.submission.note === '' ? '.' : ':'}</p>${
            one.submission.note === ''
              ? nothing
              : html`<blockquote class="letter-body">${one.html === undefined ? paragraphs(one.submission.note) : raw(one.html)}</blockquote>`
          }${takeBack(one, frame)}</div>`,
      )}</section>`;

/** The same in a line, in an edition. */
export const submittedLine = (all: readonly SubmissionShown[] | undefined): Html => {
  const [first, ...others] = all ?? [];
  if (first === undefined) return nothing;
  const note = standfirst(plain(noteInLine(first.submission.note)), NOTE_LIMIT);
  const more = others.length === 0 ? nothing : html` and ${count(others.length, 'other')}`;
  return html`<p class="small submitted-by">Submitted by ${personLink(first.by)}${more}${note === '' ? nothing : html`: ${note}`}</p>`;
};

/** Today's submissions, which the next edition may place. */
export const justIn = (
  cards: readonly PaperCard[],
  notes: ReadonlyMap<string, readonly SubmissionShown[]>,
  frame: Frame,
): Html =>
  cards.length === 0
    ? nothing
    : html`<section class="just-in" aria-labelledby="just-in"><h2 class="section" id="just-in">Just in</h2>
<div class="columns">${cards.map((card) => html`<div class="in">${story(card, frame, { level: 3, limit: 0 })}${submittedLine(notes.get(card.paper.id))}</div>`)}</div>
<p class="small">Submitted today; the next edition may place them. <a href="${href.submit}">Submit a paper</a></p></section>`;
