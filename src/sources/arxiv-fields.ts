import { type Day, dayOf, isDay } from '../kernel/day.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText, foldSpace } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { linksOf } from '../model/link.ts';
import type { Author, PaperDraft, Version } from '../model/paper.ts';
import { isWithdrawn } from '../model/withdrawn.ts';

/** New ids (`2507.08772`) and old ones (`math/0309136`, `math.AG/0309136`), with or without prefix and version. */
const ID = /^(?:(?:arXiv:|oai:arXiv\.org:))?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v(\d{1,4}))?$/;
const CATEGORY = /^[a-z-]+(?:\.[A-Za-z-]+)?$/;
const SUFFIX = /^(?:jr|sr|ii|iii|iv|md|phd)\.?$/i;
export const MOST_AUTHORS = 10_000;
/** In characters. arXiv's own abstracts end at 1,920; beyond these it is no paper's text. */
const LONGEST = { title: 2_000, abstract: 50_000, other: 5_000, name: 500, authors: 1_000_000 };

/** All of arXiv's servers together: one request in three seconds, over one connection. */
export const ARXIV_MANNERS = { key: 'arxiv', gapMs: 3_000 } as const;

/** The id without prefix and version, and the version where one is given; null for what is no arXiv id. */
export const arxivId = (text: unknown): { readonly id: string; readonly version: number | null } | null => {
  const match = typeof text === 'string' ? ID.exec(text.trim()) : null;
  return match ? { id: match[1] as string, version: Number(match[2] ?? 0) || null } : null;
};

const said = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

/** Cleaned text of a small field; null where it says nothing. */
const tidy = (value: unknown, mend: (text: string) => string): string | null => {
  const text = said(value);
  return text === null ? null : cleanText(mend(text.slice(0, LONGEST.other))) || null;
};

/** Last name, first names and suffix, as arXiv takes names apart, put together again: `Sy D. Friedman`. */
export const nameOf = (last: string, first: string, suffix = ''): string => foldSpace(`${first} ${last} ${suffix}`);

