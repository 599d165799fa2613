import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import { type Filter, unreadIn } from '../model/filters.ts';
import type { PaperCard } from '../model/paper.ts';
import type { Highlight, SearchHit, SearchPage, SearchSort } from '../model/search-page.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout, searchBox } from './layout.ts';
import { pager } from './pager.ts';
import { examples, foldedGrammar, grammar } from './search-help.ts';
import { chips, facet, filterText, sortParam, spans } from './search-narrow.ts';
import { kicker, meta, plain, story } from './story.ts';

/** A search made of filters alone says above the papers what they are. */
const WHY: Record<SearchHit['why'], readonly string[]> = {
  words: ['Matched by words'],
  meaning: ['Matched by meaning'],
  'words and meaning': ['Matched by words and meaning'],
  filters: [],
};

const SORTS: readonly (readonly [SearchSort, string])[] = [
  ['relevance', 'Best match'],
  ['newest', 'Newest'],
  ['votes', 'Most votes'],
];

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
  const alike = html`<a href="${href.similar([paper.id])}" aria-label="More like this: ${plain(paper.title)}">More like this</a>`;
  return html`<li><article class="story">
${kicker(paper)}<h2><a href="${safeUrl(href.paper(paper.id))}">${marked(plain(paper.title), found.titleHighlights)}</a></h2>
<p class="standfirst">${marked(found.snippet, found.snippetHighlights)}</p>
${meta(found.card, frame, ...WHY[found.why], alike)}
</article></li>`;
};

const sorts = (page: SearchPage): Html =>
  html`<nav class="sorts" aria-label="Order"><ul>${SORTS.map(
    ([sort, label]) =>
      html`<li><a href="${href.search(page.query.raw, sortParam(sort))}"${page.sort === sort ? html` aria-current="true"` : nothing}>${label}</a></li>`,
  )}</ul></nav>`;

/** What the page knows of the reader's saved searches: the id under which this one is kept. Null where none can be kept. */
export interface Keeping {
  readonly id: string | null;
}

const keep = ({ query }: SearchPage, keeping: Keeping | null): Html => {
  if (keeping === null) return nothing;
  return keeping.id === null
    ? html`<form class="keep" method="post" action="${href.searches}"><input type="hidden" name="q" value="${query.raw}"><button class="button">Save this search</button></form>`
    : html`<p class="keep"><a href="${href.searches}">Saved</a></p>`;
};

const home = (frame: Frame): Html =>
  html`<div class="sheet"><section class="block"><h2 class="section">For instance</h2>${examples}${frame.reader !== null ? html`<p class="actions"><a href="${href.searches}">Saved searches</a></p>` : nothing}</section><aside class="rail" aria-label="Help">${grammar}</aside></div>`;

/** What stands under the box: replaced as a whole while one types. */
const results = (inside: Html): Html => html`<div id="results" class="results">${inside}</div>`;

/** The search page before anything was asked. */
export const searchHomeView = (frame: Frame): string =>
  layout(frame, {
    head: {
      title: 'Search',
      description: `Search the papers of ${frame.masthead} by words and by meaning.`,
      canonical: href.search(),
    },
    section: 'search',
    islands: ['live-search', 'vote'],
    main: html`<h1 class="title">Search</h1>${searchBox('', true)}${results(home(frame))}`,
  });

const wayText = (without: Filter | null, frame: Frame): string => {
  if (without === null) return 'The words alone, without any filter';
  return without.kind === 'phrase'
    ? `The words of ${filterText(without, frame)}, not together`
    : `Leaving out: ${filterText(without, frame)}`;
};

const noResults = (page: SearchPage, frame: Frame, keeping: Keeping | null): Html => {
  const { ways = [], near = [] } = page.otherwise ?? {};
  return html`<section class="empty"><h2>No paper matches</h2>
${
  ways.length === 0
    ? html`<p>Fewer words or a looser description may find it. A search by meaning needs no exact words: say what the paper does.</p>`
    : html`<p>Asked for a little less, something is found:</p><ul class="facet ways">${ways.map(
        ({ without, q, total }) =>
          html`<li><a href="${href.search(q)}"><span>${wayText(without, frame)}</span> <span class="number">${count(total, 'paper')}</span></a></li>`,
      )}</ul>`
}${keep(page, keeping)}</section>
<section class="block" aria-labelledby="h-near"><h2 class="section" id="h-near">${near.length === 0 ? 'For instance' : 'Nearest in meaning'}</h2>${near.length === 0 ? examples : html`<ol class="hits">${near.map((card) => html`<li>${story(card, frame, { level: 3, limit: 170 })}</li>`)}</ol>`}</section>
${foldedGrammar}`;
};

