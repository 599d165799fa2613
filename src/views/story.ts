import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import { plainMath } from '../kernel/plain-math.ts';
import { labFor } from '../labs/registry.ts';
import { namesOf } from '../model/lab-page.ts';
import type { Paper, PaperCard } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { count, number, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { saveButton } from './shelf.ts';

/** The parts every story is set from, whatever its size. */

/** How a text with `$…$` is set in lists: as Unicode. */
export const plain = plainMath;

/** The start of a text, at most `limit` characters, cut between words. */
export const standfirst = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit + 1);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > limit / 2 ? space : limit).replace(/[\s,;:.–—-]+$/, '')}…`;
};

const NAMED = 3;

/** Names where the source gives them, else what it says instead (`13 authors`). */
export const bylineText = (paper: Paper, named = NAMED): string | null => {
  const names = paper.authors.map((author) => author.name);
  if (names.length > named + 1) return `${names.slice(0, named).join(', ')} and ${names.length - named} others`;
  if (names.length > 1) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  if (names.length === 1) return names[0] ?? null;
  return paper.authorCount === null ? null : count(paper.authorCount, 'author');
};

/** Category, else organisation; what a story is about before one reads it. */
export const kicker = (paper: Paper): Html => {
  const [category] = paper.categories;
  if (paper.organisation)
    return html`<p class="kicker"><a href="${href.organisation(paper.organisation.key)}">${paper.organisation.name}</a></p>`;
  return category === undefined
    ? nothing
    : html`<p class="kicker"><a href="${href.category(category)}">${category}</a></p>`;
};

/** A real form button of the page's one vote form, complete without JavaScript; a plain count where voting is closed. */
export const voteButton = ({ paper, votes, voted }: PaperCard, frame: Frame): Html => {
  const said = count(votes, 'vote');
  if (!frame.mayVote) return votes === 0 ? nothing : html`<span class="tally">${said}</span>`;
  return html`<button class="vote" form="vote" formaction="${href.vote(paper.id)}" name="vote" value="${voted ? '0' : '1'}" aria-pressed="${voted ? 'true' : 'false'}" aria-label="${said}. Vote for ${plain(paper.title)}"><span>${votes === 0 ? nothing : number(votes)}</span></button>`;
};

/** Letters written here; comments counted at the places a paper came from are said apart. */
export const letters = ({ paper, letters: here, comments }: PaperCard): Html => {
  const said = [
    ...(here === 0 ? [] : [count(here, 'letter')]),
    ...(comments === null || comments === 0 ? [] : [`${count(comments, 'comment')} elsewhere`]),
  ];
  return said.length === 0
    ? nothing
    : html`<a class="letters" href="${safeUrl(href.paper(paper.id))}#letters">${said.join(', ')}</a>`;
};

/** The way to the lab of a paper that can be run here. */
const labMark = (paper: Paper): Html => {
  const lab = labFor(namesOf(paper));
  return lab === null ? nothing : html`<a href="${href.lab(lab.id)}">Lab</a>`;
};

/** Votes, those given elsewhere, letters, lab, age, authors: always in this order; then what else there is to say. */
export const meta = (card: PaperCard, frame: Frame, ...more: readonly (string | Html)[]): Html => {
  const { paper } = card;
  const by = bylineText(paper);
  return html`<p class="meta">${voteButton(card, frame)}${saveButton(card, frame)}${card.upvotes === undefined ? nothing : html`<span>${count(card.upvotes, 'upvote')} elsewhere</span>`}${letters(card)}${labMark(paper)}${paper.withdrawn ? html`<span class="withdrawn">Withdrawn</span>` : nothing}${paper.published === null ? nothing : time(paper.published)}${by === null ? nothing : html`<span class="by">${by}</span>`}${more.map((one) => html`<span>${one}</span>`)}</p>`;
};

export interface StoryShape {
  readonly level: 2 | 3;
  /** Characters of the abstract; 0 for none, `Infinity` for all. */
  readonly limit: number;
  readonly className?: string;
  /** What stands below. */
  readonly after?: Html;
}

export const story = (
  card: PaperCard,
  frame: Frame,
  { level, limit, className = 'story', after = nothing }: StoryShape,
): Html => {
  const { paper } = card;
  const link = html`<a href="${safeUrl(href.paper(paper.id))}">${plain(paper.title)}</a>`;
  return html`<article class="${className}">
${kicker(paper)}${level === 2 ? html`<h2>${link}</h2>` : html`<h3>${link}</h3>`}
${limit === 0 || paper.abstract === '' ? nothing : html`<p class="standfirst">${standfirst(plain(paper.abstract), limit)}</p>`}
${meta(card, frame)}${after}
</article>`;
};
