import type { PaperId } from '../model/paper.ts';
import type { Query } from '../model/search-page.ts';
import type { AskedQuery } from '../ports/search-index.ts';
import { eachWord, termOf } from './analyse.ts';
import { nameMarks } from './document.ts';
import { CHUNK, type PostingList } from './posting-list.ts';
import type { Segment } from './segment.ts';
import { dayNumber } from './segment-build.ts';
import { wordHash } from './word-table.ts';

/** A bit for each document of a segment. */
export type Bits = Uint32Array;

const room = (segment: Segment): Bits => new Uint32Array(Math.ceil(segment.documents / 32));

const setAll = (bits: Bits, { chunks }: PostingList): void => {
  for (const { chunk, places } of chunks) {
    const base = chunk * CHUNK;
    for (let p = 0; p < places.length; p++) {
      const document = base + (places[p] as number);
      bits[document >>> 5] = (bits[document >>> 5] as number) | (1 << (document & 31));
    }
  }
};

const and = (a: Bits | null, b: Bits): Bits => {
  if (a === null) return b;
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) & (b[i] as number);
  return a;
};

const andNot = (segment: Segment, a: Bits | null, b: Bits): Bits => {
  const all = a ?? room(segment).fill(0xffffffff);
  for (let i = 0; i < all.length; i++) all[i] = (all[i] as number) & ~(b[i] as number);
  return all;
};

/** Documents that hold any of the marks. */
const anyOf = (segment: Segment, marks: readonly string[]): Bits => {
  const bits = room(segment);
  for (const mark of marks) {
    const list = segment.postings(mark);
    if (list !== null) setAll(bits, list);
  }
  return bits;
};

/** Documents that hold all of the marks; none where there are no marks. */
const allOf = (segment: Segment, marks: readonly string[]): Bits => {
  let bits: Bits | null = null;
  for (const mark of marks) bits = and(bits, anyOf(segment, [mark]));
  return bits ?? room(segment);
};

const or = (a: Bits, b: Bits): Bits => {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] as number) | (b[i] as number);
  return a;
};

const holdsInOrder = (tokens: Uint16Array, hashes: readonly number[]): boolean => {
  for (let at = tokens.indexOf(hashes[0] as number); at >= 0; at = tokens.indexOf(hashes[0] as number, at + 1)) {
    let n = 1;
    while (n < hashes.length && tokens[at + n] === hashes[n]) n++;
    if (n === hashes.length) return true;
  }
  return false;
};

/** A phrase, ready to be looked for: its words as hashes in order, and its terms. Stop words count. */
export interface Phrase {
  readonly hashes: readonly number[];
  readonly terms: readonly string[];
}

export const phraseOf = (text: string): Phrase => {
  const hashes: number[] = [];
  const terms = new Set<string>();
  eachWord(text, (word) => {
    const term = termOf(word);
    hashes.push(wordHash(term ?? word));
    if (term !== null) terms.add(term);
  });
  return { hashes, terms: [...terms] };
};

/** Whether a document has the words of a phrase side by side. */
export const holdsPhrase = (segment: Segment, document: number, { hashes }: Phrase): boolean =>
  hashes.length < 2 || holdsInOrder(segment.tokens(document), hashes);

const those = (segment: Segment, ids: readonly PaperId[]): Bits => {
  const bits = room(segment);
  for (const id of ids) {
    const document = segment.documentOf(id);
    if (document >= 0) bits[document >>> 5] = (bits[document >>> 5] as number) | (1 << (document & 31));
  }
  return bits;
};

const dayBits = (segment: Segment, query: Query): Bits | null => {
  if (query.after === null && query.before === null && query.years.length === 0) return null;
  const first = query.after === null ? -Infinity : dayNumber(query.after);
  const last = query.before === null ? Infinity : dayNumber(query.before);
  const years = query.years.map((year) => {
    const name = String(year).padStart(4, '0');
    return [dayNumber(`${name}-01-01`), dayNumber(`${name}-12-31`)] as const;
  });
  const bits = room(segment);
  const { days } = segment;
  for (let d = 0; d < days.length; d++) {
    const day = days[d] as number;
    if (day < first || day > last || day === -(2 ** 31)) continue;
    if (years.length > 0 && !years.some(([from, to]) => day >= from && day <= to)) continue;
    bits[d >>> 5] = (bits[d >>> 5] as number) | (1 << (d & 31));
  }
  return bits;
};

const categoryMarks = (codes: readonly string[]): readonly string[] => codes.map((code) => `cat:${code.toLowerCase()}`);

/**
 * Documents that live, pass the filters of a query and hold the terms of its phrases; null for all. Whether these stand side
 * by side is for `holdsPhrase` to say, of those that rank high: looking into every document would take too long.
 */
export const acceptedBy = (segment: Segment, query: AskedQuery): Bits | null => {
  let bits: Bits | null = segment.live === null ? null : segment.live.slice();
  const must = (found: Bits): void => {
    bits = and(bits, found);
  };
  const never = (found: Bits): void => {
    bits = andNot(segment, bits, found);
  };
  if (query.only !== undefined) must(those(segment, query.only));
  if (query.never !== undefined) never(those(segment, query.never));
  if (query.categories.length > 0) must(anyOf(segment, categoryMarks(query.categories)));
  if (query.sources.length > 0)
    must(
      anyOf(
        segment,
        query.sources.map((id) => `source:${id}`),
      ),
    );
  for (const has of query.has) must(anyOf(segment, [`has:${has}`]));
  // Values of one operator are alternatives, except authors, who must all have signed.
  for (const name of query.authors) must(allOf(segment, nameMarks('author', name)));
  if (query.organisations.length > 0)
    must(query.organisations.map((name) => allOf(segment, nameMarks('org', name))).reduce(or));
  const days = dayBits(segment, query);
  if (days !== null) must(days);
  for (const phrase of query.phrases) must(allOf(segment, phraseOf(phrase).terms));
  const { without } = query;
  if (without.categories.length > 0) never(anyOf(segment, categoryMarks(without.categories)));
  if (without.sources.length > 0)
    never(
      anyOf(
        segment,
        without.sources.map((id) => `source:${id}`),
      ),
    );
  for (const name of without.authors) never(allOf(segment, nameMarks('author', name)));
  for (const name of without.organisations) never(allOf(segment, nameMarks('org', name)));
  for (const has of without.has) never(anyOf(segment, [`has:${has}`]));
  for (const words of query.not) {
    const { hashes, terms } = phraseOf(words);
    if (hashes.length === 1) never(allOf(segment, terms));
  }
  return bits;
};
