import { addDays, type Day, isDay } from '../kernel/day.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { elementsOf, textOf, type XmlNode } from '../kernel/xml.ts';
import type { Answer, Entry, HarvestState, Source, Turn, Wire, Wish } from '../ports/source.ts';
import { ARXIV_MANNERS, dayFrom } from './arxiv-fields.ts';
import { recordEntry } from './arxiv-oai-record.ts';
import { scanEntries, streamOf } from './arxiv-scan.ts';
import { setFor } from './arxiv-sets.ts';

/** Every error of the protocol, and what it means here. */
const ERRORS: Readonly<Record<string, string>> = {
  badArgument: 'arXiv does not take an argument of the request',
  badResumptionToken: 'arXiv no longer knows this place in the list',
  badVerb: 'arXiv does not know this kind of request',
  cannotDisseminateFormat: 'arXiv does not give records in this format',
  idDoesNotExist: 'arXiv has no paper with this identifier',
  noRecordsMatch: 'arXiv has no records that match the request',
  noMetadataFormats: 'arXiv has no format for this paper',
  noSetHierarchy: 'arXiv has no sets',
};
const FORMATS = ['arXiv', 'arXivRaw', 'arXivOld', 'oai_dc'];
const DAYS_AT_FIRST = 7;
const LONGEST_TOKEN = 4_096;

interface OaiError {
  readonly code: string;
  /** One sentence. */
  readonly sentence: string;
}

/** What stands around the records of an answer. */
interface Envelope {
  readonly day: Day | null;
  readonly error: OaiError | null;
  /** The element with the list, if it is one. */
  readonly list: XmlNode | null;
  /** What kind of answer it is: `ListRecords`, `Identify`, …; empty where it is none. */
  readonly verb: string;
}

const errorIn = (root: XmlNode): OaiError | null => {
  const [error] = elementsOf(root.error);
  if (!error) return null;
  const code = textOf(error['@code']) || 'an error without a code';
  const words = textOf(error).slice(0, 1_000).replace(/\s+/g, ' ').trim();
  const reason = (/Reason: (.+)$/.exec(words)?.[1] ?? words).replace(/[.\s]+$/, '').slice(0, 300);
  const what = Object.hasOwn(ERRORS, code) ? ERRORS[code] : 'arXiv reports an error';
  return { code, sentence: `${what} (${code.slice(0, 60)}${reason === '' ? '' : `: ${reason}`}).` };
};

const envelopeOf = (document: XmlNode): Envelope => {
  if (document['OAI-PMH'] === undefined) throw new Fault('source-refused', 'The answer is not OAI-PMH.');
  const [root = {}] = elementsOf(document['OAI-PMH']);
  const verb = ['ListRecords', 'GetRecord', ...Object.keys(root)].find(
    (name) => /^[A-Z]/.test(name) && root[name] !== undefined,
  );
  const list = root.ListRecords ?? root.GetRecord;
  return {
    day: dayFrom(textOf(root.responseDate)),
    error: errorIn(root),
    list: list === undefined ? null : (elementsOf(list)[0] ?? null),
    verb: verb ?? '',
  };
};

/** Everything in one answer: its entries, and then what stands around them. */
async function* entriesOf(
  bytes: AsyncIterable<Uint8Array>,
  resume: number,
  around: (envelope: Envelope) => void,
): AsyncGenerator<Entry & { kind: 'paper' | 'rejected' | 'gone' }> {
  for await (const { n, text } of scanEntries(bytes, 'record', (document) => around(envelopeOf(document)))) {
    if (n <= resume) continue;
    if (text !== null) yield recordEntry(n, text) as Entry & { kind: 'paper' | 'rejected' | 'gone' };
    else yield { kind: 'rejected', line: n, position: n, raw: '', reason: 'the record is longer than any of arXiv' };
  }
}

/** Where a harvest of arXiv stands. */
type State = HarvestState & {
  readonly format: string;
  readonly set: string | null;
  readonly from: Day;
  readonly until: Day | null;
  /** What the next page is asked for with; null at the beginning of a list. */
  readonly token: string | null;
  /** The last datestamp seen, if they never fell. */
  readonly stamp: Day | null;
  readonly rises: boolean;
  /** Of this list so far. */
  readonly records: number;
  /** False once the list was begun anew: its length is then no longer that of the whole. */
  readonly whole: boolean;
  /** The day of the first answer. */
  readonly through: Day | null;
};

const begin = (wish: Wish, since: string | null, today: Day): Result<State, 'bad-usage'> => {
  const set = wish.set === null ? null : setFor(wish.set);
  if (wish.set !== null && set === null)
    return fail(
      'bad-usage',
      `“${wish.set.slice(0, 60)}” is no set of arXiv: write an archive (cs), a category (cs.LG) or a set (math:math:MP).`,
    );
  const format = wish.format ?? 'arXiv';
  if (!FORMATS.includes(format))
    return fail('bad-usage', `“${format.slice(0, 60)}” is no format of arXiv: write ${FORMATS.join(', ')}.`);
  for (const day of [wish.from, wish.until])
    if (day !== null && !(isDay as (text: string) => boolean)(day))
      return fail('bad-usage', `“${day.slice(0, 60)}” is no day: write it as 2026-11-20.`);
  const from = wish.from ?? (since !== null && isDay(since) ? since : addDays(today, -DAYS_AT_FIRST));
  const until = wish.until;
  if (until !== null && until < from)
    return fail('bad-usage', `Nothing lies between ${from} and ${until}: put the earlier day first.`);
  return ok({
    format,
    set,
    from,
    until,
    token: null,
    stamp: null,
    rises: true,
    records: 0,
    whole: true,
    through: null,
  });
};

