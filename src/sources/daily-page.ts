import { type Day, isDay } from '../kernel/day.ts';
import { readLines } from '../kernel/lines.ts';
import { cleanText, slug } from '../kernel/text.ts';
import { organisationOf } from '../model/author.ts';
import { linksOf } from '../model/link.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';

/** A line that is not blank. `gap` says that a blank line (or the start of the page) comes before it. */
interface Row {
  readonly n: number;
  readonly text: string;
  readonly gap: boolean;
}

/** A day as the page prints it: the year is left out when it is the page's own. The number after it counts comments. */
interface PrintedDate {
  readonly month: number;
  readonly day: number;
  readonly year: number | null;
  readonly comments: number | null;
}

/** What stands under an abstract: who, `·`, when. */
interface Tail {
  readonly byline: string;
  readonly date: PrintedDate | null;
  readonly printed: string;
}

type Block =
  | { readonly kind: 'text'; readonly first: number; readonly last: number; readonly text: string }
  | { readonly kind: 'tail'; readonly first: number; readonly last: number; readonly tail: Tail };

const HEADING = 'Daily Papers';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DATE = /^([A-Z][a-z]{2}) (\d{1,2})(?:, (\d{4}))?(?: (\d{1,9}))?$/;
const COUNT = /^(\d{1,5}) authors?$/;
const BULLET = /^\s*•\s*/;
/** A title is at most this long, in characters; a longer text is (a further paragraph of) an abstract. */
const TITLE_MAX = 300;
/** Where the page's own date is looked for: so many lines under the heading. */
const HEAD_ROWS = 4;
/** Largest page taken, in characters: a page has some 150,000. */
const PAGE_MAX = 16_000_000;

const printedDate = (text: string): PrintedDate | null => {
  const m = DATE.exec(text.trim());
  const month = m ? MONTHS.indexOf(m[1] as string) + 1 : 0;
  if (!m || month === 0 || Number(m[2]) < 1 || Number(m[2]) > 31) return null;
  return { month, day: Number(m[2]), year: m[3] ? Number(m[3]) : null, comments: m[4] ? Number(m[4]) : null };
};

const two = (n: number): string => String(n).padStart(2, '0');

