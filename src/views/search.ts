import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import type { Facet, Highlight, SearchHit, SearchPage, SearchSort } from '../model/search-page.ts';
import { href } from '../model/urls.ts';
import { count, number } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout, searchBox } from './layout.ts';
import { pager } from './pager.ts';
import { kicker, meta, plain } from './story.ts';

const WHY: Record<SearchHit['why'], string> = {
  words: 'Matched by words',
  meaning: 'Matched by meaning',
  'words and meaning': 'Matched by words and meaning',
};

const SORTS: readonly (readonly [SearchSort, string])[] = [
  ['relevance', 'Best match'],
  ['newest', 'Newest'],
  ['votes', 'Most votes'],
];

const FIELDS: Record<Facet['field'], string> = { year: 'Year', cat: 'Category', source: 'Source' };

/** The text with its matches in `<mark>`. Ranges that overlap or fall outside are ignored; a text with TeX in it is set without marks. */
export const marked = (text: string, highlights: readonly Highlight[]): Html => {
  const set = plain(text);
  if (set !== text) return html`${set}`;
  const parts: Html[] = [];
  let from = 0;
  for (const [start, end] of [...highlights].sort((a, b) => a[0] - b[0])) {
    if (start < from || end <= start || end > text.length) continue;
    parts.push(html`${text.slice(from, start)}<mark>${text.slice(start, end)}</mark>`);
    from = end;
  }
  return html`${parts}${text.slice(from)}`;
};

const hit = (found: SearchHit, frame: Frame): Html => {
  const { paper } = found.card;
  return html`<li><article class="story">
${kicker(paper)}<h2><a href="${safeUrl(href.paper(paper.id))}">${marked(plain(paper.title), found.titleHighlights)}</a></h2>
<p class="standfirst">${marked(found.snippet, found.snippetHighlights)}</p>
${meta(found.card, frame, WHY[found.why])}
</article></li>`;
};

/** Adds a filter to the words of a query, or takes it out. */
export const toggled = (raw: string, filter: string, active: boolean): string => {
  const words = raw.split(/\s+/).filter((word) => word !== '');
  return (active ? words.filter((word) => word.toLowerCase() !== filter.toLowerCase()) : [...words, filter]).join(' ');
};

const facet = ({ field, values }: Facet, page: SearchPage, frame: Frame): Html =>
  values.length === 0
    ? nothing
    : html`<section class="block"><h2 class="section">${FIELDS[field]}</h2><ul class="facet">${values.map(
        (value) =>
          html`<li><a href="${href.search(toggled(page.query.raw, `${field}:${value.value}`, value.active), sortParam(page.sort))}"${value.active ? html` aria-current="true"` : nothing}><span>${(field === 'source' ? frame.sources[value.value] : undefined) ?? value.label}</span> <span class="number">${number(value.count)}</span></a></li>`,
      )}</ul></section>`;

const sortParam = (sort: SearchSort): Record<string, string> => (sort === 'relevance' ? {} : { sort });

const sorts = (page: SearchPage): Html =>
  html`<nav class="sorts" aria-label="Order"><ul>${SORTS.map(
    ([sort, label]) =>
      html`<li><a href="${href.search(page.query.raw, sortParam(sort))}"${page.sort === sort ? html` aria-current="true"` : nothing}>${label}</a></li>`,
  )}</ul></nav>`;

const EXAMPLES = [
  'video diffusion',
  '"world model"',
  'robots learning from demonstrations',
  'LiDAR generation from one camera',
  'year:2025 agents',
];

const examples: Html = html`<ul class="plain">${EXAMPLES.map((example) => html`<li><a href="${href.search(example)}">${example}</a></li>`)}</ul>`;

const grammar: Html = html`<section class="block"><h2 class="section">How to ask</h2>
<dl class="grammar">
<div><dt><code>"world model"</code></dt><dd>these words, together</dd></div>
<div><dt><code>-video</code></dt><dd>without this word</dd></div>
<div><dt><code>author:name</code> <code>org:name</code></dt><dd>by whom</dd></div>
<div><dt><code>cat:cs.LG</code> <code>year:2025</code></dt><dd>in a category, in a year</dd></div>
<div><dt><code>after:2025-01</code> <code>before:2025-06</code></dt><dd>between dates</dd></div>
</dl><p class="small">An arXiv number or a DOI goes straight to its paper. Slips of the pen are forgiven.</p></section>`;

/** The search page before anything was asked. */
export const searchHomeView = (frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'Search',
      description: `Search the papers of ${frame.masthead} by words and by meaning.`,
      canonical: href.search(),
    },
    section: 'search',
    main: html`<h1 class="title">Search</h1>${searchBox('', true)}
<div class="sheet"><section class="block"><h2 class="section">For instance</h2>${examples}</section><aside class="rail" aria-label="Help">${grammar}</aside></div>`,
  });

const noResults = (page: SearchPage): Html => html`<section class="empty"><h2>No paper matches</h2>
<p>Fewer words or a looser description may find it. A search by meaning needs no exact words: say what the paper does.</p>
${page.facets.some((f) => f.values.some((v) => v.active)) ? html`<p><a href="${href.search(page.query.text)}">Search without the filters</a></p>` : nothing}
<h3>For instance</h3>${examples}</section>`;

/** Says which words were taken for others. */
const correction = ({ corrected }: SearchPage): Html =>
  corrected.length === 0
    ? nothing
    : html`<p class="note">No paper has ${corrected.map(([typed, taken], i) => html`${i === 0 ? '' : ', '}“${typed}” (taken for “${taken}”)`)}.</p>`;

export const searchView = (page: SearchPage, frame: Frame): string => {
  const { raw } = page.query;
  return layout(frame, {
    head: { title: `Search: ${raw}`, description: `${count(page.total, 'paper')} for “${raw}”.`, canonical: null },
    section: 'search',
    q: raw,
    islands: ['vote'],
    main: html`<h1 class="title">Search</h1>${searchBox(raw, true)}
<p class="found" role="status">${page.total === 0 ? 'Nothing found' : html`${count(page.total, 'paper')}${page.pages > 1 ? html`, page ${page.page} of ${page.pages}` : nothing}`} <span class="number">in ${Math.max(1, Math.round(page.tookMs))} ms</span></p>
${page.mode === 'hybrid' ? nothing : html`<p class="notice">${page.mode === 'lexical' ? 'By words only.' : 'By words and quick meaning only.'} ${page.modeReason ?? ''}</p>`}${correction(page)}
${
  page.hits.length === 0
    ? noResults(page)
    : html`<div class="sheet"><div>${sorts(page)}<ol class="hits" start="${(page.page - 1) * page.hits.length + 1}">${page.hits.map((found) => hit(found, frame))}</ol>
${pager(page, (n) => href.search(raw, { ...sortParam(page.sort), ...(n === 1 ? {} : { p: String(n) }) }))}</div>
<aside class="rail" aria-label="Narrow the search">${page.facets.map((one) => facet(one, page, frame))}</aside></div>`
}`,
  });
};