const read = async (state: State, { status, body }: Answer): Promise<Turn> => {
  const entries: Entry[] = [];
  let around: Envelope | undefined;
  let { stamp, rises } = state;
  try {
    const listed = entriesOf(streamOf(body), 0, (envelope) => {
      around = envelope;
    });
    for await (const entry of listed) {
      entries.push(entry);
      const day = entry.announced?.day ?? null;
      if (day === null) continue;
      if (stamp !== null && day < stamp) rises = false;
      stamp = day;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const reason = status >= 400 ? `arXiv answers with HTTP ${status}.` : error.message;
    return { kind: 'refused', reason };
  }
  const { day, error, list, verb } = around as Envelope;
  const through = state.through ?? day;
  // A place that is lost is found again at the last datestamp: everything before it has been listed.
  const restart = (reason: string): Turn => ({
    kind: 'restart',
    next: {
      ...state,
      from: state.rises && state.stamp !== null && state.stamp > state.from ? state.stamp : state.from,
      token: null,
      records: 0,
      whole: false,
    },
    reason,
  });
  if (error !== null) {
    if (state.token !== null && (error.code === 'badResumptionToken' || error.code === 'noRecordsMatch'))
      return restart(error.sentence);
    if (error.code !== 'noRecordsMatch') return { kind: 'refused', reason: error.sentence };
    return { kind: 'page', entries: [], next: null, total: state.whole ? 0 : null, through };
  }
  if (list === null || verb !== 'ListRecords')
    return {
      kind: 'refused',
      reason: `arXiv answers with ${verb || 'nothing'} where a list of records was asked for.`,
    };
  const [resumption] = elementsOf(list.resumptionToken);
  const token = resumption === undefined ? '' : textOf(resumption).trim();
  const size = Number(textOf(resumption?.['@completeListSize']) || Number.NaN);
  const total = Number.isSafeInteger(size) && size >= 0 && state.whole ? size : null;
  const records = state.records + entries.length;
  if (token.length > LONGEST_TOKEN)
    return { kind: 'refused', reason: `arXiv gives a resumption token of ${token.length} characters.` };
  if (entries.length === 0 && token === state.token)
    return { kind: 'again', reason: 'arXiv answered with an empty page that leads to itself' };
  if (entries.length === 0 && token === '' && (resumption === undefined || (total !== null && records < total)))
    return { kind: 'again', reason: 'arXiv answered with an empty page that cannot be the end of the list' };
  if (token !== '' && token === state.token)
    return { kind: 'refused', reason: 'arXiv gives the same page again and again.' };
  const next: State | null = token === '' ? null : { ...state, token, stamp, rises, records, through };
  return { kind: 'page', entries, next, total, through };
};

const wire: Wire = {
  base: 'https://oaipmh.arxiv.org/oai',
  manners: ARXIV_MANNERS,
  schedule: { cron: '30 2 * * *', zone: 'UTC' },
  wishes: {
    from: 'the first day of changes',
    until: 'the last day of changes',
    set: 'an archive or a category, e.g. cs or cs.LG',
    format: 'arXiv (the default), or arXivRaw for all versions with their dates',
  },
  staleAfterHours: 96,
  begin,
  ask: (state, base) => {
    const { format, set, from, until, token } = state as State;
    const query = new URLSearchParams({ verb: 'ListRecords' });
    if (token !== null) query.set('resumptionToken', token);
    else {
      query.set('metadataPrefix', format);
      query.set('from', from);
      if (until !== null) query.set('until', until);
      if (set !== null) query.set('set', set);
    }
    const url = `${base}${base.includes('?') ? '&' : '?'}${query}`;
    return { url, accepts: ['text/xml', 'application/xml'] };
  },
  read: (state, answer) => read(state as State, answer),
};

/** arXiv over OAI-PMH, in the formats arXiv, arXivRaw, arXivOld and oai_dc. Positions are numbers of records. */
export const arxivOai: Source = {
  id: 'arxiv-oai',
  title: 'arXiv (OAI-PMH)',
  homepage: 'https://info.arxiv.org/help/oa/index.html',
  authority: 'archive',
  recognises: ({ head }) => /<(?:[\w.-]+:)?OAI-PMH[\s>]/.test(head) && /arxiv/i.test(head),
  async *parse(bytes, { resume = 0 } = {}) {
    let around: Envelope | undefined;
    yield* entriesOf(bytes, resume, (envelope) => {
      around = envelope;
    });
    const { error, list, verb } = around as Envelope;
    if (error !== null) throw new Fault('source-refused', error.sentence);
    if (list === null)
      throw new Fault('source-refused', `The answer holds no records: it is arXiv’s answer to ${verb || 'nothing'}.`);
  },
  wire,
};
