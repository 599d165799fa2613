import { Fault } from '../kernel/errors.ts';
import { fail, ok } from '../kernel/result.ts';
import { elementsOf, parseXml, textOf, type XmlNode } from '../kernel/xml.ts';
import type { Entry, Source, Wire } from '../ports/source.ts';
import { ARXIV_MANNERS, arxivDraft, arxivId, categoriesIn, dayFrom, namesIn } from './arxiv-fields.ts';
import { scanEntries, streamOf } from './arxiv-scan.ts';
import { isCategory } from './arxiv-sets.ts';

const MOST_CATEGORIES = 100;

/** `arXiv:2606.30774v1 Announce Type: new`, and under it the abstract. */
const DESCRIPTION = /^\s*arXiv:(\S+)\s+Announce Type:\s*([a-z-]+)\s+Abstract:\s?/i;

/** The first of these fields that is there. */
const field = (node: XmlNode, ...names: readonly string[]): string | undefined => {
  const name = names.find((one) => node[one] !== undefined);
  return name === undefined ? undefined : textOf(node[name]);
};

/** One `<item>` of RSS or `<entry>` of Atom. */
const entryOf = (n: number, raw: string): Entry => {
  const at = { line: n, position: n, raw };
  let item: XmlNode;
  try {
    const document = parseXml(raw, { prefixes: 'drop' });
    item = elementsOf(document.item ?? document.entry)[0] ?? {};
  } catch {
    return { kind: 'rejected', ...at, reason: 'the entry is not well-formed XML' };
  }
  const description = field(item, 'description', 'summary') ?? '';
  const [head = '', named, type] = DESCRIPTION.exec(description) ?? [];
  const identity = arxivId(field(item, 'guid', 'id')) ?? arxivId(named && `arXiv:${named}`);
  const day = dayFrom(field(item, 'pubDate', 'published'));
  const categories = categoriesIn(
    ...elementsOf(item.category).map((category) => (category['@term'] as string | undefined) ?? textOf(category)),
  );
  const announced = { day, category: categories[0] ?? null };
  const isNew = (field(item, 'announce_type') ?? type ?? '').trim() === 'new';
  const draft = arxivDraft({
    id: identity?.id ?? field(item, 'guid', 'id'),
    title: field(item, 'title'),
    abstract: description.slice(head.length),
    names: namesIn(elementsOf(item.creator).map(textOf).join(', ')),
    categories,
    // The feed knows when a version was announced, not when it was made.
    versions: identity?.version ? [{ n: identity.version, date: null }] : [],
    published: isNew ? day : null,
    updated: isNew ? day : null,
    journalRef: field(item, 'journal_reference'),
    doi: field(item, 'DOI', 'doi'),
    license: field(item, 'rights'),
  });
  return draft.ok
    ? { kind: 'paper', ...at, draft: draft.value, announced }
    : { kind: 'rejected', ...at, reason: draft.message, announced };
};

/** A feed of arXiv, or one that says what was wrong with the request. */
const check = (document: XmlNode): void => {
  const [rss] = elementsOf(document.rss);
  const [feed] = rss === undefined ? elementsOf(document.feed) : elementsOf(rss.channel);
  if (feed === undefined) throw new Fault('source-refused', 'The answer is not a feed.');
  if (!/^\s*feed error\b/i.test(textOf(feed.title))) return;
  const words = textOf(feed.description ?? feed.subtitle)
    .replace(/\s+/g, ' ')
    .trim();
  const reason = (/^.*?\.(?=\s[A-Z])/.exec(words)?.[0] ?? words).replace(/\.$/, '').slice(0, 300);
  throw new Fault('source-refused', `arXiv has no such feed${reason === '' ? '' : `: ${reason}`}.`);
};

async function* entriesOf(bytes: AsyncIterable<Uint8Array>, resume: number): AsyncGenerator<Entry> {
  for await (const { n, text } of scanEntries(bytes, 'entry', check)) {
    if (n <= resume) continue;
    if (text !== null) yield entryOf(n, text);
    else yield { kind: 'rejected', line: n, position: n, raw: '', reason: 'the entry is longer than any of arXiv' };
  }
}

const wire: Wire = {
  base: 'https://rss.arxiv.org/rss',
  manners: ARXIV_MANNERS,
  // OAI-PMH has the same papers with more said of them.
  schedule: null,
  wishes: { set: 'an archive or categories, e.g. cs or cs.AI+cs.LG' },
  staleAfterHours: 96,
  begin(wish) {
    if (wish.from !== null || wish.until !== null)
      return fail('bad-usage', 'The feed has only the latest day: leave out --from and --until.');
    if (wish.format !== null) return fail('bad-usage', 'The feed has one format: leave out --format.');
    const set = (wish.set ?? 'cs').trim();
    const categories = set.split(/[+\s]+/);
    const strange = categories.find((category) => !isCategory(category));
    if (strange !== undefined)
      return fail(
        'bad-usage',
        `“${strange.slice(0, 60)}” is no category of arXiv: write an archive or categories, e.g. cs or cs.AI+cs.LG.`,
      );
    if (categories.length > MOST_CATEGORIES)
      return fail(
        'bad-usage',
        `${categories.length} categories are too many for one feed: at most ${MOST_CATEGORIES}.`,
      );
    return ok({ set: categories.join('+') });
  },
  ask: ({ set }, base) => ({
    url: `${base}/${set}`,
    accepts: ['application/rss+xml', 'application/atom+xml', 'text/xml', 'application/xml'],
  }),
  async read(_state, { status, body }) {
    try {
      const entries = await Array.fromAsync(entriesOf(streamOf(body), 0));
      if (status >= 400) return { kind: 'refused', reason: `arXiv answers with HTTP ${status}.` };
      return { kind: 'page', entries, next: null, total: entries.length, through: null };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const isNamed = status < 400 || error.message.startsWith('arXiv ');
      return { kind: 'refused', reason: isNamed ? error.message : `arXiv answers with HTTP ${status}.` };
    }
  },
};

/** arXiv's daily feeds, RSS 2.0 and Atom: what was announced today as new, cross-listed or replaced. Empty at weekends. */
export const arxivFeed: Source = {
  id: 'arxiv-feed',
  title: 'arXiv daily feed',
  homepage: 'https://info.arxiv.org/help/rss.html',
  authority: 'archive',
  recognises: ({ head }) => /<(?:rss|feed)[\s>]/.test(head) && /\brss\.arxiv\.org\/(?:rss|atom)\//.test(head),
  parse: (bytes, { resume = 0 } = {}) => entriesOf(bytes, resume),
  wire,
};
