import { addDays } from '../kernel/day.ts';
import { type Html, html, nothing, safeUrl } from '../kernel/html.ts';
import { between, type Filter, filtersOf, toggled } from '../model/filters.ts';
import type { Facet, SearchPage, SearchSort } from '../model/search-page.ts';
import { href } from '../model/urls.ts';
import { longDate, number } from './dates.ts';
import type { Frame } from './frame.ts';

/** What narrows a search: chips of the filters there are, facets, and spans of days. */

export const sortParam = (sort: SearchSort): Record<string, string> => (sort === 'relevance' ? {} : { sort });

const FIELDS: Record<Facet['field'], string> = { year: 'Year', cat: 'Category', source: 'Source' };

/** A filter in words: `by lecun`, `not in cs.CL`, `from 1 January 2025`. */
export const filterText = ({ kind, value, excludes }: Filter, frame: Frame): string => {
  const said: Readonly<Record<Filter['kind'], string>> = {
    author: `by ${value}`,
    org: `from ${value}`,
    cat: `in ${value}`,
    source: `by way of ${frame.sources[value] ?? value}`,
    year: `of ${value}`,
    after: `since ${kind === 'after' ? longDate(value) : ''}`,
    before: `until ${kind === 'before' ? longDate(value) : ''}`,
    has: `with ${value}`,
    in: `in your ${value}`,
    not: `“${value}”`,
    phrase: `“${value}”`,
  };
  return `${kind === 'not' ? 'without ' : excludes ? 'not ' : ''}${said[kind]}`;
};

/** The filters of a query, each a link to the search without it. */
export const chips = (page: SearchPage, frame: Frame): Html => {
  const filters = filtersOf(page.query);
  return filters.length === 0
    ? nothing
    : html`<ul class="chips" aria-label="Filters">${filters.map(
        (one) =>
          html`<li><a href="${href.search(one.rest, sortParam(page.sort))}" aria-label="Take out: ${filterText(one, frame)}">${filterText(one, frame)}</a></li>`,
      )}</ul>`;
};

export const facet = ({ field, values }: Facet, page: SearchPage, frame: Frame): Html =>
  values.length === 0
    ? nothing
    : html`<section class="block"><h2 class="section">${FIELDS[field]}</h2><ul class="facet">${values.map(
        (value) =>
          html`<li><a href="${href.search(toggled(page.query, field, value.value), sortParam(page.sort))}"${value.active ? html` aria-current="true"` : nothing}><span>${(field === 'source' ? frame.sources[value.value] : undefined) ?? value.label}</span> <span class="number">${number(value.count)}</span></a></li>`,
      )}</ul></section>`;

const SPANS: readonly (readonly [string, number])[] = [
  ['Past week', 7],
  ['Past month', 31],
  ['Past year', 366],
];

/** Links to the past week, month and year, and a form for any span. */
export const spans = ({ query, sort }: SearchPage, { today }: Frame): Html =>
  html`<section class="block"><h2 class="section">Published</h2><ul class="facet">${SPANS.map(([label, days]) => {
    const after = addDays(today, -days);
    const active = query.after === after && query.before === null;
    return html`<li><a href="${href.search(between(query, active ? null : after, null), sortParam(sort))}"${active ? html` aria-current="true"` : nothing}>${label}</a></li>`;
  })}</ul>
<form class="span" action="${safeUrl(href.search())}"><input type="hidden" name="q" value="${query.raw}">${sort === 'relevance' ? nothing : html`<input type="hidden" name="sort" value="${sort}">`}
<label>From <input type="date" name="after" value="${query.after ?? ''}"></label><label>To <input type="date" name="before" value="${query.before ?? ''}"></label><button class="button">Set</button></form></section>`;
