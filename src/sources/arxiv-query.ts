import { addDays, type Day, isDay } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok } from '../kernel/result.ts';
import { elementsOf, parseXml, textOf, type XmlNode } from '../kernel/xml.ts';
import type { PaperId } from '../model/paper.ts';
import type { Answer, Entry, HarvestState, Lookup, Source, Turn, Wire } from '../ports/source.ts';
import { ARXIV_MANNERS, arxivDraft, arxivId, categoriesIn, dayFrom } from './arxiv-fields.ts';
import { scanEntries, streamOf } from './arxiv-scan.ts';
import { isCategory } from './arxiv-sets.ts';

const BASE = 'https://export.arxiv.org/api/query';
const ACCEPTS = ['application/atom+xml', 'application/xml', 'text/xml'];
const PAGE = 200;
const MOST_IDS = 100;
const LONGEST_QUERY = 1_000;
const DAYS_AT_FIRST = 7;

const field = (node: XmlNode, name: string): string | undefined =>
  node[name] === undefined ? undefined : textOf(node[name]);

const termOf = (node: XmlNode | undefined): string => textOf(node?.['@term']);

/** The API has sent UTF-8 that was taken for Latin-1 and encoded once more: `JosÃ©`. Such text is read back. */
const withoutMojibake = (text: string): string => {
  if (!/[\u00c2-\u00f4][\u0080-\u00bf]/.test(text) || /[^\0-\xff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
};

/** One `<entry>`. Throws `Fault('source-refused')` for one that is an error in disguise. */
const entryOf = (n: number, raw: string): Entry => {
  const at = { line: n, position: n, raw };
  let entry: XmlNode;
  try {
    entry = elementsOf(parseXml(raw, { prefixes: 'drop' }).entry)[0] ?? {};
  } catch {
    return { kind: 'rejected', ...at, reason: 'the entry is not well-formed XML' };
  }
  const address = (field(entry, 'id') ?? '').trim();
  if (/\/api\/errors\b/.test(address)) {
    const words = (field(entry, 'summary') ?? '').replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 300);
    throw new Fault('source-refused', `arXiv refuses the query${words === '' ? '' : `: ${words}`}.`);
  }
  const identity = arxivId(address.replace(/^https?:\/\/(?:[\w.-]+\.)?arxiv\.org\/abs\//, ''));
  const published = dayFrom(field(entry, 'published'));
  const updated = dayFrom(field(entry, 'updated'));
  const latest = identity?.version ?? 1;
  const categories = categoriesIn(
    termOf(elementsOf(entry.primary_category)[0]),
    ...elementsOf(entry.category).map(termOf),
  );
  const draft = arxivDraft({
    id: identity?.id ?? address,
    title: field(entry, 'title'),
    abstract: field(entry, 'summary'),
    names: elementsOf(entry.author).map((author) => withoutMojibake(textOf(author.name))),
    categories,
    versions: [{ n: 1, date: published }, ...(latest > 1 ? [{ n: latest, date: updated }] : [])],
    published,
    updated,
    comments: field(entry, 'comment'),
    journalRef: field(entry, 'journal_ref'),
    doi: field(entry, 'doi'),
    mend: withoutMojibake,
  });
  const announced = { day: updated, category: categories[0] ?? null };
  return draft.ok
    ? { kind: 'paper', ...at, draft: draft.value, announced }
    : { kind: 'rejected', ...at, reason: draft.message, announced };
};

async function* entriesOf(
  bytes: AsyncIterable<Uint8Array>,
  resume: number,
  told: (feed: XmlNode) => void = () => {},
): AsyncGenerator<Entry> {
  const around = (document: XmlNode): void => {
    if (document.feed === undefined) throw new Fault('source-refused', 'The answer is not a feed.');
    told(elementsOf(document.feed)[0] ?? {});
  };
  for await (const { n, text } of scanEntries(bytes, 'entry', around)) {
    if (n <= resume) continue;
    if (text !== null) yield entryOf(n, text);
    else yield { kind: 'rejected', line: n, position: n, raw: '', reason: 'the entry is longer than any of arXiv' };
  }
}

/** Entries of a whole answer and how many there are in all; throws `Fault('source-refused')` where it is an error. */
const readAnswer = async ({ status, body }: Answer): Promise<{ entries: Entry[]; total: number | null }> => {
  let total: number | null = null;
  try {
    const entries = await Array.fromAsync(
      entriesOf(streamOf(body), 0, (feed) => {
        const said = textOf(feed.totalResults).trim();
        total = /^\d{1,12}$/.test(said) ? Number(said) : null;
      }),
    );
    if (status < 400) return { entries, total };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (status < 400 || error.message.startsWith('arXiv ')) throw error;
  }
  throw new Fault('source-refused', `arXiv answers with HTTP ${status}.`);
};

type State = HarvestState & {
  readonly query: string;
  readonly start: number;
  /** As the answers before said; null at the beginning. */
  readonly total: number | null;
  readonly today: Day;
};

/** `202301010600`-like bounds of `submittedDate`. */
const bound = (day: Day, time: string): string => `${day.replaceAll('-', '')}${time}`;

const read = async (state: State, answer: Answer): Promise<Turn> => {
  let entries: readonly Entry[];
  let said: number | null;
  try {
    ({ entries, total: said } = await readAnswer(answer));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: 'refused', reason: error.message };
  }
  const total = Math.max(said ?? 0, said === null ? 0 : (state.total ?? 0));
  const reached = state.start + entries.length;
  if (entries.length === 0 && state.start < total)
    return { kind: 'again', reason: `arXiv answered with an empty page at ${state.start} of ${total}` };
  const isEnd = said === null ? entries.length < PAGE : reached >= total;
  return {
    kind: 'page',
    entries,
    next: isEnd ? null : { ...state, start: reached, total: said === null ? null : total },
    total: said === null ? null : total,
    through: state.today,
  };
};

const wire: Wire = {
  base: BASE,
  manners: ARXIV_MANNERS,
  schedule: null,
  wishes: {
    from: 'the first day of submission',
    until: 'the last day of submission',
    set: 'a category or a query, e.g. cs.LG or cat:cs.LG AND ti:attention',
  },
  staleAfterHours: null,
  begin(wish, since, today) {
    if (wish.format !== null) return fail('bad-usage', 'The query API has one format: leave out --format.');
    const set = (wish.set ?? 'cat:cs.*').trim();
    if (set === '' || set.length > LONGEST_QUERY || /\p{Cc}/u.test(set) || !set.isWellFormed())
      return fail('bad-usage', `That is no query: write e.g. cat:cs.LG, in at most ${LONGEST_QUERY} characters.`);
    for (const day of [wish.from, wish.until])
      if (day !== null && !(isDay as (text: string) => boolean)(day))
        return fail('bad-usage', `“${day.slice(0, 60)}” is no day: write it as 2026-11-20.`);
    const from = wish.from ?? (since !== null && isDay(since) ? since : addDays(today, -DAYS_AT_FIRST));
    if (wish.until !== null && wish.until < from)
      return fail('bad-usage', `Nothing lies between ${from} and ${wish.until}: put the earlier day first.`);
    const words = isCategory(set) ? `cat:${set}` : set;
    const days = `submittedDate:[${bound(from, '0000')} TO ${bound(wish.until ?? '2999-12-31', '2359')}]`;
    return ok({ query: `${/\s/.test(words) ? `(${words})` : words} AND ${days}`, start: 0, total: null, today });
  },
  ask: (state, base) => {
    const { query, start } = state as State;
    const params = new URLSearchParams({
      search_query: query,
      start: String(start),
      max_results: String(PAGE),
      sortBy: 'submittedDate',
      sortOrder: 'descending',
    });
    return { url: `${base}${base.includes('?') ? '&' : '?'}${params}`, accepts: ACCEPTS };
  },
  read: (state, answer) => read(state as State, answer),
};

const bare = (id: PaperId): string => id.slice('arxiv:'.length);

const lookup: Lookup = {
  base: BASE,
  manners: ARXIV_MANNERS,
  most: MOST_IDS,
  takes: (id) => id.startsWith('arxiv:') && arxivId(bare(id))?.id === bare(id),
  ask: (ids, base) => {
    const params = new URLSearchParams({ id_list: ids.map(bare).join(','), max_results: String(ids.length) });
    return { url: `${base}${base.includes('?') ? '&' : '?'}${params}`, accepts: ACCEPTS };
  },
  async read(ids, answer) {
    const asked = new Set(ids);
    const { entries } = await readAnswer(answer);
    return entries.filter((entry) => entry.kind === 'paper' && entry.draft.id !== null && asked.has(entry.draft.id));
  },
};

/** arXiv's query API (Atom): the result of a search, newest first; and single papers by identifier. */
export const arxivQuery: Source = {
  id: 'arxiv-query',
  title: 'arXiv query API',
  homepage: 'https://info.arxiv.org/help/api/index.html',
  authority: 'archive',
  recognises: ({ head }) => /<feed[\s>]/.test(head) && /\barxiv\.org\/api\//.test(head),
  parse: (bytes, { resume = 0 } = {}) => entriesOf(bytes, resume),
  wire,
  lookup,
};
