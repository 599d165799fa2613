import { isDay, monthOf, parseMonth } from '../kernel/day.ts';
import { foldSpace } from '../kernel/text.ts';
import type { Query } from './search-page.ts';

/** What is longer is cut: no one types it, and every part of a search stays quick. UTF-16 units. */
export const QUERY_CAP = 1000;

/** How many values an operator may have; further ones are left out. */
const VALUES_CAP = 16;

/** Operator, value in quotes or bare; `-` before a word or phrase excludes it. Each alternative consumes what it looks at: linear. */
const TOKEN = /(-?)(?:([a-z]{2,8}):)?(?:"([^"]*)(?:"|$)|([^\s"]+)|")|-/giu;

/** Controls, and marks that turn the writing direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be removed
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const HAS_LETTER = /[\p{L}\p{N}]/u;

/** First and last day of `2025`, `2025-01` or `2025-01-31`; null when it is none of these. */
const stretch = (text: string): readonly [first: string, last: string] | null => {
  if (/^\d{4}$/.test(text) && text !== '0000') return [`${text}-01-01`, `${text}-12-31`];
  const month = parseMonth(text);
  if (month !== null) return [month.first, monthOf(month.first).last];
  return isDay(text) ? [text, text] : null;
};

const latest = (a: string | null, b: string): string => (a === null || b > a ? b : a);
const earliest = (a: string | null, b: string): string => (a === null || b < a ? b : a);

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer V)[] ? V[] : T[K] };
type Draft = Writable<Omit<Query, 'without'>> & { without: Writable<Query['without']> };

/** What `has:` can ask for. */
const HAS = ['code', 'lab'];
/** What `in:` can ask for. */
const INSIDE = ['library'];

const keep = <T>(list: T[], value: T): void => {
  if (list.length < VALUES_CAP && !list.includes(value)) list.push(value);
};

/** Takes `field:value` into the draft; false when it is no operator of ours and so plain words. */
const takeOperator = (draft: Draft, field: string, value: string): boolean => {
  const days = stretch(value);
  switch (field) {
    case 'cat':
      keep(draft.categories, value);
      return true;
    case 'author':
      keep(draft.authors, value);
      return true;
    case 'org':
      keep(draft.organisations, value);
      return true;
    case 'source':
      keep(draft.sources, value);
      return true;
    case 'has':
      if (!HAS.includes(value.toLowerCase())) return false;
      keep(draft.has, value.toLowerCase());
      return true;
    case 'in':
      if (!INSIDE.includes(value.toLowerCase())) return false;
      keep(draft.inside, value.toLowerCase());
      return true;
    case 'year':
      if (!/^\d{4}$/.test(value)) return false;
      keep(draft.years, Number(value));
      return true;
    case 'after':
      if (days === null) return false;
      draft.after = latest(draft.after, days[0]);
      return true;
    case 'before':
      if (days === null) return false;
      draft.before = earliest(draft.before, days[1]);
      return true;
    default:
      return false;
  }
};

/** Takes `-field:value` into the draft; false when it is no operator that can be turned round. */
const takeWithout = ({ without }: Draft, field: string, value: string): boolean => {
  const lists: Readonly<Record<string, string[]>> = {
    cat: without.categories,
    author: without.authors,
    org: without.organisations,
    source: without.sources,
    has: without.has,
    in: without.inside,
  };
  const list = lists[field];
  const known = { has: HAS, in: INSIDE }[field];
  if (list === undefined || known?.includes(value.toLowerCase()) === false) return false;
  keep(list, known === undefined ? value : value.toLowerCase());
  return true;
};

/**
 * Reads what a reader typed. Total: any text is some query. Free words, `"phrases"`, `-not`, `-"not this phrase"`, `cat:cs.LG`,
 * `author:lecun`, `org:"Tongyi Lab"`, `source:daily-page`, `year:2025`, `after:2025-01`, `before:2025-06-30` (both inclusive), `has:code`, `in:library`; `-cat:cs.CL` and the like leave out.
 * What looks like an operator but is none (`foo:bar`, `year:soon`) is words.
 */
export const parseQuery = (raw: string): Query => {
  const clean = raw.slice(0, QUERY_CAP).toWellFormed().replace(INVISIBLE, ' ').normalize('NFC');
  const draft: Draft = {
    raw: foldSpace(clean),
    text: '',
    phrases: [],
    not: [],
    authors: [],
    organisations: [],
    categories: [],
    sources: [],
    years: [],
    after: null,
    before: null,
    has: [],
    inside: [],
    without: { authors: [], organisations: [], categories: [], sources: [], has: [], inside: [] },
  };
  const words: string[] = [];
  for (const [whole, minus, field, quoted, bare] of clean.matchAll(TOKEN)) {
    const value = foldSpace(quoted ?? bare ?? '');
    if (!HAS_LETTER.test(value)) continue;
    if (minus === '-' && field !== undefined && takeWithout(draft, field.toLowerCase(), value)) continue;
    if (minus === '-') keep(draft.not, field === undefined ? value : `${field} ${value}`);
    else if (field !== undefined && takeOperator(draft, field.toLowerCase(), value)) continue;
    else if (field === undefined && quoted !== undefined) keep(draft.phrases, value);
    else words.push(foldSpace(whole.replaceAll('"', ' ')));
  }
  draft.text = words.join(' ');
  return draft;
};

const quote = (value: string): string => (/[\s":]/.test(value) ? `"${value.replaceAll('"', '')}"` : value);

/** A query as one would type it; `parseQuery` reads it back as the same query. */
export const formatQuery = (query: Query): string =>
  [
    query.text,
    ...query.phrases.map((phrase) => `"${phrase}"`),
    ...query.not.map((words) => `-${quote(words)}`),
    ...query.authors.map((name) => `author:${quote(name)}`),
    ...query.organisations.map((name) => `org:${quote(name)}`),
    ...query.categories.map((code) => `cat:${quote(code)}`),
    ...query.sources.map((id) => `source:${quote(id)}`),
    ...query.has.map((what) => `has:${what}`),
    ...query.inside.map((where) => `in:${where}`),
    ...query.without.authors.map((name) => `-author:${quote(name)}`),
    ...query.without.organisations.map((name) => `-org:${quote(name)}`),
    ...query.without.categories.map((code) => `-cat:${quote(code)}`),
    ...query.without.sources.map((id) => `-source:${quote(id)}`),
    ...query.without.has.map((what) => `-has:${what}`),
    ...query.without.inside.map((where) => `-in:${where}`),
    ...query.years.map((year) => `year:${year}`),
    ...(query.after === null ? [] : [`after:${query.after}`]),
    ...(query.before === null ? [] : [`before:${query.before}`]),
  ]
    .filter((part) => part !== '')
    .join(' ');

const BLANK = parseQuery('');

/** A query of words alone, whatever they look like. */
export const plainQuery = (text: string): Query => {
  const words = foldSpace(text.toWellFormed().slice(0, QUERY_CAP));
  return { ...BLANK, raw: words, text: words };
};

/** Whether there is anything to rank by; otherwise a query only filters. */
export const hasWords = (query: Query): boolean => query.text !== '' || query.phrases.length > 0;
