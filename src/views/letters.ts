import { type Html, html, nothing, raw } from '../kernel/html.ts';
import { isUnnamed } from '../model/account.ts';
import { type Letter, UNDO_MS } from '../model/letter.ts';
import type { LetterForm, LettersPage, Rendered, ShownLetter, ShownThread } from '../model/letter-page.ts';
import type { PaperPage } from '../model/pages.ts';
import { href } from '../model/urls.ts';
import { count, moment } from './dates.ts';
import type { Frame } from './frame.ts';

/** The letters of a paper, and the form one is written in. All of it works without JavaScript. */

/** The anchor of the form. */
export const WRITE = 'write';

/** Markup comes clean from the renderer of Markdown. */
export const letterBody = ({ html: markup, asWritten }: Rendered): Html =>
  html`<div class="letter-body">${raw(markup)}${asWritten ? html`<p class="small">Shown as it was written: it could not be set within the time and size that a letter has.</p>` : nothing}</div>`;

export const byWhom = ({ author }: Letter): Html =>
  html`<a class="who" href="${href.reader(author.handle)}">${author.name}</a>${author.isAuthorOfPaper ? html`<span class="of-paper">Author of the paper</span>` : nothing}`;

export const whenWritten = (letter: Letter): Html =>
  html`<a href="${href.letterPlace(letter)}">${moment(letter.createdAt)}</a>${
    letter.editedAt === null
      ? nothing
      : html`<a href="${href.letterHistory(letter.id)}">edited${letter.edits > 1 ? ` ${letter.edits} times` : nothing}</a>`
  }`;

/** What stands where a letter's words are not shown. */
export const placeholder = ({ letter, rights }: ShownLetter): Html => {
  const reason = letter.reason === null ? nothing : ` Reason: ${letter.reason}`;
  if (letter.state === 'hidden')
    return html`<p class="gone">This letter is hidden until a moderator has read it.${reason}</p>`;
  if (letter.state === 'removed') return html`<p class="gone">A moderator has removed this letter.${reason}</p>`;
  return rights.undo
    ? html`<p class="gone">You deleted this letter. For ${Math.round(UNDO_MS / 60_000)} minutes it can be brought back.</p>`
    : html`<p class="gone">Its author has deleted this letter.</p>`;
};

const act = (letter: Letter, wish: 'delete' | 'restore', label: string): Html =>
  html`<form method="post" action="${href.letter(letter.id)}"><button class="plain-button" name="do" value="${wish}">${label}</button></form>`;

const actions = ({ letter, rights }: ShownLetter): Html => {
  const at = (what: string): string => `${href.letterPage(letter)}?${what}=${letter.id}#${WRITE}`;
  const whose = html`<span class="hidden"> ${letter.author.name}’s letter</span>`;
  const shown = [
    rights.answer ? html`<a rel="nofollow" href="${at('reply')}">Answer${whose}</a>` : null,
    rights.answer ? html`<a rel="nofollow" href="${at('quote')}">Quote${whose}</a>` : null,
    rights.edit ? html`<a rel="nofollow" href="${at('edit')}">Edit</a>` : null,
    rights.delete ? act(letter, 'delete', 'Delete') : null,
    rights.undo ? act(letter, 'restore', 'Bring it back') : null,
    rights.report ? html`<a rel="nofollow" href="${href.letterReport(letter.id)}">Report${whose}</a>` : null,
  ].filter((one) => one !== null);
  return shown.length === 0 ? nothing : html`<div class="letter-actions">${shown}</div>`;
};

/** One letter, without what answers it. */
export const letterView = (shown: ShownLetter): Html => {
  const { letter, rendered } = shown;
  const state = letter.state === 'open' || rendered === null ? nothing : placeholder(shown);
  return html`<article class="letter" id="letter-${letter.id}" aria-label="Letter by ${rendered === null ? 'somebody' : letter.author.name}" tabindex="-1">
${
  rendered === null
    ? placeholder(shown)
    : html`<p class="letter-head">${byWhom(letter)}${whenWritten(letter)}</p>
${state}${letterBody(rendered)}`
}
${actions(shown)}
</article>`;
};

/** Whose letters: everyone's on a paper, or those of a group on it. */
export type LetterPlace = Pick<Letter, 'paperId' | 'groupId'>;

const HEADINGS: Readonly<Record<LetterForm['kind'], (name: string, group: boolean) => string>> = {
  new: (_, group) => (group ? 'Write a letter to the group' : 'Write a letter'),
  answer: (name) => `Answer ${name}’s letter`,
  edit: () => 'Edit your letter',
};

