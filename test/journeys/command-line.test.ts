import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { SETTINGS } from '../../src/config.ts';
import { broadsheet, LAUNCHER } from '../support/command.ts';

const FIRST_EDITION = resolve(import.meta.dirname, '../../assets/first-edition/daily-papers-page.txt');
const WORDS_ONLY = { BROADSHEET_EMBED: 'off' };

let folder = '';
let dataDir = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-cli-'));
  dataDir = join(folder, 'data');
});
after(() => rm(folder, { recursive: true, force: true }));

const run = (args: readonly string[], options: Parameters<typeof broadsheet>[2] = {}) =>
  broadsheet(dataDir, args, { ...options, env: { ...WORDS_ONLY, ...options.env } });

test('the first edition goes in once, is found and comes out again', async () => {
  const first = await run(['import', FIRST_EDITION]);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^81 new papers, 0 changed, 0 as before, 0 skipped \(daily-page/);
  assert.match(first.out, /The edition of 2026-04-20 is set/);
  const again = await run(['import', '--restart', FIRST_EDITION]);
  assert.match(again.out, /^0 new papers, 0 changed, 81 as before/);

  const found = await run(['search', 'panoramic lidar', '--limit', '3', '--json']);
  assert.equal(found.code, 0, found.err);
  const answer = JSON.parse(found.out);
  assert.deepEqual(Object.keys(answer), ['mode', 'took_ms', 'total', 'results']);
  assert.equal(answer.mode, 'lexical');
  assert.deepEqual(Object.keys(answer.results[0]), ['id', 'title', 'score', 'why']);
  assert.match(answer.results[0].title, /^Veila/);

  const [veila] = answer.results;
  const named = await run(['search', veila.id, '--json']);
  assert.deepEqual(JSON.parse(named.out).results, [{ id: veila.id, title: veila.title, why: 'named' }]);
  const similar = await run(['search', '--similar', veila.id, '--limit', '2', '--json']);
  assert.equal(JSON.parse(similar.out).results.length, 2);
  assert.ok(!similar.out.includes(veila.id));
  const newest = JSON.parse((await run(['search', 'year:2025', '--sort', 'newest', '--json'])).out);
  assert.equal(newest.results.length, 10);
  const plain = await run(['search', 'panoramic lidar']);
  assert.ok(plain.out.includes(veila.title));
  assert.ok(!plain.out.includes('\u001b'), 'no colours where there is no terminal');

  const exported = await run(['export', '--format', 'jsonl']);
  const papers = exported.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(papers.length, 81);
  for (const key of ['title', 'abstract', 'byline', 'published', 'comments', 'authors', 'categories', 'source']) {
    assert.ok(key in papers[0], key);
  }
  const bibtex = await run(['export', '--format', 'bibtex']);
  assert.equal(bibtex.out.match(/^@/gm)?.length, 81);
});

test('standard input is a file too, and a line that is not a paper is told and skipped', async () => {
  const line = (id: string) =>
    JSON.stringify({
      id,
      title: `Paper ${id}`,
      abstract: 'About herons.',
      authors: 'A. Bird',
      categories: 'cs.CL',
      update_date: '2024-01-02',
      versions: [],
    });
  const got = await run(['import', '-', '--source', 'arxiv-snapshot'], {
    input: `${line('2401.00001')}\n{"id": broken\n${line('2401.00002')}\n`,
  });
  assert.equal(got.code, 0, got.err);
  assert.match(got.out, /^2 new papers, 0 changed, 0 as before, 1 skipped/);
  assert.match(got.err, /Line 2 was skipped/);
  const { out } = await run(['search', 'herons', '--json']);
  assert.equal(JSON.parse(out).total, 2);
});

test('a reader that leaves early is not an error', async () => {
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', `"${LAUNCHER}" export | head -n 1`], {
    env: { PATH: process.env.PATH, BROADSHEET_DATA_DIR: dataDir, ...WORDS_ONLY },
  });
  assert.equal(stdout.trimEnd().split('\n').length, 1);
  assert.equal(stderr, '');
});

test('the launcher works through a link, from any folder', async () => {
  const link = join(folder, 'linked');
  await symlink(LAUNCHER, link);
  const { code, out } = await run(['--version'], { launcher: link, cwd: folder });
  assert.deepEqual(
    [code, out.trim()],
    [0, JSON.parse(await readFile(join(LAUNCHER, '../package.json'), 'utf8')).version],
  );
});

