import { fingerprint } from '../kernel/text.ts';
import { datedJournal } from './cite.ts';
import { addressOf, NO_MARGIN, partsOf } from './cite-exchange.ts';
import type { Marginalia } from './library.ts';
import type { Paper, PaperId } from './paper.ts';

/** What Zotero makes keys of: no letters and digits that are taken for each other. */
const LETTERS = '23456789ABCDEFGHIJKLMNPQRSTUVWXYZ';
const KEY_LENGTH = 8;

/** The same for the same paper, so that what is sent to a library twice is there once. */
const keyOf = (id: PaperId, of: 'item' | 'note'): string => {
  let number = BigInt(`0x${fingerprint(`${of} ${id}`)}${fingerprint(`${id} ${of}`)}`);
  let key = '';
  while (key.length < KEY_LENGTH) {
    key += LETTERS[Number(number % BigInt(LETTERS.length))];
    number /= BigInt(LETTERS.length);
  }
  return key;
};

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Zotero keeps notes as HTML: a note as it was written, its lines kept. */
const noteHtml = (note: string): string =>
  note
    .replace(/[&<>"]/g, (mark) => ENTITIES[mark] ?? mark)
    .split(/\n{2,}/)
    .map((part) => `<p>${part.replaceAll('\n', '<br>')}</p>`)
    .join('');

const creatorOf = (name: string): object => {
  const parts = partsOf(name);
  if (parts === null) return { creatorType: 'author', name };
  const { given, family, suffix } = parts;
  return { creatorType: 'author', firstName: given, lastName: suffix === null ? family : `${family} ${suffix}` };
};

/**
 * A paper as Zotero's web API, version 3, gives items and (their `data`) takes them: the item, and its note, which is an
 * item of its own. Folders are none of an item's: collections are made by their library.
 */
export const zoteroOf = (paper: Paper, { tags, note }: Marginalia = NO_MARGIN): readonly object[] => {
  const arxiv = paper.id.startsWith('arxiv:') ? `arXiv:${paper.id.slice('arxiv:'.length)}` : null;
  const key = keyOf(paper.id, 'item');
  const { year, journal } = datedJournal(paper);
  const where =
    journal === null
      ? { repository: arxiv === null ? '' : 'arXiv', archiveID: arxiv ?? '' }
      : { publicationTitle: journal };
  const common = { version: 0, collections: [], relations: {} };
  const item = {
    itemType: journal === null ? 'preprint' : 'journalArticle',
    key,
    title: paper.title,
    creators: paper.authors.map((author) => creatorOf(author.name)),
    abstractNote: paper.abstract,
    date: paper.published ?? year ?? '',
    ...where,
    DOI: paper.doi ?? '',
    url: addressOf(paper) ?? '',
    extra: arxiv ?? '',
    tags: tags.map((tag) => ({ tag })),
    ...common,
  };
  const whole = { key, version: 0, data: item };
  if (note === '') return [whole];
  const own = keyOf(paper.id, 'note');
  const child = { itemType: 'note', key: own, parentItem: key, note: noteHtml(note), tags: [], ...common };
  return [whole, { key: own, version: 0, data: child }];
};
