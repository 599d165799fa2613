import { type Day, dayOf, isDay } from '../kernel/day.ts';
import { textOfHtml } from '../kernel/html-text.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText, foldSpace } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { CATEGORIES } from '../model/category.ts';
import { identifierOf } from '../model/identifier.ts';
import { bestId } from '../model/identity.ts';
import { linksOf } from '../model/link.ts';
import type { Author, Link, PaperDraft, PaperId } from '../model/paper.ts';
import type { Item, Text } from './feed-item.ts';
import { namesOf } from './feed-names.ts';

/** In characters. An abstract is cut there: feeds of journals and blogs carry whole articles. */
const LONGEST = { title: 2_000, abstract: 6_000, raw: 50_000, id: 2_000 };
const MOST_AUTHORS = 10_000;
const MOST_OF_TITLE = 120;

/** Days of ISO 8601 and RFC 822 dates, in UTC; other forms of dates say too little to be trusted. */
export const dayIn = (date: string): Day | null => {
  const text = foldSpace(date);
  const [, day = '', time] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d.*))?$/.exec(text) ?? [];
  if (day !== '') {
    const at = time === undefined ? Number.NaN : Date.parse(`${day}T${time.replace(' ', '')}`);
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) && at >= 0 && at < 253_402_300_800_000 ? dayOf(at) : day;
    return isDay(zoned) ? zoned : null;
  }
  if (
    !/^(?:[a-z]{3,9},? )?\d{1,2} [a-z]{3,9} \d{2,4}(?: \d\d?:\d\d(?::\d\d)?(?: ?(?:[a-z]{1,5}|[+-]\d{4}))?)?$/i.test(
      text,
    )
  )
    return null;
  const at = Date.parse(/\d\d:\d\d(?::\d\d)?$/.test(text) || !text.includes(':') ? `${text} GMT` : text);
  return at >= 0 && at < 253_402_300_800_000 ? dayOf(at) : null;
};

const plain = ({ value, html }: Text): string =>
  cleanText(html === 'no' ? value : textOfHtml(value, { known: html === 'perhaps' }));

/** Cut between words. */
const cut = (text: string, most: number): string => {
  const part = text.slice(0, most);
  return text.length <= most ? text : `${part.slice(0, Math.max(part.lastIndexOf(' '), most - 40)).trimEnd()}…`;
};

/** The paper an identifier of any kind names. */
const paperIn = (written: string): PaperId | null =>
  identifierOf(foldSpace(written).replace(/^(?:oai:arxiv\.org:|info:doi\/|urn:doi:)/i, ''));

const absolute = (link: string): string[] => {
  const url = URL.parse(link.trim().slice(0, LONGEST.id));
  return url !== null && /^https?:$/.test(url.protocol) ? [url.href] : [];
};

const authorsOf = (item: Item): Author[] =>
  item.authors
    .flatMap(namesOf)
    .slice(0, MOST_AUTHORS)
    .map(authorOf)
    .filter(({ name }) => name !== '');

/** What an entry says, as a paper. Fails where it has neither title nor text. */
export const draftOf = (item: Item): Result<PaperDraft> => {
  const told = item.texts.find((text) => plain(text) !== '') ?? null;
  const whole = told === null ? '' : plain(told);
  const abstract = cleanText(cut(whole, LONGEST.abstract));
  const named = item.title === null ? '' : plain(item.title);
  if (named.length > LONGEST.title) return fail('bad-input', `the title is ${named.length} characters long`);
  const title = named === '' ? cleanText(cut(whole, MOST_OF_TITLE)) : named;
  if (title === '') return fail('bad-input', 'the entry has neither a title nor a text');

  const found = [...new Set([...item.ids, ...item.links].flatMap((written) => paperIn(written) ?? []))];
  const id = bestId(found) ?? null;
  const doi = found.find((one) => one.startsWith('doi:'))?.slice('doi:'.length) ?? null;
  const urls = item.links.flatMap(absolute);
  const links: Link[] = [...linksOf({ id, doi, abstract })];
  const add = (rel: Link['rel'], label: string, url: string): void => {
    if (!links.some((link) => link.url === url)) links.push({ rel, label, url });
  };
  const [own] = urls;
  if (own !== undefined && !(id?.startsWith('arxiv:') && paperIn(own) === id))
    add('abstract', new URL(own).host.replace(/^www\./, ''), own);
  for (const url of item.pdf.flatMap(absolute)) add('pdf', 'PDF', url);
  const authors = authorsOf(item);
  return ok({
    id,
    aliases: found.filter((one) => one !== id && one !== `doi:${doi}`),
    externalId: foldSpace(item.ids[0] ?? own ?? title).slice(0, LONGEST.id),
    title,
    titleRaw: (named === '' ? title : (item.title as Text).value).slice(0, LONGEST.raw),
    abstract,
    abstractRaw: (told?.value ?? '').slice(0, LONGEST.raw),
    abstractCut: whole.length > LONGEST.abstract,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: null,
    byline: null,
    categories: [...new Set(item.terms.map((term) => term.trim()).filter((term) => Object.hasOwn(CATEGORIES, term)))],
    published: item.published.map(dayIn).find((day) => day !== null) ?? null,
    updated: item.updated.map(dayIn).find((day) => day !== null) ?? null,
    versions: [],
    withdrawn: false,
    doi,
    journalRef: null,
    note: null,
    license: null,
    links,
    signals: {},
  });
};
