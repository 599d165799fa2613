import { addDays, daysBetween, monthOf, type Span, weekOf } from '../kernel/day.ts';
import { type Html, html } from '../kernel/html.ts';
import type { EditionsPage } from '../model/pages.ts';
import { href } from '../model/urls.ts';
import { count, fullDate, longDate, number, spanTitle } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

type Entry = EditionsPage['editions'][number];

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const daysOf = ({ first, last }: Span): readonly string[] =>
  Array.from({ length: daysBetween(first, last) + 1 }, (_, n) => addDays(first, n));

const cell = (day: string, month: Span, edition: Entry | undefined): Html => {
  if (day < month.first || day > month.last) return html`<td></td>`;
  const date = Number(day.slice(8));
  if (edition === undefined) return html`<td class="blank">${date}</td>`;
  const said = `${longDate(day)}, ${count(edition.papers, 'paper')}`;
  return html`<td><a href="${href.day(day)}"><b>${date}</b> No. ${edition.number}<span class="hidden">: ${said}</span></a></td>`;
};

const week = (first: string, month: Span, editions: ReadonlyMap<string, Entry>): Html => {
  const span = weekOf(first);
  const days = daysOf(span);
  const name = String(Number(span.name.slice(6)));
  const some = days.some((day) => editions.has(day));
  return html`<tr><th scope="row">${some ? html`<a href="${href.week(span.name)}"><span class="hidden">Week </span>${name}</a>` : name}</th>${days.map((day) => cell(day, month, editions.get(day)))}</tr>`;
};

const calendar = (month: Span, editions: ReadonlyMap<string, Entry>): Html => {
  const mondays = daysOf(month).map((day) => weekOf(day).first);
  return html`<section><h2 class="section"><a href="${href.month(month.name)}">${spanTitle(month.name)}</a></h2>
<table class="calendar"><thead><tr><th scope="col">Wk</th>${WEEKDAYS.map((day) => html`<th scope="col">${day}</th>`)}</tr></thead>
<tbody>${[...new Set(mondays)].map((first) => week(first, month, editions))}</tbody></table></section>`;
};

/** The archive as calendars, newest month first. Months without an edition are left out. */
export const editionsView = (page: EditionsPage, frame: Frame): string => {
  const editions = new Map(page.editions.map((edition) => [edition.date, edition]));
  const newestFirst = [...editions.keys()].sort().reverse();
  const months = new Map(newestFirst.map((day) => [day.slice(0, 7), monthOf(day)]));
  const [newest] = newestFirst;
  const papers = page.editions.reduce((sum, edition) => sum + edition.papers, 0);
  return layout(frame, {
    head: {
      title: 'Editions',
      description: `All ${count(page.editions.length, 'edition')} of ${frame.masthead}.`,
      canonical: href.editions,
    },
    section: 'editions',
    ...(newest === undefined ? {} : { day: newest }),
    main: html`<h1 class="title">Editions</h1>
${
  newest === undefined
    ? html`<p class="note">No edition has been set yet.</p>`
    : html`<p class="found">${count(editions.size, 'edition')} with ${number(papers)} places, the latest of <a href="${href.day(newest)}">${fullDate(newest)}</a></p>`
}
<div class="months">${[...months.values()].map((month) => calendar(month, editions))}</div>`,
  });
};
