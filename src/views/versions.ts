import { type Html, html, nothing } from '../kernel/html.ts';
import type { Rewording, VersionsPage } from '../model/pages.ts';
import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { WordChange } from '../model/word-diff.ts';
import { count, longDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { plain } from './story.ts';

const part = ({ kind, text }: WordChange): Html => {
  if (kind === 'same') return html`${text}`;
  return kind === 'added'
    ? html`<ins><span class="hidden">[added: </span>${text}<span class="hidden">] </span></ins>`
    : html`<del><span class="hidden">[taken out: </span>${text}<span class="hidden">] </span></del>`;
};

const isSame = (parts: readonly WordChange[] | null): boolean => parts?.every(({ kind }) => kind === 'same') ?? false;

const compared = (parts: readonly WordChange[] | null): Html =>
  parts === null ? html`Changed beyond comparison.` : html`${parts.map(part)}`;

const heading = ({ from, to, on }: Rewording, { versions }: Paper): Html => {
  const dated = versions.find(({ n }) => n === to)?.date ?? on;
  return from === to
    ? html`Version ${to}, reworded ${time(on, longDate(on))}`
    : html`Version ${to}, ${time(dated, longDate(dated))}`;
};

const change = (
  one: Rewording,
  paper: Paper,
): Html => html`<section class="change" id="${one.anchor}" aria-labelledby="h-${one.anchor}">
<h2 class="section" id="h-${one.anchor}"><a href="#${one.anchor}">${heading(one, paper)}</a></h2>
<p class="small">${one.from === one.to ? 'Compared with how it read before.' : `Compared with version ${one.from}.`}${isSame(one.title) ? ' The title is the same.' : ''}${isSame(one.abstract) ? ' The abstract reads the same; only how its formulas or spaces are written has changed.' : ''}</p>
${isSame(one.title) ? nothing : html`<p class="headline">${compared(one.title)}</p>`}
${isSame(one.abstract) ? nothing : html`<p class="reworded">${compared(one.abstract)}</p>`}
</section>`;

const key = html`<p class="small change"><ins>Underlined</ins> words came in, <del>struck out</del> words were taken out.</p>`;

/** `/papers/{id}/versions`: each change of a paper's words. */
export const versionsView = ({ paper, changes, more }: VersionsPage, frame: Frame): string => {
  const quiet = paper.versions.filter(({ n }) => n > 1 && !changes.some(({ to }) => to === n));
  return layout(frame, {
    head: {
      title: `Versions of ${plain(paper.title)}`,
      description: `What changed from version to version of ${plain(paper.title)}.`,
      canonical: href.paperVersions(paper.id),
    },
    section: null,
    main: html`<p class="kicker"><a href="${href.paper(paper.id)}">The paper</a></p><h1 class="title">What changed</h1>
<p class="standfirst">${plain(paper.title)}</p>
${
  changes.length === 0
    ? html`<p class="note">No other wording of this paper has been seen here.</p>`
    : html`${key}${changes.map((one) => change(one, paper))}`
}
${more > 0 ? html`<p class="note">${count(more, 'older change')} left out.</p>` : nothing}
${quiet.length === 0 ? nothing : html`<section class="change" aria-labelledby="quiet"><h2 class="section" id="quiet">Other versions</h2><ul class="plain">${quiet.map(({ n, date }) => html`<li id="v${n}">Version ${n}${date === null ? nothing : html`, ${time(date)}`}: its former words were not seen here, or were the same.</li>`)}</ul></section>`}`,
  });
};
