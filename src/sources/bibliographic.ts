import { type Day, isDay } from '../kernel/day.ts';
import { withoutMarkup } from '../kernel/markup.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { identifierOf, identifiersIn } from '../model/identifier.ts';
import { bestId } from '../model/identity.ts';
import type { Marginalia } from '../model/library.ts';
import { linksOf } from '../model/link.ts';
import type { PaperDraft, PaperId } from '../model/paper.ts';

/** What every bibliography says of a work, whatever its format. Texts as they stand there; null and empty are the same. */
export interface Reference {
  readonly externalId: string;
  readonly title: string | null;
  readonly abstract?: string | null;
  /** In the order they are spoken. */
  readonly authors: readonly string[];
  /** Only where year, month and day are all known. */
  readonly published?: Day | null;
  readonly year?: string | null;
  readonly doi?: string | null;
  /** Where else an identifier may stand: eprint, addresses, archive ids. */
  readonly hints?: readonly (string | null | undefined)[];
  readonly journal?: string | null;
  readonly volume?: string | null;
  readonly number?: string | null;
  readonly pages?: string | null;
  readonly note?: string | null;
  readonly license?: string | null;
  readonly signals?: Readonly<Record<string, number>>;
  /** Braces outside math group letters, and are not meant to be seen. */
  readonly tex?: boolean;
}

/** What stands beside an entry, trimmed; the library makes names of it. */
export const marginOf = ({
  tags = [],
  folders = [],
  note,
}: {
  readonly tags?: readonly string[];
  readonly folders?: readonly string[];
  readonly note?: string | null;
}): Marginalia => {
  const kept = (names: readonly string[]): readonly string[] =>
    names.map((name) => name.trim()).filter((name) => name !== '');
  return { tags: kept(tags), folders: kept(folders), note: (note ?? '').trim() };
};

const MOST_AUTHORS = 10_000;
/** In characters, as for the arXiv snapshot. */
const LONGEST = { title: 2_000, abstract: 50_000, other: 5_000 };
/** Journals that are names for arXiv itself. */
const ARXIV_ITSELF = /\barxiv\b|^corr$/i;

const tidy = (text: string | null | undefined): string | null =>
  cleanText((text ?? '').slice(0, LONGEST.other)) || null;

/** `YYYY-MM-DD` of three numbers; null where one is missing or there is no such day. */
export const dayFromParts = (year: unknown, month: unknown, day: unknown): Day | null => {
  const [y, m, d] = [year, month, day].map((part) => Number(part ?? Number.NaN));
  if (!(y && m && d)) return null;
  const text = `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
  return isDay(text) ? text : null;
};

/** `Nature 521 (7553), 436-444 (2015)`, of what there is; null without a journal, or where that is arXiv. */
export const journalRefOf = (
  reference: Pick<Reference, 'journal' | 'volume' | 'number' | 'pages' | 'year' | 'tex'>,
): string | null => {
  const journal = tidy(reference.tex ? withoutBraces(reference.journal ?? '') : reference.journal);
  if (journal === null || ARXIV_ITSELF.test(journal)) return null;
  const [volume, number, pages] = [reference.volume, reference.number, reference.pages].map(tidy);
  const year = /\b\d{4}\b/.exec(reference.year ?? '')?.[0];
  const issue = [volume, number && `(${number})`].filter(Boolean).join(' ');
  const place = [issue === '' ? journal : `${journal} ${issue}`, pages].filter(Boolean).join(', ');
  return year === undefined || place.includes(year) ? place : `${place} (${year})`;
};

/** Without the braces outside `$…$`. */
const withoutBraces = (text: string): string =>
  text.replace(/\\\$|\$\$[^$]*\$\$|\$(?:\\.|[^$\\])*\$|[{}]/g, (found) => (/^[{}]$/.test(found) ? '' : found));

const DOI = /^10\.\d{4,9}\/\S{1,200}$/;

/** The DOI of an identifier of the scheme `doi:`. */
export const doiOf = (id: PaperId | null): string | null => {
  const doi = id?.startsWith('doi:') ? id.slice('doi:'.length) : '';
  return DOI.test(doi) ? doi : null;
};

/** All identifiers of a reference, the best first, each once. */
const idsOf = ({ doi, hints = [], journal, volume }: Reference): readonly PaperId[] => {
  const abs = /^abs\/(.+)$/.exec(volume?.trim() ?? '')?.[1];
  const said = [
    identifierOf(doi ?? ''),
    ...hints.map((hint) => identifierOf((hint ?? '').replace(/\\(?=[_&%#])/g, ''))),
    abs === undefined ? null : identifierOf(`arxiv:${abs}`),
    // Google Scholar writes the id into the journal: `arXiv preprint arXiv:1706.03762`.
    ...(journal != null && /arxiv/i.test(journal) ? identifiersIn(journal.slice(0, LONGEST.other)) : []).map(
      ({ id }) => id,
    ),
  ].filter((id) => id !== null);
  const best = bestId(said);
  return best === undefined ? [] : [...new Set([best, ...said])];
};

/** A reference as a draft. Fails with `bad-input` where it has no title, or texts no paper has. */
export const draftOfReference = (reference: Reference): Result<PaperDraft, 'bad-input'> => {
  const titleRaw = reference.title?.trim() ?? '';
  const clean = (raw: string): string => {
    const text = cleanText(withoutMarkup(raw));
    return reference.tex ? cleanText(withoutBraces(text)) : text;
  };
  const title = clean(titleRaw.slice(0, LONGEST.title + 1));
  const name = reference.externalId.slice(0, 60);
  if (title === '') return fail('bad-input', `${name} has no title`);
  if (titleRaw.length > LONGEST.title)
    return fail('bad-input', `the title of ${name} is ${titleRaw.length} characters long`);
  const abstractRaw = reference.abstract?.trim() ?? '';
  if (abstractRaw.length > LONGEST.abstract)
    return fail('bad-input', `the abstract of ${name} is ${abstractRaw.length} characters long`);
  const [id = null, ...aliases] = idsOf(reference);
  const doi = [id, ...aliases].map(doiOf).find((one) => one !== null) ?? null;
  const abstract = clean(abstractRaw);
  const authors = reference.authors
    .slice(0, MOST_AUTHORS)
    .map(authorOf)
    .filter(({ name }) => name !== '');
  const note = tidy(reference.note);
  return ok({
    id,
    aliases: aliases.filter((alias) => doiOf(alias) !== doi),
    externalId: reference.externalId,
    title,
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: null,
    byline: null,
    categories: [],
    published: reference.published ?? null,
    updated: null,
    versions: [],
    withdrawn: false,
    doi,
    journalRef: journalRefOf(reference),
    note,
    license: tidy(reference.license),
    links: linksOf({ id, doi, abstract, note }),
    signals: reference.signals ?? {},
  });
};
