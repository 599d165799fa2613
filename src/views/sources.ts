import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { Run } from '../model/ledger.ts';
import { doneBy, type EmbedProgress, type SourceLine, type SourcesPage } from '../model/ledger-page.ts';
import { may } from '../model/reader.ts';
import { href } from '../model/urls.ts';
import { ago, count, lasting, moment, number } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { alarmList } from './ledger.ts';

/** What became of a run. */
export const OUTCOMES: Readonly<Record<Run['outcome'], string>> = {
  running: 'gave no sign of life',
  complete: 'complete',
  stopped: 'stopped',
  failed: 'failed',
};

const what = (run: Run): string => {
  const { counts } = run;
  const parts = [
    `${number(counts.new)} new`,
    `${number(counts.changed)} changed`,
    `${number(counts.same)} as before`,
    ...(counts.rejected > 0 ? [`${number(counts.rejected)} rejected`] : []),
    ...(counts.gone > 0 ? [`${number(counts.gone)} gone`] : []),
  ];
  return parts.join(', ');
};

/** How far a run is, in words: `12 pages, 3,400 of 10,000 entries, 45/s, 2 minutes left`. */
export const progressLine = (run: Run, now: number): string => {
  const done = doneBy(run);
  const seconds = Math.max(1, (now - run.startedAt) / 1000);
  const rate = done / seconds;
  const left = run.total === null || done === 0 ? null : ((run.total - done) / rate) * 1000;
  return [
    count(run.pages, 'page'),
    run.total === null ? count(done, 'entry', 'entries') : `${number(done)} of ${count(run.total, 'entry', 'entries')}`,
    `${rate < 10 ? rate.toFixed(1) : number(Math.round(rate))}/s`,
    ...(left === null || left <= 0 ? [] : [`${lasting(left)} left`]),
    ...(run.note === null ? [] : [run.note.replace(/[.\s]+$/, '')]),
  ].join(', ');
};

const running = ({ running: runs, now }: SourcesPage, frame: Frame): Html =>
  runs.length === 0
    ? nothing
    : html`<section class="block" aria-labelledby="running"><h2 class="section" id="running">Running now</h2>
<ul class="running">${runs.map((run) => {
        const title = frame.sources[run.source] ?? run.source;
        return html`<li data-run="${run.id}"><p><b>${title}</b>${run.wish === '' ? nothing : html` ${run.wish}`}</p>
<progress aria-label="${title}"${run.total === null ? nothing : html` max="${run.total}" value="${Math.min(run.total, doneBy(run))}"`}></progress>
<p class="small" data-progress>${progressLine(run, now)}</p></li>`;
      })}</ul>
<p class="small"><a href="${href.sources}">Reload</a> to see how far they are.</p></section>`;

const can = ({ can: able }: SourceLine): string =>
  [...(able.harvest ? ['harvested'] : []), ...(able.lookup ? ['asked by identifier'] : []), 'read from files'].join(
    ', ',
  );

const other = (source: SourceLine): Html =>
  html`<li><h3><a href="${href.ledgerSource(source.id)}">${source.title}</a></h3><p class="small"><code>${source.id}</code> · ${count(source.papers, 'paper')}<br>${can(source)} · <a rel="noreferrer" href="${safeUrl(source.homepage)}">homepage</a></p></li>`;

const pauseForm = ({ id, title, standing, times }: SourceLine, frame: Frame): Html =>
  may(frame.reader?.role ?? 'anyone', 'operator') && (times.length > 0 || standing?.paused === true)
    ? html`<form method="post" action="${href.source(id)}"><button class="button" name="paused" value="${standing?.paused ? '0' : '1'}" aria-label="${standing?.paused ? 'Resume' : 'Pause'} ${title}">${standing?.paused ? 'Resume' : 'Pause'}</button></form>`
    : nothing;