const dayIn = (year: number, date: PrintedDate): Day | null => {
  const day = `${String(year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
  return isDay(day) ? day : null;
};

/** The page's year, where it is not printed, is the first in which no paper with a printed year lies after the page's date. */
const dateOfPage = (own: PrintedDate, others: readonly PrintedDate[]): Day | null => {
  if (own.year !== null) return dayIn(own.year, own);
  const days = others.flatMap((date) => (date.year === null ? [] : (dayIn(date.year, date) ?? [])));
  const newest = days.sort().at(-1);
  if (newest === undefined) return null;
  const from = Number(newest.slice(0, 4));
  for (let year = from; year <= from + 8; year++) {
    const day = dayIn(year, own);
    if (day !== null && day >= newest) return day;
  }
  return null;
};

/** A paper's day: without a year it lies in the page's, or in the year before where it would come after the page. */
const dateOfPaper = (date: PrintedDate, page: Day | null): Day | null => {
  if (date.year !== null) return dayIn(date.year, date);
  if (page === null) return null;
  const year = Number(page.slice(0, 4));
  const day = dayIn(year, date);
  return day !== null && day <= page ? day : dayIn(year - 1, date);
};

/** Texts are parted by blank lines; a tail is recognised by the `·` alone on its second line, blank lines or not. */
const blocksOf = (rows: readonly Row[]): Block[] => {
  const blocks: Block[] = [];
  let text: Row[] = [];
  const close = (): void => {
    const [first, last] = [text[0], text.at(-1)];
    if (first && last) {
      blocks.push({ kind: 'text', first: first.n, last: last.n, text: text.map((row) => row.text).join('\n') });
    }
    text = [];
  };
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as Row;
    const date = rows[i + 2];
    if (rows[i + 1]?.text.trim() === '·' && date) {
      close();
      const byline = row.text.replace(BULLET, '').trimEnd();
      const tail = { byline, date: printedDate(date.text), printed: date.text.trim() };
      blocks.push({ kind: 'tail', first: row.n, last: date.n, tail });
      i += 2;
    } else {
      if (row.gap) close();
      text.push(row);
    }
  }
  close();
  return blocks;
};

/** Where TeX lost its backslash before a number: `leq100` → `≤100`. */
const LOST: Readonly<Record<string, string>> = { leq: '≤', geq: '≥', sim: '∼', approx: '≈', times: '×', pm: '±' };
const restoreLost = (text: string): string =>
  text.replace(/(?<![\p{L}\p{N}\\])(leq|geq|sim|approx|times|pm)(?=\d)/gu, (word) => LOST[word] ?? word);

/** An abstract that ends neither in closing punctuation nor in an address was cut off by the page. */
const isCut = (abstract: string): boolean => !/[.!?…:;)\]}"'”’$]$/.test(abstract) && !/https?:\/\/\S+$/.test(abstract);

/**
 * The byline is a count, or an organisation as its handle (one word) and its name: `agibot-world AgiBot World`.
 * A single word is both.
 */
const makersOf = (byline: string): Pick<PaperDraft, 'authorCount' | 'organisation'> => {
  const count = COUNT.exec(byline);
  if (count) return { authorCount: Number(count[1]), organisation: null };
  const [, handle = byline, name = handle] = /^(\S+)(?:\s+(.+))?$/.exec(byline) ?? [];
  return { authorCount: null, organisation: organisationOf(cleanText(name), handle) };
};

const draftOf = (titleRaw: string, abstractRaw: string, tail: Tail | null, page: Day | null): PaperDraft => {
  const abstract = restoreLost(cleanText(abstractRaw));
  const published = tail?.date ? dateOfPaper(tail.date, page) : null;
  return {
    id: null,
    externalId: slug(titleRaw),
    title: restoreLost(cleanText(titleRaw)),
    titleRaw,
    abstract,
    abstractRaw,
    abstractCut: isCut(abstract),
    authors: [],
    ...(tail ? makersOf(tail.byline) : { authorCount: null, organisation: null }),
    byline: tail?.byline ?? null,
    categories: [],
    published,
    updated: null,
    versions: [],
    withdrawn: false,
    doi: null,
    journalRef: null,
    note: null,
    license: null,
    links: linksOf({ id: null, doi: null, abstract }),
    signals: tail?.date?.comments == null ? {} : { comments: tail.date.comments },
  };
};

/** Whether a text under a complete title and abstract starts the next paper (the one before then has no byline). */
const startsPaper = (block: Block, next: Block | undefined): boolean =>
  block.kind === 'text' &&
  block.text.length <= TITLE_MAX &&
  next?.kind === 'text' &&
  next.text.length > block.text.length;

const readRows = async (bytes: AsyncIterable<Uint8Array>): Promise<{ rows: Row[]; broken: Entry | null }> => {
  const rows: Row[] = [];
  let gap = true;
  let size = 0;
  for await (const { n, text, problem } of readLines(bytes)) {
    size += text.length;
    const reason = size > PAGE_MAX ? 'the page is too long' : problem;
    if (reason !== null) {
      return { rows, broken: { kind: 'rejected', line: n, position: n, raw: text.slice(0, 200), reason } };
    }
    if (text.trim() !== '') rows.push({ n, text, gap });
    gap = text.trim() === '';
  }
  return { rows, broken: null };
};

function* entriesOf(rows: readonly Row[]): Generator<Entry> {
  const rejected = (line: number, last: number, raw: string, reason: string): Entry => ({
    kind: 'rejected',
    line,
    position: last,
    raw: raw.slice(0, 200),
    reason,
  });
  const heading = rows.findIndex((row) => row.text.trim() === HEADING);
  if (heading === -1) {
    yield rejected(1, 1, rows[0]?.text ?? '', `there is no line “${HEADING}”`);
    return;
  }
  const dated = rows.slice(heading + 1, heading + 1 + HEAD_ROWS).findIndex((row) => printedDate(row.text) !== null);
  const head = heading + 1 + dated;
  const dateRow = dated === -1 ? undefined : rows[head];
  const blocks = blocksOf(rows.slice(head + 1));
  const own = dateRow ? printedDate(dateRow.text) : null;
  const dates = blocks.flatMap((block) => (block.kind === 'tail' && block.tail.date ? [block.tail.date] : []));
  const page = own ? dateOfPage(own, dates) : null;
  const { n, text } = dateRow ?? (rows[heading] as Row);
  if (page !== null) yield { kind: 'edition', line: n, position: n, date: page };
  else yield rejected(n, n, text, own ? 'the year of the page cannot be told' : 'the page has no date of its own');

  const raws = new Map(rows.map((row, i) => [row.n, i]));
  const rawOf = (first: number, last: number): string => {
    const part = rows.slice(raws.get(first), (raws.get(last) ?? 0) + 1);
    return part.map((row, i) => (i > 0 && row.gap ? `\n${row.text}` : row.text)).join('\n');
  };
  for (let i = 0; i < blocks.length; ) {
    const title = blocks[i++] as Block;
    if (title.kind === 'tail') {
      yield rejected(title.first, title.last, rawOf(title.first, title.last), 'a byline without title and abstract');
      continue;
    }
    const paragraphs: string[] = [];
    let last = title.last;
    for (let block = blocks[i]; block?.kind === 'text'; block = blocks[i]) {
      if (paragraphs.length > 0 && startsPaper(block, blocks[i + 1])) break;
      paragraphs.push(block.text);
      last = block.last;
      i += 1;
    }
    const next = blocks[i];
    const tail = next?.kind === 'tail' ? next : null;
    if (tail) i += 1;
    last = tail?.last ?? last;
    const raw = rawOf(title.first, last);
    const refuse = (reason: string): Entry => rejected(title.first, last, raw, reason);
    if (paragraphs.length === 0) yield refuse('the entry has a title but no abstract');
    else if (title.text.length > TITLE_MAX) yield refuse(`the title is longer than ${TITLE_MAX} characters`);
    else if (tail && tail.tail.date === null)
      yield refuse(`the date “${tail.tail.printed.slice(0, 40)}” cannot be read`);
    else {
      const draft = draftOf(title.text, paragraphs.join('\n\n'), tail?.tail ?? null, page);
      yield { kind: 'paper', line: title.first, position: last, raw, draft };
    }
  }
}

/**
 * A “Daily Papers” page saved as text. The whole page is read before the first entry, because the years it leaves out
 * are told from the years it prints. Positions are line numbers.
 */
export const dailyPage: Source = {
  id: 'daily-page',
  title: 'Saved Daily Papers page',
  homepage: 'https://huggingface.co/papers',
  authority: 'index',
  recognises: ({ head }) => /^Daily Papers\r?$/m.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    const { rows, broken } = await readRows(bytes);
    for (const entry of entriesOf(rows)) if (entry.position > resume) yield entry;
    if (broken !== null && broken.position > resume) yield broken;
  },
};