test('every command has its help', async () => {
  const { out } = await run(['--help']);
  for (const command of 'serve import harvest sources search export reindex replay doctor config'.split(' ')) {
    assert.match(out, new RegExp(`^  ${command}\\b`, 'm'));
    const help = await run([command, '--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`^Usage: broadsheet ${command}`));
  }
});

test('what is not understood gets one sentence and the exit code of the table', async () => {
  const file = join(folder, 'letter.txt');
  await writeFile(file, 'Dear editor,\nthis is no front page.\n');
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['sreve'], 64, /unknown command 'sreve'/],
    [['search'], 64, /Say what to search for/],
    [['search', 'x', '--sort', 'random'], 64, /relevance, newest, votes/],
    [['search', '--similar', 'nothing'], 66, /no paper nothing/],
    [['search', 'x', '--limit', '0'], 64, /from 1 to 100/],
    [['export', '--format', 'word'], 64, /jsonl, bibtex/],
    [['import', join(folder, 'nothing')], 66, /There is no file/],
    [['import', folder], 66, /is a folder/],
    [['import', file], 65, /No source recognises/],
    [['import', file, '--source', 'gazette'], 64, /no source .gazette./],
  ];
  for (const [args, code, says] of cases) {
    const got = await run(args);
    assert.equal(got.code, code, `${args.join(' ')}: ${got.err}`);
    assert.match(got.err, says);
    assert.doesNotMatch(got.err, /\n\s+at /, 'no stack is shown');
  }
});

test('a wrong setting, a folder that cannot be written and a taken port each name the mend', async (t) => {
  const wrong = await run(['serve'], { env: { BROADSHEET_PORT: 'http' } });
  assert.deepEqual([wrong.code, wrong.err.split('\n').length], [78, 2], wrong.err);

  const unwritable = await broadsheet('/dev/null/data', ['serve'], { env: WORDS_ONLY });
  assert.equal(unwritable.code, 73);
  assert.match(unwritable.err, /cannot be written .*BROADSHEET_DATA_DIR=/);
  assert.equal(unwritable.err.trimEnd().split('\n').length, 1);

  const other = createServer();
  t.after(() => other.close());
  const port = await new Promise<number>((done) =>
    other.listen(0, '127.0.0.1', () => done((other.address() as { port: number }).port)),
  );
  const taken = await run(['serve'], { env: { BROADSHEET_PORT: String(port), BROADSHEET_LOG_LEVEL: 'warn' } });
  assert.equal(taken.code, 69);
  assert.match(taken.err, new RegExp(`${port}.*BROADSHEET_PORT=`));
  assert.equal(taken.err.trimEnd().split('\n').length, 1);
});

test('the index is disposable: reindex builds it again', async () => {
  await rm(join(dataDir, 'index'), { recursive: true });
  const rebuilt = await run(['reindex']);
  assert.equal(rebuilt.code, 0, rebuilt.err);
  assert.match(rebuilt.out, /^83 papers indexed/);
});

test('the doctor finds a healthy instance well, and says what ails another', async () => {
  const healthy = await run(['doctor']);
  assert.equal(healthy.code, 0, healthy.out);
  assert.match(healthy.out, /Broadsheet is well/);
  const findings = JSON.parse((await run(['doctor', '--json'])).out) as { what: string; state: string }[];
  assert.deepEqual(
    findings.map(({ what }) => what),
    'runtime settings mirrors fetching disk database index model clock mail'.split(' '),
  );
  const ailing = await run(['doctor'], { env: { BROADSHEET_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } });
  assert.equal(ailing.code, 69, ailing.out);
  assert.match(ailing.out, /ILL {2,}database .*\n +Mend: /);
});

test('config lists every setting and where it comes from', async () => {
  const { out } = await run(['config', '--json']);
  const rows = JSON.parse(out) as { name: string; from: string }[];
  assert.deepEqual(
    rows.map(({ name }) => name),
    Object.keys(SETTINGS),
  );
  assert.equal(rows.find(({ name }) => name === 'BROADSHEET_EMBED')?.from, 'environment');
});
