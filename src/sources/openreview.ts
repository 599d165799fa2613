import { type Day, dayOf } from '../kernel/day.ts';
import { peek } from '../kernel/decompress.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText } from '../kernel/text.ts';
import { authorOf } from '../model/author.ts';
import { identifierOf } from '../model/identifier.ts';
import { linksOf } from '../model/link.ts';
import type { PaperDraft, PaperId } from '../model/paper.ts';
import type { Announced, Entry, HarvestState, Source, Turn } from '../ports/source.ts';
import { bytesOf, complaintIn, expectGood } from './json-answer.ts';
import { countIn, fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Notes a page has at most; the API gives up to 1,000. */
const PAGE = 500;
const SITE = 'https://openreview.net';
const ID = /^[\w-]{1,40}$/;
const VENUE = /^[\w.-]{1,80}(?:\/[\w.-]{1,80}){0,8}(?:\/-\/\w{1,80})?$/;
const MOST_AUTHORS = 10_000;
/** In characters. */
const LONGEST = { title: 2_000, abstract: 50_000, other: 5_000 };

/** API v2 wraps what an invitation asks for: `{ title: { value: … } }`. */
const valueIn = (content: Fields, name: string): unknown => {
  const field = content[name];
  return typeof field === 'object' && field !== null && !Array.isArray(field) ? (field as Fields).value : field;
};

const dayIn = (value: unknown): Day | null => {
  const at = countIn(value);
  return at === null || at === 0 || at >= 253_402_300_800_000 ? null : dayOf(at);
};

const externalIdOf = (note: Fields): string | null => {
  const id = textIn(note.id);
  return id !== null && ID.test(id) ? id : null;
};

/** Where else the note says the same work is: its page elsewhere, e.g. at arXiv. */
const aliasesIn = (content: Fields, own: PaperId): readonly PaperId[] => {
  const said = ['html', 'pdf', 'doi', 'ee', 'arxiv'].flatMap((name) => textIn(valueIn(content, name)) ?? []);
  return [...new Set(said.flatMap((text) => identifierOf(text) ?? []))].filter((id) => id !== own);
};

/** A submission as a paper. Venues name what became of it: `ICLR 2026 Oral`, `…/Withdrawn_Submission`. */
export const draftOf = (note: Fields): Result<PaperDraft, 'bad-input'> => {
  const externalId = externalIdOf(note);
  if (externalId === null) return fail('bad-input', 'the note has no id of OpenReview');
  const content = fieldsIn(note.content);
  const text = (name: string): string => textIn(valueIn(content, name)) ?? '';
  const titleRaw = text('title');
  const abstractRaw = text('abstract');
  const title = titleRaw.length > LONGEST.title ? '' : cleanText(titleRaw);
  if (title === '') return fail('bad-input', `${externalId} has no title of a sensible length`);
  if (abstractRaw.length > LONGEST.abstract)
    return fail('bad-input', `the abstract of ${externalId} is ${abstractRaw.length} characters long`);
  const id = `openreview:${externalId}`;
  const abstract = cleanText(abstractRaw);
  const authors = listIn(valueIn(content, 'authors'))
    .flatMap((author) => textIn(author) ?? textIn(fieldsIn(author).fullname) ?? [])
    .slice(0, MOST_AUTHORS)
    .map(authorOf)
    .filter(({ name }) => name !== '');
  const aliases = aliasesIn(content, id);
  const doi = aliases.find((alias) => alias.startsWith('doi:'))?.slice('doi:'.length) ?? null;
  const venueid = text('venueid');
  const withdrawn = /\/(?:Withdrawn|Desk_Rejected)[\w-]*$/.test(venueid);
  const pdf = URL.parse(text('pdf'), SITE);
  const venue = cleanText(text('venue').slice(0, LONGEST.other));
  const keywords = listIn(valueIn(content, 'keywords')).flatMap((word) => textIn(word) ?? []);
  return ok({
    id,
    aliases: aliases.filter((alias) => alias !== `doi:${doi}`),
    externalId,
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
    published: dayIn(note.cdate) ?? dayIn(note.tcdate),
    updated: dayIn(note.mdate),
    versions: [],
    withdrawn,
    doi,
    journalRef: venue || null,
    note: keywords.length === 0 ? null : cleanText(`Keywords: ${keywords.join(', ')}`.slice(0, LONGEST.other)),
    license: textIn(note.license),
    links: [
      { rel: 'abstract', label: 'OpenReview', url: `${SITE}/forum?id=${externalId}` },
      ...(pdf !== null && text('pdf') !== '' && /^https?:$/.test(pdf.protocol)
        ? [{ rel: 'pdf' as const, label: 'PDF', url: pdf.href }]
        : []),
      ...linksOf({ id, doi, abstract }),
    ],
    signals: {},
  });
};

/** Notes are counted under the venue they were submitted to, on the day they were. */
const announcedIn = (note: Fields): Announced => ({
  day: dayIn(note.cdate) ?? dayIn(note.tcdate),
  category: textIn(note.domain) ?? textIn(valueIn(fieldsIn(note.content), 'venueid')),
});

const errorIn = (start: string): string =>
  (/"(?:message|error)"\s*:\s*"([^"]{1,200})"/.exec(start)?.[1] ?? 'it gives no reason').replace(/[\s.]+$/, '');