export const letterForm = (place: LetterPlace, form: LetterForm): Html => {
  const { paperId, groupId } = place;
  const { kind, about, key, body, preview, problem } = form;
  const there = groupId === null ? href.paperLetters(paperId) : href.groupLetters(groupId, paperId);
  const action = kind === 'edit' && about !== null ? href.letter(about.id) : there;
  const back = href.letterPage(place);
  const send = groupId === null ? 'Send the letter' : 'Send to the group';
  return html`<form class="letter-form" id="${WRITE}" method="post" action="${action}" data-draft="${groupId === null ? nothing : `${groupId} `}${paperId} ${kind} ${about?.id ?? ''}" data-preview="${href.letterPreview}">
<h3 id="h-${WRITE}">${HEADINGS[kind](about?.name ?? '', groupId !== null)}</h3>
<p class="notice" role="alert"${problem === null ? html` hidden` : nothing}>${problem ?? nothing}</p>
<label class="hidden" for="letter-body">Your letter</label>
<textarea id="letter-body" name="body" rows="7" required aria-describedby="letter-help">${raw('\n')}${body}</textarea>
<p class="small" id="letter-help">Markdown, with TeX between dollar signs: <code>$x^2$</code>. <code>@handle</code> names a reader, an arXiv id or a DOI a paper.</p>
<input type="hidden" name="key" value="${key}">${kind === 'answer' ? html`<input type="hidden" name="parent" value="${about?.id ?? ''}">` : nothing}
<p class="actions"><button class="button" name="do" value="${kind === 'edit' ? 'edit' : 'send'}">${kind === 'edit' ? 'Keep the new words' : send}</button><button class="button" name="do" value="preview">Preview</button>${kind === 'new' ? nothing : html`<a href="${about === null ? back : href.letterPlace({ ...place, id: about.id })}">${kind === 'edit' ? 'Leave it as it is' : 'Write no answer'}</a>`}</p>
<section class="preview" aria-label="Preview"${preview === null ? html` hidden` : nothing}>${preview === null ? nothing : letterBody(preview)}</section>
</form>`;
};

const closed = (page: Pick<PaperPage, 'card'>, frame: Frame): Html =>
  frame.accounts
    ? html`<p class="small"><a rel="nofollow" href="${href.signIn(`${href.paper(page.card.paper.id)}#letters`)}">Sign in</a> to write a letter.</p>`
    : html`<p class="small">Letters are written on the machine that Broadsheet runs on.</p>`;

const counted = (page: Pick<PaperPage, 'card' | 'signals'>, here: number, frame: Frame): string => {
  const elsewhere = page.signals
    .filter(({ name, value }) => name === 'comments' && value > 0)
    .map(({ source, value }) => `${count(value, 'comment')} at ${frame.sources[source] ?? source}`);
  const said = [here === 0 ? 'No letters here yet' : `${count(here, 'letter')} here`, ...elsewhere];
  return `${said.join(', ')}.`;
};

/** Letters as they answer each other, the form below the one it is about. */
export const letterThreads = (place: LetterPlace, threads: readonly ShownThread[], form: LetterForm | null): Html => {
  const formAt = (id: string): Html =>
    form !== null && form.kind !== 'new' && form.about?.id === id ? letterForm(place, form) : nothing;
  const list = (all: readonly ShownThread[]): Html =>
    all.length === 0
      ? nothing
      : html`<ol class="thread">${all.map((one) => html`<li>${letterView(one)}${formAt(one.letter.id)}${list(one.answers)}</li>`)}</ol>`;
  return list(threads);
};

/** Below the threads: the form for a letter of its own, or where there is one. */
export const ownLetter = (place: LetterPlace, form: LetterForm): Html =>
  form.kind === 'new'
    ? letterForm(place, form)
    : html`<p class="actions"><a href="${href.letterPage(place)}#${WRITE}">Write a letter of its own</a></p>`;

/** The section of a paper's page; `form` null where nobody is signed in. */
export const lettersSection = (
  page: Pick<PaperPage, 'card' | 'signals'>,
  { threads, count: here }: LettersPage,
  form: LetterForm | null,
  frame: Frame,
): Html => {
  const place = { paperId: page.card.paper.id, groupId: null };
  return html`<section class="wires letters-section" id="letters" aria-labelledby="h-letters"><h2 class="section" id="h-letters">Letters</h2>
<p class="small">${counted(page, here, frame)}</p>
${letterThreads(place, threads, form)}
${frame.reader !== null && isUnnamed(frame.reader) ? html`<p class="small">You write as ${frame.reader.name}. <a href="${href.account}">Choose a name</a></p>` : nothing}${form === null ? closed(page, frame) : ownLetter(place, form)}
</section>`;
};
