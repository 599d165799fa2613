import { html, nothing, safeUrl } from '../kernel/html.ts';
import type { AboutPage } from '../model/pages.ts';
import { href } from '../model/urls.ts';
import { count, fullDate, number } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';

/** What this instance is, what it holds and how it works. */
export const aboutView = (about: AboutPage, frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'About',
      description: `What ${frame.masthead} is, what it holds and how it works.`,
      canonical: href.about,
    },
    section: 'about',
    ...(about.latest === null ? {} : { day: about.latest }),
    main: html`<h1 class="title">About ${frame.masthead}</h1>
<div class="sheet"><div class="prose">
<p>The day’s research papers on one front page, kept and searched on this machine. Nothing you read here is reported to anyone: there are no third-party scripts, fonts or pictures.</p>
<h2 class="section">What it holds</h2>
<p>${count(about.papers, 'paper')} in ${count(about.editions, 'edition')}${about.latest === null ? nothing : html`, the latest of <a href="${href.day(about.latest)}">${fullDate(about.latest)}</a>`}. ${about.index === null ? 'The search index is not open.' : `${count(about.index.documents, 'paper')} in the search index, ${number(about.index.embedded)} of them by meaning.`}</p>
<h2 class="section">How a page is made</h2>
<p>An edition is dated, numbered and never changed. It keeps the order in which its source placed the papers: the first leads, three follow, the rest stand in equal weight. Votes never set the size of type. Letters are counted by the wires the papers came from.</p>
<h2 class="section">What is missing</h2>
<p>Whatever a source announces is counted: taken in, or rejected with its reason. <a href="${href.ledger}">The ledger</a> shows it for every source and day, and says when a source has gone silent; <a href="${href.sources}">sources</a> shows when each is harvested.</p>
<h2 class="section" id="keys">Keys</h2>
<dl class="grammar"><div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next story, story before</dd></div><div><dt><kbd>o</kbd></dt><dd>open it</dd></div><div><dt><kbd>v</kbd></dt><dd>vote for it</dd></div><div><dt><kbd>/</kbd></dt><dd>search</dd></div><div><dt><kbd>[</kbd> <kbd>]</kbd></dt><dd>earlier, later edition</dd></div><div><dt><kbd>?</kbd></dt><dd>show the keys</dd></div></dl>
<p class="small">They can be <a href="${href.settings}">turned off</a>.</p>
</div><aside class="rail" aria-label="Sources"><h2 class="section">Sources</h2><ul class="plain">${about.sources.map(
      (source) =>
        html`<li><a rel="noreferrer" href="${safeUrl(source.homepage)}">${source.title}</a> <span class="small">${count(source.papers, 'paper')}</span></li>`,
    )}</ul>
<h2 class="section">This instance</h2><dl class="facts"><div><dt>Version</dt><dd>${about.version}</dd></div><div><dt>Database</dt><dd>${about.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}</dd></div></dl></aside></div>`,
  });
