import { type Html, html } from '../kernel/html.ts';
import type { SimilarPage } from '../model/pages.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { kicker, meta, plain, standfirst } from './story.ts';

const LIMIT = 220;

const chips = (to: SimilarPage['to'], ids: readonly PaperId[]): Html =>
  html`<ul class="chips" aria-label="Like these">${to.map(({ paper }) => {
    const name = standfirst(plain(paper.title), 70);
    return html`<li><a href="${href.similar(ids.filter((id) => id !== paper.id))}" aria-label="Take out: ${name}">${name}</a></li>`;
  })}</ul>`;

const found = (card: PaperCard, ids: readonly PaperId[], frame: Frame): Html => {
  const { paper } = card;
  const add = html`<a href="${href.similar([...ids, paper.id])}" aria-label="And like this: ${plain(paper.title)}">And like this</a>`;
  return html`<li><article class="story">
${kicker(paper)}<h2><a href="${href.paper(paper.id)}">${plain(paper.title)}</a></h2>
<p class="standfirst">${standfirst(plain(paper.abstract), LIMIT)}</p>
${meta(card, frame, add)}
</article></li>`;
};

/** Papers like one or several, each of which can be added to them. */
export const similarView = ({ to, similar }: SimilarPage, frame: Frame): string => {
  const ids = to.map(({ paper }) => paper.id);
  return layout(frame, {
    head: { title: 'More like these', description: 'Papers near several others in meaning.', canonical: null },
    section: 'search',
    islands: ['vote'],
    main: html`<h1 class="title">More like ${to.length === 1 ? 'this' : 'these'}</h1>
${
  to.length === 0
    ? html`<section class="empty"><p>Begin with a paper: every result of <a href="${href.search()}">a search</a> and every paper’s page has a link “More like this”. Add a second and a third, and what is found lies between them.</p></section>`
    : html`${chips(to, ids)}<p class="found">${similar.length === 0 ? 'Nothing here is near enough in meaning.' : html`${count(similar.length, 'paper')} nearest in meaning to ${to.length === 1 ? 'this one' : `the middle of these ${to.length}`}, best first`}</p>
<ol class="hits">${similar.map((card) => found(card, ids, frame))}</ol>`
}`,
  });
};
