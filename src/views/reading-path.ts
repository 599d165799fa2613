import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { PathPage } from '../model/pages.ts';
import type { Shared } from '../model/reading-path.ts';
import { href } from '../model/urls.ts';
import { count, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { bylineText, kicker, plain, standfirst, voteButton } from './story.ts';

const LIMIT = 170;
const MONTH_DAYS = 30.4;

/** `9 days later`, `4 months later`, `2 years later`. */
export const laterText = (days: number): string => {
  if (days < 60) return `${count(days, 'day')} later`;
  if (days < 700) return `${count(Math.round(days / MONTH_DAYS), 'month')} later`;
  return `${count(Math.round(days / 365.25), 'year')} later`;
};

const link = ({ days, authors, categories, words }: Shared): Html => {
  const said: Html[] = [
    ...(words.length === 0
      ? []
      : [html`both on ${words.map((word, i) => html`${i === 0 ? '' : ', '}<b>${word}</b>`)}`]),
    ...(authors.length === 0
      ? []
      : [
          html`both by ${authors.map(({ name, key }, i) => html`${i === 0 ? '' : ', '}<a href="${href.author(key)}">${name}</a>`)}`,
        ]),
    ...(categories.length === 0 ? [] : [html`both in ${categories.join(', ')}`]),
  ];
  return html`<p class="link">${days === null ? nothing : html`<span>${laterText(days)}</span>`}${
    said.length === 0 ? html`<span>near in meaning</span>` : said.map((one) => html`<span>${one}</span>`)
  }</p>`;
};

const step = ({ card, link: shared }: PathPage['steps'][number], here: boolean, frame: Frame): Html => {
  const { paper } = card;
  const by = bylineText(paper);
  return html`<li${here ? html` class="here" aria-current="true"` : nothing}>${shared === null ? nothing : link(shared)}
<p class="when">${paper.published === null ? 'Undated' : time(paper.published, shortDate(paper.published))}</p>
<article class="story">${kicker(paper)}<h2><a href="${safeUrl(href.paper(paper.id))}">${plain(paper.title)}</a></h2>
<p class="standfirst">${standfirst(plain(paper.abstract), here ? LIMIT * 2 : LIMIT)}</p>
<p class="meta">${voteButton(card, frame)}${by === null ? nothing : html`<span class="by">${by}</span>`}${here ? nothing : html`<span><a href="${href.paperPath(paper.id)}" aria-label="Path from here: ${plain(paper.title)}">Path from here</a></span>`}</p>
</article></li>`;
};

/** A paper between those that came before it and those that followed, from the oldest to the newest. */
export const readingPathView = ({ steps, at }: PathPage, frame: Frame): string => {
  const paper = steps[at]?.card.paper;
  const title = plain(paper?.title ?? '');
  const after = steps.length - at - 1;
  return layout(frame, {
    head: {
      title: `Reading path: ${title}`,
      description: `What came before “${title}” and what followed, by meaning and date.`,
      canonical: paper === undefined ? null : href.paperPath(paper.id),
    },
    section: null,
    islands: ['vote'],
    main: html`<h1 class="title">Reading path</h1>
<p class="prose">${
      steps.length === 1
        ? html`No older or newer paper here is near enough to <a href="${href.paper(paper?.id ?? '')}">${title}</a>.`
        : html`Through <a href="${href.paper(paper?.id ?? '')}">${title}</a>: ${at === 0 ? 'nothing older is near it' : `${count(at, 'step')} towards it`}, ${after === 0 ? 'and nothing newer yet' : `${count(after, 'step')} on from it`}. Each paper is among the nearest in meaning to its neighbour.`
    }</p>
<ol class="path">${steps.map((one, i) => step(one, i === at, frame))}</ol>`,
  });
};
