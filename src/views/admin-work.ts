import { type Html, html, nothing } from '../kernel/html.ts';
import type { AdminPage } from '../model/admin-page.ts';
import type { JobStanding } from '../model/job.ts';
import type { Run } from '../model/ledger.ts';
import { sumsOf } from '../model/ledger-page.ts';
import { href } from '../model/urls.ts';
import { ago, count, lasting, moment, number, shortDate } from './dates.ts';
import type { Frame } from './frame.ts';
import { alarmList } from './ledger.ts';
import { OUTCOMES, progressLine, readingLine } from './sources.ts';

/** What the machine does, on the operator's page: sources, ledger, jobs, reading, mail, labs. */

const RUNS = 5;

export const section = (id: string, title: string, body: Html): Html =>
  html`<section class="block" aria-labelledby="${id}"><h2 class="section" id="${id}">${title}</h2>${body}</section>`;

const table = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  html`<div class="scroll" tabindex="0" role="group" aria-label="${label}"><table class="grid runs"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;

const sources = ({ sources: { sources: all, running, alarms, scheduleNote, now } }: AdminPage, frame: Frame): Html => {
  const shown = all.filter(({ standing: at, times, last }) => at !== null || times.length > 0 || last !== null);
  const state = ({ standing: at, times }: (typeof all)[number]): Html => {
    if (at?.paused) return html`<b>paused</b>`;
    if (at?.lastFailureAt != null && at.lastFailureAt > (at.lastSuccessAt ?? 0))
      return html`<b class="rejected">failed</b>${at.lastFailure === null ? nothing : html`<br><span class="small">${at.lastFailure}</span>`}`;
    return times.length === 0
      ? html`only when told to`
      : at?.lastSuccessAt == null
        ? html`not yet harvested`
        : html`well`;
  };
  const when = (ms: number | null | undefined): Html =>
    ms == null ? html`–` : html`${moment(ms)}<br><span class="small">${ago(ms, now)}</span>`;
  return section(
    'sources',
    'Sources',
    html`${scheduleNote === null ? nothing : html`<p class="notice">${scheduleNote}</p>`}${alarmList(alarms)}
${running.length === 0 ? nothing : html`<ul class="plain">${running.map((run) => html`<li><b>${frame.sources[run.source] ?? run.source}</b> is being harvested: ${progressLine(run, now)}</li>`)}</ul>`}
${
  shown.length === 0
    ? html`<p>Nothing is harvested.</p>`
    : table(
        'Table of sources',
        ['Source', 'State', 'Last success', 'Next', 'Papers'],
        shown.map(
          (source) =>
            html`<tr><th scope="row"><a href="${href.ledgerSource(source.id)}">${source.title}</a></th><td>${state(source)}</td><td>${when(source.standing?.lastSuccessAt)}</td><td>${when(source.standing?.nextAt)}</td><td>${number(source.papers)}</td></tr>`,
        ),
      )
}
<p class="small"><a href="${href.sources}">All sources</a>, to pause and resume them, with the last runs.</p>`,
  );
};

const ledger = ({ today }: AdminPage): Html => {
  const { announced, ingested, rejected } = sumsOf(today);
  return section(
    'ledger',
    'Ledger, today',
    html`${
      today.length === 0
        ? html`<p>Nothing of today’s has been announced yet.</p>`
        : html`<p>${number(announced)} announced, ${number(ingested)} taken in, ${rejected === 0 ? 'none rejected' : html`<b class="rejected">${number(rejected)} rejected</b>`}.</p>
${table(
  'Table of today',
  ['Source', 'Announced', 'Taken in', 'Rejected'],
  today.map(
    (one) =>
      html`<tr><th scope="row"><a href="${href.ledgerSource(one.id)}">${one.title}</a></th><td>${number(one.announced)}</td><td>${number(one.ingested)}</td><td>${number(one.rejected)}</td></tr>`,
  ),
)}`
    }
<p class="small"><a href="${href.ledger}">The ledger</a> of the last half year.</p>`,
  );
};

const jobState = ({ leaseUntil, dueAt }: JobStanding, now: number): Html => {
  if (leaseUntil > now) return html`<b>running</b>, held until ${moment(leaseUntil)}`;
  return dueAt <= now ? html`due since ${moment(dueAt)}` : html`due ${moment(dueAt)} (${ago(dueAt, now)})`;
};

const runLine = ({ source, wish, outcome, startedAt, endedAt, seenAt, note }: Run, frame: Frame, now: number): Html =>
  html`${frame.sources[source] ?? source}${wish === '' ? nothing : ` ${wish}`}: ${outcome === 'failed' ? html`<b class="rejected">failed</b>` : OUTCOMES[outcome]} ${ago(endedAt ?? seenAt, now)}, after ${lasting((endedAt ?? seenAt) - startedAt)}${note === null ? nothing : html` <span class="small">${note}</span>`}`;

const jobs = ({ jobs: all, nextEdition, sources: { runs }, now }: AdminPage, frame: Frame): Html =>
  section(
    'jobs',
    'Jobs',
    html`${
      all.length === 0
        ? html`<p>Nothing runs, and nothing is due.</p>`
        : table(
            'Table of jobs',
            ['Job', 'State', 'Tries', 'Last outcome'],
            all.map(
              (job) =>
                html`<tr><th scope="row">${job.kind}${job.key === job.kind ? nothing : html`<br><span class="small">${job.key}</span>`}</th><td>${jobState(job, now)}</td><td>${number(job.attempts)}</td><td>${job.error === null ? html`–` : html`<b class="rejected">put off</b>: ${job.error}`}</td></tr>`,
            ),
          )
    }
