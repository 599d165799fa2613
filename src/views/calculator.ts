import { type Html, html, nothing } from '../kernel/html.ts';
import type { Calculator } from '../labs/calculator.ts';
import type { Params } from '../labs/contract.ts';
import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { slider } from './lab-input.ts';
import { armMark, curvesPicture } from './lab-picture.ts';
import { layout } from './layout.ts';

/** A calculator with the values asked for. */
export interface CalculatorPage {
  readonly calculator: Calculator;
  /** Null where the paper is not here. */
  readonly paper: Paper | null;
  readonly params: Params;
}

const form = ({ calculator, params }: CalculatorPage): Html => html`
<form id="calculator" class="lab-form" method="get" action="${href.calculator(calculator.id)}">
<div class="lab-params">${calculator.params.map(
  (spec) =>
    html`<div><label for="p-${spec.key}">${spec.label}</label>${slider(spec, params[spec.key] ?? spec.default)}${spec.help === undefined ? nothing : html`<p class="small">${spec.help}</p>`}</div>`,
)}</div>
<p class="lab-buttons"><button type="submit" class="button">Work it out</button> <a href="${href.calculator(calculator.id)}">As at first</a></p>
</form>`;

const worked = ({ calculator, params }: CalculatorPage): Html => {
  const { says, head, rows, drawn } = calculator.work(params);
  return html`<section id="worked"><h2 class="section" id="h-worked">What it comes to</h2>
${says.map((line) => html`<p>${line}</p>`)}
<div class="scroll" tabindex="0" role="region" aria-labelledby="h-worked"><table class="grid runs"><thead><tr>${head.map((name) => (name === '' ? html`<td></td>` : html`<th scope="col">${name}</th>`))}</tr></thead><tbody>${rows.map(([name = '', ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`)}</tbody></table></div>${
    drawn === undefined
      ? nothing
      : html`<figure class="lab-preview"><figcaption>${drawn.title}</figcaption>${curvesPicture(
          drawn.title,
          drawn,
          drawn.lines.map(({ points }) => points),
        )}</figure><ul class="lab-key">${drawn.lines.map(({ name }, i) => html`<li>${armMark(i)} ${name}</li>`)}</ul>`
  }</section>`;
};

/** A formula with its sliders and what it comes to: for a paper that cannot be run here. */
export const calculatorView = (page: CalculatorPage, frame: Frame, css: string): string => {
  const { calculator, paper } = page;
  return layout(frame, {
    head: { title: calculator.title, description: calculator.about, canonical: href.calculator(calculator.id) },
    section: 'labs',
    islands: ['calculate'],
    styles: [css],
    main: html`<article class="lab"><p class="kicker"><a href="${href.labs}">Labs</a></p><h1 class="title">${calculator.title}</h1>
${paper === null ? nothing : html`<p class="standfirst">From <a href="${href.paper(paper.id)}">${paper.title}</a></p>`}
<p class="lab-about">${calculator.about}</p>
<p class="lab-about">This is no lab: the paper’s claims cannot be tested here, and nothing below speaks for or against them.</p>
${form(page)}
${worked(page)}
<section><h2 class="section">The formula</h2>${calculator.formula.map((line) => html`<p><code>${line}</code></p>`)}
<p>The abstract says: <q>${calculator.quote}</q></p>
<h3>What is ours</h3><ul>${calculator.ours.map((line) => html`<li>${line}</li>`)}</ul></section></article>`,
  });
};
