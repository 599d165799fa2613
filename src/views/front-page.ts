import { dayOf, daysBetween } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import type { FrontPage } from '../model/edition.ts';
import type { PaperCard } from '../model/paper.ts';
import { href, wire } from '../model/urls.ts';
import { age, count, fullDate, number, shortDate, spanTitle, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout, type Section, type Sheet } from './layout.ts';
import { meta, plain, standfirst, story } from './story.ts';
import { justIn, submittedLine } from './submission.ts';
import { subscribeBox } from './subscribe.ts';

const SECONDS = 3;
const RAIL = 10;
const LEAD_LIMIT = 2_000;
const SECOND_LIMIT = 320;
const WIRE_LIMIT = 170;

const SECTIONS: Record<FrontPage['kind'], Section> = {
  day: 'today',
  week: 'week',
  month: 'month',
  trending: 'trending',
};

export const addressOf = (page: Pick<FrontPage, 'kind'>, name: string): string => {
  if (page.kind === 'trending') return href.trending;
  return href[page.kind](name);
};

const titleOf = (page: FrontPage): string => (page.kind === 'trending' ? 'Trending' : spanTitle(page.name));

/** How the papers of this page came to stand in this order, where an edition does not say it. */
const orderNote = (page: FrontPage): Html => {
  if (page.kind === 'day' || page.cards.length === 0) return nothing;
  const made = page.days.length === 1 ? 'one edition' : count(page.days.length, 'edition');
  return html`<p class="note">From ${made}, by votes and by letters counted at the wires, weighed by age.</p>`;
};

/** `This is the latest edition, of Monday 20 April 2026 (216 days ago).` Nothing when the latest edition is today's. */
const standing = (page: FrontPage, frame: Frame): Html => {
  if (page.kind !== 'day') return orderNote(page);
  if (daysBetween(page.last, frame.today) === 0) return nothing;
  const when = `${fullDate(page.last)} (${age(page.last, frame.today)})`;
  return page.latest
    ? html`<p class="note">This is the latest edition, of ${when}.</p>`
    : html`<p class="note">This is the edition of ${when}. <a href="${href.home}">Go to the latest</a></p>`;
};

const turn = (page: FrontPage): Html => {
  if (page.earlier === null && page.later === null) return nothing;
  const what = page.kind === 'day' ? 'edition' : page.kind;
  const name = page.kind === 'day' ? shortDate : spanTitle;
  return html`<nav class="turn" aria-label="Editions">
${page.earlier === null ? nothing : html`<a rel="prev" class="earlier" href="${addressOf(page, page.earlier)}">Earlier ${what}: ${name(page.earlier)}</a>`}
${page.later === null ? nothing : html`<a rel="next" class="later" href="${addressOf(page, page.later)}">Later ${what}: ${name(page.later)}</a>`}
</nav>`;
};

/** What goes on is followed where it goes on. */
const LATEST: Partial<Record<FrontPage['kind'], string>> = {
  day: href.home,
  week: href.latestWeek,
  month: href.latestMonth,
};

const sheetOf = (page: FrontPage, frame: Frame): Omit<Sheet, 'main'> => {
  const path = addressOf(page, page.name);
  const [lead] = page.cards;
  // The last day of a month may be of a week without editions.
  const day = page.days.toSorted().at(-1);
  return {
    head: {
      title: page.kind === 'day' && page.latest ? '' : titleOf(page),
      description:
        lead === undefined
          ? `${frame.masthead}: the day’s research papers.`
          : `${count(page.cards.length, 'paper')}, ${titleOf(page)}. First: ${plain(lead.paper.title)}.`,
      canonical: page.kind === 'day' && page.latest && frame.path === href.home ? href.home : path,
      feed: page.latest ? (LATEST[page.kind] ?? path) : path,
      earlier: page.earlier === null ? null : addressOf(page, page.earlier),
      later: page.later === null ? null : addressOf(page, page.later),
    },
    section: SECTIONS[page.kind],
    ...(day === undefined ? {} : { day }),
    folio: html`${page.kind === 'day' ? titleOf(page) : `${shortDate(page.first)} – ${shortDate(page.last)}`}${page.number === null ? nothing : html` · <span class="number">No. ${page.number}</span>`}`,
    tally: html`${count(page.cards.length, 'paper')}${page.sources.length === 0 ? nothing : html` from ${count(page.sources.length, 'wire')}`}`,
    islands: page.kind === 'day' && subscribeBox(frame) !== nothing ? ['vote', 'zone'] : ['vote'],
  };
};

const viewSwitch = (page: FrontPage, frame: Frame, plainWire: boolean): Html => {
  const here = frame.path === href.home ? href.home : addressOf(page, page.name);
  return plainWire
    ? html`<p class="switch"><a href="${here}">Set as a front page</a></p>`
    : html`<p class="switch"><a href="${wire(here)}">Plain wire: all in one list</a></p>`;
};

const empty = html`<section class="empty"><h2>Nothing has come in yet</h2><p>This page has no papers. Bring some in with <code>broadsheet import FILE</code>, or look through <a href="${href.editions}">the editions there are</a>.</p></section>`;

