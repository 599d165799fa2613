import { identifierOf } from './identifier.ts';
import type { PaperId } from './paper.ts';

/** What the words of a letter name: readers by `@handle`, papers by their ids. */

const HANDLE = /(?<![\w@./+-])@([a-z0-9](?:-?[a-z0-9]){1,29})(?![\w@-]|\.\w)/gi;
/** Where the id of a paper may stand in running text; `identifierOf` says whether it is one. */
const PAPER =
  /(?<![\w@/.:-])(?:arxiv:\s?)?(?:\d{4}\.\d{4,5}|[a-z-]{2,16}(?:\.[a-z]{2})?\/\d{7})(?:v\d{1,3})?(?![\w/-]|\.\d)|(?<![\w@/.:-])(?:doi:\s?)?10\.\d{4,9}\/[^\s<>"]{1,200}/gi;

export interface NamedReader {
  readonly at: number;
  readonly length: number;
  /** In small letters. */
  readonly handle: string;
}

export interface NamedPaper {
  readonly at: number;
  readonly length: number;
  readonly id: PaperId;
}

/** Every `@handle` of a text that stands for itself: none inside a word, an address or a mail address. */
export const handlesIn = (text: string): readonly NamedReader[] =>
  [...text.matchAll(HANDLE)].map(([whole, handle = ''], n, all) => ({
    at: all[n]?.index ?? 0,
    length: whole.length,
    handle: handle.toLowerCase(),
  }));

/** What ends a sentence, or closes what was opened before, is no part of a DOI. */
const withoutEnd = (text: string): string => {
  let word = text;
  for (let last = word.at(-1) ?? ''; last !== ''; last = word.at(-1) ?? '') {
    const opens = { ')': '(', ']': '[', '}': '{' }[last];
    const closes = opens !== undefined && word.split(opens).length < word.split(last).length;
    if (!closes && !".,;:!?'*_”’".includes(last)) break;
    word = word.slice(0, -1);
  }
  return word;
};

/** Every arXiv id and DOI of a text, with or without `arXiv:` or `doi:`. Dates and fractions are none. */
export const papersIn = (text: string): readonly NamedPaper[] =>
  [...text.matchAll(PAPER)].flatMap(({ 0: whole, index }) => {
    const word = withoutEnd(whole);
    const id = identifierOf(word.replace(/^(arxiv|doi):\s/i, '$1:'));
    return id === null ? [] : [{ at: index, length: word.length, id }];
  });
