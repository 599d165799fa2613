import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PaperDraft } from '../model/paper.ts';
import type { Entry } from '../ports/source.ts';
import { arxivSnapshot, draftFrom } from './arxiv-snapshot.ts';

const FILE = readFileSync(new URL('../../test/fixtures/arxiv-snapshot/papers.jsonl', import.meta.url), 'utf8');
const LINES = FILE.trimEnd().split('\n');

async function* bytesOf(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const parsed = (text: string | Uint8Array, resume = 0): Promise<Entry[]> =>
  Array.fromAsync(arxivSnapshot.parse(bytesOf(text), { resume }));

const draft = (fields: object): PaperDraft => {
  const result = draftFrom(JSON.stringify({ id: '2507.08772', title: 'T', abstract: 'A', ...fields }));
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.value;
};

const refusal = (line: string): string => {
  const result = draftFrom(line);
  return result.ok ? 'taken' : result.message;
};

test('real lines are read: ids, names, dates, versions, withdrawal', async () => {
  const drafts = (await parsed(FILE)).map((entry) => {
    assert.equal(entry.kind, 'paper');
    return (entry as Extract<Entry, { kind: 'paper' }>).draft;
  });
  const by = (id: string): PaperDraft => drafts.find((candidate) => candidate.id === id) as PaperDraft;
  assert.equal(drafts.length, 12);
  assert.deepEqual(by('arxiv:math/9211204').authors, [{ name: 'Sy D. Friedman', key: 'sy-d-friedman' }]);
  assert.deepEqual(by('arxiv:math/9211204').categories, ['math.LO']);
  assert.equal(by('arxiv:math/9211204').published, '1992-11-23');
  assert.match(by('arxiv:math/9211204').abstract, /\$\\Sigma\^\*\$ theory\.$/);
  assert.equal(by('arxiv:math-ph/0509022').authors[0]?.name, 'Frédéric Klopp');
  assert.equal(by('arxiv:0704.0975').authors[1]?.name, 'Charles L. Webber Jr.');
  assert.equal(by('arxiv:0704.0638').authors[0]?.name, 'CDF Collaboration');
  assert.equal(
    by('arxiv:astro-ph/9301012').note,
    '7 pages (4 figs, available upon request). (To appear in MNRAS pink pages)',
  );
  const many = by('arxiv:0801.4103');
  assert.ok(many.versions.length >= 5);
  assert.equal(many.published, many.versions[0]?.date);
  assert.equal(many.updated, many.versions.at(-1)?.date);
  assert.ok((many.updated ?? '') > (many.published ?? ''));
  assert.deepEqual(
    drafts.filter(({ withdrawn }) => withdrawn).map(({ id }) => id),
    ['arxiv:1102.4675'],
  );
  assert.ok(
    by('arxiv:1608.04493').links.some(({ rel, url }) => rel === 'code' && url.startsWith('https://github.com/')),
  );
  for (const { id, doi, links } of drafts) {
    assert.ok(links.some(({ rel, url }) => rel === 'pdf' && url === `https://arxiv.org/pdf/${id?.slice(6)}`));
    assert.equal(
      links.some(({ rel }) => rel === 'doi'),
      doi !== null,
    );
  }
});

test('ids old and new are taken, with prefix or version, and nothing else', () => {
  assert.equal(draft({ id: 'arXiv:2507.08772v3' }).id, 'arxiv:2507.08772');
  assert.equal(draft({ id: 'math.AG/0309136' }).id, 'arxiv:math.AG/0309136');
  for (const id of ['2507', 'abc', '../etc/passwd', '', null, 7, {}, 'math/030913']) {
    assert.match(refusal(JSON.stringify({ id, title: 'T', abstract: 'A' })), /is not an arXiv id$/);
  }
});

test('odd fields are left out, not trusted', () => {
  const odd = draft({
    authors_parsed: [['Last', 'First', 'Jr.'], 'x', [null, 3], ['', '', '']],
    categories: ' cs.LG  cs.LG math.AG <b> hep-th ',
    versions: [
      { version: 'v2', created: 'Tue, 2 Jan 2024 03:04:05 GMT' },
      null,
      { version: 'v1', created: 'never' },
      { version: 'x' },
      4,
    ],
    doi: ' 10.1000/a_b 10.2000/c ',
    comments: 5,
    license: '',
  });
  assert.deepEqual(
    odd.authors.map(({ name }) => name),
    ['First Last Jr.'],
  );
  assert.deepEqual(odd.categories, ['cs.LG', 'math.AG', 'hep-th']);
  assert.deepEqual(odd.versions, [
    { n: 1, date: null },
    { n: 2, date: '2024-01-02' },
  ]);
  assert.deepEqual(
    [odd.published, odd.updated, odd.doi, odd.note, odd.license],
    [null, '2024-01-02', '10.1000/a_b', null, null],
  );
  assert.deepEqual(
    draft({ authors: 'A. Bee, C. Dee and E. Eff' }).authors.map(({ key }) => key),
    ['a-bee', 'c-dee', 'e-eff'],
  );
  assert.equal(draft({ doi: 'none' }).doi, null);
  assert.equal(draft({ doi: '10.1000/\ud800' }).links.at(-1)?.url, 'https://doi.org/10.1000/%EF%BF%BD');
  assert.equal(draft({ update_date: '2024-02-30' }).updated, null);
});

test('texts no paper has are refused, not read', () => {
  const refused = (fields: object) =>
    refusal(JSON.stringify({ id: '2507.08772', title: 'T', abstract: 'A', ...fields }));
  assert.equal(refused({ title: 'x'.repeat(2_001) }), 'the title of 2507.08772 is 2001 characters long');
  assert.equal(refused({ abstract: '{'.repeat(50_001) }), 'the abstract of 2507.08772 is 50001 characters long');
  assert.equal(refused({ abstract: 'x'.repeat(50_000) }), 'taken');
});

test('malformed lines are refused with line number and reason; the rest is read', async () => {
  const text = Buffer.concat([
    Buffer.from(`${LINES[0]}\r\n{"id": \n[]\n\n`),
    Buffer.from([0x22, 0xff, 0xfe, 0x0a]),
    Buffer.from('{"id":"2507.08772","title":" "}\n{"id":"2507.08772","title":"T","abstract":5}\nnull\n'),
    Buffer.from(LINES[1] ?? ''),
  ]);
  const entries = await parsed(text);
  assert.deepEqual(
    entries.map((entry) => (entry.kind === 'rejected' ? `${entry.line}: ${entry.reason}` : `${entry.line}`)),
    [
      '1',
      '2: the line is not JSON',
      '3: the line is not a JSON object',
      '5: the line is not UTF-8',
      '6: 2507.08772 has no title',
      '7: 2507.08772 has no abstract',
      '8: the line is not a JSON object',
      '9',
    ],
  );
});

test('resuming skips lines without reading them', async () => {
  const broken = `not json\nnot json\n${LINES[2]}\n`;
  assert.deepEqual(
    (await parsed(broken, 2)).map(({ line, kind }) => [line, kind]),
    [[3, 'paper']],
  );
  assert.deepEqual(await parsed(FILE, 12), []);
});

test('it recognises its own lines and no others', () => {
  const recognises = (head: string) => arxivSnapshot.recognises({ name: 'x', head });
  assert.ok(recognises(FILE.slice(0, 4096)));
  assert.ok(!recognises('Daily Papers'));
  assert.ok(!recognises('{"query": "x"}'));
});

test('any JSON is either a paper or refused', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'title',
          'abstract',
          'authors',
          'authors_parsed',
          'versions',
          'categories',
          'doi',
          'comments',
          'update_date',
        ),
        fc.jsonValue(),
      ),
      (value, fields) => {
        draftFrom(JSON.stringify(value));
        const result = draftFrom(JSON.stringify({ id: '2507.08772', title: 'T', abstract: 'A', ...fields }));
        if (result.ok) assert.match(result.value.id ?? '', /^arxiv:/);
      },
    ),
  );
});
