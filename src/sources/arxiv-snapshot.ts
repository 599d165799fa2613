import { type Day, dayOf, isDay } from '../kernel/day.ts';
import { readLines } from '../kernel/lines.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText, foldSpace } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { linksOf } from '../model/link.ts';
import type { Author, PaperDraft, Version } from '../model/paper.ts';
import { isWithdrawn } from '../model/withdrawn.ts';
import type { Source } from '../ports/source.ts';

/** New ids (`2507.08772`) and old ones (`math/0309136`, `math.AG/0309136`), with or without prefix and version. */
const ID = /^(?:arXiv:)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d+)?$/;
const CATEGORY = /^[a-z-]+(?:\.[A-Za-z-]+)?$/;
const MOST_AUTHORS = 10_000;
/** In characters. arXiv's own abstracts end at 1,920; beyond these it is no paper's text. */
const LONGEST = { title: 2_000, abstract: 50_000, other: 5_000 };

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);

const tidy = (value: unknown): string | null => {
  const text = textOf(value);
  return text === null ? null : cleanText(text.slice(0, LONGEST.other)) || null;
};

/** `[last, first, suffix]`, as arXiv takes names apart, put together again: `Sy D. Friedman`. */
const nameOf = (parts: unknown): string => {
  if (!Array.isArray(parts)) return '';
  const [last, first, suffix] = parts.map((part) => (typeof part === 'string' ? part : ''));
  return foldSpace(`${first ?? ''} ${last ?? ''} ${suffix ?? ''}`);
};

const authorsOf = ({ authors_parsed: parsed, authors }: Fields): Author[] => {
  const names =
    Array.isArray(parsed) && parsed.length > 0
      ? parsed.slice(0, MOST_AUTHORS).map(nameOf)
      : (textOf(authors) ?? '').split(/,\s+(?:and\s+)?|\s+and\s+/).slice(0, MOST_AUTHORS);
  return names
    .filter((name) => name.trim() !== '')
    .map(authorOf)
    .filter(({ name }) => name !== '');
};

const dayFrom = (date: unknown): Day | null => {
  if (typeof date !== 'string') return null;
  if (/^\d{4}-\d\d-\d\d$/.test(date)) return isDay(date) ? date : null;
  const at = Date.parse(date);
  return Number.isNaN(at) || at < 0 || at > 253_402_300_799_999 ? null : dayOf(at);
};

const versionsOf = (value: unknown): Version[] => {
  const versions: Version[] = [];
  for (const item of Array.isArray(value) ? value : []) {
    const { version, created } = (item ?? {}) as Fields;
    const n = typeof version === 'string' ? Number(/^v(\d{1,4})$/.exec(version)?.[1]) : Number.NaN;
    if (n > 0 && !versions.some((other) => other.n === n)) versions.push({ n, date: dayFrom(created) });
  }
  return versions.sort((a, b) => a.n - b.n);
};

/** One line of the snapshot, parsed and checked. Pure. */
export const draftFrom = (line: string): Result<PaperDraft> => {
  let fields: Fields;
  try {
    fields = JSON.parse(line) as Fields;
  } catch {
    return fail('bad-input', 'the line is not JSON');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return fail('bad-input', 'the line is not a JSON object');
  }
  const id = typeof fields.id === 'string' ? ID.exec(fields.id.trim())?.[1] : undefined;
  if (id === undefined)
    return fail('bad-input', `${JSON.stringify(fields.id ?? null).slice(0, 60)} is not an arXiv id`);
  const titleRaw = textOf(fields.title);
  const abstractRaw = textOf(fields.abstract);
  if (titleRaw === null) return fail('bad-input', `${id} has no title`);
  if (abstractRaw === null) return fail('bad-input', `${id} has no abstract`);
  if (titleRaw.length > LONGEST.title)
    return fail('bad-input', `the title of ${id} is ${titleRaw.length} characters long`);
  if (abstractRaw.length > LONGEST.abstract) {
    return fail('bad-input', `the abstract of ${id} is ${abstractRaw.length} characters long`);
  }
  const abstract = cleanText(abstractRaw);
  const note = tidy(fields.comments);
  const doi = /^10\.\d{4,9}\/\S+/.exec((textOf(fields.doi) ?? '').trim().toWellFormed())?.[0] ?? null;
  const versions = versionsOf(fields.versions);
  const authors = authorsOf(fields);
  return ok({
    id: `arxiv:${id}`,
    externalId: id,
    title: cleanText(titleRaw),
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: null,
    byline: null,
    categories: [...new Set((textOf(fields.categories) ?? '').split(/\s+/).filter((code) => CATEGORY.test(code)))],
    published: versions[0]?.date ?? null,
    updated: versions.at(-1)?.date ?? dayFrom(fields.update_date),
    versions,
    withdrawn: isWithdrawn({ note, abstract }),
    doi,
    journalRef: tidy(fields['journal-ref']),
    note,
    license: textOf(fields.license),
    links: linksOf({ id: `arxiv:${id}`, doi, abstract }),
    signals: {},
  });
};

/** The arXiv metadata snapshot: JSON lines in the schema of the data set on Kaggle. Positions are line numbers. */
export const arxivSnapshot: Source = {
  id: 'arxiv-snapshot',
  title: 'arXiv metadata snapshot',
  homepage: 'https://www.kaggle.com/datasets/Cornell-University/arxiv',
  authority: 'archive',
  recognises: ({ head }) =>
    /^\ufeff?\s*\{/.test(head) && /"id"\s*:/.test(head) && /"(?:abstract|authors_parsed|update_date)"\s*:/.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    for await (const { n, text: raw, problem } of readLines(bytes, resume)) {
      const at = { line: n, position: n };
      if (problem !== null) {
        yield { kind: 'rejected', ...at, raw, reason: problem };
        continue;
      }
      if (raw.trim() === '') continue;
      const draft = draftFrom(raw);
      if (draft.ok) yield { kind: 'paper', ...at, raw, draft: draft.value };
      else yield { kind: 'rejected', ...at, raw: raw.slice(0, 200), reason: draft.message };
    }
  },
};
