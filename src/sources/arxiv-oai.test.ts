import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { Answer, Entry, HarvestState, Turn, Wire, Wish } from '../ports/source.ts';
import { arxivOai } from './arxiv-oai.ts';

const FOLDER = new URL('../../test/fixtures/arxiv-oai/', import.meta.url);
const fixture = (name: string): Buffer => readFileSync(new URL(`${name}.xml`, FOLDER));
const wire = arxivOai.wire as Wire;

async function* bytesOf(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const parsed = (text: string | Uint8Array): Promise<Entry[]> => Array.fromAsync(arxivOai.parse(bytesOf(text)));

const drafts = async (...names: readonly string[]): Promise<Map<string, PaperDraft>> => {
  const found = new Map<string, PaperDraft>();
  for (const name of names)
    for (const entry of await parsed(fixture(name))) {
      assert.equal(entry.kind, 'paper');
      if (entry.kind === 'paper') found.set(entry.draft.externalId, entry.draft);
    }
  return found;
};

const refusalOf = async (text: string | Uint8Array): Promise<string> => {
  try {
    await parsed(text);
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === 'source-refused');
    return error.message;
  }
  return 'taken';
};

const WISH: Wish = { from: '2026-11-01', until: null, set: null, format: null };

const begin = (wish: Partial<Wish> = {}, since: string | null = null): HarvestState => {
  const begun = wire.begin({ ...WISH, ...wish }, since, '2026-11-22');
  assert.ok(begun.ok, begun.ok ? '' : begun.message);
  return begun.value;
};

const answer = (body: string | Uint8Array, status = 200): Answer => ({
  url: 'https://oaipmh.arxiv.org/oai',
  status,
  type: 'text/xml',
  headers: {},
  body: Buffer.from(body),
});

const query = (state: HarvestState): Record<string, string> =>
  Object.fromEntries(new URL(wire.ask(state, wire.base).url).searchParams);

const record = (id: string, day: string, extra = ''): string =>
  `<record><header${extra}><identifier>oai:arXiv.org:${id}</identifier><datestamp>${day}</datestamp><setSpec>cs:cs:LG</setSpec></header>` +
  `${extra ? '' : `<metadata><arXiv><id>${id}</id><created>${day}</created><title>T</title><categories>cs.LG cs.AI</categories><abstract>A</abstract></arXiv></metadata>`}</record>`;

const list = (records: string, resumption = ''): string =>
  `<OAI-PMH><responseDate>2026-11-21T23:59:00Z</responseDate><ListRecords>${records}${resumption}</ListRecords></OAI-PMH>`;

const error = (code: string, words = 'No. Reason: Because'): string =>
  `<OAI-PMH><responseDate>2026-11-21T23:59:00Z</responseDate><error code='${code}'>${words}</error></OAI-PMH>`;

const page = (turn: Turn): Extract<Turn, { kind: 'page' }> => {
  assert.equal(turn.kind, 'page', JSON.stringify(turn));
  return turn as Extract<Turn, { kind: 'page' }>;
};

test('the formats agree on what they all say', async () => {
  const arXiv = await drafts('listrecords-arXiv-p1', 'listrecords-arXiv-p2');
  const raw = await drafts('listrecords-arXivRaw-p1', 'listrecords-arXivRaw-p2');
  const dc = await drafts('listrecords-oai_dc-p1');
  assert.deepEqual([arXiv.size, raw.size, dc.size], [18, 18, 13]);
  const names = (draft?: PaperDraft) => draft?.authors.map(({ name }) => name);
  for (const [id, draft] of arXiv) {
    const other = raw.get(id);
    assert.ok(other);
    // arXiv itself loses the opening quotation mark of this title in one of its formats.
    if (id !== '1102.0498') assert.equal(draft.title, other.title);
    assert.deepEqual(names(draft), names(other), id);
    for (const key of ['categories', 'doi', 'journalRef', 'note', 'license', 'withdrawn'] as const)
      assert.deepEqual(draft[key], other[key], `${key} of ${id}`);
    const third = dc.get(id);
    if (!third) continue;
    assert.equal(third.title, draft.title);
    assert.deepEqual(names(third), names(draft));
    assert.deepEqual([third.doi, third.journalRef, third.note], [draft.doi, draft.journalRef, draft.note]);
    assert.equal(third.published, other.published);
    assert.equal(third.updated, other.updated);
  }
});

