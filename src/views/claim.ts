import { type Html, html, nothing } from '../kernel/html.ts';
import { type ClaimsShown, EVIDENCE_CAP } from '../model/claim.ts';
import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { personLink } from './submission.ts';

const takeBack = (paper: Paper): Html =>
  html`<form method="post" action="${href.claim(paper.id)}"><button class="button" name="do" value="withdraw">Take it back</button></form>`;

const form = (paper: Paper, suggested: string | null): Html =>
  html`<details class="claim"><summary>I wrote this</summary><form method="post" action="${href.claim(paper.id)}">
<label for="claim-author">Which author are you?</label>
<select id="claim-author" name="author">${paper.authors.map(({ key, name }) => html`<option value="${key}"${key === suggested ? html` selected` : nothing}>${name}</option>`)}</select>
<label for="claim-evidence">What shows it <span class="small">(e.g. the address of your page; not needed if you have signed in with ORCID under this name)</span></label>
<textarea id="claim-evidence" name="evidence" rows="2" maxlength="${EVIDENCE_CAP}"></textarea>
<button class="button" name="do" value="claim">I am this author</button></form></details>`;

const SAID: Readonly<Record<'requested' | 'granted' | 'refused', string>> = {
  requested: 'You say that you wrote this; a moderator will look at it.',
  granted: 'You are known as an author of this paper.',
  refused: 'A moderator has refused your claim to have written this.',
};

/** Who of the authors reads here, and how one says “I wrote this”. */
export const claimsOn = (paper: Paper, { authors, own, refusal, suggested }: ClaimsShown, frame: Frame): Html => {
  if (paper.authors.length === 0) return nothing;
  const known = paper.authors.flatMap(({ key, name }) => {
    const person = authors.get(key);
    return person === undefined ? [] : [html`<li>${name} is ${personLink(person)}</li>`];
  });
  const mine =
    frame.reader === null
      ? nothing
      : own === null
        ? form(paper, suggested)
        : html`<p role="status">${SAID[own.state]}${refusal === null ? nothing : ` ${refusal}`}</p>${own.state === 'refused' ? nothing : takeBack(paper)}`;
  if (known.length === 0 && mine === nothing) return nothing;
  return html`<section class="block" id="authors" aria-labelledby="h-authors"><h2 class="section" id="h-authors">Its authors here</h2>${known.length === 0 ? nothing : html`<ul class="plain">${known}</ul>`}${mine}</section>`;
};