<dl class="facts"><div><dt>Next edition</dt><dd>${moment(nextEdition.at)} (${ago(nextEdition.at, now)})</dd></div>
<div><dt>Last harvests</dt><dd>${runs.length === 0 ? 'none yet' : runs.slice(0, RUNS).map((run, n) => html`${n === 0 ? nothing : html`<br>`}${runLine(run, frame, now)}`)}</dd></div></dl>`,
  );

const bar = (label: string, read: number, total: number): Html =>
  read >= total ? nothing : html`<progress aria-label="${label}" max="${total}" value="${read}"></progress>`;

const reading = ({ reading: { first, second } }: AdminPage): Html => {
  const quiet = second === null || second.embedded >= second.total || second.perSecond !== null;
  return section(
    'reading',
    'Reading for meaning',
    html`<dl class="facts"><div><dt>By the table</dt><dd>${
      first === null
        ? html`The search index does not answer.`
        : html`${bar('Read by the table', first.read, first.total)}${readingLine({ embedded: first.read, total: first.total, model: null, perSecond: null, etaSeconds: null })} <span class="small">as they come in</span>`
    }</dd></div>
<div><dt>By the model</dt><dd>${
      second === null
        ? html`None reads here (<code>BROADSHEET_EMBED</code>).`
        : html`${bar('Read by the model', second.embedded, second.total)}${readingLine(second)} <span class="small">${second.model === null ? 'the model has not answered yet' : html`<code>${second.model}</code>`}${quiet ? nothing : '; nobody reads at the moment'}</span>`
    }</dd></div></dl>`,
  );
};

const some = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([state, n]) => `${number(n)} ${state}`)
    .join(', ') || 'none';

const mail = ({ mail: { by, subscriptions, outbox, lately, suppressed, troubles }, now }: AdminPage): Html => {
  const rows: readonly (readonly [string, string])[] = [
    ['Subscriptions', some(subscriptions)],
    ['Last 24 hours', some(lately)],
    ['Outbox, in all', some(outbox)],
    ['Suppressed', suppressed === 0 ? 'no address' : count(suppressed, 'address', 'addresses')],
  ];
  return section(
    'mail',
    'Morning mail',
    html`${by === null ? html`<p>No mail is sent (<code>BROADSHEET_MAIL_URL</code> is empty).</p>` : nothing}<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${
  troubles.length === 0
    ? nothing
    : table(
        'Table of mail that did not go',
        ['For', 'Of', 'State', 'Tries', 'Why'],
        troubles.map(
          ({ address, localDay, state, at, attempts, error }) =>
            html`<tr><th scope="row">${address}</th><td>${shortDate(localDay)}</td><td>${state === 'failed' ? html`<b class="rejected">given up</b>` : html`tried again`}<br><span class="small">${ago(at, now)}</span></td><td>${number(attempts)}</td><td>${error}</td></tr>`,
        ),
      )
}`,
  );
};

const labs = ({ labs: { total, runs }, now }: AdminPage): Html => {
  const shown = new Set(runs.filter(({ current }) => current).map(({ lab }) => lab)).size;
  return section(
    'labs',
    'Labs',
    html`<p><a href="${href.labs}">${count(total, 'lab')}</a>, ${shown === 0 ? 'none' : number(shown)} with a run that is kept. <code>broadsheet lab run --store</code> keeps one.</p>
${
  runs.length === 0
    ? nothing
    : table(
        'Table of runs of labs',
        ['Lab', 'Preset', 'Seeds', 'Ran'],
        runs.map(
          ({ lab, title, version, preset, seeds, ranAt, current }) =>
            html`<tr><th scope="row">${current ? html`<a href="${href.lab(lab)}">${title}</a>` : html`${title}<br><span class="small">version ${version}, which is not the lab’s any more</span>`}</th><td>${preset === '' ? 'other values' : preset}</td><td>${number(seeds)}</td><td>${ago(ranAt, now)}</td></tr>`,
        ),
      )
}`,
  );
};

/** Their sections, one after another. */
export const adminWork = (page: AdminPage, frame: Frame): Html =>
  html`${sources(page, frame)}${ledger(page)}${jobs(page, frame)}${reading(page)}${mail(page)}${labs(page)}`;
