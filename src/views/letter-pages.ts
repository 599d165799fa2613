import { type Html, html, nothing } from '../kernel/html.ts';
import { REASON_CAP } from '../model/letter.ts';
import type { LetterHistory, OneLetterPage } from '../model/letter-page.ts';
import { href } from '../model/urls.ts';
import { moment } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { byWhom, letterBody, placeholder } from './letters.ts';
import { plain } from './story.ts';

/** Pages about one letter: its wordings, and reporting it. */

const page = (frame: Frame, { card, letter }: OneLetterPage, title: string, main: Html): string =>
  layout(frame, {
    head: { title, description: `${title}: ${plain(card.paper.title)}`, canonical: null },
    section: null,
    main: html`<p class="kicker"><a href="${href.letterPlace(letter.letter)}">${plain(card.paper.title)}</a></p>
<h1 class="title">${title}</h1>
<div class="letters-section">${main}</div>`,
  });

/** Every wording of a letter, latest first. */
export const letterHistoryView = (value: OneLetterPage<LetterHistory>, frame: Frame): string => {
  const { letter, wordings } = value.letter;
  const latest = wordings[0]?.n;
  return page(
    frame,
    value,
    'A letter and its wordings',
    wordings.length === 0
      ? placeholder(value.letter)
      : html`${wordings.map(
          ({ n, at, rendered }) =>
            html`<section class="wording" aria-labelledby="wording-${n}"><h2 class="section" id="wording-${n}">${n === latest ? 'As it reads now' : `Wording ${n}`}</h2><p class="letter-head">${byWhom(letter)}${moment(at)}</p>${letterBody(rendered)}</section>`,
        )}`,
  );
};

/** The form that reports a letter, or thanks where that is done. */
export const letterReportView = (
  value: OneLetterPage & { readonly done: boolean; readonly problem: string | null; readonly reason: string },
  frame: Frame,
): string => {
  const { letter, rendered } = value.letter;
  const quoted =
    rendered === null
      ? placeholder(value.letter)
      : html`<p class="letter-head">${byWhom(letter)}${moment(letter.createdAt)}</p>${letterBody(rendered)}`;
  return page(
    frame,
    value,
    value.done ? 'The letter is reported' : 'Report a letter',
    value.done
      ? html`<p>A moderator will read it. Until then it stays as it is.</p><p class="actions"><a href="${href.letterPlace(letter)}">Back to the letters</a></p>`
      : html`<h2 class="section">The letter</h2><blockquote class="letter">${quoted}</blockquote>
<form class="letter-form" method="post" action="${href.letterReport(letter.id)}">
${value.problem === null ? nothing : html`<p class="notice" role="alert">${value.problem}</p>`}
<label for="reason">What is wrong with it?</label>
<input id="reason" name="reason" required maxlength="${REASON_CAP}" value="${value.reason}" autocomplete="off">
<p class="small">Moderators see the reason and who gave it; nobody else does.${letter.groupId === null ? nothing : ' They read the letter too, though it is the group’s.'}</p>
<p class="actions"><button class="button">Report it</button><a href="${href.letterPlace(letter)}">Leave it</a></p>
</form>`,
  );
};