/** Backslashes that only a database dump writes: doubled before a command, or before a quotation mark that is no umlaut. */
const DUMPED = /\\\\[A-Za-z'`^~"={.]|\\"(?![aeiouyAEIOUY{\\])/;

/**
 * arXiv's answers hold texts that a database dump has escaped (`Jos\\'e`, `\\omega`, `\"quoted\"`), and commands that
 * were made letters while their backslash stayed (`\ω`). This takes such escapes back, and leaves every text alone in
 * which a backslash stands before anything a dump does not escape.
 */
export const withoutDumpEscapes = (text: string): string => {
  if (!text.includes('\\')) return text;
  const lettered = text.replace(/(?<!\\)\\+(?=\p{L})(?![A-Za-z])/gu, '');
  const isDumped = DUMPED.test(lettered) && !lettered.replace(/\\[\\"'nrt]/g, '').includes('\\');
  if (!isDumped) return lettered.replace(/\\n(?=\s\s)/g, ' ');
  return lettered.replace(/\\([\\"'nrt])/g, (_, sign: string) => (/[nrt]/.test(sign) ? ' ' : sign));
};

/** Takes out what stands in parentheses, however deep: affiliations and their numbers. */
const withoutParentheses = (text: string): string => {
  let out = '';
  let depth = 0;
  for (const part of text.split(/([()])/)) {
    if (part === '(') depth += 1;
    else if (part === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += part;
  }
  return out;
};

/**
 * The names in an author line as arXiv prints it: `CDF Collaboration: A. Bee (1), C. Dee, Jr. and E. Eff ((1) MIT)`.
 * Affiliations are left out, a suffix stays with its name, initials are set apart (`C.N. Pope` → `C. N. Pope`).
 */
export const namesIn = (line: string): readonly string[] => {
  const names: string[] = [];
  const text = foldSpace(withoutParentheses(line.slice(0, LONGEST.authors))).replace(/(?<=\p{L}\.)(?=\p{Lu})/gu, ' ');
  for (const part of text.split(
    /\s*,\s+(?:and |& )?|\s*;\s+| and |(?<=\b(?:Collaborations?|Groups?|Teams?|Consortium)): ?/i,
  )) {
    const name = part.replace(/^(?:and|for) |[,;]$/g, '').trim();
    if (SUFFIX.test(name) && names.length > 0) names.push(`${names.pop()} ${name}`);
    else if (name !== '') names.push(name);
    if (names.length > MOST_AUTHORS) break;
  }
  return names.slice(0, MOST_AUTHORS);
};

/** The day, in UTC, of a date as ISO 8601 or RFC 5322 writes it; null for anything else. */
export const dayFrom = (date: unknown): Day | null => {
  if (typeof date !== 'string') return null;
  const text = date.trim();
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return isDay(text) ? text : null;
  const at = Date.parse(text);
  return Number.isNaN(at) || at < 0 || at > 253_402_300_799_999 ? null : dayOf(at);
};

/** Versions in order, each number once; a version without a number is left out. */
export const versionsFrom = (items: readonly { readonly version: unknown; readonly date: unknown }[]): Version[] => {
  const versions: Version[] = [];
  const seen = new Set<number>();
  for (const { version, date } of items) {
    const n = typeof version === 'string' ? Number(/^v(\d{1,4})$/.exec(version)?.[1]) : Number.NaN;
    if (!(n > 0) || seen.has(n)) continue;
    seen.add(n);
    versions.push({ n, date: dayFrom(date) });
  }
  return versions.sort((a, b) => a.n - b.n);
};

/** Category codes in their order, each once; `text` may hold several. */
export const categoriesIn = (...texts: readonly unknown[]): readonly string[] => [
  ...new Set(texts.flatMap((text) => (said(text) ?? '').trim().split(/\s+/)).filter((code) => CATEGORY.test(code))),
];

/** What one of arXiv's formats says of a paper. Texts are exactly as the source has them; nothing is checked yet. */
export interface ArxivFields {
  readonly id: unknown;
  readonly title: unknown;
  readonly abstract: unknown;
  readonly names: readonly string[];
  readonly categories: readonly string[];
  readonly versions: readonly Version[];
  readonly published: Day | null;
  readonly updated: Day | null;
  /** True where the format says so without words. */
  readonly withdrawn?: boolean;
  readonly comments?: unknown;
  readonly journalRef?: unknown;
  readonly doi?: unknown;
  readonly license?: unknown;
  /** Mends title, abstract and notes before they are cleaned; the raw twins stay. */
  readonly mend?: (text: string) => string;
}

const asItIs = (text: string): string => text;

/** A checked paper from what one of arXiv's formats says; fails with `bad-input` and a reason for people. */
export const arxivDraft = (fields: ArxivFields): Result<PaperDraft> => {
  const id = arxivId(fields.id)?.id;
  if (id === undefined)
    return fail('bad-input', `${JSON.stringify(fields.id ?? null).slice(0, 60)} is not an arXiv id`);
  const titleRaw = said(fields.title);
  const abstractRaw = said(fields.abstract);
  if (titleRaw === null) return fail('bad-input', `${id} has no title`);
  if (abstractRaw === null) return fail('bad-input', `${id} has no abstract`);
  if (titleRaw.length > LONGEST.title)
    return fail('bad-input', `the title of ${id} is ${titleRaw.length} characters long`);
  if (abstractRaw.length > LONGEST.abstract)
    return fail('bad-input', `the abstract of ${id} is ${abstractRaw.length} characters long`);
  const { mend = asItIs } = fields;
  const title = cleanText(mend(titleRaw));
  if (title === '') return fail('bad-input', `${id} has no title`);
  const abstract = cleanText(mend(abstractRaw));
  const note = tidy(fields.comments, mend);
  const doi = /^10\.\d{4,9}\/\S+/.exec((said(fields.doi) ?? '').trim().toWellFormed())?.[0] ?? null;
  const authors: Author[] = fields.names
    .slice(0, MOST_AUTHORS)
    .filter((name) => name.trim() !== '')
    .map((name) => authorOf(name.slice(0, LONGEST.name)))
    .filter(({ name }) => name !== '');
  return ok({
    id: `arxiv:${id}`,
    externalId: id,
    title,
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: null,
    byline: null,
    categories: fields.categories,
    published: fields.published,
    updated: fields.updated,
    versions: fields.versions,
    withdrawn: fields.withdrawn === true || isWithdrawn({ note, abstract }),
    doi,
    journalRef: tidy(fields.journalRef, mend),
    note,
    license: said(fields.license)?.slice(0, LONGEST.other) ?? null,
    links: linksOf({ id: `arxiv:${id}`, doi, abstract, note }),
    signals: {},
  });
};
