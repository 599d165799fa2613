import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../kernel/errors.ts';
import type { Answer, Entry, Source } from '../ports/source.ts';
import { crossref } from './crossref.ts';
import { bytesOf } from './json-answer.ts';
import { openalex } from './openalex.ts';
import { openreview } from './openreview.ts';
import { semanticScholar } from './semantic-scholar.ts';

const fixture = (path: string): Buffer => readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url));
const answer = (body: Buffer | string, status = 200): Answer => ({
  url: 'https://api.example/',
  status,
  type: 'application/json',
  headers: {},
  body: Buffer.from(body),
});
const lookup = (source: Source) => {
  assert.ok(source.lookup);
  return source.lookup;
};
const drafts = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));
const extras = (entries: readonly Entry[]) => entries.flatMap((entry) => (entry.kind === 'extra' ? [entry.extra] : []));

test('Crossref: works by DOI, with abstracts freed of JATS, full dates only, and citations', async () => {
  const one = await lookup(crossref).read(['doi:10.1038/srep16696'], answer(fixture('crossref/work-srep16696.json')));
  const [draft] = drafts(one);
  assert.equal(draft?.id, 'doi:10.1038/srep16696');
  assert.match(draft?.abstract ?? '', /^Oligomers of alpha-synuclein are toxic to cells/);
  assert.doesNotMatch(draft?.abstract ?? '', /</);
  assert.equal(draft?.published, '2015-11-19');
  assert.equal(draft?.authors[0]?.name, 'Laura Tosatto');
  assert.match(draft?.journalRef ?? '', /^Scientific Reports 5 .*\(2015\)$/);
  assert.equal(draft?.license, 'https://creativecommons.org/licenses/by/4.0');
  assert.deepEqual(draft?.signals, { citations: 110 });
  assert.deepEqual(
    draft?.links.map(({ rel, url }) => [rel, url]),
    [['doi', 'https://doi.org/10.1038/srep16696']],
  );

  const [month] = drafts(
    await lookup(crossref).read(['doi:10.1002/jor.1100150407'], answer(fixture('crossref/work-jor.1100150407.json'))),
  );
  assert.equal(month?.published, null, 'July 1997 is no day');
  assert.match(month?.journalRef ?? '', /\(1997\)$/);
});

test('Crossref: a list leaves out what was not asked for; nothing known is an empty list', async () => {
  const ids = ['doi:10.1093/obo/9780199830060-0023'];
  const found = drafts(await lookup(crossref).read(ids, answer(fixture('crossref/query.json'))));
  assert.deepEqual(
    found.map(({ id, title }) => [id, title]),
    [[ids[0], 'Chemical Ecology']],
  );
  assert.deepEqual(await lookup(crossref).read(['doi:10.1371/notarealdoi'], answer('Resource not found.', 404)), []);
  const { url } = lookup(crossref).ask(['doi:10.1000/a(b)c', 'doi:10.1000/d'], 'http://mirror');
  assert.equal(new URL(url).searchParams.get('filter'), 'doi:10.1000/a(b)c,doi:10.1000/d');
  assert.equal(new URL(url).searchParams.get('rows'), '2');
  assert.deepEqual(
    ['doi:10.1000/a', 'doi:10.1000/a,b', 'arxiv:1706.03762', 'slug'].map((id) => lookup(crossref).takes(id)),
    [true, false, false, false],
  );
});

