import { CATEGORIES } from './category.ts';
import { jumpTo } from './jump.ts';
import type { PaperId } from './paper.ts';

/** A paper somebody named, and the line (from 1) where it is named first. */
export interface Named {
  readonly id: PaperId;
  readonly line: number;
}

/** Longest run of characters that is looked at as one identifier. */
const LONGEST = 600;
/** What parts words; a comma does where the next identifier follows, for DOIs may hold commas. */
const BETWEEN =
  /[\s"{}|`\\]+|[,;](?=$|[([<'*]?(?:https?:|arxiv:|doi:|openreview:|10\.\d|\d{4}\.\d{4}|[a-z]{1,20}=|[a-z.-]{2,18}\/\d{7}))/i;
const ARCHIVES: ReadonlySet<string> = new Set(Object.keys(CATEGORIES).filter((code) => !code.includes('.')));
/** Where an identifier may begin inside a longer word. */
const BEGINS = /https?:\/\/|arxiv[:.]|doi:|10\.\d{4,9}\/|openreview:/gi;
/** New ids carry year and month, from April 2007 on; old ones an archive there was. Keeps numbers and fractions out. */
const isPlausible = (id: PaperId): boolean => {
  const [, archive, year, month] = /^arxiv:(?:([a-z-]+)(?:\.[A-Za-z]{2})?\/)?(\d\d)(\d\d)/.exec(id) ?? [];
  if (year === undefined || month === undefined) return !id.startsWith('arxiv:');
  if (Number(month) < 1 || Number(month) > 12) return false;
  return archive === undefined ? Number(year + month) >= 704 : ARCHIVES.has(archive);
};

/**
 * The paper that a text names and does nothing else: an arXiv id, a DOI (arXiv's own DOIs are its ids), `openreview:…`,
 * or an address that holds one of them. Null for all else.
 */
export const identifierOf = (text: string): PaperId | null => {
  const word = text.slice(0, LONGEST).trim().toWellFormed();
  const id = jumpTo(word);
  return id !== null && /^(?:arxiv|doi|openreview):/.test(id) && isPlausible(id) ? id : null;
};

const count = (word: string, mark: string): number => word.split(mark).length - 1;

/** Without the marks that stand around it in running text; a closing bracket stays where it was opened inside. */
const bare = (dressed: string): string => {
  let word = dressed.replace(/^[([<'*_“‘=]+/, '');
  for (let last = word.at(-1); last !== undefined; last = word.at(-1)) {
    const [open, close] = last === ']' ? ['[', ']'] : ['(', ')'];
    const closes = last === close ? count(word, open) < count(word, close) : ".,;:!?'*_~”’".includes(last);
    if (!closes) break;
    word = word.slice(0, -1);
  }
  return word;
};

const inWord = (word: string): PaperId | null => {
  const whole = identifierOf(bare(word));
  if (whole !== null) return whole;
  for (const { index } of word.matchAll(BEGINS)) {
    const found = identifierOf(bare(word.slice(index)));
    if (found !== null) return found;
  }
  return null;
};

/**
 * The papers named in a text, in the order they are named, each once: arXiv ids with or without `arXiv:`, DOIs, and
 * addresses at arXiv, doi.org, OpenReview, Hugging Face, alphaXiv, Semantic Scholar, bioRxiv and publishers; one or many
 * a line, in any mix. What follows a `#` at the start of a word is a comment. All other text is passed over. Takes time
 * in proportion to the text.
 */
export const identifiersIn = (text: string): readonly Named[] => {
  const found = new Map<PaperId, number>();
  for (const [at, whole] of text.split('\n').entries()) {
    const comment = whole.search(/(?<!\S)#/);
    const line = comment === -1 ? whole : whole.slice(0, comment);
    // A space after the scheme (`arXiv: 1706.03762`, `doi: 10.1000/x`) is common in running text.
    const joined = line.replace(/\b(arxiv|doi|openreview):[^\S\n](?=\S)/gi, '$1:');
    for (const word of joined.split(BETWEEN)) {
      if (word.length < 9 || word.length > LONGEST) continue;
      const id = inWord(word);
      if (id !== null && !found.has(id)) found.set(id, at + 1);
    }
  }
  return [...found].map(([id, line]) => ({ id, line }));
};
