import { html, nothing } from '../kernel/html.ts';
import type { ProblemPage } from '../model/pages.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { layout, searchBox } from './layout.ts';

/** An error as a page: what happened, and where to go from here. */
export const problemView = (problem: ProblemPage, frame: Frame): string =>
  layout(frame, {
    head: { title: problem.title, description: problem.detail, canonical: null },
    section: 'search',
    main: html`<article class="problem">
<p class="kicker">${problem.status < 500 ? 'Correction' : 'Stop press'} · ${problem.status}</p>
<h1 class="title">${problem.title}</h1>
<p class="prose">${problem.detail}</p>
${problem.lacking === undefined ? nothing : html`<p class="prose"><a href="${href.submitting(problem.lacking)}">Look it up and submit it</a></p>`}
${problem.reference === null ? nothing : html`<p class="small">Reference for the log: <code>${problem.reference}</code></p>`}
${searchBox('', true)}
<p class="prose"><a href="${href.home}">The front page</a> · <a href="${href.editions}">All editions</a></p>
</article>`,
  });
