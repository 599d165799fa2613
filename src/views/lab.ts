import { type Html, html, nothing, raw, safeUrl } from '../kernel/html.ts';
import type { LabBrief } from '../labs/brief.ts';
import { calculatorFor } from '../labs/calculators.ts';
import { breakOf, interval } from '../labs/claims.ts';
import type { Claim, Lab, ParamSpec, RunRecord, Value, Verdict } from '../labs/contract.ts';
import { evidenceOf } from '../labs/evidence.ts';
import type { NotHere } from '../labs/not-here.ts';
import { SHOWN_PRESETS } from '../labs/params.ts';
import { metricTitle } from '../labs/place-names.ts';
import { VERDICTS } from '../labs/verdict-words.ts';
import type { LabPage, StoredRun } from '../model/lab-page.ts';
import { href } from '../model/urls.ts';
import { count, longDate } from './dates.ts';
import type { Frame } from './frame.ts';
import { slider } from './lab-input.ts';
import { armMark, labPicture } from './lab-picture.ts';
import { layout } from './layout.ts';

const ROLES = { method: 'the paper’s', baseline: 'a rival', ablation: 'mechanism broken', oracle: 'a bound' } as const;

/** `4 s`, `3 min`. */
export const span = (seconds: number): string =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

/** `full run of 22 November 2026, 20 seeds, on Node 26.10.0` */
export const runWords = ({ record, at }: StoredRun): string =>
  `${record.preset ?? 'changed'} run of ${longDate(at.slice(0, 10))}, ${count(record.seeds.length, 'seed')}, on ${record.engine.split(',')[0]}`;

const helpOf = (spec: ParamSpec, value: Value): string =>
  [
    spec.help,
    value === spec.default ? (spec.paperValue ? 'The paper’s value.' : null) : `Changed: ${spec.default} otherwise.`,
    spec.costly ? 'Higher takes longer.' : null,
  ]
    .filter((part) => part != null)
    .join(' ');

const controls = ({ lab, params, preset, seeds, from, bundle, told }: LabPage): Html => html`
<form id="lab-form" class="lab-form" method="get" action="${href.lab(lab.id)}"${told === null ? nothing : html` data-told="${told}"`}>
<p class="actions" aria-label="Presets">${SHOWN_PRESETS.map(
  (id) =>
    html`<a href="${href.lab(lab.id, { preset: id })}"${id === preset ? html` aria-current="true"` : nothing}>${id[0]?.toUpperCase()}${id.slice(1)}: ${count(lab.presets[id].seeds, 'seed')}, some ${span(lab.presets[id].seconds)}</a>`,
)}</p>
<div class="lab-params">${lab.params.map((spec) => {
  const value = params[spec.key] ?? spec.default;
  const help = helpOf(spec, value);
  return html`<div><label for="p-${spec.key}">${spec.label}</label>${slider(spec, value)}${help === '' ? nothing : html`<p class="small">${help}</p>`}</div>`;
})}
<div><label for="p-seeds">Seeds</label><input type="number" id="p-seeds" name="seeds" min="1" max="100" value="${seeds}"><p class="small">Fewer than three decide nothing.</p></div>
<div><label for="p-from">First seed</label><input type="number" id="p-from" name="from" min="1" max="1000000" value="${from}"></div></div>
<p class="lab-buttons"><button class="button" id="lab-run"${bundle === null ? html` disabled` : nothing} data-script hidden>Run</button> <button type="button" class="button" id="lab-stop" data-script hidden>Stop</button> <progress id="lab-progress" max="1" value="0" aria-label="How far the run is" hidden></progress> <span id="lab-status" role="status">${bundle === null ? nothing : `It runs in your browser; ${Math.ceil(bundle.bytes / 1024)} KB are fetched when you press Run.`}</span></p>
<p class="note" id="lab-needs">A lab runs as a program in your browser, which needs JavaScript. Without it the page shows what was predicted and what earlier runs came to; <code>broadsheet lab run ${lab.id}</code> runs it on the command line.</p>
<p class="actions" id="lab-keep" hidden><a id="lab-link" href="${href.lab(lab.id)}">Link to this result</a><button type="button" class="button" id="lab-copy">Copy my result</button><button type="button" class="button" id="lab-csv">CSV</button><button type="button" class="button" id="lab-svg">SVG</button></p>
</form>`;

