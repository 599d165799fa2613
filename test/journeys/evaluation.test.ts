import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { broadsheet } from '../support/command.ts';

const FIRST_EDITION = resolve(import.meta.dirname, '../../assets/first-edition/daily-papers-page.txt');

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-evaluation-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[]) => broadsheet(join(folder, 'data'), args, { env: { BROADSHEET_EMBED: 'off' } });

test('eval measures a packed collection by words and static vectors where there is no model', async () => {
  const file = join(folder, 'tiny.json.gz');
  const collection = {
    docs: [
      { id: 'a', title: 'Mesh editing', text: 'Polygons are edited.' },
      { id: 'b', title: 'Speech', text: 'Voices are converted.' },
    ],
    queries: [{ id: '1', text: 'polygons' }],
    qrels: { '1': { a: 1 } },
  };
  await writeFile(file, gzipSync(JSON.stringify(collection)));
  const { code, out, err } = await run(['eval', file, '--json']);
  assert.equal(code, 0, err);
  const report = JSON.parse(out);
  assert.equal(report.documents, 2);
  assert.equal(report.queries, 1);
  assert.deepEqual(
    report.systems.map(({ system, ndcg10 }: { system: string; ndcg10: unknown }) => [system, ndcg10]),
    ['words', 'static', 'instant'].map((system) => [system, { mean: 1, low: 1, high: 1 }]),
  );
  const wrong = await run(['eval', FIRST_EDITION]);
  assert.equal(wrong.code, 65);
  assert.match(wrong.err, /is no test collection/);
});

test('eval-known-items finds papers of the database by kind of query', async () => {
  const file = join(folder, 'items.jsonl');
  const items = [
    {
      title: 'Veila: Panoramic LiDAR Generation from a Monocular RGB Image',
      kind: 'keyword',
      query: 'panoramic lidar',
    },
    { title: 'A paper nobody wrote', kind: 'need', query: 'panoramic lidar' },
  ];
  await writeFile(file, items.map((item) => JSON.stringify(item)).join('\n'));
  assert.equal((await run(['import', FIRST_EDITION])).code, 0);
  const { code, out, err } = await run(['eval-known-items', file, '--json']);
  assert.equal(code, 0, err);
  const { papers, kinds } = JSON.parse(out);
  assert.equal(papers, 81);
  assert.deepEqual(
    kinds.map(({ kind, mrr10 }: { kind: string; mrr10: Record<string, { mean: number }> }) => [
      kind,
      mrr10.words?.mean,
    ]),
    [
      ['keyword', 1],
      ['need', 0],
    ],
  );
  await writeFile(file, '{"title":1}');
  assert.match((await run(['eval-known-items', file])).err, /Line 1 of .* is no known item/);
});
