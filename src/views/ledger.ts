import { type Html, html, nothing } from '../kernel/html.ts';
import type { Alarm } from '../model/ledger.ts';
import type { LedgerPage, LedgerSource, Sums } from '../model/ledger-page.ts';
import { href } from '../model/urls.ts';
import { ago, count, number, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { inWords, ledgerMap, legend } from './ledger-map.ts';

const KINDS: Readonly<Record<Alarm['kind'], string>> = {
  stale: 'Stale',
  failing: 'Failing',
  short: 'Short',
  diverges: 'Diverges',
};

/** Alarms in words; nothing where there are none. */
export const alarmList = (alarms: readonly Alarm[]): Html =>
  alarms.length === 0
    ? nothing
    : html`<ul class="alarms">${alarms.map(({ kind, says }) => html`<li><b>${KINDS[kind]}</b> ${says}</li>`)}</ul>`;

/** How a source stands, in a line. */
export const standingLine = ({ standing, days }: Pick<LedgerSource, 'standing' | 'days'>, now: number): Html => {
  const newest = standing?.newestDay ?? days.at(-1)?.day ?? null;
  const success =
    standing === null || (standing.lastSuccessAt === null && standing.nextAt === null)
      ? html`Not harvested here`
      : standing.lastSuccessAt === null
        ? html`Not harvested to its end yet`
        : html`Last success ${ago(standing.lastSuccessAt, now)}`;
  return html`${success}${newest === null ? nothing : html`; newest day ${time(newest)}`}${standing?.paused ? html`; <b>paused</b>` : nothing}.`;
};

export const sumsList = ({ announced, ingested, rejected }: Sums): Html =>
  html`<dl class="sums"><div><dt>Announced</dt><dd>${number(announced)}</dd></div><div><dt>Taken in</dt><dd>${number(ingested)}</dd></div><div><dt>Rejected</dt><dd>${number(rejected)}</dd></div></dl>`;

const entry = (source: LedgerSource, page: LedgerPage): Html => html`<section class="source">
<div class="source-says"><h2><a href="${href.ledgerSource(source.id)}">${source.title}</a></h2>
<p class="small">${standingLine(source, page.now)}</p>
${sumsList(source.sums)}
${alarmList(source.alarms)}</div>
<div class="source-map">${ledgerMap(source, page)}<p class="hidden">${inWords(source.days, page.last)}</p></div>
</section>`;

const empty = html`<section class="empty"><h2>The ledger is blank</h2><p>Nothing has come in from any source in the last 26 weeks, and none is scheduled. <code>broadsheet harvest SOURCE</code> fetches what is new, <code>broadsheet import FILE</code> takes in a file; the <a href="${href.sources}">sources</a> page says what each can do.</p></section>`;

/** `/ledger`: what each source announced, day by day, and what became of it. */
export const ledgerView = (page: LedgerPage, frame: Frame): string => {
  const alarms = page.sources.reduce((sum, source) => sum + source.alarms.length, 0);
  return layout(frame, {
    head: {
      title: 'The ledger',
      description: 'What every source announced, day by day, and what became of it.',
      canonical: href.ledger,
    },
    section: 'ledger',
    main: html`<h1 class="title">The ledger</h1>
<p class="standfirst">What every source announced, day by day, and what became of it: taken in, or rejected with its reason and kept until it can be.</p>
${
  page.sources.length === 0
    ? empty
    : html`<p class="found">${count(page.sums.announced, 'entry', 'entries')} announced from ${shortDate(page.first)} to ${shortDate(page.last)}, ${number(page.sums.ingested)} taken in, ${number(page.sums.rejected)} rejected. ${alarms === 0 ? 'No alarms.' : html`<b>${count(alarms, 'alarm')}.</b>`} <a href="${href.sources}">Sources and runs</a></p>
${legend}
<div class="ledger">${page.sources.map((source) => entry(source, page))}</div>`
}
${page.silent.length === 0 || page.sources.length === 0 ? nothing : html`<p class="note">Nothing in these weeks from ${page.silent.map(({ id, title }, at) => html`${at === 0 ? nothing : ', '}<a href="${href.ledgerSource(id)}">${title}</a>`)}.</p>`}`,
  });
};
