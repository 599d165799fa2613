import { type Day, isDay } from '../kernel/day.ts';
import { textOfHtml } from '../kernel/html-text.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Marginalia } from '../model/library.ts';
import { nameFrom } from '../model/name.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Answer, Entry, HarvestState, Source, Turn } from '../ports/source.ts';
import { draftOfReference, marginOf } from './bibliographic.ts';
import { bytesOf, complaintIn, rootOf } from './json-answer.ts';
import { fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Items a page has at most. */
const PAGE = 100;
const LIBRARY = /^(?:users|groups)\/\d{1,12}(?:\/collections\/[A-Z0-9]{8})?$/;
/** What belongs to an item and is none. */
const PARTS: ReadonlySet<string> = new Set(['attachment', 'note', 'annotation']);
const AUTHORS: ReadonlySet<string> = new Set(['author', 'contributor', 'inventor', 'programmer', 'presenter']);

const nameOf = (creator: Fields): string =>
  textIn(creator.name) ?? nameFrom({ given: textIn(creator.firstName) ?? '', family: textIn(creator.lastName) ?? '' });

/** The identifiers people and translators write into the free field, a line each: `arXiv:1706.03762 [cs]`, `DOI: 10.1000/x`. */
const inExtra = (extra: string, name: RegExp): string | null => {
  for (const line of extra.split('\n')) {
    const [, key = '', value = ''] = /^\s*([A-Za-z ]{2,20}?)\s*:\s*(\S+)/.exec(line) ?? [];
    if (name.test(key)) return value;
  }
  return null;
};

const dateOf = (meta: Fields, data: Fields): { readonly day: Day | null; readonly year: string | null } => {
  const parsed = textIn(meta.parsedDate) ?? '';
  const written = textIn(data.date) ?? '';
  const day = [parsed, written.slice(0, 10)].find((text) => isDay(text)) ?? null;
  return { day, year: /\b\d{4}\b/.exec(parsed)?.[0] ?? /\b\d{4}\b/.exec(written)?.[0] ?? null };
};

/** Null for what is no work of its own. */
const draftOf = (item: Fields): Result<PaperDraft, 'bad-input'> | null => {
  const data = fieldsIn(item.data);
  const type = textIn(data.itemType);
  if (type === null) return fail('bad-input', 'the item has no type');
  if (PARTS.has(type)) return null;
  const library = fieldsIn(item.library);
  const key = textIn(item.key) ?? textIn(data.key);
  if (key === null) return fail('bad-input', 'the item has no key');
  const place = textIn(library.type) !== null ? `${textIn(library.type)}s/${textIn(library.id) ?? '0'}/` : '';
  const extra = textIn(data.extra) ?? '';
  const { day, year } = dateOf(fieldsIn(item.meta), data);
  const creators = listIn(data.creators).map(fieldsIn);
  const authors = creators.filter((creator) => AUTHORS.has(textIn(creator.creatorType) ?? ''));
  const arxiv = inExtra(extra, /^arxiv(?: id)?$/i);
  return draftOfReference({
    externalId: `${place}${key}`,
    title: textIn(data.title) ?? textIn(data.caseName) ?? textIn(data.subject),
    abstract: textIn(data.abstractNote),
    authors: authors.map(nameOf),
    published: day,
    year,
    doi: textIn(data.DOI) ?? inExtra(extra, /^doi$/i),
    hints: [
      arxiv === null ? null : `arxiv:${arxiv}`,
      textIn(data.archiveID),
      textIn(data.url),
      // Older items keep it where a report has its number.
      /arxiv/i.test(textIn(data.reportNumber) ?? '') ? textIn(data.reportNumber) : null,
    ],
    journal:
      textIn(data.publicationTitle) ??
      textIn(data.proceedingsTitle) ??
      textIn(data.bookTitle) ??
      textIn(data.conferenceName),
    volume: textIn(data.volume),
    number: textIn(data.issue),
    pages: textIn(data.pages),
    license: textIn(data.rights),
  });
};

/** Collections have only keys here, so they make no folders. */
const zoteroMargin = (item: Fields): Marginalia =>
  marginOf({
    tags: listIn(fieldsIn(item.data).tags)
      .map((tag) => textIn(fieldsIn(tag).tag))
      .filter((tag) => tag !== null),
  });

/** A note's HTML as lines. */
const noteText = (note: string): string =>
  note
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(?:p|div|li|h[1-6])>/gi, '\n\n')
    .split('\n')
    .map((line) => textOfHtml(line).trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

type PaperEntry = Extract<Entry, { readonly kind: 'paper' }>;

/** Notes that stand behind their work are its keeper's note; lists that Zotero gives in the order of their making seldom have them there. */
async function* parse(bytes: AsyncIterable<Uint8Array>, { resume = 0 } = {}): AsyncGenerator<Entry> {
  let last: { readonly key: string | null; readonly entry: PaperEntry; readonly notes: string[] } | null = null;
  const whole = ({ entry, notes }: NonNullable<typeof last>): PaperEntry =>
    notes.length === 0
      ? entry
      : { ...entry, margin: { tags: [], folders: [], ...entry.margin, note: notes.join('\n\n') } };
  for await (const { line, position, text: raw, problem } of jsonPieces(bytes)) {
    if (position <= resume) continue;
    const item = problem === null ? objectIn(raw) : null;
    const data = fieldsIn(item?.data);
    if (last !== null && data.itemType === 'note' && textIn(data.parentItem) === last.key)
      last.notes.push(noteText(textIn(data.note) ?? ''));
    const draft = item === null ? fail('bad-input', problem ?? 'the item is not JSON') : draftOf(item);
    if (draft === null) continue;
    if (last !== null) yield whole(last);
    last = null;
    if (draft.ok) {
      const entry: PaperEntry = {
        kind: 'paper',
        line,
        position,
        raw,
        draft: draft.value,
        margin: zoteroMargin(item ?? {}),
      };
      last = { key: textIn(item?.key) ?? textIn(data.key), entry, notes: [] };
    } else yield { kind: 'rejected', line, position, raw, reason: draft.message };
  }
  if (last !== null) yield whole(last);
}

const countOf = (header: string | undefined): number | null =>
  header !== undefined && /^\d{1,12}$/.test(header.trim()) ? Number(header) : null;

const refused = (set: string, answer: Answer): Turn => {
  if (answer.status === 403) {
    const reason = `Zotero does not let us read ${set}: make the library public, or set BROADSHEET_SOURCE_KEYS=zotero=… to a key that may read it.`;
    return { kind: 'refused', reason };
  }
  if (answer.status === 404) return { kind: 'refused', reason: `There is no Zotero library ${set}.` };
  return { kind: 'refused', reason: `Zotero refused the request: ${complaintIn(answer)}.` };
};

/** A Zotero library over the web API, version 3: whole, or what changed since the version last seen. */
export const zotero: Source = {
  id: 'zotero',
  title: 'Zotero',
  homepage: 'https://www.zotero.org',
  authority: 'index',
  recognises: ({ head }) => /"itemType"\s*:/.test(head) && /"(?:library|creators|version)"\s*:/.test(head),
  parse,
  wire: {
    base: 'https://api.zotero.org',
    manners: { key: 'api.zotero.org', gapMs: 1_000 },
    keyHeader: 'zotero-api-key',
    schedule: null,
    wishes: { set: 'a library or collection: users/123456, groups/123, users/123456/collections/ABCD2345' },
    staleAfterHours: null,
    begin({ set }, since) {
      if (set === null || !LIBRARY.test(set))
        return fail(
          'bad-usage',
          'Name the Zotero library with --set: users/123456, groups/123 or users/123456/collections/ABCD2345.',
        );
      const [, before, version] = /^(.+)@(\d+)$/.exec(since ?? '') ?? [];
      return ok({ set, start: 0, since: before === set ? Number(version) : 0, version: null });
    },
    ask: ({ set, start, since }, base) => ({
      url: `${rootOf(base)}/${set}/items?format=json&limit=${PAGE}&start=${start}&since=${since}&sort=dateAdded&direction=asc`,
      headers: { 'zotero-api-version': '3', accept: 'application/json' },
      accepts: ['application/json'],
    }),
    async read(state, answer): Promise<Turn> {
      const [set, start] = [String(state.set), Number(state.start)];
      if (answer.status === 304) return { kind: 'page', entries: [], next: null, total: 0, through: null };
      if (answer.status !== 200) return refused(set, answer);
      const head = Buffer.from(answer.body).toString('utf8', 0, 64).trimStart();
      if (!head.startsWith('['))
        return { kind: 'refused', reason: `Zotero answered for ${set} with something that is no list of items.` };
      const pieces = await Array.fromAsync(jsonPieces(bytesOf(answer.body)));
      const total = countOf(answer.headers['total-results']);
      const end = start + pieces.length;
      // An empty page before the end is not the end.
      if (pieces.length === 0 && total !== null && end < total)
        return { kind: 'again', reason: `Zotero says that ${set} has ${total} items, and gave none after ${start}.` };
      const more = total === null ? pieces.length === PAGE : end < total;
      // The version at the first page: what changes while the list is read comes with the next harvest.
      const version = state.version ?? countOf(answer.headers['last-modified-version']);
      const next: HarvestState = { ...state, start: end, version };
      return {
        kind: 'page',
        entries: await Array.fromAsync(parse(bytesOf(answer.body))),
        next: more ? next : null,
        total,
        through: more || version === null ? null : `${set}@${version}`,
      };
    },
  },
};