const daysRail = (page: FrontPage): Html =>
  page.days.length === 0
    ? nothing
    : html`<aside class="rail" aria-labelledby="days">
<h2 class="section" id="days">Made of ${count(page.days.length, 'edition')}</h2>
<ul class="plain">${page.days.map((day) => html`<li><a href="${href.day(day)}">${fullDate(day)}</a></li>`)}</ul>
</aside>`;

const isTalkedAbout = ({ votes, letters, comments }: PaperCard): boolean => votes + letters + (comments ?? 0) > 0;

const rail = (page: FrontPage, frame: Frame): Html => {
  if (page.kind !== 'day') return daysRail(page);
  const talked = page.trending
    .flatMap((index) => page.cards[index] ?? [])
    .filter(isTalkedAbout)
    .slice(0, RAIL);
  if (talked.length === 0) return nothing;
  return html`<aside class="rail" aria-labelledby="talked">
<h2 class="section" id="talked">Most talked about</h2>
<ol class="ranked">${talked.map((card) => html`<li>${story(card, frame, { level: 3, limit: 0 })}</li>`)}</ol>
<p class="small">By votes, and by letters counted at the wires the papers came from, weighed by age.</p>
${subscribeBox(frame)}</aside>`;
};

/** What turned out wrong after the edition was set; it stands beside the edition, which stays as it was. */
const corrections = ({ corrections: list, cards }: FrontPage): Html => {
  if (list.length === 0) return nothing;
  const titles = new Map(cards.map(({ paper }) => [paper.id, plain(paper.title)]));
  return html`<section class="corrections" aria-labelledby="corrections"><h2 class="section" id="corrections">Corrections</h2>
<ul class="plain">${list.map(({ says, paperId, at }) => html`<li>${paperId === null ? nothing : html`<a href="${href.paper(paperId)}">${titles.get(paperId) ?? 'A paper'}</a>: `}${says} <span class="small">${time(dayOf(at))}</span></li>`)}</ul></section>`;
};

/** The set front page: one lead, three seconds, a rail, then the wire. */
export const frontPageView = (page: FrontPage, frame: Frame): string => {
  const [lead, ...others] = page.cards;
  const sheet = sheetOf(page, frame);
  const front = page.kind === 'day';
  const heading = front ? nothing : html`<h1 class="title">${titleOf(page)}</h1>`;
  if (lead === undefined)
    return layout(frame, {
      ...sheet,
      front,
      main: html`${heading}${standing(page, frame)}${justIn(page.justIn, page.submissions, frame)}${page.justIn.length === 0 ? empty : nothing}${front ? subscribeBox(frame) : nothing}${turn(page)}`,
    });
  const seconds = others.slice(0, SECONDS);
  const wires = others.slice(SECONDS);
  const by = (card: PaperCard): Html => submittedLine(page.submissions.get(card.paper.id));
  const beside = rail(page, frame);
  const main = html`${heading}${standing(page, frame)}
<div class="front">
<div class="head">
${story(lead, frame, { level: 2, limit: LEAD_LIMIT, className: 'story lead', after: by(lead) })}
<div class="seconds">${seconds.map((card) => story(card, frame, { level: 3, limit: SECOND_LIMIT, after: by(card) }))}</div>
</div>
${beside}
</div>
${justIn(page.justIn, page.submissions, frame)}${
  wires.length === 0
    ? nothing
    : html`<section class="wires" aria-labelledby="wires"><h2 class="section" id="wires">From the wires</h2>
<div class="columns">${wires.map((card) => story(card, frame, { level: 3, limit: WIRE_LIMIT, after: by(card) }))}</div></section>`
}
${front && beside === nothing ? subscribeBox(frame) : nothing}${corrections(page)}${turn(page)}${viewSwitch(page, frame, false)}`;
  return layout(frame, { ...sheet, front, main });
};

const wireSheet = (page: FrontPage, frame: Frame): Omit<Sheet, 'main'> => {
  const sheet = sheetOf(page, frame);
  return { ...sheet, head: { ...sheet.head, title: `${titleOf(page)}, the plain wire` } };
};

/** The plain wire: everything in placement order and equal weight. */
export const wireView = (page: FrontPage, frame: Frame): string =>
  layout(frame, {
    ...wireSheet(page, frame),
    main: html`<h1 class="title">${titleOf(page)}, the plain wire</h1>${standing(page, frame)}
${
  page.cards.length === 0
    ? empty
    : html`<ol class="wire">${page.cards.map(
        (card, at) => html`<li><span class="place">${number(at + 1)}</span><article class="story">
<h2><a href="${href.paper(card.paper.id)}">${plain(card.paper.title)}</a></h2><p class="standfirst">${standfirst(plain(card.paper.abstract), WIRE_LIMIT)}</p>${meta(card, frame)}${submittedLine(page.submissions.get(card.paper.id))}</article></li>`,
      )}</ol>`
}
${justIn(page.justIn, page.submissions, frame)}${corrections(page)}${turn(page)}${viewSwitch(page, frame, true)}`,
  });
