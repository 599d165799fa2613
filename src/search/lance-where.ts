import type { Query } from '../model/search-page.ts';
import { dayNumber } from './lance-schema.ts';
import { wordsOf } from './words-of.ts';

/** A SQL string literal. Quotes are doubled; nothing else has a meaning inside one. */
export const literal = (text: string): string => `'${text.toWellFormed().replaceAll('\0', '').replaceAll("'", "''")}'`;

const contains = (column: string, part: string): string => `contains(${column}, ${literal(part)})`;

const any = (predicates: readonly string[]): string[] =>
  predicates.length === 0 ? [] : [`(${predicates.join(' OR ')})`];

/** `cs.LG` is one category; `cs` is all of an archive, itself included (`hep-th` has no parts). */
const inCategory = (code: string): string =>
  code.includes('.')
    ? contains('lower(cats)', `|${code.toLowerCase()}|`)
    : `(${contains('lower(cats)', `|${code.toLowerCase()}|`)} OR ${contains('lower(cats)', `|${code.toLowerCase()}.`)})`;

/**
 * The filters of a query as a predicate over the papers table, or null when there are none. Values of one
 * operator are alternatives, except authors, who must all have signed.
 */
export const whereOf = (query: Query): string | null => {
  const all = [
    ...any(query.categories.map(inCategory)),
    ...query.authors.map((name) => contains('byline', wordsOf(name))),
    ...any(query.organisations.map((name) => contains('affiliation', wordsOf(name)))),
    ...any(query.sources.map((id) => contains('sources', `|${id}|`))),
    ...any(query.years.map((year) => `year = ${Math.trunc(year)}`)),
    ...(query.after === null ? [] : [`day >= ${dayNumber(query.after)}`]),
    ...(query.before === null ? [] : [`day <= ${dayNumber(query.before)}`]),
  ];
  return all.length === 0 ? null : all.join(' AND ');
};

/** Both of two predicates, either of which may be missing. */
export const both = (a: string | null, b: string | null): string | null =>
  a === null ? b : b === null ? a : `(${a}) AND (${b})`;

export const idsIn = (ids: readonly string[]): string => `id IN (${ids.map(literal).join(', ')})`;
