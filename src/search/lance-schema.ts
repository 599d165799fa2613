import { Bool, Field, FixedSizeList, Float32, Int32, Schema, Utf8 } from 'apache-arrow';
import { daysBetween } from '../kernel/day.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import { wordsOf } from './words-of.ts';

/** Raise it whenever a column or its meaning changes: indexes of another version are rebuilt. */
export const SCHEMA_VERSION = 2;

/** How many authors of a paper can be found as plain words. `author:` knows all of them. */
const AUTHORS_IN_TEXT = 24;

const text = (name: string, nullable = false) => new Field(name, new Utf8(), nullable);
const vector = (dimensions: number) =>
  new Field('vector', new FixedSizeList(dimensions, new Field('item', new Float32(), true)), true);

/** Whether there is a vector, to be asked without reading any. */
const embedded = new Field('embedded', new Bool(), false);

export const papersSchema = (dimensions: number): Schema =>
  new Schema([
    text('id'),
    text('title'),
    text('text'),
    text('authors'),
    text('byline'),
    text('org', true),
    text('affiliation'),
    text('cats'),
    text('sources'),
    new Field('day', new Int32(), true),
    new Field('year', new Int32(), true),
    embedded,
    vector(dimensions),
  ]);

/** The columns that `setVectors` writes. */
export const vectorsSchema = (dimensions: number): Schema => new Schema([text('id'), embedded, vector(dimensions)]);

export const stateSchema = new Schema([text('key'), text('value')]);

export const dayNumber = (day: string): number => daysBetween('1970-01-01', day);

/** Lists are kept as text between separators, so that one `contains` finds a whole member. */
const list = (items: readonly string[]): string => `|${items.map((item) => item.replaceAll('|', ' ')).join('|')}|`;

export const unlist = (column: string): string[] => column.split('|').filter((item) => item !== '');

/**
 * The title stands twice in `text`: BM25 then counts its words twice, as a field weight of 2 would,
 * and phrases, exclusions and ranking need one inverted index only.
 */
export const rowOf = (doc: IndexDoc): Record<string, unknown> => ({
  id: doc.id,
  title: doc.title,
  text: [
    doc.title,
    doc.title,
    doc.abstract,
    doc.authors.slice(0, AUTHORS_IN_TEXT).join(', '),
    doc.organisation ?? '',
  ].join('\n'),
  authors: list(doc.authors),
  byline: `|${doc.authors.map(wordsOf).join('|')}|`,
  org: doc.organisation,
  affiliation: wordsOf(doc.organisation ?? ''),
  cats: list(doc.categories),
  sources: list(doc.sources),
  day: doc.published === null ? null : dayNumber(doc.published),
  year: doc.published === null ? null : Number(doc.published.slice(0, 4)),
  embedded: doc.vector !== null,
  vector: doc.vector === null ? null : [...doc.vector],
});