test('versions, withdrawals, licences, old ids and raw words are as arXiv has them', async () => {
  const raw = await drafts('listrecords-arXivRaw-p1', 'listrecords-arXivRaw-p2', 'getrecord-arXivRaw');
  assert.deepEqual(raw.get('0806.4129')?.versions, [
    { n: 1, date: '2008-06-25' },
    { n: 2, date: '2009-02-02' },
    { n: 3, date: '2009-06-25' },
    { n: 4, date: '2009-09-15' },
    { n: 5, date: '2011-02-02' },
    { n: 6, date: '2014-12-12' },
  ]);
  const withdrawn = [...raw.values()].filter((draft) => draft.withdrawn).map(({ externalId }) => externalId);
  assert.deepEqual(withdrawn, ['0901.3666', '0903.0442', 'cond-mat/0703772']);
  assert.equal(raw.get('0910.1140')?.license, 'http://creativecommons.org/licenses/by-nc-sa/3.0/');
  assert.equal(raw.get('chao-dyn/9510015')?.id, 'arxiv:chao-dyn/9510015');
  assert.deepEqual(raw.get('chao-dyn/9510015')?.categories, ['chao-dyn', 'ao-sci', 'nlin.CD']);
  assert.equal(raw.get('1008.3399')?.authors[1]?.name, 'José A. Muñoz');
  assert.equal(raw.get('1010.3617')?.authors[5]?.name, 'A. A. Abdumalikov Jr.');
  assert.match(raw.get('0704.0248')?.abstractRaw ?? '', /^ {2}/);
  assert.match(raw.get('cond-mat/0703772')?.abstractRaw ?? '', /\$S\(k,\\\\omega\)\$/);
  assert.match(raw.get('cond-mat/0703772')?.abstract ?? '', /\$S\(k,\\omega\)\$/);
});

test('a version without files is a withdrawal; one after it takes that back', async () => {
  const withSizes = (...sizes: readonly string[]) =>
    list(
      `<record><header><identifier>oai:arXiv.org:2601.00001</identifier><datestamp>2026-01-05</datestamp></header><metadata><arXivRaw><id>2601.00001</id>${sizes
        .map(
          (size, i) =>
            `<version version="v${i + 1}"><date>Mon, 5 Jan 2026 0${i}:00:00 GMT</date><size>${size}</size></version>`,
        )
        .join(
          '',
        )}<title>T</title><authors>A. Bee</authors><categories>cs.LG</categories><abstract>A</abstract></arXivRaw></metadata></record>`,
    );
  const isWithdrawn = async (...sizes: readonly string[]) => {
    const [entry] = await parsed(withSizes(...sizes));
    return entry?.kind === 'paper' && entry.draft.withdrawn;
  };
  assert.equal(await isWithdrawn('12kb', '0kb'), true);
  assert.equal(await isWithdrawn('12kb', '0kb', '13kb'), false);
  assert.equal(await isWithdrawn('10kb'), false);
});

test('the day of a later version is not told as the day of publication', async () => {
  const arXiv = await drafts('listrecords-arXiv-p1', 'getrecord-arXiv');
  // Its latest version is of 2014; its id is of June 2008.
  assert.equal(arXiv.get('0806.4129')?.published, null);
  assert.equal(arXiv.get('1101.5767')?.published, null);
  assert.equal(arXiv.get('1102.0338')?.published, '2011-02-02');
});

test('a deleted record is gone, with the day and the category it was gone from', async () => {
  const [entry] = await parsed(list(record('2601.00001', '2026-02-03', ' status="deleted"')));
  assert.ok(entry?.kind === 'gone');
  assert.deepEqual([entry.id, entry.externalId], ['arxiv:2601.00001', '2601.00001']);
  assert.deepEqual(entry.announced, { day: '2026-02-03', category: 'cs.LG' });
});

test('a record that cannot be read is rejected by itself; the others are read', async () => {
  const entries = await parsed(
    list(
      `${record('2601.00001', '2026-01-05')}<record><header><identifier>oai:arXiv.org:2601.00002</identifier><datestamp>2026-01-06</datestamp></header><metadata><marc/></metadata></record>` +
        `<record><broken></record>${record('2601.00004', '2026-01-07')}<record>${'x'.repeat(1_100_000)}</record>`,
    ),
  );
  assert.deepEqual(
    entries.map((entry) => (entry.kind === 'rejected' ? entry.reason : entry.kind)),
    [
      'paper',
      '2601.00002 is in a format that is not read: marc',
      'the record is not well-formed XML',
      'paper',
      'the record is longer than any of arXiv',
    ],
  );
  assert.deepEqual(
    entries.map(({ position }) => position),
    [1, 2, 3, 4, 5],
  );
});

