import { addDays, type Day, parseMonth } from '../kernel/day.ts';
import { elementsOf, parseXml, textOf, type XmlNode } from '../kernel/xml.ts';
import type { Announced, Entry } from '../ports/source.ts';
import {
  type ArxivFields,
  arxivDraft,
  arxivId,
  categoriesIn,
  dayFrom,
  nameOf,
  namesIn,
  versionsFrom,
  withoutDumpEscapes,
} from './arxiv-fields.ts';
import { categoryOfSet } from './arxiv-sets.ts';

const textsOf = (value: unknown): string[] => elementsOf(value).map(textOf);

/** A field that is there once; undefined where it is not there. */
const field = (node: XmlNode, name: string): string | undefined =>
  node[name] === undefined ? undefined : textOf(node[name]);

const shared = (node: XmlNode) => ({
  title: field(node, 'title'),
  abstract: field(node, 'abstract'),
  comments: field(node, 'comments'),
  journalRef: field(node, 'journal-ref'),
  doi: field(node, 'doi'),
  license: field(node, 'license'),
  categories: categoriesIn(field(node, 'categories')),
});

/** Whether a paper of this id can have been submitted on that day: ids begin with year and month. */
const isOfMonth = (id: string, day: Day | null): boolean => {
  const [, year, month] = /(?:^|\/)(\d\d)(\d\d)[\d.]+$/.exec(id) ?? [];
  if (day === null || month === undefined) return false;
  const span = parseMonth(`${Number(year) > 90 ? 19 : 20}${year}-${month}`);
  return span !== null && day >= addDays(span.first, -7) && day <= span.last;
};

/** The formats by the name of their metadata element: each says what it can. */
const FORMATS: Readonly<Record<string, (node: XmlNode, id: string, sets: readonly string[]) => ArxivFields>> = {
  arXiv: (node, id) => {
    const created = dayFrom(field(node, 'created'));
    const updated = dayFrom(field(node, 'updated'));
    return {
      ...shared(node),
      id: field(node, 'id') ?? id,
      names: elementsOf(elementsOf(node.authors)[0]?.author).map((author) =>
        nameOf(textOf(author.keyname), textOf(author.forenames), textOf(author.suffix)),
      ),
      // One that was never updated has one version; of others this format does not say how many.
      versions: created !== null && updated === null ? [{ n: 1, date: created }] : [],
      // `created` is the day of the latest version, though it was once that of the first: the id knows the month.
      published: updated === null || isOfMonth(id, created) ? created : null,
      updated: updated ?? created,
    };
  },
  arXivRaw: (node, id) => {
    const said = elementsOf(node.version);
    const versions = versionsFrom(said.map((one) => ({ version: one['@version'], date: textOf(one.date) })));
    const latest = said.find((one) => one['@version'] === `v${versions.at(-1)?.n}`);
    return {
      ...shared(node),
      id: field(node, 'id') ?? id,
      names: namesIn(field(node, 'authors') ?? ''),
      versions,
      published: versions[0]?.date ?? null,
      updated: versions.at(-1)?.date ?? null,
      // A withdrawn version has no files.
      withdrawn: latest !== undefined && /^\s*0\s*(?:kb?)?\s*$/i.test(textOf(latest.size ?? '1kb')),
    };
  },
  arXivOld: (node, id) => ({
    ...shared(node),
    id: field(node, 'id') ?? id,
    names: namesIn(field(node, 'authors') ?? ''),
    versions: [],
    published: null,
    updated: null,
  }),
  dc: (node, id, sets) => {
    const dates = textsOf(node.date).map(dayFrom);
    const [abstract, comments] = textsOf(node.description);
    const identifiers = textsOf(node.identifier).map((text) => text.trim());
    const published = dates[0] ?? null;
    return {
      id,
      title: field(node, 'title'),
      abstract,
      comments: comments?.replace(/^Comment: /, ''),
      journalRef: identifiers.find((text) => !/^(?:https?|doi):/i.test(text)),
      doi: identifiers.find((text) => /^doi:/i.test(text))?.slice(4),
      license: textsOf(node.rights).find((text) => /^https?:/.test(text)),
      names: textsOf(node.creator).map((name) => {
        const comma = name.indexOf(',');
        return comma < 0 ? name : nameOf(name.slice(0, comma), name.slice(comma + 1));
      }),
      // Subjects are names, and MSC codes; the sets are the categories.
      categories: categoriesIn(...sets.map(categoryOfSet)),
      versions: published !== null && dates.length === 1 ? [{ n: 1, date: published }] : [],
      published,
      updated: dates.at(-1) ?? null,
    };
  },
};

/** What one record says, in whichever of arXiv's formats. `n` counts records from 1; nothing is thrown. */
export const recordEntry = (n: number, raw: string): Entry & { readonly announced?: Announced } => {
  const at = { line: n, position: n };
  const rejected = (reason: string, announced?: Announced) =>
    ({ kind: 'rejected', ...at, raw, reason, ...(announced && { announced }) }) as const;
  let record: XmlNode | undefined;
  try {
    record = elementsOf(parseXml(raw, { prefixes: 'drop' }).record)[0];
  } catch {
    return rejected('the record is not well-formed XML');
  }
  const header = elementsOf(record?.header)[0] ?? {};
  const identifier = textOf(header.identifier).trim();
  const id = arxivId(identifier)?.id ?? identifier.replace(/^oai:arXiv\.org:/, '');
  const sets = textsOf(header.setSpec).map((set) => set.trim());
  const day = dayFrom(textOf(header.datestamp));
  const announced = (categories: readonly string[]): Announced => ({
    day,
    category: categories[0] ?? categoriesIn(...sets.map(categoryOfSet))[0] ?? null,
  });
  if (header['@status'] === 'deleted') {
    if (id === '') return rejected('a deleted record without an identifier', announced([]));
    const known = arxivId(id);
    return {
      kind: 'gone',
      ...at,
      raw,
      id: known && `arxiv:${known.id}`,
      externalId: id,
      announced: announced([]),
    };
  }
  const metadata = elementsOf(record?.metadata)[0] ?? {};
  const [format, node] = Object.entries(metadata).find(([name]) => !/^[@#]/.test(name)) ?? [];
  if (format === undefined) return rejected(`${id || 'the record'} has no metadata`, announced([]));
  if (!Object.hasOwn(FORMATS, format))
    return rejected(`${id} is in a format that is not read: ${format.slice(0, 40)}`, announced([]));
  const fields = FORMATS[format]?.(elementsOf(node)[0] ?? {}, id, sets) as ArxivFields;
  const names = fields.names.map(withoutDumpEscapes);
  const draft = arxivDraft({ ...fields, names, mend: withoutDumpEscapes });
  if (!draft.ok) return rejected(draft.message, announced(fields.categories));
  return { kind: 'paper', ...at, raw, draft: draft.value, announced: announced(fields.categories) };
};
