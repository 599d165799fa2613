import type { IndexDoc } from '../ports/search-index.ts';
import { eachWord, termOf } from './analyse.ts';
import type { Inverter } from './inverter.ts';

/** Title words count twice: measured on the collections of the decision record. */
const TITLE_WEIGHT = 2;
/** Authors of a paper that can be found as plain words. `author:` knows all of them. */
const AUTHORS_IN_TEXT = 24;
const KEPT = 400_000;

const kept = new Map<string, string | null>();
const termFor = (word: string): string | null => {
  let term = kept.get(word);
  if (term === undefined) {
    term = termOf(word);
    if (kept.size >= KEPT) kept.clear();
    kept.set(word, term);
  }
  return term;
};

/** Marks of names: every word and every two neighbours, so that `author:"yann lecun"` needs no text to be looked at. */
const markNames = (inverter: Inverter, field: string, names: readonly string[]): void => {
  for (const name of names) {
    let before: string | null = null;
    eachWord(name, (word) => {
      inverter.mark(`${field}:${word}`);
      if (before !== null) inverter.mark(`${field}:${before} ${word}`);
      before = word;
    });
  }
};

/** The marks that a filter over names asks for: all of them must be there. Words that are none give none. */
export const nameMarks = (field: string, name: string): readonly string[] => {
  const words: string[] = [];
  eachWord(name, (word) => words.push(word));
  return words.length < 2
    ? words.map((word) => `${field}:${word}`)
    : words.slice(1).map((word, i) => `${field}:${words[i]} ${word}`);
};

/** Sixteen bits of a word, never 0: phrases are looked up in these. FNV-1a, folded. */
export const wordHash = (word: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff || 1;
};

/** Words that are corrected to and from have at least so many letters. */
export const SHORTEST_CORRECTED = 4;

/**
 * Adds a paper's words and marks; returns its words as hashes in order, 0 between fields, for phrases. Words as they
 * were written are counted in `vocabulary`, for spelling.
 */
export const addDocument = (
  inverter: Inverter,
  doc: IndexDoc,
  averageLength: number,
  vocabulary: Map<string, number>,
): Uint16Array => {
  const hashes: number[] = [];
  const field = (text: string, weight: number): void => {
    eachWord(text, (word) => {
      const term = termFor(word);
      hashes.push(wordHash(term ?? word));
      if (term === null) return;
      inverter.add(term, weight);
      if (word.length >= SHORTEST_CORRECTED) vocabulary.set(word, (vocabulary.get(word) ?? 0) + 1);
    });
    hashes.push(0);
  };
  field(doc.title, TITLE_WEIGHT);
  field(doc.abstract, 1);
  field(doc.authors.slice(0, AUTHORS_IN_TEXT).join(' '), 1);
  if (doc.organisation !== null) field(doc.organisation, 1);
  markNames(inverter, 'author', doc.authors);
  if (doc.organisation !== null) markNames(inverter, 'org', [doc.organisation]);
  for (const category of doc.categories) {
    const code = category.toLowerCase();
    inverter.mark(`cat:${code}`);
    if (code.includes('.')) inverter.mark(`cat:${code.slice(0, code.indexOf('.'))}`);
  }
  for (const source of doc.sources) inverter.mark(`source:${source}`);
  for (const has of doc.has ?? []) inverter.mark(`has:${has}`);
  inverter.end(averageLength);
  return Uint16Array.from(hashes);
};
