import type { Day } from '../kernel/day.ts';
import { fail, type Result } from '../kernel/result.ts';
import type { Marginalia } from '../model/library.ts';
import { nameFrom } from '../model/name.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Source } from '../ports/source.ts';
import { dayFromParts, draftOfReference, marginOf } from './bibliographic.ts';
import { fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

const TYPES =
  /"type"\s*:\s*"(?:article(?:-journal|-magazine|-newspaper)?|paper-conference|chapter|book|thesis|report|manuscript|document|dataset|software|speech|preprint|webpage|post(?:-weblog)?|review|entry)"/;

/** One name of CSL: `{family, given, …}`, or whole as `{literal}`. */
export const cslName = (value: unknown): string => {
  const name = fieldsIn(value);
  const particles = [textIn(name['dropping-particle']), textIn(name['non-dropping-particle'])];
  return (
    textIn(name.literal) ??
    nameFrom({
      given: textIn(name.given) ?? '',
      particle: particles.filter((particle) => particle !== null).join(' '),
      family: textIn(name.family) ?? '',
      suffix: textIn(name.suffix) ?? '',
    })
  );
};

/** `{"date-parts": [[2015, 5, 27]]}`, or a date in full as `raw` or `literal`. */
export const cslDate = (value: unknown): { readonly day: Day | null; readonly year: string | null } => {
  const date = fieldsIn(value);
  const [year, month, day] = listIn(listIn(date['date-parts'])[0]);
  const written = textIn(date.raw) ?? textIn(date.literal) ?? (typeof value === 'string' ? value : '');
  const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)(?:T.*)?$/.exec(written) ?? [];
  return {
    day: dayFromParts(year ?? y, month ?? m, day ?? d),
    year: textIn(year) ?? /\b\d{4}\b/.exec(written)?.[0] ?? null,
  };
};

const draftOf = (item: Fields, line: number): Result<PaperDraft, 'bad-input'> => {
  const { day, year } = cslDate(item.issued);
  const title = textIn(item.title);
  return draftOfReference({
    externalId: textIn(item.id) ?? textIn(item.DOI) ?? title?.slice(0, 200) ?? `line ${line}`,
    title,
    abstract: textIn(item.abstract),
    authors: listIn(item.author).map(cslName),
    published: day,
    year,
    doi: textIn(item.DOI),
    // Zotero and Papers write the arXiv id as `number`, `archive_location` or into `note`.
    hints: [
      textIn(item.arxivid),
      textIn(item.URL),
      textIn(item.archive_location),
      /arxiv/i.test(`${item.number}`) ? textIn(item.number) : null,
      /\barxiv:\s*\S+/i.exec(textIn(item.note) ?? '')?.[0],
    ],
    journal: textIn(item['container-title']),
    volume: textIn(item.volume),
    number: textIn(item.issue),
    pages: textIn(item.page),
  });
};

/** `custom` is where CSL lets programs keep what it has no variable for. */
const cslMargin = (item: Fields): Marginalia => {
  const folders = listIn(fieldsIn(item.custom).folders).map(textIn);
  return marginOf({
    tags: (textIn(item.keyword) ?? '').split(/[,;]/),
    folders: folders.filter((name) => name !== null),
    note: textIn(item.annote) ?? textIn(item.note),
  });
};

/** A CSL-JSON file: what citation processors, Pandoc and Zotero exchange. */
export const cslJson: Source = {
  id: 'csl-json',
  title: 'CSL-JSON file',
  homepage: 'https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html',
  authority: 'index',
  recognises: ({ head }) =>
    /^\ufeff?\s*[[{]/.test(head) &&
    TYPES.test(head) &&
    /"(?:issued|container-title|author)"\s*:/.test(head) &&
    !/"(?:message-type|itemType|paperId|cited_by_count)"\s*:/.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    for await (const { line, position, text: raw, problem } of jsonPieces(bytes)) {
      if (position <= resume) continue;
      const item = problem === null ? objectIn(raw) : null;
      const draft = item === null ? fail('bad-input', problem ?? 'the entry is not JSON') : draftOf(item, line);
      yield draft.ok
        ? { kind: 'paper', line, position, raw, draft: draft.value, margin: cslMargin(item ?? {}) }
        : { kind: 'rejected', line, position, raw, reason: draft.message };
    }
  },
};