const standing = ({ id, standing: at, last, times, can: able }: SourceLine, now: number): Html => {
  const rows: readonly (readonly [string, Html | string | null])[] = [
    [
      'Times',
      times.length > 0
        ? times.join('; ')
        : able.harvest
          ? html`only when told to: <code>broadsheet harvest ${id}</code>`
          : null,
    ],
    [
      'Next',
      at?.paused
        ? html`<b>paused</b>`
        : at?.nextAt == null
          ? null
          : html`${moment(at.nextAt)} (${ago(at.nextAt, now)})`,
    ],
    [
      'Last success',
      at?.lastSuccessAt == null ? null : html`${moment(at.lastSuccessAt)} (${ago(at.lastSuccessAt, now)})`,
    ],
    ['Last run', last === null ? null : `${OUTCOMES[last.outcome]}: ${what(last)}`],
    [
      'Last failure',
      at?.lastFailureAt == null
        ? null
        : html`${moment(at.lastFailureAt)}${at.lastFailure === null ? nothing : `: ${at.lastFailure}`}`,
    ],
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => (value === null ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>`;
};

const line = (source: SourceLine, { now, alarms }: SourcesPage, frame: Frame): Html => html`<li class="wire-source">
<div><h3><a href="${href.ledgerSource(source.id)}">${source.title}</a></h3><p class="small"><code>${source.id}</code> · ${count(source.papers, 'paper')}<br>${can(source)} · <a rel="noreferrer" href="${safeUrl(source.homepage)}">homepage</a></p></div>
<div>${standing(source, now)}${alarmList(alarms.filter((alarm) => alarm.source === source.id))}</div>
${source.can.harvest ? pauseForm(source, frame) : nothing}</li>`;

const runsTable = (
  { runs }: SourcesPage,
  frame: Frame,
): Html => html`<section class="block" aria-labelledby="runs"><h2 class="section" id="runs">Last runs</h2>
${
  runs.length === 0
    ? html`<p>No harvest has been run yet.</p>`
    : html`<div class="scroll" tabindex="0" role="group" aria-label="Table of runs"><table class="grid runs"><thead><tr><th scope="col">Source</th><th scope="col">Began</th><th scope="col">Took</th><th scope="col">Pages</th><th scope="col">Outcome</th><th scope="col">Entries</th></tr></thead>
<tbody>${runs.map((run) => html`<tr><th scope="row">${frame.sources[run.source] ?? run.source}${run.wish === '' ? nothing : html`<br><span class="small">${run.wish}</span>`}</th><td>${moment(run.startedAt)}</td><td>${lasting((run.endedAt ?? run.seenAt) - run.startedAt)}</td><td>${number(run.pages)}</td><td>${run.outcome === 'failed' ? html`<b class="rejected">failed</b>` : OUTCOMES[run.outcome]}${run.note === null ? nothing : html`<br><span class="small">${run.note}</span>`}</td><td>${what(run)}</td></tr>`)}</tbody></table></div>`
}</section>`;

/** How far reading for meaning is, in words: `400 of 1,000 papers, 20/s, 3 minutes left`. */
export const readingLine = ({ embedded, total, perSecond, etaSeconds }: EmbedProgress): string =>
  [
    embedded >= total ? `all of ${count(total, 'paper')}` : `${number(embedded)} of ${count(total, 'paper')}`,
    ...(perSecond === null ? [] : [`${perSecond < 10 ? perSecond.toFixed(1) : number(Math.round(perSecond))}/s`]),
    ...(etaSeconds === null ? [] : [`${lasting(etaSeconds * 1000)} left`]),
  ].join(', ');

const reading = ({ reading: progress }: SourcesPage): Html =>
  progress === null || progress.total === 0
    ? nothing
    : html`<section class="block" aria-labelledby="reading"><h2 class="section" id="reading">Reading for meaning</h2>
${progress.embedded >= progress.total ? nothing : html`<progress aria-labelledby="reading" max="${progress.total}" value="${progress.embedded}"></progress>`}
<p class="small">${readingLine(progress)}${progress.model === null ? nothing : html` · <code>${progress.model}</code>`}${progress.embedded >= progress.total || progress.perSecond !== null ? nothing : html`. Nobody reads at the moment${progress.model === null ? ': the model has not answered yet' : nothing}.`}</p></section>`;

/** `/sources`: what papers come in by, when, and how it goes. */
export const sourcesView = (page: SourcesPage, frame: Frame): string => {
  const harvested = page.sources.filter((source) => source.can.harvest);
  const others = page.sources.filter((source) => !source.can.harvest);
  const list = (sources: readonly SourceLine[]): Html =>
    html`<ul class="wire-sources">${sources.map((source) => line(source, page, frame))}</ul>`;
  return layout(frame, {
    head: {
      title: 'Sources',
      description: 'What papers come in by, when, and how it goes.',
      canonical: href.sources,
    },
    section: 'sources',
    islands: page.running.length > 0 ? ['runs'] : [],
    main: html`<h1 class="title">Sources</h1>
<p class="standfirst">What papers come in by, when, and how it goes. What each of them announced, day by day, stands in <a href="${href.ledger}">the ledger</a>.</p>
${page.scheduleNote === null ? nothing : html`<p class="notice">${page.scheduleNote}</p>`}
${running(page, frame)}
${harvested.length === 0 ? nothing : html`<section class="block" aria-labelledby="wires"><h2 class="section" id="wires">Harvested over the network</h2>${list(harvested)}</section>`}
${others.length === 0 ? nothing : html`<section class="block" aria-labelledby="files"><h2 class="section" id="files">Not harvested</h2><ul class="other-sources">${others.map(other)}</ul></section>`}
${reading(page)}
${runsTable(page, frame)}`,
  });
};
