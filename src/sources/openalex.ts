import { peek } from '../kernel/decompress.ts';
import { identifierOf } from '../model/identifier.ts';
import { linksOf } from '../model/link.ts';
import type { Extra } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';
import { doiOf, journalRefOf } from './bibliographic.ts';
import { bytesOf, expectGood, rootOf } from './json-answer.ts';
import { countIn, fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

const TITLE = 'OpenAlex';
const SELECT = 'id,doi,publication_year,cited_by_count,biblio,primary_location,locations';

const pagesOf = ({ first_page: first, last_page: last }: Fields): string | null => {
  const pages = [...new Set([textIn(first), textIn(last)].filter((page) => page !== null))];
  return pages.length === 0 ? null : pages.join('-');
};

/** What a work says of the paper it is; null where it names none. */
const extraOf = (work: Fields): Extra | null => {
  const id = identifierOf(textIn(work.doi) ?? '');
  const externalId = /\/(W\d+)$/.exec(textIn(work.id) ?? '')?.[1];
  if (id === null || externalId === undefined) return null;
  const location = fieldsIn(work.primary_location);
  const venue = fieldsIn(location.source);
  const biblio = fieldsIn(work.biblio);
  const citations = countIn(work.cited_by_count);
  const doi = doiOf(id);
  const elsewhere = listIn(work.locations)
    .map((one) => identifierOf(textIn(fieldsIn(one).landing_page_url) ?? ''))
    .filter((one) => one?.startsWith('arxiv:') && one !== id);
  return {
    id,
    externalId,
    aliases: [...new Set(elsewhere)] as string[],
    doi,
    journalRef:
      venue.type === 'repository'
        ? null
        : journalRefOf({
            journal: textIn(venue.display_name),
            volume: textIn(biblio.volume),
            number: textIn(biblio.issue),
            pages: pagesOf(biblio),
            year: textIn(work.publication_year),
          }),
    license: textIn(location.license),
    links: linksOf({ id: null, doi, abstract: '' }),
    signals: citations === null ? {} : { citations },
  };
};

async function* parse(bytes: AsyncIterable<Uint8Array>, { resume = 0 } = {}): AsyncGenerator<Entry> {
  const { head, bytes: whole } = await peek(bytes, 4096);
  // A whole answer, or a work by itself, as it is kept.
  const within = /"results"\s*:\s*\[/.test(head.toString('utf8')) ? ['results'] : [];
  for await (const { line, position, text: raw, problem } of jsonPieces(whole, { within })) {
    if (position <= resume) continue;
    const work = problem === null ? objectIn(raw) : null;
    const extra = work === null ? null : extraOf(work);
    const reason = problem ?? (work === null ? 'the work is not JSON' : 'the work has no DOI');
    yield extra === null
      ? { kind: 'rejected', line, position, raw, reason }
      : { kind: 'extra', line, position, raw, extra };
  }
}

/** OpenAlex: citations, venues and DOIs. Only adds to papers that are here. */
export const openalex: Source = {
  id: 'openalex',
  title: TITLE,
  homepage: 'https://openalex.org',
  authority: 'index',
  recognises: ({ head }) => /"https:\/\/openalex\.org\/W\d+"/.test(head) && /"results"\s*:/.test(head),
  parse,
  lookup: {
    base: 'https://api.openalex.org',
    manners: { key: 'api.openalex.org', gapMs: 150 },
    most: 50,
    // `|` and `,` mean something in the filter.
    takes: (id) => (id.startsWith('arxiv:') || doiOf(id) !== null) && !/[|,]/.test(id),
    ask: (ids, base) => {
      const dois = ids.map((id) => doiOf(id) ?? `10.48550/arxiv.${id.slice('arxiv:'.length)}`);
      return {
        url: `${rootOf(base)}/works?filter=doi:${dois.map(encodeURIComponent).join('|')}&per-page=${ids.length}&select=${SELECT}`,
        headers: { accept: 'application/json' },
        accepts: ['application/json'],
      };
    },
    async read(ids, answer) {
      expectGood(TITLE, answer);
      const asked = new Set(ids);
      const entries = await Array.fromAsync(parse(bytesOf(answer.body)));
      return entries.filter((entry) => entry.kind === 'extra' && asked.has(entry.extra.id));
    },
  },
};
