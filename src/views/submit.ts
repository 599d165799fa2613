import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { Claim, ClaimWaiting } from '../model/claim.ts';
import type { SubmitQueue } from '../model/community.ts';
import { submissionTarget } from '../model/moderation.ts';
import { FILE_CAP, type FoundShown, NOTE_CAP, type SubmitPreview } from '../model/submission.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import { type Deeds, deedForm, plainDeed } from './deed.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { plain, standfirst } from './story.ts';
import { personLink } from './submission.ts';

const ABSTRACT_LIMIT = 420;
const NAMED = 6;

/** The form as it was sent, with what was wrong about it. */
export interface SubmitForm {
  readonly what: string;
  readonly note: string;
  /** One sentence; null where nothing was wrong. */
  readonly wrong: string | null;
  /** How many more may be submitted today; null for any number. */
  readonly left: number | null;
}

const HEAD = { title: 'Submit a paper', description: 'Put a paper before the others.', canonical: null };

const noteField = (note: string): Html =>
  html`<label for="note">Why others should read it <span class="small">(may be left empty; at most ${NOTE_CAP.toLocaleString('en-GB')} characters)</span></label>
<textarea id="note" name="note" rows="4" maxlength="${NOTE_CAP}">${note}</textarea>`;

const allowance = (left: number | null): Html =>
  left === null
    ? nothing
    : html`<p class="small">${left === 0 ? 'You have submitted as many papers as a day takes: come back tomorrow.' : `You may submit ${count(left, 'more paper')} today.`}</p>`;

/** Where papers are submitted. */
export const submitView = ({ what, note, wrong, left }: SubmitForm, frame: Frame): string =>
  layout(frame, {
    head: HEAD,
    section: null,
    islands: ['submit'],
    main: html`<h1 class="title">Submit a paper</h1>
<p class="prose">It is looked up at its source; you see what was found before anything is said. What you submit stands in “Just in” today and first among the candidates of the next edition.</p>
<p class="notice" role="alert" id="wrong"${wrong === null ? html` hidden` : nothing}>${wrong ?? ''}</p>
<form class="submit" method="post" action="${href.submit}" enctype="multipart/form-data" data-submit>
<label for="what">arXiv id, DOI, OpenReview or any other address</label>
<textarea id="what" name="what" rows="2" maxlength="20000" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="what-help">${what}</textarea>
<p class="small" id="what-help">E.g. 2507.08772, 10.1038/nature14539, https://openreview.net/forum?id=… One or several; BibTeX may be pasted too.</p>
<label for="file">Or a file: BibTeX, RIS or CSL-JSON</label>
<input id="file" name="file" type="file" accept=".bib,.bibtex,.ris,.json,text/plain,application/json" aria-describedby="file-help">
<p class="small" id="file-help">At most ${FILE_CAP / 1024 / 1024} MiB and 20 papers.</p>
${noteField(note)}
${allowance(left)}
<p class="actions"><button class="button">Look it up</button><span role="status" id="progress" class="small"></span></p>
</form>`,
  });

const names = ({ authors, authorCount }: FoundShown['paper']): string => {
  if (authors.length === 0) return authorCount === null ? '' : count(authorCount, 'author');
  const shown = authors.slice(0, NAMED).map(({ name }) => name);
  return authors.length > NAMED ? `${shown.join(', ')} and ${authors.length - NAMED} others` : shown.join(', ');
};

const standing = ({ card, submissions }: FoundShown): Html => {
  if (card === null) return html`<p class="small">New here.</p>`;
  const who = submissions.map(({ by }) => by?.name ?? 'a reader who left');
  return html`<p class="small here"><a href="${href.paper(card.paper.id)}">This paper is here already</a>, with ${count(card.votes, 'vote')}${who.length === 0 ? '' : `; submitted by ${who.join(', ')}`}. Your note is added there.</p>`;
};

const found = (one: FoundShown, n: number, several: boolean): Html => {
  const { paper } = one;
  const id = `choose-${n}`;
  return html`<li class="candidate"><article aria-labelledby="t-${n}">${
    several
      ? html`<input type="checkbox" id="${id}" name="choose" value="${n}" checked aria-labelledby="t-${n}">`
      : html`<input type="hidden" name="choose" value="${n}">`
  }<div><h2 id="t-${n}">${plain(paper.title)}</h2><p class="byline">${names(paper)}</p>${paper.abstract === '' ? nothing : html`<p class="standfirst">${standfirst(plain(paper.abstract), ABSTRACT_LIMIT)}</p>`}${standing(one)}</div></article></li>`;
};

/** What is not here is told in full: a moderator looks at it. */
const settled = ({ card, paper }: FoundShown): Html => {
  if (card !== null) return html`<li><a href="${href.paper(card.paper.id)}">${plain(paper.title)}</a></li>`;
  const links = paper.links.map(
    ({ label, url }) => html` <a rel="noreferrer nofollow" href="${safeUrl(url)}">${label}</a>`,
  );
  return html`<li class="candidate"><article><h2>${plain(paper.title)}</h2><p class="byline">${names(paper)}</p>${paper.abstract === '' ? nothing : html`<p class="standfirst">${standfirst(plain(paper.abstract), ABSTRACT_LIMIT)}</p>`}<p class="small">${paper.journalRef ?? nothing}${links}</p></article></li>`;
};

