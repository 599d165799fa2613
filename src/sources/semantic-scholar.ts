import { Fault } from '../kernel/errors.ts';
import { identifierOf } from '../model/identifier.ts';
import { linksOf } from '../model/link.ts';
import type { Extra, PaperId } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';
import { doiOf, journalRefOf } from './bibliographic.ts';
import { complaintIn, expectGood, rootOf } from './json-answer.ts';
import { countIn, fieldsIn, jsonPieces, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

const TITLE = 'Semantic Scholar';
const FIELDS = 'externalIds,venue,journal,year,citationCount,influentialCitationCount';

/** What a record says of the paper `asked`; of the paper it names itself where nobody asked. Null where it names none. */
const extraOf = (record: Fields, asked: PaperId | null): Extra | null => {
  const external = fieldsIn(record.externalIds);
  const arxiv = identifierOf(`arxiv:${textIn(external.ArXiv) ?? ''}`);
  const doi = identifierOf(textIn(external.DOI) ?? '');
  const id = asked ?? arxiv ?? doi;
  const externalId = textIn(record.paperId);
  if (id === null || externalId === null) return null;
  const journal = fieldsIn(record.journal);
  const citations = countIn(record.citationCount);
  const influential = countIn(record.influentialCitationCount);
  const ownDoi = doiOf(doi);
  return {
    id,
    externalId,
    aliases: [...new Set([arxiv, doi].filter((one) => one !== null && one !== id))] as PaperId[],
    doi: ownDoi,
    journalRef: journalRefOf({
      journal: textIn(journal.name) ?? textIn(record.venue),
      volume: textIn(journal.volume),
      pages: textIn(journal.pages),
      year: textIn(record.year),
    }),
    license: null,
    links: linksOf({ id: null, doi: ownDoi, abstract: '' }),
    signals: {
      ...(citations === null ? {} : { citations }),
      ...(influential === null ? {} : { influentialCitations: influential }),
    },
  };
};

/** Semantic Scholar: citations, venues and the identifiers that belong to one work. Only adds to papers that are here. */
export const semanticScholar: Source = {
  id: 'semantic-scholar',
  title: TITLE,
  homepage: 'https://www.semanticscholar.org',
  authority: 'index',
  recognises: ({ head }) =>
    /"paperId"\s*:\s*"[0-9a-f]{40}"/.test(head) && /"(?:externalIds|citationCount|venue)"\s*:/.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    for await (const { line, position, text: raw, problem } of jsonPieces(bytes)) {
      if (position <= resume) continue;
      const record = problem === null ? objectIn(raw) : null;
      const extra = record === null ? null : extraOf(record, null);
      const reason = problem ?? (record === null ? 'the record is not JSON' : 'the record names no paper');
      yield extra === null
        ? { kind: 'rejected', line, position, raw, reason }
        : { kind: 'extra', line, position, raw, extra };
    }
  },
  lookup: {
    base: 'https://api.semanticscholar.org',
    manners: { key: 'api.semanticscholar.org', gapMs: 1_100 },
    keyHeader: 'x-api-key',
    most: 100,
    takes: (id) => id.startsWith('arxiv:') || doiOf(id) !== null,
    ask: (ids, base) => ({
      url: `${rootOf(base)}/graph/v1/paper/batch?fields=${FIELDS}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ ids: ids.map((id) => id.replace(/^[a-z]+(?=:)/, (scheme) => scheme.toUpperCase())) }),
      accepts: ['application/json'],
    }),
    async read(ids, answer) {
      // Where it knows none of them the whole request is a bad one.
      if (answer.status === 400 && /no valid paper ids/i.test(complaintIn(answer))) return [];
      expectGood(TITLE, answer);
      let records: unknown;
      try {
        records = JSON.parse(Buffer.from(answer.body).toString('utf8'));
      } catch (cause) {
        throw new Fault('source-refused', `${TITLE} answered with something that is not JSON.`, { cause });
      }
      // One answer for each question, in their order; null for a paper it does not know.
      if (!Array.isArray(records) || records.length !== ids.length)
        throw new Fault('source-refused', `${TITLE} answered with something that is no list of ${ids.length} papers.`);
      return records.flatMap((record: unknown, i): Entry[] => {
        const extra = extraOf(fieldsIn(record), ids[i] as PaperId);
        const at = { line: i + 1, position: i + 1 };
        return extra === null ? [] : [{ kind: 'extra', ...at, raw: JSON.stringify(record), extra }];
      });
    },
  },
};