test('every error answer of a file is told by name, in one sentence', async () => {
  const told = new Map<string, string>();
  for (const name of readdirSync(FOLDER).filter((file) => /^error-|set-cs|identify|listsets/.test(file)))
    told.set(name, await refusalOf(readFileSync(new URL(name, FOLDER))));
  assert.deepEqual(Object.fromEntries(told), {
    'error-badArgument.xml': 'arXiv does not take an argument of the request (badArgument: metadataPrefix required).',
    'error-badResumptionToken.xml':
      'arXiv no longer knows this place in the list (badResumptionToken: Token decoding failed or format is invalid).',
    'error-badVerb.xml': 'arXiv does not know this kind of request (badVerb: Invalid verb provided).',
    'error-badfrom.xml':
      'arXiv does not take an argument of the request (badArgument: from date format must be YYYY-MM-DD).',
    'error-badset.xml': 'arXiv does not take an argument of the request (badArgument: Set does not exist).',
    'error-cannotDisseminateFormat.xml':
      'arXiv does not give records in this format (cannotDisseminateFormat: Did not recognize requested format).',
    'error-idDoesNotExist.xml': 'arXiv has no paper with this identifier (idDoesNotExist: Nothing found for this ID).',
    'error-missing-verb.xml': 'arXiv does not know this kind of request (badVerb: Invalid verb provided).',
    'error-noRecordsMatch.xml':
      'arXiv has no records that match the request (noRecordsMatch: The combination of the values of the from, until, set and metadataPrefix arguments results in an empty list).',
    'identify.xml': 'The answer holds no records: it is arXiv’s answer to Identify.',
    'listrecords-set-cs.xml':
      'arXiv has no records that match the request (noRecordsMatch: The combination of the values of the from, until, set and metadataPrefix arguments results in an empty list).',
    'listsets.xml': 'The answer holds no records: it is arXiv’s answer to ListSets.',
  });
  assert.equal(
    await refusalOf(error('noMetadataFormats')),
    'arXiv has no format for this paper (noMetadataFormats: Because).',
  );
  assert.equal(await refusalOf(error('noSetHierarchy')), 'arXiv has no sets (noSetHierarchy: Because).');
  assert.equal(await refusalOf(error('overslept', '')), 'arXiv reports an error (overslept).');
  assert.equal(await refusalOf('<!doctype html><p>Maintenance'), 'The answer is a page of HTML, not OAI-PMH.');
  assert.equal(await refusalOf('<rss></rss>'), 'The answer is not OAI-PMH.');
  const whole = fixture('listrecords-arXiv-p11');
  assert.equal(await refusalOf(whole.subarray(0, 3_000)), 'The answer is cut off in the middle of an entry.');
  assert.equal(await refusalOf(whole.subarray(0, whole.length - 20)), 'The answer is cut off, or no well-formed XML.');
});

test('a harvest asks for a format, days and a set, and goes on by the token as it was given', async () => {
  assert.deepEqual(query(begin({ set: 'cs.LG', until: '2026-11-20', format: 'arXivRaw' })), {
    verb: 'ListRecords',
    metadataPrefix: 'arXivRaw',
    from: '2026-11-01',
    until: '2026-11-20',
    set: 'cs:cs:LG',
  });
  assert.equal(query(begin({ from: null })).from, '2026-11-15');
  assert.equal(query(begin({ from: null }, '2026-11-19')).from, '2026-11-19');
  assert.equal(query(begin({ from: '2026-01-01' }, '2026-11-19')).from, '2026-01-01');
  const first = page(await wire.read(begin(), answer(fixture('listrecords-arXiv-p1'))));
  assert.ok(first.next);
  assert.equal(first.entries.length, 13);
  assert.equal(first.through, '2026-11-22');
  assert.deepEqual(query(first.next), {
    verb: 'ListRecords',
    resumptionToken: 'verb%3DListRecords%26metadataPrefix%3DarXiv%26from%3D2011-02-03%26skip%3D45',
  });
  const last = page(await wire.read(first.next, answer(fixture('listrecords-arXiv-p11'))));
  assert.deepEqual([last.entries.length, last.next, last.through], [2, null, '2026-11-22']);
});

test('sets are what a person writes, or what arXiv calls them', () => {
  const sets = new Set(
    [
      ...fixture('listsets')
        .toString()
        .matchAll(/<setSpec>([^<]+)/g),
    ].map(([, set]) => set),
  );
  for (const [written, set] of [
    ['cs', 'cs'],
    ['math:math:MP', 'math:math:MP'],
    ['cs.LG', 'cs:cs:LG'],
    ['hep-th', 'physics:hep-th'],
    ['astro-ph.CO', 'physics:astro-ph:CO'],
    ['physics.optics', 'physics:physics:optics'],
    ['q-bio.PE', 'q-bio:q-bio:PE'],
  ] as const) {
    assert.equal(query(begin({ set: written })).set, set);
    assert.ok(sets.has(set));
  }
  for (const set of ['cs.XX', 'nope', 'cmp-lg', '', 'cs:', 'a b', 'cs&x=1'])
    assert.equal(wire.begin({ ...WISH, set }, null, '2026-11-22').ok, false, set);
});