const plots = ({ lab, stored }: LabPage): Html => html`
<ul class="lab-key" aria-label="What the marks mean">${lab.arms.map(({ label, role }, n) => html`<li><span data-key>${armMark(n)}</span> ${label} <span class="small">${ROLES[role]}</span></li>`)}</ul>
${stored === null ? nothing : html`<p class="small" data-until-run>Drawn from the ${runWords(stored)}, until you run it here.</p>`}
<div class="lab-plots">${lab.plots.map((plot) => {
  const drawn = stored === null ? null : labPicture(plot, lab, stored.record);
  return html`<figure${plot.kind === 'heatmap' ? html` class="lab-wide"` : nothing}><figcaption>${plot.title}</figcaption><div class="lab-plot" data-plot="${plot.id}">${drawn ?? html`<p class="small nil">${stored === null ? 'Nothing has been run yet.' : 'Drawn when you run it.'}</p>`}</div></figure>`;
})}</div>`;

const claimRow = (claim: Claim, { lab, stored }: LabPage): Html => {
  const way = breakOf(lab, claim.id);
  const finding = stored?.record.findings[claim.id];
  const testable = 'prediction' in claim;
  const verdict: Verdict = finding?.verdict ?? (testable ? 'not-run' : 'cannot-be-tested-here');
  const flips = way.verdicts[claim.id];
  return html`<tr><th scope="row"><q>${claim.clean ?? claim.quote}</q>${claim.clean === undefined ? nothing : html`<p class="small">As stored: <q>${claim.quote}</q></p>`}</th>
<td data-label="${testable ? 'Predicted' : 'Why not'}">${testable ? claim.prediction : claim.untestable}</td>
<td data-label="Measured" data-measured="${claim.id}">${testable ? finding?.says.map((line) => html`<p>${line}</p>`) : nothing}</td>
<td data-label="Verdict" data-verdict="${claim.id}"><strong>${VERDICTS[verdict]}</strong></td>
<td data-label="With the mechanism broken">${testable ? html`<p data-broken="${claim.id}">${flips === undefined ? '' : html`<span class="nil">predicted: ${VERDICTS[flips]}</span>`}</p><p class="small">${way.broken}</p>` : nothing}</td></tr>`;
};

const claims = (page: LabPage): Html => html`<section><h2 class="section" id="h-claims">What the abstract claims</h2>
${page.stored === null ? nothing : html`<p class="small" data-until-run>Verdicts of the ${runWords(page.stored)}, until you run it here.</p>`}
<div class="scroll" tabindex="0" role="region" aria-labelledby="h-claims"><table class="lab-claims"><thead><tr><th scope="col">In the authors’ words</th><th scope="col">Predicted before the run</th><th scope="col">Measured</th><th scope="col">Verdict</th><th scope="col">With the mechanism broken</th></tr></thead>
<tbody>${page.lab.claims.map((claim) => claimRow(claim, page))}</tbody></table></div>
<p class="small">Intervals are of 95 % over seeds, by Student’s t; differences are paired by seed.</p></section>`;

/** Every metric of a run, with its interval over seeds. */
const numberRows = ({ arms, plots }: Lab, { metrics }: RunRecord): Html => {
  const evidence = evidenceOf(metrics);
  const names = [...new Set(metrics.map(({ name, at }) => JSON.stringify([name, at])))];
  return html`${names.map((key) => {
    const [name, at] = JSON.parse(key) as [string, number | null];
    return html`<tr><th scope="row">${metricTitle(plots, name, at)}</th>${arms.map(({ id }) => html`<td class="number">${interval(evidence.summary(name, id, at ?? undefined))}</td>`)}</tr>`;
  })}`;
};

