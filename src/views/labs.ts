import { html, nothing } from '../kernel/html.ts';
import type { Lab, Verdict } from '../labs/contract.ts';
import { VERDICTS } from '../labs/verdict-words.ts';
import type { StoredRun } from '../model/lab-page.ts';
import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { runWords, span } from './lab.ts';
import { armMark, labPreview } from './lab-picture.ts';
import { layout } from './layout.ts';

/** One lab in the list. */
export interface LabEntry {
  readonly lab: Lab;
  readonly paper: Paper | null;
  readonly stored: StoredRun | null;
}

/** How often each verdict was come to, e.g. `2 ✓ holds · 1 ✗ does not hold at this scale`. */
const tally = ({ claims }: Lab, { record }: StoredRun): string => {
  const verdicts = claims.map(({ id }): Verdict => record.findings[id]?.verdict ?? 'not-run');
  return [...Map.groupBy(verdicts, (verdict) => verdict)]
    .map(([verdict, those]) => `${those.length} ${VERDICTS[verdict]}`)
    .join(' · ');
};

/** Every lab there is, with what its last kept run came to. */
export const labsView = (labs: readonly LabEntry[], frame: Frame, css: string): string =>
  layout(frame, {
    head: {
      title: 'Labs',
      description:
        'Papers you can run: one mechanism each, in your browser, with the abstract’s claims put to the test.',
      canonical: href.labs,
    },
    section: 'labs',
    styles: [css],
    main: html`<h1 class="title">Labs</h1><p class="standfirst">Papers you can run. Each takes one paper’s mechanism, small enough for this machine, and puts the abstract’s own claims to the test in front of you.</p>
<ul class="labs">${labs.map(
      ({ lab, paper, stored }) =>
        html`<li><h2><a href="${href.lab(lab.id)}">${lab.title}</a></h2>${paper === null ? nothing : html`<p class="byline"><a href="${href.paper(paper.id)}">${paper.title}</a></p>`}<p>${lab.about}</p>
${stored === null ? nothing : html`<p class="lab-tally">${tally(lab, stored)}</p>${labPreview(lab, stored.record)}<ul class="lab-key">${lab.arms.map(({ label }, n) => html`<li>${armMark(n)} ${label}</li>`)}</ul>`}
<p class="small">${count(lab.claims.length, 'claim')}, ${span(lab.presets.quick.seconds)} for a first look${stored === null ? nothing : html`; ${runWords(stored)}`}</p>
${stored === null ? nothing : html`<details><summary>The claims</summary><ul class="plain small">${lab.claims.map(({ id, quote, clean }) => html`<li><strong>${VERDICTS[stored.record.findings[id]?.verdict ?? 'not-run']}</strong> <q>${clean ?? quote}</q></li>`)}</ul></details>`}</li>`,
    )}</ul>`,
  });
