import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { broadsheet } from '../support/command.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const works = ['work-srep16696', 'work-jor.1100150407'].map(
  (name) => JSON.parse(readFileSync(join(FIXTURES, 'crossref', `${name}.json`), 'utf8')).message,
);

let dataDir = '';
let server: Server;
let env: Record<string, string> = {};
const asked: string[] = [];
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-bibliographies-'));
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    asked.push(pathname);
    response.setHeader('content-type', 'application/json');
    if (pathname.startsWith('/users/')) {
      response.setHeader('total-results', '6').setHeader('last-modified-version', '41');
      response.end(searchParams.get('since') === '41' ? '[]' : readFileSync(join(FIXTURES, 'zotero/items.json')));
      return;
    }
    const filter = searchParams.get('filter') ?? '';
    const items = works.filter(({ DOI }) => filter.split(',').includes(`doi:${DOI}`));
    response.end(JSON.stringify({ 'message-type': 'work-list', message: { items } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  env = {
    BROADSHEET_EMBED: 'off',
    BROADSHEET_FETCH_ALLOW: at,
    BROADSHEET_SOURCE_URLS: `crossref=http://${at},zotero=http://${at}`,
  };
});
after(async () => {
  server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const run = (args: readonly string[], input = '') => broadsheet(dataDir, args, { env, input });

test('one paper from BibTeX, RIS, CSL-JSON and Zotero is one paper', async () => {
  for (const [file, says] of [
    ['bibtex/library.bib', /^10 new papers, 0 changed, 0 as before, 2 skipped \(bibtex/],
    ['ris/library.ris', /^1 new paper, .* 2 skipped \(ris/],
    ['csl-json/library.json', / 1 skipped \(csl-json/],
  ] as const) {
    const taken = await run(['import', join(FIXTURES, file)]);
    assert.equal(taken.code, 0, taken.err);
    assert.match(taken.out, says);
  }
  const harvested = await run(['harvest', 'zotero', '--set', 'users/123456']);
  assert.equal(harvested.code, 0, harvested.err);
  assert.match(harvested.out, /^1 new paper, .* 1 skipped/);
  const lines = (await run(['export', '--format', 'jsonl'])).out.trimEnd().split('\n');
  const ids = lines.map((line) => JSON.parse(line).id as string);
  for (const id of ['arxiv:1706.03762', 'doi:10.1038/nature14539'])
    assert.equal(ids.filter((one) => one === id).length, 1);
  const nameless = await run(['harvest', 'zotero']);
  assert.deepEqual(
    [nameless.code, nameless.err],
    [64, 'Name the Zotero library with --set: users/123456, groups/123 or users/123456/collections/ABCD2345.\n'],
  );
});

test('papers are added by name, once; what nobody knows is named', async () => {
  const list = '# to read\nhttps://doi.org/10.1038/srep16696, 10.1002/jor.1100150407 # both\n';
  const first = await run(['add'], list);
  assert.equal(first.code, 0, first.err);
  assert.equal(first.out, '2 new papers, 0 papers known already.\n');
  const before = asked.length;
  const again = await run(['add', '10.1038/SREP16696', 'doi:10.1002/jor.1100150407']);
  assert.deepEqual([again.code, again.out], [0, '0 new papers, 2 papers known already.\n']);
  assert.equal(asked.length, before, 'nobody is asked for what is here');
  const unknown = await run(['add', '10.5555/no-such-thing']);
  assert.deepEqual([unknown.code, unknown.err], [66, 'Not found: doi:10.5555/no-such-thing.\n']);
  const nonsense = await run(['add', 'hello']);
  assert.deepEqual([nonsense.code, nonsense.err], [64, 'hello: no arXiv id, no DOI, no address of a paper.\n']);
});

test('enrichment goes on where its limit stopped it', async () => {
  const some = await run(['enrich', '--source', 'crossref', '--limit', '2']);
  assert.equal(some.code, 0, some.err);
  assert.match(some.out, /^Crossref knows \d of 2 papers asked about .*the same command goes on with the rest\.\n$/);
  const rest = await run(['enrich', '--source', 'crossref']);
  assert.match(rest.out, /^Crossref knows \d of \d papers asked about \([^)]*\)\.\n$/);
  const wrong = await run(['enrich', '--source', 'zotero']);
  assert.equal(wrong.code, 64);
});
