import { readLines } from '../kernel/lines.ts';
import { fail, type Result } from '../kernel/result.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Source } from '../ports/source.ts';
import { arxivDraft, categoriesIn, dayFrom, MOST_AUTHORS, nameOf, namesIn, versionsFrom } from './arxiv-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

const partsOf = (parts: unknown): string => {
  if (!Array.isArray(parts)) return '';
  const [last, first, suffix] = parts.map((part) => (typeof part === 'string' ? part : ''));
  return nameOf(last ?? '', first ?? '', suffix ?? '');
};

const namesOf = ({ authors_parsed: parsed, authors }: Fields): readonly string[] =>
  Array.isArray(parsed) && parsed.length > 0
    ? parsed.slice(0, MOST_AUTHORS).map(partsOf)
    : namesIn(typeof authors === 'string' ? authors : '');

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
  const versions = versionsFrom(
    (Array.isArray(fields.versions) ? fields.versions : []).map((item) => {
      const { version, created } = (item ?? {}) as Fields;
      return { version, date: created };
    }),
  );
  return arxivDraft({
    id: fields.id,
    title: fields.title,
    abstract: fields.abstract,
    names: namesOf(fields),
    categories: categoriesIn(fields.categories),
    versions,
    published: versions[0]?.date ?? null,
    updated: versions.at(-1)?.date ?? dayFrom(fields.update_date),
    comments: fields.comments,
    journalRef: fields['journal-ref'],
    doi: fields.doi,
    license: fields.license,
  });
};

/** The arXiv metadata snapshot: JSON lines in the schema of the data set on Kaggle. Positions are line numbers. */
export const arxivSnapshot: Source = {
  id: 'arxiv-snapshot',
  title: 'arXiv metadata snapshot',
  homepage: 'https://www.kaggle.com/datasets/Cornell-University/arxiv',
  authority: 'archive',
  recognises: ({ head }) =>
    /^\ufeff?\s*\{/.test(head) &&
    /"id"\s*:/.test(head) &&
    /"(?:abstract|authors_parsed|update_date)"\s*:\s*["[]/.test(head),
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
