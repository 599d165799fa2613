import { formatQuery, hasWords, parseQuery } from './query.ts';
import type { Query } from './search-page.ts';

/** One thing a query narrows by, and the query without it. */
export interface Filter {
  readonly kind: 'author' | 'org' | 'cat' | 'source' | 'year' | 'after' | 'before' | 'has' | 'in' | 'not' | 'phrase';
  /** As it was asked for: `cs.LG`, `2025-01-01`, `code`. */
  readonly value: string;
  /** True where papers with it are left out. */
  readonly excludes: boolean;
  /** The query without it, as one would type it. */
  readonly rest: string;
}

const less = <T>(list: readonly T[], one: T): readonly T[] => list.filter((other) => other !== one);

/** Everything a query narrows by, in the order of its operators; phrases come last, for they are words too. */
export const filtersOf = (query: Query): readonly Filter[] => {
  const filters: Filter[] = [];
  const add = (kind: Filter['kind'], value: string, excludes: boolean, rest: Partial<Query>): void =>
    void filters.push({ kind, value, excludes, rest: formatQuery({ ...query, ...rest }) });
  const { without } = query;
  const leave = (rest: Partial<Query['without']>): Partial<Query> => ({ without: { ...without, ...rest } });
  for (const one of query.authors) add('author', one, false, { authors: less(query.authors, one) });
  for (const one of query.organisations) add('org', one, false, { organisations: less(query.organisations, one) });
  for (const one of query.categories) add('cat', one, false, { categories: less(query.categories, one) });
  for (const one of query.sources) add('source', one, false, { sources: less(query.sources, one) });
  for (const one of query.years) add('year', String(one), false, { years: less(query.years, one) });
  if (query.after !== null) add('after', query.after, false, { after: null });
  if (query.before !== null) add('before', query.before, false, { before: null });
  for (const one of query.has) add('has', one, false, { has: less(query.has, one) });
  for (const one of query.inside) add('in', one, false, { inside: less(query.inside, one) });
  for (const one of without.authors) add('author', one, true, leave({ authors: less(without.authors, one) }));
  for (const one of without.organisations)
    add('org', one, true, leave({ organisations: less(without.organisations, one) }));
  for (const one of without.categories) add('cat', one, true, leave({ categories: less(without.categories, one) }));
  for (const one of without.sources) add('source', one, true, leave({ sources: less(without.sources, one) }));
  for (const one of without.has) add('has', one, true, leave({ has: less(without.has, one) }));
  for (const one of without.inside) add('in', one, true, leave({ inside: less(without.inside, one) }));
  for (const one of query.not) add('not', one, true, { not: less(query.not, one) });
  for (const one of query.phrases)
    add('phrase', one, false, {
      phrases: less(query.phrases, one),
      text: [query.text, one.replaceAll(':', ' ')].join(' ').trim(),
    });
  return filters;
};

/** A query with one more value of a facet, or, where it has it, without: as one would type it. */
export const toggled = (query: Query, field: 'year' | 'cat' | 'source', value: string): string => {
  const active = filtersOf(query).find((one) => one.kind === field && !one.excludes && one.value === value);
  if (active !== undefined) return active.rest;
  if (field === 'year') return formatQuery({ ...query, years: [...query.years, Number(value)] });
  return field === 'cat'
    ? formatQuery({ ...query, categories: [...query.categories, value] })
    : formatQuery({ ...query, sources: [...query.sources, value] });
};

/** A query for papers of a span of days, whatever its own; null leaves that end open. As one would type it. */
export const between = (query: Query, after: string | null, before: string | null): string =>
  formatQuery({ ...query, after, before });

const LIKE_AN_OPERATOR = /^-?(?:cat|author|org|source|has|year|after|before|in):\S/i;

/** Words that look like operators and are none: `has:video`, `year:soon`, `in:thesis`. They are searched for as words. */
export const unreadIn = (query: Pick<Query, 'text'>): readonly string[] =>
  query.text.split(' ').filter((word) => LIKE_AN_OPERATOR.test(word));

/** The word a reader is in the middle of, where a query ends in free words; null where it ends otherwise. */
export const typedIn = (raw: string): string | null => {
  const word = /(?:^|\s)([\p{L}\p{N}]+)$/u.exec(raw)?.[1];
  const query = parseQuery(raw);
  return word !== undefined && hasWords(query) && query.text.endsWith(word.normalize('NFC')) ? word : null;
};