async function* parse(bytes: AsyncIterable<Uint8Array>, { resume = 0 } = {}): AsyncGenerator<Entry> {
  const { head, bytes: whole } = await peek(bytes, 2_000);
  const start = head.toString('utf8');
  if (!/"(?:notes|content)"\s*:/.test(start) && /^\s*\{/.test(start) && /"(?:status|errors?)"\s*:/.test(start))
    throw new Fault('source-refused', `OpenReview reports an error: ${errorIn(start)}.`);
  // A note that was kept stands alone.
  const within = /"notes"\s*:\s*\[/.test(start) ? ['notes'] : [];
  for await (const { line, position, text, problem } of jsonPieces(whole, { within })) {
    if (position <= resume) continue;
    const at = { line, position, raw: text };
    const note = problem === null ? objectIn(text) : null;
    if (note === null) {
      yield { kind: 'rejected', ...at, raw: text.slice(0, 200), reason: problem ?? 'the note is not JSON' };
      continue;
    }
    // Reviews and comments hang below the submission of a forum.
    if (textIn(note.replyto) !== null) continue;
    const announced = announcedIn(note);
    const externalId = externalIdOf(note);
    if (countIn(note.ddate) !== null && externalId !== null) {
      yield { kind: 'gone', ...at, id: `openreview:${externalId}`, externalId, announced };
      continue;
    }
    const draft = draftOf(note);
    if (draft.ok) yield { kind: 'paper', ...at, draft: draft.value, announced };
    else yield { kind: 'rejected', ...at, reason: draft.message, announced };
  }
}

/** How many entries an answer and its whole list have. */
const sizesIn = (body: Uint8Array): { readonly here: number; readonly total: number | null } | null => {
  const answer = objectIn(Buffer.from(body).toString('utf8'));
  return answer === null || !Array.isArray(answer.notes)
    ? null
    : { here: answer.notes.length, total: countIn(answer.count) };
};

/** Submissions of a venue from OpenReview's API v2, whatever became of them. The set is the venue's id. */
export const openreview: Source = {
  id: 'openreview',
  title: 'OpenReview',
  homepage: 'https://openreview.net',
  authority: 'archive',
  recognises: ({ head }) =>
    /^\ufeff?\s*\{/.test(head) && /"notes"\s*:\s*\[/.test(head) && /"(?:content|invitations?|venueid)"\s*:/.test(head),
  parse,
  wire: {
    base: 'https://api2.openreview.net',
    manners: { key: 'openreview', gapMs: 1_000 },
    keyHeader: 'authorization',
    schedule: null,
    wishes: { set: 'a venue, e.g. ICLR.cc/2026/Conference' },
    staleAfterHours: null,
    begin({ from, until, set, format }) {
      if (from !== null || until !== null || format !== null)
        return fail('bad-usage', 'OpenReview gives a venue as a whole: it takes no --from, --until or --format.');
      if (set === null || !VENUE.test(set))
        return fail('bad-usage', 'Say which venue with --set, e.g. --set ICLR.cc/2026/Conference.');
      return ok({ venue: set, offset: 0 });
    },
    ask({ venue, offset }, base) {
      const url = new URL(`${base.replace(/\/+$/, '')}/notes`);
      const name = String(venue);
      url.searchParams.set('invitation', name.includes('/-/') ? name : `${name}/-/Submission`);
      url.searchParams.set('limit', String(PAGE));
      url.searchParams.set('offset', String(offset));
      return { url: url.href, accepts: ['application/json'] };
    },
    async read(state: HarvestState, answer): Promise<Turn> {
      if (answer.status !== 200)
        return { kind: 'refused', reason: `OpenReview refused the request: ${complaintIn(answer)}.` };
      const sizes = sizesIn(answer.body);
      if (sizes === null)
        return { kind: 'refused', reason: `OpenReview sent no list of notes: ${complaintIn(answer)}.` };
      const { here, total } = sizes;
      const offset = Number(state.offset) + here;
      if (here === 0 && total !== null && offset < total)
        return { kind: 'again', reason: `the page is empty, with ${total - offset} of ${total} notes to come` };
      const entries = (await Array.fromAsync(parse(bytesOf(answer.body)))).map((entry, i) => ({
        ...entry,
        line: i + 1,
        position: i + 1,
      }));
      const more = here > 0 && (total === null ? here >= PAGE : offset < total);
      return { kind: 'page', entries, next: more ? { ...state, offset } : null, total, through: null };
    },
  },
  lookup: {
    base: 'https://api2.openreview.net',
    manners: { key: 'openreview', gapMs: 1_000 },
    keyHeader: 'authorization',
    most: 1,
    takes: (id) => /^openreview:[\w-]{1,40}$/.test(id),
    ask: ([id = ''], base) => ({
      url: `${base.replace(/\/+$/, '')}/notes?id=${encodeURIComponent(id.slice('openreview:'.length))}`,
      accepts: ['application/json'],
    }),
    async read(ids, answer) {
      // A note that is not public is answered like one that is not there.
      if (expectGood('OpenReview', answer, [403, 404]) === 'none') return [];
      const entries = await Array.fromAsync(parse(bytesOf(answer.body)));
      return entries.filter((entry) => entry.kind === 'paper' && ids.includes(entry.draft.id ?? ''));
    },
  },
};
