import { addDays, type Day, isDay } from '../kernel/day.ts';
import { peek } from '../kernel/decompress.ts';
import { Fault } from '../kernel/errors.ts';
import { withoutMarkup } from '../kernel/markup.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { identifierOf } from '../model/identifier.ts';
import { linksOf } from '../model/link.ts';
import { nameInOrder } from '../model/name.ts';
import type { Link, PaperDraft, Version } from '../model/paper.ts';
import { isWithdrawn } from '../model/withdrawn.ts';
import type { Entry, HarvestState, Source, Turn } from '../ports/source.ts';
import { bytesOf, complaintIn } from './json-answer.ts';
import { fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;
type Server = 'biorxiv' | 'medrxiv';

/** Days that are read again each time: postings are dated when they are made, and listed a little later. */
const AGAIN = 3;
const MOST_AUTHORS = 10_000;
/** In characters. */
const LONGEST = { title: 2_000, abstract: 50_000 };
const DOI = /^10\.\d{4,9}\/\S{1,200}$/;
const WITHDRAWN = /^\s*withdrawn\b\W*/i;
const NONE = /^no (?:posts|articles|papers|results) found/i;

const doiIn = (value: unknown): string | null => {
  const doi = textIn(value)?.trim().toLowerCase() ?? '';
  return DOI.test(doi) ? doi : null;
};

const dayIn = (value: unknown): Day | null => {
  const day = textIn(value)?.trim().slice(0, 10) ?? '';
  return isDay(day) ? day : null;
};

const numberIn = (value: unknown): number | null => {
  const text = textIn(value) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
};

/** `Last, F. M.; Last2, G.` */
const authorsIn = (value: unknown): PaperDraft['authors'] =>
  (textIn(value) ?? '')
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .slice(0, MOST_AUTHORS)
    .map((name) => authorOf(nameInOrder(name)))
    .filter(({ name }) => name !== '');

const linksFor = (server: Server, doi: string, n: number): Link[] => {
  const path = encodeURI(doi.toWellFormed()).replace(/[?#]/g, encodeURIComponent);
  const page = `https://www.${server}.org/content/${path}v${n}`;
  const name = server === 'biorxiv' ? 'bioRxiv' : 'medRxiv';
  return [
    { rel: 'abstract', label: name, url: page },
    { rel: 'pdf', label: 'PDF', url: `${page}.full.pdf` },
  ];
};

/** The versions of one preprint that an answer holds, as one paper: the newest speaks for all. */
export const draftOf = (server: Server, items: readonly Fields[]): Result<PaperDraft, 'bad-input'> => {
  const sorted = [...items].sort((a, b) => (numberIn(a.version) ?? 1) - (numberIn(b.version) ?? 1));
  const newest = sorted.at(-1) ?? {};
  const doi = doiIn(newest.doi);
  if (doi === null) return fail('bad-input', `${JSON.stringify(newest.doi ?? null).slice(0, 60)} is not a DOI`);
  const titleRaw = textIn(newest.title) ?? '';
  const abstractRaw = textIn(newest.abstract) ?? '';
  const title = titleRaw.length > LONGEST.title ? '' : cleanText(withoutMarkup(titleRaw));
  if (title === '') return fail('bad-input', `${doi} has no title of a sensible length`);
  if (abstractRaw.length > LONGEST.abstract)
    return fail('bad-input', `the abstract of ${doi} is ${abstractRaw.length} characters long`);
  const versions = new Map<number, Version>();
  for (const item of sorted) {
    const n = numberIn(item.version) ?? 1;
    if (n > 0) versions.set(n, { n, date: dayIn(item.date) });
  }
  const abstract = cleanText(withoutMarkup(abstractRaw));
  const authors = authorsIn(newest.authors);
  const category = textIn(newest.category);
  const journal = sorted.flatMap(({ published }) => doiIn(published) ?? []).at(-1) ?? null;
  const alias = journal === null || journal === doi ? null : identifierOf(`doi:${journal}`);
  const withdrawn =
    WITHDRAWN.test(title) || WITHDRAWN.test(textIn(newest.type) ?? '') || isWithdrawn({ note: null, abstract });
  return ok({
    id: `doi:${doi}`,
    aliases: alias === null ? [] : [alias],
    externalId: doi,
    title: cleanText(title.replace(WITHDRAWN, '')) || title,
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: null,
    byline: null,
    categories: category === null ? [] : [cleanText(category.slice(0, 200))],
    published: versions.get(1)?.date ?? null,
    updated: dayIn(newest.date),
    versions: [...versions.values()],
    withdrawn,
    doi,
    journalRef: null,
    note: null,
    license: textIn(newest.license),
    links: [...linksFor(server, doi, [...versions.keys()].at(-1) ?? 1), ...linksOf({ id: null, doi, abstract })],
    signals: {},
  });
};

/** The answer's word on itself, e.g. `{ status: 'ok', cursor: 0, count: 100, total: '256' }`. */
const messageIn = (head: string): Fields => {
  const text = /"messages"\s*:\s*\[\s*(\{[^{}]*\})/.exec(head)?.[1];
  return (text === undefined ? null : objectIn(text)) ?? {};
};

const complaint = (message: Fields): string | null => {
  const status = textIn(message.status);
  return status === null || /^ok$/i.test(status) || NONE.test(status) ? null : status.slice(0, 200);
};

async function* entriesOf(server: Server, bytes: AsyncIterable<Uint8Array>, resume = 0): AsyncGenerator<Entry> {
  const { head, bytes: whole } = await peek(bytes, 2_000);
  const start = head.toString('utf8');
  const said = complaint(messageIn(start));
  if (said !== null) throw new Fault('source-refused', `${server} reports an error: ${said}.`);
  interface Group {
    line: number;
    position: number;
    readonly raws: string[];
    readonly items: Fields[];
  }
  const groups = new Map<string, Group>();
  const broken: Extract<Entry, { kind: 'rejected' }>[] = [];
  // The versions that were kept of a paper stand alone.
  const within = /"(?:collection|messages)"\s*:\s*\[/.test(start) ? ['collection'] : [];
  for await (const { line, position, text, problem } of jsonPieces(whole, { within })) {
    const item = problem === null ? objectIn(text) : null;
    if (item === null) {
      const reason = problem ?? 'the entry is not JSON';
      broken.push({ kind: 'rejected', line, position, raw: text.slice(0, 200), reason });
      continue;
    }
    const key = doiIn(item.doi) ?? `${position}`;
    const group = groups.get(key) ?? { line, position, raws: [], items: [] };
    // Counted where its last version stands, so that going on after any entry loses none.
    groups.set(key, Object.assign(group, { line, position }));
    group.raws.push(text);
    group.items.push(item);
  }
  const papers = [...groups.values()].map(({ line, position, raws, items }): Entry => {
    const newest = items.at(-1) ?? {};
    const announced = { day: dayIn(newest.date), category: textIn(newest.category) };
    const at = { line, position, raw: raws.join('\n'), announced };
    const draft = draftOf(server, items);
    return draft.ok ? { kind: 'paper', ...at, draft: draft.value } : { kind: 'rejected', ...at, reason: draft.message };
  });
  for (const entry of [...papers, ...broken].sort((a, b) => a.position - b.position))
    if (entry.position > resume) yield entry;
}

const read = async (
  server: Server,
  state: HarvestState,
  answer: Parameters<NonNullable<Source['wire']>['read']>[1],
) => {
  const { status, body } = answer;
  if (status !== 200)
    return { kind: 'refused', reason: `${server} refused the request: ${complaintIn(answer)}.` } as const;
  const whole = objectIn(Buffer.from(body).toString('utf8'));
  const message = fieldsIn(listIn(whole?.messages)[0]);
  const said = complaint(message);
  if (said !== null) return { kind: 'refused', reason: `${server} reports an error: ${said}.` } as const;
  const collection = listIn(whole?.collection);
  if (whole === null || (!Array.isArray(whole.collection) && !NONE.test(textIn(message.status) ?? '')))
    return { kind: 'refused', reason: `${server} sent no list of preprints.` } as const;
  const total = NONE.test(textIn(message.status) ?? '') ? 0 : numberIn(message.total);
  const cursor = Number(state.cursor) + collection.length;
  if (collection.length === 0 && total !== null && cursor < total)
    return { kind: 'again', reason: `the page is empty, with ${total - cursor} of ${total} to come` } as const;
  const found = await Array.fromAsync(entriesOf(server, bytesOf(body)));
  const entries = found.map((entry, i) => ({ ...entry, line: i + 1, position: i + 1 }));
  // Pages have 100 entries at one endpoint and 30 at another: what counts is how many there are in all.
  const more = collection.length > 0 && (total === null || cursor < total);
  const next = more ? { ...state, cursor } : null;
  return { kind: 'page', entries, next, total, through: more ? null : String(state.until) } satisfies Turn;
};

const sourceFor = (server: Server, title: string): Source => ({
  id: server,
  title,
  homepage: `https://www.${server}.org`,
  authority: 'archive',
  recognises: ({ head }) =>
    /^\ufeff?\s*\{/.test(head) &&
    /"collection"\s*:\s*\[/.test(head) &&
    /"messages"\s*:\s*\[/.test(head) &&
    (server === 'medrxiv') === /"server"\s*:\s*"medrxiv"|\bmedrxiv\.org|"PUBLISHAHEADOFPRINT"/i.test(head),
  parse: (bytes, { resume = 0 } = {}) => entriesOf(server, bytes, resume),
  wire: {
    base: 'https://api.biorxiv.org',
    manners: { key: 'biorxiv', gapMs: 1_000 },
    schedule: null,
    wishes: { from: 'a day, e.g. 2026-07-01', until: 'a day', set: 'a subject, e.g. neuroscience' },
    staleAfterHours: 96,
    begin({ from, until, set, format }, since, today) {
      if (format !== null) return fail('bad-usage', `${server} takes no --format.`);
      if (set !== null && !/^[a-z][a-z _-]{1,80}$/i.test(set))
        return fail('bad-usage', `“${set}” is not a subject; write e.g. --set neuroscience.`);
      const wrong = [from, until].find((day) => day !== null && !isDay(day));
      if (wrong != null) return fail('bad-usage', `“${wrong}” is not a day; write it like 2026-07-01.`);
      const last = until ?? today;
      const again = addDays(today, 1 - AGAIN);
      const first = from ?? [since !== null && isDay(since) ? since : again, again, last].sort()[0] ?? again;
      if (first > last) return fail('bad-usage', `--from ${first} is after ${last}.`);
      return ok({ from: first, until: last, set, cursor: 0 });
    },
    ask({ from, until, set, cursor }, base) {
      const url = new URL(`${base.replace(/\/+$/, '')}/details/${server}/${from}/${until}/${cursor}/json`);
      if (set !== null && set !== undefined) url.searchParams.set('category', String(set).replace(/[ -]/g, '_'));
      return { url: url.href, accepts: ['application/json', 'text/json', 'text/plain'] };
    },
    read: (state, answer) => read(server, state, answer),
  },
});

/** Preprints of biology and of medicine, from the API both servers share: the versions posted on some days. */
export const biorxiv: Source = sourceFor('biorxiv', 'bioRxiv');
export const medrxiv: Source = sourceFor('medrxiv', 'medRxiv');
