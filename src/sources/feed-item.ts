import { decodeXML } from 'entities';
import { parseFeed } from 'feedsmith';
import type { Feed } from './feed-entries.ts';
import { tagsOf } from './feed-entries.ts';

/** What any kind of feed says of one entry. Texts are as the source wrote them, entities of XML decoded. */
export interface Item {
  readonly title: Text | null;
  readonly texts: readonly Text[];
  /** Addresses of the entry itself, the most telling first. */
  readonly links: readonly string[];
  /** Identifiers of any kind, the most telling first. */
  readonly ids: readonly string[];
  /** Names as written; one may hold several. */
  readonly authors: readonly string[];
  readonly terms: readonly string[];
  readonly published: readonly string[];
  readonly updated: readonly string[];
  readonly pdf: readonly string[];
}

export interface Text {
  readonly value: string;
  /** `perhaps` where the format leaves it open, as titles of RSS do. */
  readonly html: 'yes' | 'no' | 'perhaps';
}

/** Values of one name in one entry. */
const MOST = 1_000;

type Loose = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Loose => (typeof value === 'object' && value !== null ? (value as Loose) : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value == null ? [] : [value]);
const stringsOf = (...values: readonly unknown[]): string[] =>
  values.flatMap(listOf).flatMap((value) => {
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text.trim() !== '' ? [text] : [];
  });
/** Names of persons as feedsmith gives them: strings, or objects with a name. */
const namesOf = (value: unknown): string[] =>
  listOf(value).flatMap((person) => stringsOf(typeof person === 'string' ? person : fieldsOf(person).name));
/** Text constructs; `html` where the format does not say otherwise. */
const textsOf = (html: Text['html'], ...values: readonly unknown[]): Text[] =>
  values.flatMap(listOf).flatMap((value): Text[] => {
    if (typeof value === 'string') return value.trim() === '' ? [] : [{ value, html }];
    const { value: inner, type } = fieldsOf(value);
    if (typeof inner !== 'string' || inner.trim() === '') return [];
    const plain = typeof type === 'string' ? /^(?:text|text\/plain)$/i.test(type.trim()) : null;
    return [{ value: inner, html: plain === null ? html : plain ? 'no' : 'yes' }];
  });

const pdfIn = (values: unknown, type: string): string[] =>
  listOf(values)
    .map(fieldsOf)
    .filter((link) => String(link[type] ?? '').startsWith('application/pdf'))
    .flatMap((link) => stringsOf(link.url ?? link.href));

/** An item of RSS, RDF or JSON Feed or an entry of Atom, as feedsmith reads it. */
const itemFrom = (format: string, raw: unknown): Item => {
  const item = fieldsOf(raw);
  const [dc, dcterms, prism, content, rdf] = [item.dc, item.dcterms, item.prism, item.content, item.rdf].map(fieldsOf);
  if (format === 'json') {
    return {
      title: textsOf('no', item.title)[0] ?? null,
      texts: [...textsOf('no', item.summary, item.content_text), ...textsOf('yes', item.content_html)],
      links: stringsOf(item.url, item.external_url),
      ids: stringsOf(item.id, item.url),
      authors: namesOf(item.authors),
      terms: stringsOf(item.tags),
      published: stringsOf(item.date_published),
      updated: stringsOf(item.date_modified),
      pdf: pdfIn(item.attachments, 'mime_type'),
    };
  }
  const dates = {
    published: stringsOf(
      item.published,
      item.pubDate,
      dc?.dates,
      dcterms?.issued,
      dcterms?.created,
      prism?.publicationDate,
    ),
    updated: stringsOf(item.updated, dcterms?.modified),
  };
  const numbers = stringsOf(prism?.doi, dc?.identifiers, dcterms?.identifiers);
  if (format === 'atom') {
    const links = listOf(item.links).map(fieldsOf);
    const hrefs = (of: (rel: string) => boolean): string[] =>
      links.filter(({ rel }) => of(String(rel ?? 'alternate'))).flatMap(({ href }) => stringsOf(href));
    const own = hrefs((rel) => rel === 'alternate');
    return {
      title: textsOf('perhaps', item.title)[0] ?? null,
      texts: textsOf('perhaps', item.summary, item.content, dc?.descriptions),
      links: [...own, ...hrefs((rel) => rel === 'self')],
      ids: [...numbers, ...stringsOf(item.id), ...own],
      authors: [...namesOf(item.authors), ...stringsOf(namesOf(item.authors).length > 0 ? [] : dc?.creators)],
      terms: listOf(item.categories).flatMap((one) => stringsOf(fieldsOf(one).term)),
      ...dates,
      pdf: pdfIn(links, 'type'),
    };
  }
  const guid = fieldsOf(item.guid);
  const links = stringsOf(item.link, guid.isPermaLink === false ? null : guid.value, rdf?.about);
  const people = stringsOf(dc?.creators);
  return {
    title: textsOf('perhaps', item.title, dc?.titles)[0] ?? null,
    texts: textsOf('yes', item.description, dc?.descriptions, content?.encoded),
    links,
    ids: [...numbers, ...stringsOf(guid.value), ...links],
    authors: people.length > 0 ? people : namesOf(item.authors),
    terms: [...listOf(item.categories).flatMap((one) => stringsOf(fieldsOf(one).name)), ...stringsOf(dc?.subjects)],
    ...dates,
    pdf: pdfIn(item.enclosures, 'type'),
  };
};

const read = (document: unknown): { readonly format: string; readonly feed: Loose } | null => {
  try {
    const { format, feed } = parseFeed(document);
    return { format, feed: fieldsOf(feed) };
  } catch {
    return null;
  }
};

