import { addDays, type Day, dayOf, isDay } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { cleanText } from '../kernel/text.ts';
import { authorOf, organisationOf } from '../model/author.ts';
import { identifierOf } from '../model/identifier.ts';
import { linksOf } from '../model/link.ts';
import type { Link, Organisation, PaperDraft } from '../model/paper.ts';
import type { Entry, HarvestState, Source, Turn } from '../ports/source.ts';
import { bytesOf, complaintIn } from './json-answer.ts';
import { countIn, fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Entries a page has at most; one page is a day, as a rule. */
const PAGE = 100;
/** Days that are read again each time: votes and comments move. */
const AGAIN = 3;
const MOST_AUTHORS = 10_000;
/** In characters. */
const LONGEST = { title: 2_000, abstract: 50_000 };

const dayIn = (value: unknown): Day | null => {
  const at = Date.parse(textIn(value) ?? '');
  return at >= 0 && at < 253_402_300_800_000 ? dayOf(at) : null;
};

const organisationIn = (value: unknown): Organisation | null => {
  const { name, fullname } = fieldsIn(value);
  const shown = cleanText((textIn(fullname) ?? textIn(name) ?? '').slice(0, LONGEST.title));
  return shown === '' ? null : organisationOf(shown, textIn(name));
};

const linkOf = (rel: Link['rel'], value: unknown): Link[] => {
  const url = URL.parse(textIn(value) ?? '');
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  const host = url.host.replace(/^www\./, '');
  return [{ rel, label: rel === 'code' ? `Code at ${host}` : host, url: url.href }];
};

/** One entry of the answer, e.g. `{ paper: { id, title, summary, … }, numComments, … }`. */
export const draftOf = (entry: Fields): Result<PaperDraft, 'bad-input'> => {
  const paper = fieldsIn(entry.paper);
  const number = textIn(paper.id);
  const id = number === null ? null : identifierOf(`arxiv:${number}`);
  if (id === null) return fail('bad-input', `${JSON.stringify(paper.id ?? null).slice(0, 60)} is not an arXiv id`);
  const titleRaw = textIn(paper.title) ?? textIn(entry.title) ?? '';
  const abstractRaw = textIn(paper.summary) ?? textIn(entry.summary) ?? '';
  const title = titleRaw.length > LONGEST.title ? '' : cleanText(titleRaw);
  if (title === '') return fail('bad-input', `${number} has no title of a sensible length`);
  if (abstractRaw.length > LONGEST.abstract)
    return fail('bad-input', `the abstract of ${number} is ${abstractRaw.length} characters long`);
  const abstract = cleanText(abstractRaw);
  const authors = listIn(paper.authors)
    .map(fieldsIn)
    .filter(({ hidden }) => hidden !== true)
    .flatMap(({ name }) => textIn(name) ?? [])
    .slice(0, MOST_AUTHORS)
    .map(authorOf)
    .filter(({ name }) => name !== '');
  const links = [...linksOf({ id, doi: null, abstract })];
  for (const link of [...linkOf('code', paper.githubRepo), ...linkOf('project', paper.projectPage)]) {
    const same = links.findIndex(({ url }) => url.replace(/\/$/, '') === link.url.replace(/\/$/, ''));
    if (same < 0) links.push(link);
    else if (links[same]?.rel !== 'code') links[same] = link;
  }
  const signals: Record<string, number> = {};
  const upvotes = countIn(paper.upvotes) ?? countIn(entry.upvotes);
  const comments = countIn(entry.numComments) ?? countIn(paper.numComments);
  if (upvotes !== null) signals.upvotes = upvotes;
  if (comments !== null) signals.comments = comments;
  return ok({
    id,
    externalId: id.slice('arxiv:'.length),
    title,
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: false,
    authors,
    authorCount: authors.length === 0 ? null : authors.length,
    organisation: organisationIn(paper.organization ?? entry.organization),
    byline: null,
    categories: [],
    published: dayIn(paper.publishedAt),
    updated: null,
    versions: [],
    withdrawn: textIn(paper.withdrawnAt) !== null,
    doi: null,
    journalRef: null,
    note: null,
    license: null,
    links,
    signals,
  });
};

/** The day an entry is on the list of: what the recorded dump states, else when it was submitted to the list. */
const dayOfEntry = (entry: Fields): Day | null => {
  const { day, paper, publishedAt } = entry;
  if (typeof day === 'string' && isDay(day)) return day;
  return dayIn(fieldsIn(paper).submittedOnDailyAt) ?? dayIn(publishedAt);
};

async function* entriesOf(bytes: AsyncIterable<Uint8Array>, resume: number, day: Day | null): AsyncGenerator<Entry> {
  for await (const { line, position, text, problem } of jsonPieces(bytes)) {
    if (position <= resume) continue;
    const at = { line, position, raw: text };
    const object = problem === null ? objectIn(text) : null;
    if (object === null) {
      yield { kind: 'rejected', ...at, raw: text.slice(0, 200), reason: problem ?? 'the entry is not JSON' };
      continue;
    }
    if (object.paper === undefined && textIn(object.error) !== null)
      throw new Fault('source-refused', `Hugging Face reports an error: ${textIn(object.error)?.slice(0, 200)}.`);
    const announced = { day: day ?? dayOfEntry(object), category: null };
    const draft = draftOf(object);
    if (draft.ok) yield { kind: 'paper', ...at, draft: draft.value, announced };
    else yield { kind: 'rejected', ...at, reason: draft.message, announced };
  }
}

/** The answer says itself whether there is more; a page may hold fewer than it could. */
const hasMore = (link: string | undefined, entries: number): boolean =>
  /\brel="?next\b/.test(link ?? '') || entries >= PAGE;

/** Hugging Face's daily papers, a day a request. Votes and comments there are kept as its signals, apart from our own. */
export const hfDaily: Source = {
  id: 'hf-daily',
  title: 'Hugging Face Daily Papers',
  homepage: 'https://huggingface.co/papers',
  authority: 'index',
  recognises: ({ head }) => /^\ufeff?\s*(?:\[\s*)?\{/.test(head) && /"paper"\s*:\s*\{/.test(head),
  parse: (bytes, { resume = 0 } = {}) => entriesOf(bytes, resume, null),
  wire: {
    base: 'https://huggingface.co/api/daily_papers',
    manners: { key: 'huggingface', gapMs: 1_000 },
    keyHeader: 'authorization',
    schedule: { cron: '15 */3 * * *', zone: 'UTC' },
    wishes: { from: 'a day, e.g. 2026-07-01', until: 'a day' },
    // Nothing is listed on Saturdays and Sundays.
    staleAfterHours: 96,
    begin({ from, until, set, format }, since, today) {
      if (set !== null || format !== null) return fail('bad-usage', 'hf-daily takes no --set and no --format.');
      const wrong = [from, until].find((day) => day !== null && !isDay(day));
      if (wrong != null) return fail('bad-usage', `“${wrong}” is not a day; write it like 2026-07-01.`);
      const last = until ?? today;
      const again = addDays(today, 1 - AGAIN);
      const first = from ?? [since !== null && isDay(since) ? since : again, again, last].sort()[0] ?? again;
      if (first > last) return fail('bad-usage', `--from ${first} is after ${last}.`);
      return ok({ day: first, until: last, page: 0 });
    },
    ask({ day, page }, base) {
      const url = new URL(base);
      url.searchParams.set('date', String(day));
      url.searchParams.set('limit', String(PAGE));
      if (page !== 0) url.searchParams.set('p', String(page));
      return { url: url.href, accepts: ['application/json'] };
    },
    async read(state: HarvestState, answer): Promise<Turn> {
      if (answer.status !== 200)
        return { kind: 'refused', reason: `Hugging Face refused the request: ${complaintIn(answer)}.` };
      const day = String(state.day);
      let found: Entry[];
      try {
        found = await Array.fromAsync(entriesOf(bytesOf(answer.body), 0, day));
      } catch (error) {
        if (error instanceof Fault && error.code === 'source-refused')
          return { kind: 'refused', reason: error.message };
        throw error;
      }
      if (found.length === 0 && !/^\s*\[\s*\]\s*$/.test(Buffer.from(answer.body).toString('utf8', 0, 100)))
        return { kind: 'refused', reason: 'The answer of Hugging Face is no list of papers.' };
      const entries = found.map((entry, i) => ({ ...entry, line: i + 1, position: i + 1 }));
      const more = entries.length > 0 && hasMore(answer.headers.link, entries.length);
      const until = String(state.until);
      const next = more
        ? { ...state, page: Number(state.page) + 1 }
        : day < until
          ? { ...state, day: addDays(day, 1), page: 0 }
          : null;
      return { kind: 'page', entries, next, total: null, through: next === null ? until : null };
    },
  },
};