const numbers = ({ lab, stored }: LabPage): Html => html`<section><h2 class="section" id="h-numbers">The numbers</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="h-numbers"><table class="grid runs"><thead><tr><th scope="col">Metric</th>${lab.arms.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead><tbody id="lab-metrics">${stored === null ? html`<tr><td colspan="${lab.arms.length + 1}" class="nil">They stand here after a run.</td></tr>` : numberRows(lab, stored.record)}</tbody></table></div></section>`;

const list = (title: string, items: readonly string[]): Html =>
  items.length === 0 ? nothing : html`<h3>${title}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

const fidelity = (
  lab: Lab,
): Html => html`<section class="block lab-fidelity" aria-labelledby="h-fidelity"><h2 class="section" id="h-fidelity">How faithful it is</h2>
${list('As in the paper', lab.fidelity.same)}${list('Changed', lab.fidelity.changed)}
<ul class="links">${lab.fidelity.sources.map(({ label, url }) => html`<li><a rel="noreferrer" href="${safeUrl(url)}">${label}</a></li>`)}<li><a href="${href.labSource(lab.id)}">The code of this lab</a>, version ${lab.version}</li></ul></section>`;

/** JSON that may stand in a script element. */
const brief = ({ lab, bundle, watched }: LabPage): Html => {
  const { id, version, arms, plots: all } = lab;
  const kinds = Object.fromEntries(lab.params.map(({ key, kind }) => [key, kind]));
  const value: LabBrief = {
    id,
    version,
    bundle: bundle?.address ?? '',
    watched,
    frame: href.labFrame,
    arms,
    plots: all,
    kinds,
  };
  return html`<script type="application/json" id="lab-brief">${raw(JSON.stringify(value).replaceAll('<', '\\u003c'))}</script>`;
};

/** On a paper's page: the way to its lab, and what the kept run came to. */
export const labBlock = (lab: Lab, stored: StoredRun | null): Html =>
  html`<section class="block" aria-labelledby="h-lab"><h2 class="section" id="h-lab">Lab</h2><p>${lab.title}.</p>
<p class="actions"><a class="button" href="${href.lab(lab.id)}">Run this paper</a></p>${
    stored === null
      ? nothing
      : html`<p class="small">In the ${runWords(stored)}:</p><ul class="plain small">${lab.claims.map(
          ({ id, quote, clean }) =>
            html`<li><strong>${VERDICTS[stored.record.findings[id]?.verdict ?? 'not-run']}</strong> <q>${clean ?? quote}</q></li>`,
        )}</ul>`
  }</section>`;

/** Why a paper has no lab, in the place where one would stand; and what can be worked out of it. */
export const notHereBlock = ({ paper, reason, needs }: NotHere): Html => {
  const calculator = calculatorFor(paper);
  return html`<section class="block" aria-labelledby="h-lab"><h2 class="section" id="h-lab">Lab</h2><p>This paper cannot be run here. ${reason}</p>
<p class="small">It would take:</p><ul class="plain small">${needs.map((need) => html`<li>${need}</li>`)}</ul>${
    calculator === null
      ? nothing
      : html`<p>Its formula can be worked out: <a href="${href.calculator(calculator.id)}">${calculator.title}</a>.</p>`
  }</section>`;
};

/** A lab: what is claimed, the sliders, the plots, the verdicts, and how faithful it all is. */
export const labView = (page: LabPage, frame: Frame, css: string): string => {
  const { lab, paper } = page;
  return layout(frame, {
    head: { title: lab.title, description: lab.about, canonical: href.lab(lab.id) },
    section: 'labs',
    islands: ['lab'],
    styles: [css],
    main: html`<article class="lab"><p class="kicker"><a href="${href.labs}">Labs</a></p><h1 class="title">${lab.title}</h1>
${paper === null ? nothing : html`<p class="standfirst">From <a href="${href.paper(paper.id)}">${paper.title}</a></p>`}
<p class="lab-about">${lab.about}</p>
${controls(page)}
${plots(page)}
${claims(page)}
${numbers(page)}
${fidelity(lab)}
${brief(page)}</article>`,
  });
};
