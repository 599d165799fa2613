import { dayOf } from '../kernel/day.ts';
import { type Html, html, nothing } from '../kernel/html.ts';
import {
  type KeptSearch,
  NAME_CAP,
  type SavedSearchesPage,
  SEARCH_TOLD,
  type SearchTold,
} from '../model/saved-search.ts';
import { href } from '../model/urls.ts';
import { count, shortDate, time } from './dates.ts';
import type { Frame } from './frame.ts';
import { layout } from './layout.ts';
import { pushDevicesBlock } from './push-devices.ts';

const news = ({ search, fresh }: KeptSearch): Html => {
  const since = time(dayOf(search.seenAt), shortDate(dayOf(search.seenAt)));
  if (fresh === null) return html`<p class="small">What is new cannot be told while the index is being made.</p>`;
  if (fresh === 0) return html`<p class="small">Nothing new since ${since}.</p>`;
  return html`<form class="news" method="post" action="${href.savedSearch(search.id)}"><button class="button fresh" name="do" value="look">${count(fresh, 'new paper')}</button> <span class="small">since ${since}</span></form>`;
};

const TOLD: Readonly<Record<SearchTold, string>> = {
  digest: 'In the morning mail',
  mail: 'At once, by a mail of its own',
  push: 'At once, on your devices',
  off: 'Only on this page',
};

const telling = ({ search }: KeptSearch, { told, ways = SEARCH_TOLD }: SavedSearchesPage): Html => {
  if (!told) return nothing;
  const now = told[search.id] ?? ways[0];
  return html`<form class="rename" method="post" action="${href.savedSearch(search.id)}"><label for="t-${search.id}">What is new</label><select id="t-${search.id}" name="told">${ways.map(
    (way) => html`<option value="${way}"${way === now ? html` selected` : nothing}>${TOLD[way]}</option>`,
  )}</select><button class="button" name="do" value="tell" aria-label="Save how “${search.name}” is told of">Save</button></form>`;
};

const kept = (one: KeptSearch, page: SavedSearchesPage): Html => {
  const { search } = one;
  return html`<li><article class="story" aria-labelledby="s-${search.id}">
<h2 id="s-${search.id}"><a href="${href.search(search.query)}">${search.name}</a></h2>
${search.name === search.query ? nothing : html`<p class="small"><code>${search.query}</code></p>`}${news(one)}
<details><summary>${page.told ? 'Tell me, rename or remove' : 'Rename or remove'}</summary>${telling(one, page)}<form class="rename" method="post" action="${href.savedSearch(search.id)}"><label class="hidden" for="n-${search.id}">Name of “${search.name}”</label><input id="n-${search.id}" name="name" value="${search.name}" maxlength="${NAME_CAP}" autocomplete="off"><button class="button" name="do" value="rename">Rename</button><button class="button" name="do" value="remove" aria-label="Remove ${search.name}">Remove</button></form></details>
</article></li>`;
};

const said = ({ saved, removed }: SavedSearchesPage): Html => {
  if (removed !== null)
    return html`<form class="notice undo" method="post" action="${href.savedSearch(removed.id)}"><p role="status">“${removed.name}” was removed.</p><button class="button" name="do" value="restore">Bring it back</button></form>`;
  return saved === null
    ? nothing
    : html`<p class="notice" role="status">“${saved.name}” is kept here. <a href="${href.search(saved.query)}">Back to the search</a></p>`;
};

/** The searches a reader keeps, and what is new in each. */
export const savedSearchesView = (page: SavedSearchesPage, frame: Frame): string =>
  layout(frame, {
    head: { title: 'Saved searches', description: 'Searches that are kept, and what is new in each.', canonical: null },
    section: 'search',
    islands: ['push'],
    main: html`<h1 class="title">Saved searches</h1>${said(page)}
${
  page.searches.length === 0
    ? html`<section class="empty"><p>No search is kept yet. <a href="${href.search()}">Search for something</a>, then choose “Save this search”: here it will say what is new since you last looked.</p></section>`
    : html`<ol class="hits kept">${page.searches.map((one) => kept(one, page))}</ol><p class="actions"><a href="${href.search()}">Search</a><a href="${href.feeds}">As feeds</a><a href="${href.searches}.json">All of this as JSON</a></p>`
}${page.searches.length === 0 && page.push?.devices.length === 0 ? nothing : pushDevicesBlock(page)}`,
  });
