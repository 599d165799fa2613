import { monthOf, weekOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import type { EditionsPage } from '../model/pages.ts';
import { href } from '../model/urls.ts';
import { count, fullDate, spanTitle } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

type Entry = EditionsPage['editions'][number];

const row = (edition: Entry): Html =>
  html`<li><a href="${href.day(edition.date)}"><span class="number">No. ${edition.number}</span> ${fullDate(edition.date)}</a> <span class="small">${count(edition.papers, 'paper')} · <a href="${href.week(weekOf(edition.date).name)}">${spanTitle(weekOf(edition.date).name)}</a></span></li>`;

/** The archive: every edition, newest first, by month. */
export const editionsView = (page: EditionsPage, frame: Frame): string => {
  const newest = [...page.editions].sort((a, b) => b.date.localeCompare(a.date));
  const months = Map.groupBy(newest, (edition) => monthOf(edition.date).name);
  return layout(frame, {
    head: {
      title: 'Editions',
      description: `All ${count(page.editions.length, 'edition')} of ${frame.masthead}.`,
      canonical: href.editions,
    },
    section: 'editions',
    ...(newest[0] === undefined ? {} : { day: newest[0].date }),
    main: html`<h1 class="title">Editions</h1>
${newest.length === 0 ? html`<p class="empty">No edition has been set yet.</p>` : nothing}
${[...months].map(
  ([month, editions]) =>
    html`<section class="month"><h2 class="section"><a href="${href.month(month)}">${spanTitle(month)}</a></h2><ul class="plain">${editions.map(row)}</ul></section>`,
)}`,
  });
};
