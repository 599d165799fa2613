import { peek } from '../kernel/decompress.ts';
import { fail, type Result } from '../kernel/result.ts';
import { identifierOf } from '../model/identifier.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';
import { doiOf, draftOfReference } from './bibliographic.ts';
import { cslDate, cslName } from './csl-json.ts';
import { bytesOf, expectGood, rootOf } from './json-answer.ts';
import { countIn, fieldsIn, jsonPieces, listIn, objectIn, textIn } from './json-pieces.ts';

type Fields = Readonly<Record<string, unknown>>;

const TITLE = 'Crossref';
/** What is asked for; a whole record brings its reference list along. */
const SELECT =
  'DOI,type,title,author,abstract,issued,published,posted,container-title,volume,issue,page,license,relation,is-referenced-by-count';
const RELATED = ['has-preprint', 'is-preprint-of'] as const;

const firstText = (value: unknown): string | null => textIn(Array.isArray(value) ? value[0] : value);

/** Where a publisher says that this and a preprint are the same work. */
const relatedIds = (relation: Fields): readonly string[] =>
  RELATED.flatMap((kind) => listIn(relation[kind]).map(fieldsIn)).flatMap((other) =>
    other['id-type'] === 'doi' || other['id-type'] === 'arxiv' ? (textIn(other.id) ?? []) : [],
  );

const licenseOf = (work: Fields): string | null => {
  const licenses = listIn(work.license)
    .map(fieldsIn)
    .filter((one) => one['content-version'] !== 'tdm');
  const urls = licenses.map((one) => textIn(one.URL));
  return urls.find((url) => url?.includes('creativecommons.org')) ?? urls[0] ?? null;
};

const draftOf = (work: Fields): Result<PaperDraft, 'bad-input'> => {
  const doi = textIn(work.DOI);
  if (identifierOf(doi ?? '') === null) return fail('bad-input', 'the work has no DOI');
  const date = [work.posted, work.published, work.issued].map(cslDate).find(({ year }) => year !== null);
  const citations = countIn(work['is-referenced-by-count']);
  return draftOfReference({
    externalId: doi as string,
    title: firstText(work.title),
    abstract: textIn(work.abstract),
    authors: listIn(work.author).map((author) => cslName(author) || (textIn(fieldsIn(author).name) ?? '')),
    published: date?.day ?? null,
    year: date?.year ?? null,
    doi,
    hints: relatedIds(fieldsIn(work.relation)),
    journal: firstText(work['container-title']),
    volume: textIn(work.volume),
    number: textIn(work.issue),
    pages: textIn(work.page),
    license: licenseOf(work),
    signals: citations === null ? {} : { citations },
  });
};

async function* parse(bytes: AsyncIterable<Uint8Array>, { resume = 0 } = {}): AsyncGenerator<Entry> {
  const { head, bytes: whole } = await peek(bytes, 4096);
  // A whole answer, of a list or of one work; or a work by itself, as it is kept.
  const kind = /"message-type"\s*:\s*"(work(?:-list)?)"/.exec(head.toString('utf8'))?.[1];
  const within = kind === undefined ? [] : [kind === 'work' ? 'message{}' : 'message.items'];
  const pieces = jsonPieces(whole, { within });
  for await (const { line, position, text: raw, problem } of pieces) {
    if (position <= resume) continue;
    const work = problem === null ? objectIn(raw) : null;
    const draft = work === null ? fail('bad-input', problem ?? 'the work is not JSON') : draftOf(work);
    yield draft.ok
      ? { kind: 'paper', line, position, raw, draft: draft.value }
      : { kind: 'rejected', line, position, raw, reason: draft.message };
  }
}

/** Crossref: what publishers say of works with a DOI, and how often these are cited. */
export const crossref: Source = {
  id: 'crossref',
  title: TITLE,
  homepage: 'https://www.crossref.org',
  authority: 'index',
  recognises: ({ head }) => /"message-type"\s*:\s*"work(?:-list)?"/.test(head),
  parse,
  lookup: {
    base: 'https://api.crossref.org',
    // The public pool answers five requests a second, one at a time.
    manners: { key: 'api.crossref.org', gapMs: 250 },
    most: 20,
    // A comma would end the DOI in the filter. arXiv's DOIs (`arxiv:`) are not Crossref's.
    takes: (id) => doiOf(id) !== null && !id.includes(','),
    ask: (ids, base) => ({
      url: `${rootOf(base)}/works?filter=${ids.map((id) => `doi:${encodeURIComponent(doiOf(id) ?? '')}`).join(',')}&rows=${ids.length}&select=${SELECT}`,
      headers: { accept: 'application/json' },
      accepts: ['application/json'],
    }),
    async read(ids, answer) {
      if (expectGood(TITLE, answer, [404]) === 'none') return [];
      const asked = new Set(ids);
      const entries = await Array.fromAsync(parse(bytesOf(answer.body)));
      return entries.filter(
        (entry) => entry.kind === 'paper' && asked.has(identifierOf(entry.draft.externalId) as string),
      );
    },
  },
};