test('nothing new is a complete list; nothing after something is a place that was lost', async () => {
  const none = page(await wire.read(begin(), answer(fixture('error-noRecordsMatch'))));
  assert.deepEqual([none.entries, none.next, none.total, none.through], [[], null, 0, '2026-11-22']);
  const { next } = page(
    await wire.read(begin(), answer(list(record('2601.00001', '2026-11-03'), '<resumptionToken>t</resumptionToken>'))),
  );
  assert.ok(next);
  const lost = await wire.read(next, answer(error('noRecordsMatch')));
  assert.equal(lost.kind, 'restart');
});

test('an expired token begins again at the last datestamp; where datestamps fell, at the first day', async () => {
  const onwards = '<resumptionToken>t1</resumptionToken>';
  const rising = record('2601.00001', '2026-11-03') + record('2601.00002', '2026-11-05');
  const { next } = page(await wire.read(begin(), answer(list(rising, onwards))));
  assert.ok(next);
  const again = await wire.read(next, answer(fixture('error-badResumptionToken')));
  assert.ok(again.kind === 'restart');
  assert.equal(query(again.next).from, '2026-11-05');
  assert.equal(query(again.next).resumptionToken, undefined);
  // The same place again and again is the same state: whoever counts can tell.
  const onceMore = page(await wire.read(again.next, answer(list(record('2601.00002', '2026-11-05'), onwards)))).next;
  assert.ok(onceMore);
  assert.deepEqual(await wire.read(onceMore, answer(fixture('error-badResumptionToken'))), again);

  const falling = record('2601.00002', '2026-11-05') + record('2601.00001', '2026-11-03');
  const fell = page(await wire.read(begin(), answer(list(falling, onwards)))).next;
  assert.ok(fell);
  const restart = await wire.read(fell, answer(fixture('error-badResumptionToken')));
  assert.ok(restart.kind === 'restart');
  assert.equal(query(restart.next).from, '2026-11-01');
});

test('an empty page is the end only where the source says so', async () => {
  const start = begin();
  const { next } = page(
    await wire.read(start, answer(list(record('2601.00001', '2026-11-03'), '<resumptionToken>t1</resumptionToken>'))),
  );
  assert.ok(next);
  const on = page(await wire.read(next, answer(list('', '<resumptionToken>t2</resumptionToken>'))));
  assert.deepEqual([on.entries, on.next?.token], [[], 't2']);
  assert.equal((await wire.read(next, answer(list('', '<resumptionToken>t1</resumptionToken>')))).kind, 'again');
  assert.equal((await wire.read(next, answer(list('')))).kind, 'again');
  const short = list('', '<resumptionToken completeListSize="3"/>');
  assert.equal((await wire.read(next, answer(short))).kind, 'again');
  assert.equal(page(await wire.read(next, answer(list('', '<resumptionToken/>')))).next, null);
  const counted = list(
    record('2601.00001', '2026-11-03'),
    '<resumptionToken completeListSize="3" cursor="0">t</resumptionToken>',
  );
  assert.equal(page(await wire.read(start, answer(counted))).total, 3);
  const circle = list(record('2601.00001', '2026-11-03'), '<resumptionToken>t1</resumptionToken>');
  assert.equal((await wire.read(next, answer(circle))).kind, 'refused');
});

test('answers that are no list are refused on the wire in one sentence, and nothing of them is taken', async () => {
  const reasons: string[] = [];
  for (const [body, status] of [
    ['<html><body>Down</body></html>', 200],
    ['<html><body>Not here</body></html>', 404],
    [fixture('error-badset'), 200],
    [fixture('identify'), 200],
    [fixture('listrecords-arXiv-p1').subarray(0, 30_000), 200],
    ['', 200],
  ] as const) {
    const turn = await wire.read(begin(), answer(body, status));
    assert.ok(turn.kind === 'refused');
    reasons.push(turn.reason);
  }
  assert.deepEqual(reasons, [
    'The answer is a page of HTML, not OAI-PMH.',
    'arXiv answers with HTTP 404.',
    'arXiv does not take an argument of the request (badArgument: Set does not exist).',
    'arXiv answers with Identify where a list of records was asked for.',
    'The answer is cut off in the middle of an entry.',
    'The answer is cut off, or no well-formed XML.',
  ]);
});