/** Says which words were taken for others, and which are not the operators they look like. */
const remarks = ({ corrected, query }: SearchPage): Html => {
  const unread = unreadIn(query);
  return html`${
    corrected.length === 0
      ? nothing
      : html`<p class="note">No paper has ${corrected.map(([typed, taken], i) => html`${i === 0 ? '' : ', '}“${typed}” (taken for <a href="${href.search(taken)}">${taken}</a>)`)}.</p>`
  }${unread.length === 0 ? nothing : html`<p class="note">${unread.map((word) => `“${word}”`).join(' and ')} ${unread.length === 1 ? 'is not a filter' : 'are not filters'} here, and was looked for as words.</p>`}`;
};

const refusal = ({ refusal: why, query }: SearchPage, frame: Frame): Html =>
  why === null
    ? nothing
    : html`<p class="notice">${why}${frame.accounts ? html` <a rel="nofollow" href="${href.signIn(href.search(query.raw))}">Sign in</a>` : nothing}</p>`;

const found = (
  page: SearchPage,
  frame: Frame,
  keeping: Keeping | null,
): Html => html`<p class="found">${page.total === 0 ? 'Nothing found' : html`${count(page.total, 'paper')}${page.pages > 1 ? html`, page ${page.page} of ${page.pages}` : nothing}`} <span class="number">in ${Math.max(1, Math.round(page.tookMs))} ms</span></p>
${page.mode === 'hybrid' ? nothing : html`<p class="notice">${page.mode === 'lexical' ? 'By words only.' : 'By words and quick meaning only.'} ${page.modeReason ?? ''}</p>`}${remarks(page)}${refusal(page, frame)}${chips(page, frame)}
${
  page.hits.length === 0
    ? noResults(page, frame, keeping)
    : html`<div class="sheet"><div><div class="tools">${sorts(page)}${keep(page, keeping)}</div><ol class="hits" start="${(page.page - 1) * page.limit + 1}">${page.hits.map((one) => hit(one, frame))}</ol>
${pager(page, addressOf(page))}</div>
<aside class="rail" aria-label="Narrow the search">${page.facets.map((one) => facet(one, page, frame))}${spans(page, frame)}${foldedGrammar}</aside></div>`
}`;

const addressOf =
  ({ query, sort }: SearchPage) =>
  (page: number): string =>
    href.search(query.raw, { ...sortParam(sort), ...(page === 1 ? {} : { p: String(page) }) });

export const searchView = (page: SearchPage, frame: Frame, keeping: Keeping | null = null): string => {
  const { raw } = page.query;
  const to = addressOf(page);
  return layout(frame, {
    head: {
      title: `Search: ${raw}`,
      description: `${count(page.total, 'paper')} for “${raw}”.`,
      canonical: null,
      alternates: [['text/markdown', href.searchMarkdown(raw, page.sort)]],
      // News come newest first, however the page is sorted; in a library they are its reader's alone.
      ...(page.query.inside.length + page.query.without.inside.length > 0 ? {} : { feed: href.search(raw) }),
      earlier: page.page > 1 ? to(page.page - 1) : null,
      later: page.page < page.pages ? to(page.page + 1) : null,
    },
    section: 'search',
    q: raw,
    islands: ['live-search', 'vote'],
    main: html`<h1 class="title">Search</h1>${searchBox(raw, true)}${results(found(page, frame, keeping))}`,
  });
};

/** What is put under the box while one types: nothing for no query, a paper for its number or address. */
export const liveSearchView = (
  page: SearchPage | PaperCard | null,
  frame: Frame,
  keeping: Keeping | null = null,
): string => {
  const inside =
    page === null
      ? home(frame)
      : 'paper' in page
        ? html`<p class="found">This is one paper. Enter goes to it.</p><ol class="hits"><li>${story(page, frame, { level: 2, limit: 280 })}</li></ol>`
        : found(page, frame, keeping);
  return results(inside).toString();
};