const allOf = ({ format, feed }: { format: string; feed: Loose }): Item[] =>
  listOf(format === 'atom' ? feed.entries : feed.items).map((raw) => itemFrom(format, raw));

const NAMESPACES = [
  'dc="http://purl.org/dc/elements/1.1/"',
  'dcterms="http://purl.org/dc/terms/"',
  'content="http://purl.org/rss/1.0/modules/content/"',
  'prism="http://prismstandard.org/namespaces/basic/2.0/"',
  'rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
]
  .map((declaration) => ` xmlns:${declaration}`)
  .join('');
const PLAIN = {
  item: [`<rss version="2.0"${NAMESPACES}><channel>`, '</channel></rss>'],
  entry: [`<feed xmlns="http://www.w3.org/2005/Atom"${NAMESPACES}>`, '</feed>'],
} as const;

/** Where no XML parser gets through, or none knows the format (CDF): the first of each well-known element, as it stands. */
const scrape = (entry: string): Item => {
  const found = new Map<string, string[]>();
  let open: { local: string; end: number } | null = null;
  const keep = (local: string, text: string): void => {
    const value = decodeXML(text.replace(/<!\[CDATA\[|\]\]>/g, ''));
    if (value.trim() === '') return;
    const before = found.get(local);
    if (before === undefined) found.set(local, [value]);
    else if (before.length < MOST) before.push(value);
  };
  for (const tag of tagsOf(entry)) {
    if (tag.kind !== 'close' && (tag.local === 'link' || tag.local === 'a' || tag.local === 'item')) {
      const href = /\bhref\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')/i.exec(entry.slice(tag.start, tag.end));
      if (href !== null && tag.local !== 'a') keep('link', href[1] ?? href[2] ?? '');
    }
    if (open !== null && tag.kind === 'close' && tag.local === open.local) {
      keep(open.local, entry.slice(open.end, tag.start));
      open = null;
    } else if (tag.kind === 'open' && FIELDS.has(tag.local)) {
      // A field that begins inside another that was never closed.
      if (open !== null && !TEXTS.has(open.local)) keep(open.local, entry.slice(open.end, tag.start));
      if (open === null || !TEXTS.has(open.local)) open = { local: tag.local, end: tag.end };
    }
  }
  if (open !== null) keep(open.local, entry.slice(open.end));
  const all = (...names: readonly string[]): string[] => names.flatMap((name) => found.get(name) ?? []);
  const strip = (names: readonly string[]): string[] => names.map((name) => name.replace(/<[^<>]*>/g, ' ').trim());
  return {
    title: textsOf('perhaps', all('title'))[0] ?? null,
    texts: textsOf('yes', all('description', 'summary', 'abstract', 'encoded', 'content', 'body')),
    links: strip(all('link')),
    ids: strip(all('doi', 'identifier', 'guid', 'id', 'link')),
    authors: strip(all('creator', 'name', 'author')),
    terms: strip(all('category', 'subject')),
    published: strip(all('published', 'pubdate', 'date', 'issued', 'created')),
    updated: strip(all('updated', 'modified', 'lastmod')),
    pdf: [],
  };
};
const TEXTS = new Set(['description', 'summary', 'abstract', 'encoded', 'content', 'body', 'title']);
const FIELDS = new Set(
  'title description summary abstract encoded content body link doi identifier guid id creator name author category subject published pubdate date issued created updated modified lastmod'.split(
    ' ',
  ),
);

const kindOf = (entry: string): 'entry' | 'item' => (/^<(?:[\w.-]+:)?entry/i.test(entry) ? 'entry' : 'item');
const isTelling = (item: Item): boolean => item.title !== null || item.texts.length > 0;

/** Entries read together, and characters: a parser's start costs as much as fifty short entries. */
const TOGETHER = { entries: 50, size: 512 * 1024 };

function* batchesOf(entries: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const entry of entries) {
    if (batch.length >= TOGETHER.entries || (batch.length > 0 && size + entry.length > TOGETHER.size)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(entry);
    size += entry.length;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Reads the entries of a feed in XML, each as if it stood there alone, so that a broken one spoils no other: with the
 * feed's own start tags around it, else with plain ones, else without an XML parser. Never throws.
 */
export function* itemsOf({ opening, closing, authors: written, entries }: Feed): Generator<Item> {
  const about = written === '' ? null : read(`${opening}${written}${closing}`);
  const authors = namesOf(about?.feed.authors);
  const alone = (entry: string): Item => {
    const [before, after] = PLAIN[kindOf(entry)];
    for (const document of [`${opening}${entry}${closing}`, `${before}${entry}${after}`]) {
      const parsed = read(document);
      const [item] = parsed === null ? [] : allOf(parsed);
      if (item !== undefined && isTelling(item)) return item;
    }
    return scrape(entry);
  };
  for (const batch of batchesOf(entries)) {
    const parsed = batch.length === 1 ? null : read(`${opening}${batch.join('')}${closing}`);
    const items = parsed === null ? [] : allOf(parsed);
    for (const [i, entry] of batch.entries()) {
      const together = items.length === batch.length ? items[i] : undefined;
      const item = together !== undefined && isTelling(together) ? together : alone(entry);
      yield item.authors.length > 0 ? item : { ...item, authors };
    }
  }
}

/** An item of a JSON Feed; `about` is the feed without its items. Never throws. */
export const jsonItem = (item: unknown, about: Loose): Item | null => {
  const parsed = read({ title: '-', ...about, items: [item] });
  const one = parsed === null ? undefined : allOf(parsed)[0];
  if (one === undefined) return null;
  return one.authors.length > 0 ? one : { ...one, authors: namesOf(parsed?.feed.authors) };
};
