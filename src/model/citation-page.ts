import { type Day, isDay } from '../kernel/day.ts';
import { withoutMarkup } from '../kernel/markup.ts';
import { cleanText, decodeEntities, foldSpace } from '../kernel/text.ts';
import { authorOf } from './author.ts';
import { identifierOf } from './identifier.ts';
import { linksOf } from './link.ts';
import { nameInOrder } from './name.ts';
import type { PaperDraft, PaperId } from './paper.ts';

/** What a page of another site says of the paper it is about. */
export interface CitationPage {
  /** Identifiers it gives, the most telling first, each once. */
  readonly ids: readonly PaperId[];
  /** The paper as the page describes it; null where it names neither title nor authors. */
  readonly draft: PaperDraft | null;
}

const LONGEST = { page: 4_000_000, tag: 20_000, title: 2_000, abstract: 50_000, other: 2_000 };
const MOST = { tags: 4_000, authors: 5_000, scripts: 20 };
const PAPERS =
  /^(?:Scholarly|Medical(?:Scholarly)?|Tech|)Article$|^(?:Thesis|Report|Chapter|CreativeWork|Book|Dataset)$/;

const attributesOf = (tag: string): ReadonlyMap<string, string> =>
  new Map(
    [...tag.matchAll(/([a-z][\w:.-]{0,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)].map(
      ([, name = '', double, single, bare]) => [name.toLowerCase(), decodeEntities(double ?? single ?? bare ?? '')],
    ),
  );

/** Every tag of a name, with its attributes; takes time in proportion to the page. */
const tagsOf = (html: string, name: string): readonly ReadonlyMap<string, string>[] => {
  const found: ReadonlyMap<string, string>[] = [];
  const opening = new RegExp(`<${name}(?=[\\s/])`, 'gi');
  for (const { index } of html.matchAll(opening)) {
    if (found.length === MOST.tags) break;
    const start = index + name.length + 1;
    // A `>` may stand inside quotes: the tag ends at the first outside of them.
    const [tag = ''] =
      /^(?:[^>"']|"[^"]*"|'[^']*')*/.exec(html.slice(start, start + LONGEST.tag).replace(/\s+/g, ' ')) ?? [];
    found.push(attributesOf(tag));
  }
  return found;
};

type Said = ReadonlyMap<string, readonly string[]>;

/** `<meta name content>` and `<meta property content>` by name, in small letters. */
const metaOf = (html: string): Said => {
  const said = new Map<string, string[]>();
  for (const tag of tagsOf(html, 'meta')) {
    const name = (tag.get('name') ?? tag.get('property') ?? '').toLowerCase();
    const content = foldSpace(tag.get('content') ?? '');
    if (name !== '' && content !== '') said.set(name, [...(said.get(name) ?? []), content]);
  }
  return said;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: unknown): string => (typeof value === 'string' ? foldSpace(value) : '');
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** What stands in the page's JSON-LD scripts, as text. */
const jsonLdIn = (html: string): readonly string[] => {
  const found: string[] = [];
  for (const { 0: opening, index } of html.matchAll(/<script\b[^>]{0,500}>/gi)) {
    if (found.length === MOST.scripts) break;
    if (!/ld\+json/i.test(opening)) continue;
    const start = index + opening.length;
    const end = html.indexOf('</script', start);
    if (end === -1) break;
    found.push(html.slice(start, end));
  }
  return found;
};

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
};

type Thing = Readonly<Record<string, unknown>>;

/** The first thing of JSON-LD that is an article or the like. */
const articleOf = (html: string): Thing | null => {
  const things = jsonLdIn(html)
    .flatMap((text) => listOf(parsed(text)))
    .filter(isRecord)
    .flatMap((one) => [one, ...listOf(one['@graph']), one.mainEntity])
    .filter(isRecord);
  return things.find((one) => listOf(one['@type']).some((type) => PAPERS.test(textIn(type)))) ?? null;
};

const dayFrom = (text: string): Day | null => {
  const [, year, month, day] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(iso) ? iso : null;
};

const idsIn = (said: Said, article: Thing | null, url: string): readonly PaperId[] => {
  const all = (...names: readonly string[]): readonly string[] => names.flatMap((name) => said.get(name) ?? []);
  const given = [
    ...all('citation_arxiv_id').map((id) => `arxiv:${id.replace(/^arxiv:/i, '')}`),
    ...all(
      'citation_doi',
      'prism.doi',
      'bepress_citation_doi',
      'dc.identifier.doi',
      'dc.identifier',
      'dcterms.identifier',
    ),
    ...listOf(article?.identifier).map((one) => textIn(isRecord(one) ? one.value : one)),
    ...[...listOf(article?.sameAs), article?.['@id'], article?.url].map(textIn),
    ...all('citation_abstract_html_url', 'citation_pdf_url', 'og:url'),
    url,
  ];
  const ids = given.map((text) => identifierOf(text)).filter((id) => id !== null);
  return [...new Set(ids)];
};

const authorsIn = (said: Said, article: Thing | null): readonly string[] => {
  const cited = said.get('citation_author') ?? said.get('bepress_citation_author') ?? [];
  const joined = (said.get('citation_authors')?.[0] ?? '').split(/;/).map(foldSpace).filter(Boolean);
  const linked = listOf(article?.author).map((one) => textIn(isRecord(one) ? one.name : one));
  const core = said.get('dc.creator') ?? said.get('dcterms.creator') ?? [];
  const found = [cited, joined, linked, core].find((names) => names.some((name) => name !== '')) ?? [];
  return found.filter((name) => name !== '').slice(0, MOST.authors);
};

const clean = (text: string, most: number): string => cleanText(withoutMarkup(text.slice(0, most)));

/**
 * Reads what a page says of its paper for search engines: Highwire `citation_…` and Dublin Core elements, JSON-LD, and
 * identifiers in them or in its address. The canonical address is what names a paper that has no other identifier.
 */
export const readCitationPage = (html: string, url: string): CitationPage => {
  const page = html.slice(0, LONGEST.page);
  const said = metaOf(page);
  const article = articleOf(page);
  const ids = idsIn(said, article, url);
  const one = (...names: readonly string[]): string =>
    names.map((name) => said.get(name)?.[0] ?? '').find(Boolean) ?? '';
  const titleRaw =
    one('citation_title', 'bepress_citation_title', 'dc.title', 'dcterms.title') ||
    textIn(article?.headline) ||
    textIn(article?.name);
  const names = authorsIn(said, article);
  const title = clean(titleRaw, LONGEST.title);
  if (title === '' || names.length === 0) return { ids, draft: null };
  const abstractRaw =
    one('citation_abstract', 'dcterms.abstract', 'dc.description') ||
    textIn(article?.abstract) ||
    textIn(article?.description);
  const abstract = clean(abstractRaw, LONGEST.abstract);
  const [id = null, ...aliases] = ids;
  const doi = ids.find((other) => other.startsWith('doi:'))?.slice(4) ?? null;
  const dates = [
    'citation_publication_date',
    'citation_online_date',
    'citation_date',
    'prism.publicationdate',
    'dc.date',
  ].flatMap((name) => said.get(name) ?? []);
  const pdf = one('citation_pdf_url');
  const at = (text: string): string | null => {
    const link = URL.parse(text, url);
    return link !== null && /^https?:$/.test(link.protocol) ? link.href : null;
  };
  const [here, pdfUrl] = [at(url) ?? url, pdf === '' ? null : at(pdf)];
  const links = [
    ...linksOf({ id, doi, abstract }),
    { rel: 'abstract' as const, label: new URL(here).hostname.replace(/^www\./, ''), url: here },
    ...(pdfUrl === null ? [] : [{ rel: 'pdf' as const, label: 'PDF', url: pdfUrl }]),
  ];
  const draft: PaperDraft = {
    id,
    aliases,
    externalId: here,
    title,
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors: names.map((name) => authorOf(nameInOrder(name))),
    authorCount: names.length,
    organisation: null,
    byline: null,
    categories: [],
    published: [...dates, textIn(article?.datePublished)].map(dayFrom).find((day) => day !== null) ?? null,
    updated: null,
    versions: [],
    withdrawn: false,
    doi,
    journalRef: clean(one('citation_journal_title', 'citation_conference_title'), LONGEST.other) || null,
    note: null,
    license: null,
    links: links.filter((link, i) => links.findIndex((other) => other.url === link.url) === i),
    signals: {},
  };
  return { ids, draft };
};
