import type { FullTextQuery } from '@lancedb/lancedb';
import type { Query } from '../model/search-page.ts';
import { stem } from '../model/stem.ts';
import type { Lance } from './lance-tables.ts';
import { wordsOf } from './words-of.ts';

const COLUMN = 'text';

const clause = (lance: Lance, words: string): FullTextQuery =>
  words.includes(' ') ? new lance.PhraseQuery(words, COLUMN) : new lance.MatchQuery(words, COLUMN);

/**
 * A query as an expression of the inverted index: any of the words, all of the phrases, none of the exclusions.
 * Null when it has neither words nor phrases.
 */
export const expressionOf = (lance: Lance, query: Pick<Query, 'text' | 'phrases' | 'not'>): FullTextQuery | null => {
  const { Occur } = lance;
  if (query.text === '' && query.phrases.length === 0) return null;
  const words = query.text === '' ? null : new lance.MatchQuery(query.text, COLUMN);
  if (words !== null && query.phrases.length === 0 && query.not.length === 0) return words;
  return new lance.BooleanQuery([
    ...(words === null ? [] : [[Occur.Should, words] satisfies [unknown, FullTextQuery]]),
    ...query.phrases.map((phrase): [typeof Occur.Must, FullTextQuery] => [Occur.Must, clause(lance, phrase)]),
    ...query.not.map((words): [typeof Occur.MustNot, FullTextQuery] => [Occur.MustNot, clause(lance, words)]),
  ] as ConstructorParameters<Lance['BooleanQuery']>[0]);
};

/** The index takes words with slips as they are, neither folded nor stemmed: both is done here, for plain words only. */
const SLIPPED = /^[a-z]{4,24}$/;
const MOST_SLIPPED = 8;

/** The words of a query, each with at most one letter wrong, missing or too many after the first. Null where it has phrases or exclusions. */
export const forgivingOf = (lance: Lance, query: Pick<Query, 'text' | 'phrases' | 'not'>): FullTextQuery | null => {
  if (query.phrases.length > 0 || query.not.length > 0) return null;
  const words = wordsOf(query.text)
    .split(' ')
    .filter((word) => SLIPPED.test(word))
    .slice(0, MOST_SLIPPED);
  const terms = new Set(words.flatMap((word) => [word, stem(word)]));
  return terms.size === 0
    ? null
    : new lance.MatchQuery([...terms].join(' '), COLUMN, { fuzziness: 1, prefixLength: 1 });
};

/** Any of the exclusions of a query; null when it has none. */
export const exclusionOf = (lance: Lance, not: readonly string[]): FullTextQuery | null =>
  not.length === 0 ? null : new lance.BooleanQuery(not.map((words) => [lance.Occur.Should, clause(lance, words)]));
