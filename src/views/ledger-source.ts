import { addDays, type Day, monthOf, type Span, weekOf } from '../kernel/day.ts';
import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { LedgerCell, Rejection } from '../model/ledger.ts';
import { type LedgerDayPage, type LedgerSourcePage, MOST_REJECTIONS, type Sums } from '../model/ledger-page.ts';
import { href } from '../model/urls.ts';
import { count, fullDate, longDate, moment, number, shortDate, spanTitle, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { alarmList, standingLine, sumsList } from './ledger.ts';
import { counted, inWords, ledgerMap, legend } from './ledger-map.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const EXCERPT = 2_000;
const LEVELS = 5;

interface Months {
  readonly source: string;
  readonly days: ReadonlyMap<Day, LedgerCell>;
  readonly most: number;
  readonly first: Day;
  readonly last: Day;
}

const cell = (day: Day, month: Span, { source, days, most, first, last }: Months): Html => {
  if (day < month.first || day > month.last) return html`<td></td>`;
  const date = Number(day.slice(8));
  const own = days.get(day);
  if (own === undefined)
    return html`<td class="blank">${date}${day < first || day > last ? nothing : html`<span class="hidden">: nothing announced</span>`}</td>`;
  const level = Math.max(1, Math.ceil(LEVELS * Math.sqrt(own.announced / most)));
  return html`<td><a class="ink-${level}${own.rejected > 0 ? ' flagged' : ''}" href="${href.ledgerDay(source, day)}"><span class="date">${date}</span> <b>${number(own.announced)}</b>${own.rejected === 0 ? nothing : html` <span class="rejected"><span aria-hidden="true">×</span>${number(own.rejected)}</span>`}<span class="hidden">: ${longDate(day)}, ${counted(own)}</span></a></td>`;
};

const calendar = (month: Span, months: Months): Html => {
  const mondays: Day[] = [];
  for (let monday = weekOf(month.first).first; monday <= month.last; monday = addDays(monday, 7)) mondays.push(monday);
  return html`<section><h3 class="section">${spanTitle(month.name)}</h3>
<table class="calendar figures"><thead><tr>${WEEKDAYS.map((day) => html`<th scope="col">${day}</th>`)}</tr></thead>
<tbody>${mondays.map((monday) => html`<tr>${WEEKDAYS.map((_, n) => cell(addDays(monday, n), month, months))}</tr>`)}</tbody></table></section>`;
};

const calendars = ({ source, first, last }: LedgerSourcePage): Html => {
  const days = new Map(source.days.map((one) => [one.day, one]));
  const most = Math.max(1, ...source.days.map(({ announced }) => announced));
  const names = [...new Set([...days.keys()].map((day) => day.slice(0, 7)))].sort().reverse();
  return html`<div class="months">${names.map((name) => calendar(monthOf(`${name}-01`), { source: source.id, days, most, first, last }))}</div>`;
};

const square = (sums: Sums | null): Html =>
  sums === null
    ? html`<td class="nil"><span aria-hidden="true">·</span><span class="hidden">none</span></td>`
    : html`<td>${number(sums.announced)}${sums.rejected === 0 ? nothing : html`<span class="rejected"><span aria-hidden="true"> ×</span><span class="hidden">, rejected </span>${number(sums.rejected)}</span>`}</td>`;

const dayHead = (day: Day, source: string): Html =>
  html`<th scope="col"><a href="${href.ledgerDay(source, day)}"><span class="hidden">${longDate(day)}</span><span aria-hidden="true">${WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]}<br>${Number(day.slice(8))}</span></a></th>`;

const categoryTable = ({ source, recent, categories, more }: LedgerSourcePage): Html => {
  const [from, to] = [recent[0] ?? '', recent.at(-1) ?? ''];
  if (categories.length === 0) return nothing;
  return html`<section class="block" aria-labelledby="categories"><h2 class="section" id="categories">Categories, ${shortDate(from)} to ${shortDate(to)}</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Table of categories and days"><table class="grid"><thead><tr><th scope="col">Category</th>${recent.map((day) => dayHead(day, source.id))}<th scope="col">Sum</th></tr></thead>
<tbody>${categories.map(({ category, days, sums }) => html`<tr><th scope="row">${category === '' ? 'none given' : category}</th>${days.map(square)}${square(sums)}</tr>`)}</tbody></table></div>
${more === 0 ? nothing : html`<p class="small">${count(more, 'category', 'categories')} with fewer entries left out.</p>`}</section>`;
};

/** What could not be taken in: why, and what the source sent. */
export const rejectionList = (rejections: readonly (Rejection & { readonly at: number })[]): Html =>
  rejections.length === 0
    ? html`<p>Nothing was rejected.</p>`
    : html`<ol class="rejections">${rejections.map(
        ({ reason, raw, at, day, category }) =>
          html`<li><p><b>${reason}</b></p><p class="small">${moment(at)}${day === null ? nothing : html`, announced ${time(day)}`}${category === null || category === '' ? nothing : html` in ${category}`}</p>
<details><summary>What the source sent</summary><pre class="bibtex" tabindex="0">${raw.slice(0, EXCERPT)}${raw.length > EXCERPT ? `\n… and ${number(raw.length - EXCERPT)} characters more` : ''}</pre></details></li>`,
      )}</ol>`;

/** `/ledger/{source}`: its months, its categories day by day, its rejections. */
export const ledgerSourceView = (page: LedgerSourcePage, frame: Frame): string => {
  const { source, rejections } = page;
  return layout(frame, {
    head: {
      title: `${source.title} in the ledger`,
      description: `${source.title}: ${inWords(source.days, page.last)}`,
      canonical: href.ledgerSource(source.id),
    },
    section: 'ledger',
    main: html`<p class="kicker"><a href="${href.ledger}">The ledger</a></p><h1 class="title">${source.title}</h1>
<div class="source source-large"><div class="source-says"><p class="small">${standingLine(source, page.now)} ${source.homepage === null ? 'This source is registered no longer.' : html`<a rel="noreferrer" href="${safeUrl(source.homepage)}">Its homepage</a>`}</p>
${sumsList(source.sums)}
${alarmList(source.alarms)}
<p class="small">${source.staleAfterHours === null ? 'Its silence is never an alarm.' : `Its silence is an alarm after ${count(source.staleAfterHours, 'hour')}, once it is scheduled.`}</p></div>
<div class="source-map">${ledgerMap(source, page)}${legend}</div></div>
${source.days.length === 0 ? html`<p class="note">Nothing has come in from it in the last 26 weeks.</p>` : nothing}
${categoryTable(page)}
${source.days.length === 0 ? nothing : html`<section class="block" aria-labelledby="days"><h2 class="section" id="days">Day by day</h2><p class="small">What it announced each day; × is what was rejected.</p>${calendars(page)}</section>`}
<section class="block" aria-labelledby="rejections"><h2 class="section" id="rejections">Rejected</h2>${rejectionList(rejections)}${rejections.length < MOST_REJECTIONS ? nothing : html`<p class="small">The latest ${MOST_REJECTIONS}; a day’s own page has that day’s.</p>`}</section>`,
  });
};

/** `/ledger/{source}/{day}` */
export const ledgerDayView = (page: LedgerDayPage, frame: Frame): string => {
  const { source, day, cells, sums } = page;
  const at = (to: Day): string => href.ledgerDay(source.id, to);
  return layout(frame, {
    head: {
      title: `${source.title}, ${longDate(day)}, in the ledger`,
      description: `${source.title} on ${longDate(day)}: ${counted(sums)}.`,
      canonical: at(day),
      earlier: page.earlier === null ? null : at(page.earlier),
      later: page.later === null ? null : at(page.later),
    },
    section: 'ledger',
    main: html`<p class="kicker"><a href="${href.ledgerSource(source.id)}">${source.title}</a></p><h1 class="title">${fullDate(day)}</h1>
${sumsList(sums)}
<div class="sheet"><section aria-labelledby="categories"><h2 class="section" id="categories">Categories</h2>
${
  cells.length === 0
    ? html`<p>Nothing was announced on this day.</p>`
    : html`<table class="grid wide"><thead><tr><th scope="col">Category</th><th scope="col">Announced</th><th scope="col">Taken in</th><th scope="col">Rejected</th></tr></thead>
<tbody>${cells.map((one) => html`<tr><th scope="row">${one.category === '' ? 'none given' : one.category}</th><td>${number(one.announced)}</td><td>${number(one.ingested)}</td><td>${one.rejected === 0 ? html`<span class="nil">0</span>` : html`<span class="rejected">${number(one.rejected)}</span>`}</td></tr>`)}</tbody></table>`
}</section>
<section class="rail" aria-labelledby="rejections"><h2 class="section" id="rejections">Rejected</h2>${rejectionList(page.rejections)}</section></div>
<nav class="turn" aria-label="Days">${page.earlier === null ? nothing : html`<a rel="prev" class="earlier" href="${at(page.earlier)}">${shortDate(page.earlier)}</a>`}${page.later === null ? nothing : html`<a rel="next" class="later" href="${at(page.later)}">${shortDate(page.later)}</a>`}</nav>`,
  });
};