test('Semantic Scholar: one answer for each question, in their order', async () => {
  const ids = ['arxiv:1706.03762', 'arxiv:2401.99999', 'doi:10.1093/mind/lix.236.433', 'arxiv:1412.6980'];
  const ask = lookup(semanticScholar).ask(ids, 'http://mirror');
  assert.deepEqual(JSON.parse(ask.body ?? ''), {
    ids: ['ARXIV:1706.03762', 'ARXIV:2401.99999', 'DOI:10.1093/mind/lix.236.433', 'ARXIV:1412.6980'],
  });
  const found = extras(await lookup(semanticScholar).read(ids, answer(fixture('semantic-scholar/batch.json'))));
  assert.deepEqual(
    found.map(({ id, aliases, doi, journalRef, signals }) => [id, aliases, doi, journalRef, signals]),
    [
      [
        'arxiv:1706.03762',
        [],
        null,
        'Neural Information Processing Systems, 5998-6008 (2017)',
        { citations: 112345, influentialCitations: 15678 },
      ],
      [
        'doi:10.1093/mind/lix.236.433',
        [],
        '10.1093/mind/lix.236.433',
        'Mind 59, 433-460 (1950)',
        { citations: 7000, influentialCitations: 300 },
      ],
      ['arxiv:1412.6980', [], null, null, { citations: 140000 }],
    ],
  );
  assert.deepEqual(
    await lookup(semanticScholar).read(['doi:10.1/x'], answer('{"error":"No valid paper ids given"}', 400)),
    [],
  );
});

test('OpenAlex: citations, venues that are no repositories, and the arXiv id of a published work', async () => {
  const ids = ['doi:10.1038/nature14539', 'arxiv:1706.03762', 'doi:10.1109/cvpr.2016.90'];
  const { url } = lookup(openalex).ask(ids, 'http://mirror');
  assert.equal(
    new URL(url).searchParams.get('filter'),
    'doi:10.1038/nature14539|10.48550/arxiv.1706.03762|10.1109/cvpr.2016.90',
  );
  const found = extras(await lookup(openalex).read(ids, answer(fixture('openalex/works.json'))));
  assert.deepEqual(
    found.map(({ id, aliases, journalRef, license, signals }) => [id, aliases, journalRef, license, signals]),
    [
      ['doi:10.1038/nature14539', [], 'Nature 521 (7553), 436-444 (2015)', null, { citations: 60000 }],
      ['arxiv:1706.03762', [], null, 'cc-by', { citations: 6500 }],
      [
        'doi:10.1109/cvpr.2016.90',
        ['arxiv:1512.03385'],
        '2016 IEEE Conference on Computer Vision and Pattern Recognition (CVPR), 770-778',
        null,
        { citations: 200000 },
      ],
    ],
  );
});

test('an answer that reports an error is told in one sentence', async () => {
  for (const source of [crossref, semanticScholar, openalex]) {
    await assert.rejects(
      async () => lookup(source).read(['doi:10.1000/x'], answer('{"error":"Forbidden for you"}', 403)),
      (error) =>
        error instanceof Fault &&
        error.code === 'source-refused' &&
        error.message === `${source.title} refused the request: status 403, “Forbidden for you”.`,
    );
  }
});

test('what is kept of an entry can be read again by itself', async () => {
  for (const [source, path] of [
    [crossref, 'crossref/cursor.json'],
    [crossref, 'crossref/work-srep16696.json'],
    [openalex, 'openalex/works.json'],
    [semanticScholar, 'semantic-scholar/batch.json'],
  ] as const) {
    const entries = await Array.fromAsync(source.parse(bytesOf(fixture(path))));
    assert.ok(drafts(entries).length + extras(entries).length > 0);
    for (const entry of entries) {
      if (entry.kind !== 'paper' && entry.kind !== 'extra') continue;
      const again = await Array.fromAsync(source.parse(bytesOf(Buffer.from(entry.raw))));
      assert.deepEqual([drafts(again), extras(again)], [drafts([entry]), extras([entry])]);
    }
  }
});

test('OpenReview: a submission by its forum; one that is not public is not known', async () => {
  const body = fixture('openreview/page-1.json');
  const [id = ''] = drafts(await Array.fromAsync(openreview.parse(bytesOf(body)))).map((draft) => draft.id ?? '');
  assert.equal(
    lookup(openreview).ask([id], 'http://mirror/').url,
    `http://mirror/notes?id=${id.slice('openreview:'.length)}`,
  );
  assert.deepEqual(
    drafts(await lookup(openreview).read([id], answer(body))).map((draft) => draft.id),
    [id],
  );
  assert.deepEqual(await lookup(openreview).read([id], answer(fixture('openreview/error.json'), 403)), []);
});