const leftOut = ({ missing, failures }: SubmitPreview): Html =>
  html`${missing.length === 0 ? nothing : html`<p class="note">Not found: ${missing.join(', ')}.</p>`}${failures.map((reason) => html`<p class="note">${reason}</p>`)}`;

const DECIDED: Readonly<Record<string, string>> = {
  done: 'This is submitted.',
  waiting: 'This waits for a moderator, as every reader’s first submission does here. Nothing more is to be done.',
  refused: 'A moderator has refused this submission.',
};

/** What was found, before it is confirmed; afterwards, where it stands. */
export const submitPreviewView = (page: SubmitPreview, frame: Frame): string => {
  const { draft } = page;
  const several = page.found.length > 1;
  if (draft.state !== 'open')
    return layout(frame, {
      head: HEAD,
      section: null,
      main: html`<h1 class="title">Submit a paper</h1><p class="notice" role="status">${DECIDED[draft.state] ?? ''}${page.refusal === null ? nothing : ` ${page.refusal}`}</p>
<ul class="plain">${page.found.map(settled)}</ul>
<p class="actions"><a href="${href.submit}">Submit another</a><a href="${href.home}">Front page</a></p>`,
    });
  return layout(frame, {
    head: HEAD,
    section: null,
    islands: ['submit'],
    main: html`<h1 class="title">${several ? `${count(page.found.length, 'paper')} found` : 'Is this the paper?'}</h1>
<p class="notice" role="alert" id="wrong" hidden></p>${leftOut(page)}
<form class="submit" method="post" action="${href.submitDraft(draft.id)}" data-submit>
<ol class="plain">${page.found.map((one, n) => found(one, n, several))}</ol>
${noteField(draft.note)}
${allowance(page.left)}
<p class="actions"><button class="button"${page.left === 0 ? html` disabled` : nothing}>Submit</button><a href="${href.submit}">Look for another</a><span role="status" id="progress" class="small"></span></p>
</form>`,
  });
};

const waiting = (one: SubmitQueue['waiting'][number]): Html => {
  const to = {
    kind: 'draft',
    target: one.draft.id,
    whose: `the submission of ${one.by?.name ?? 'a reader who left'}`,
  } as const;
  const refuse =
    one.draft.state === 'refused' ? html`<p class="small">Refused.</p>` : deedForm(to, [['refuse', 'Refuse']]);
  return html`<li><article class="story"><h3><a href="${href.submitDraft(one.draft.id)}">${one.titles.map(plain).join('; ')}</a></h3><p class="small">By ${personLink(one.by)}${one.draft.note === '' ? nothing : html`: ${one.draft.note}`}</p>
${plainDeed(to, ['accept', 'Let through'])}${refuse}</article></li>`;
};

const ORDERS: Readonly<Record<Claim['state'], Deeds>> = {
  requested: [['grant', 'Grant']],
  granted: [['reopen', 'Take back the grant']],
  refused: [['reopen', 'Take back the refusal']],
};

const claim = ({ claim: one, by, title, authorName }: ClaimWaiting): Html => {
  const to = {
    kind: 'claim',
    target: submissionTarget(one),
    whose: `the claim of ${by?.name ?? 'a reader who left'}`,
  } as const;
  return html`<li><article class="story"><h3><a href="${href.paper(one.paperId)}">${plain(title)}</a></h3><p class="small">${personLink(by)} says: I am ${authorName}.${one.evidence === '' ? nothing : html` ${one.evidence}`}${one.decidedBy === 'orcid' ? html` Granted by ORCID.` : nothing}</p>
${ORDERS[one.state].map((deed) => plainDeed(to, deed))}${one.state === 'requested' ? deedForm(to, [['refuse', 'Refuse']]) : nothing}</article></li>`;
};

const listed = (id: string, title: string, items: readonly Html[]): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${title}</h2>${items.length === 0 ? html`<p class="small">None.</p>` : html`<ol class="plain">${items}</ol>`}</section>`;

/** What waits for a moderator, and what was decided of late. */
export const submitQueueView = (queue: SubmitQueue, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Submissions and claims', description: 'What waits for a moderator.', canonical: null },
    section: null,
    main: html`<h1 class="title">Submissions and claims</h1>
<p class="standfirst">What is decided here stands in <a href="${href.moderationLog()}">the public log</a>, and can be undone there.</p>
${listed('waiting', 'First submissions that wait', queue.waiting.map(waiting))}
${listed('claims', 'Claims that wait', queue.claims.map(claim))}
${listed('refused', 'Refused submissions', queue.refused.map(waiting))}
${listed('decided', 'Claims decided', queue.decided.map(claim))}`,
  });
