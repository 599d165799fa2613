import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixedClock } from '../kernel/clock.ts';
import { silentLog } from '../kernel/log.ts';
import { SOURCES } from '../sources/registry.ts';
import { openStore } from '../store/open.ts';
import { type ExportFormat, exportPapers } from './export.ts';
import { importFile } from './import.ts';

const asset = (path: string): Buffer => readFileSync(new URL(`../../${path}`, import.meta.url));
const PAGE = asset('assets/first-edition/daily-papers-page.txt');

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const exported = async (format: ExportFormat): Promise<string> => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const deps = { store, clock: fixedClock('2026-04-21T06:00:00Z'), log: silentLog, sources: SOURCES };
  for (const [name, bytes] of [
    ['page', PAGE],
    ['papers', asset('test/fixtures/arxiv-snapshot/papers.jsonl')],
  ] as const) {
    assert.ok((await importFile(deps, { source: null, bytes: whole(bytes), name, size: bytes.length })).ok);
  }
  return (await Array.fromAsync(exportPapers({ store }, { format }))).join('');
};

test('JSON lines hold exactly what the sources said', async () => {
  const records = (await exported('jsonl'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(records.length, 93);
  const lines = new Set(PAGE.toString('utf8').split('\n'));
  const golden = JSON.parse(asset('test/golden/first-edition.json').toString('utf8')) as {
    title: string;
    byline: string | null;
    published: string | null;
    comments: number | null;
  }[];
  const byTitle = new Map(records.map((record) => [record.title, record]));
  for (const { title, byline, published, comments } of golden) {
    const record = byTitle.get(title);
    assert.deepEqual(Object.keys(record), [
      'id',
      'title',
      'abstract',
      'byline',
      'published',
      'updated',
      'comments',
      'authors',
      'categories',
      'versions',
      'withdrawn',
      'license',
      'doi',
      'source',
    ]);
    assert.deepEqual(
      [record.byline, record.published, record.comments, record.authors, record.categories, record.source],
      [byline, published, comments, [], [], 'daily-page'],
    );
    assert.ok(lines.has(record.abstract));
  }
  const arxiv = records.find(({ id }) => id === 'arxiv:math/9211204');
  assert.deepEqual(
    [arxiv.authors, arxiv.categories, arxiv.source, arxiv.comments],
    [['Sy D. Friedman'], ['math.LO'], 'arxiv-snapshot', null],
  );
  assert.ok(arxiv.abstract.endsWith('theory. '));
  const read = { withdrawn: arxiv.withdrawn, license: arxiv.license, doi: arxiv.doi, versions: arxiv.versions.length };
  assert.deepEqual(read, { withdrawn: false, license: null, doi: null, versions: 1 });
});

test('papers that would share a citation key get keys of their own', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const lines = ['2501.00001', '2501.00002', '2501.00003'].map((id) =>
    JSON.stringify({ id, title: `Deep learning ${id}`, abstract: 'A', authors: 'Ann Bee', update_date: '2025-01-01' }),
  );
  const deps = { store, clock: fixedClock('2026-04-21T06:00:00Z'), log: silentLog, sources: SOURCES };
  assert.ok(
    (await importFile(deps, { source: 'arxiv-snapshot', bytes: whole(Buffer.from(lines.join('\n'))), name: 'x' })).ok,
  );
  const text = (await Array.fromAsync(exportPapers({ store }, { format: 'bibtex' }))).join('');
  const keys = [...text.matchAll(/^@misc\{(.+),$/gm)].map(([, key]) => key);
  assert.equal(keys[0], 'beedeep');
  assert.ok(new Set(keys).size === 3 && keys.slice(1).every((key) => /^beedeep-[0-9a-f]{8}$/.test(key ?? '')));
});

test('BibTeX has one entry a paper', async () => {
  const text = await exported('bibtex');
  assert.equal(text.match(/^@(?:misc|article)\{[a-z0-9]+,$/gm)?.length, 93);
  const keys = [...text.matchAll(/^@[a-z]+\{(.+),$/gm)].map(([, key]) => key);
  assert.equal(new Set(keys).size, 93);
  assert.ok(text.includes('@misc{friedman1992simpler,'));
  assert.ok(text.endsWith('}\n'));
});
