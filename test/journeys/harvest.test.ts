import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { broadsheet, LAUNCHER } from '../support/command.ts';
import { type OaiRecord, type OaiServer, recordsFromSnapshot, startOaiServer } from '../support/oai-server.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const FROM = ['harvest', 'arxiv-oai', '--from', '1990-01-01'];

let folder = '';
let records: readonly OaiRecord[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-harvest-'));
  const lines = (await readFile(join(FIXTURES, 'arxiv-snapshot/papers.jsonl'), 'utf8')).split('\n');
  records = recordsFromSnapshot(lines).map((record, i) => ({ ...record, datestamp: `2024-05-${String(10 + i)}` }));
});
after(() => rm(folder, { recursive: true, force: true }));

let homes = 0;
const newHome = (): string => join(folder, `home-${homes++}`);

const settings = (server: Pick<OaiServer, 'base' | 'host'>) => ({
  BROADSHEET_EMBED: 'off',
  BROADSHEET_SOURCE_URLS: `arxiv-oai=${server.base}`,
  BROADSHEET_FETCH_ALLOW: server.host,
});

const run = (home: string, server: Pick<OaiServer, 'base' | 'host'>, args: readonly string[] = FROM) =>
  broadsheet(home, args, { env: settings(server) });

const exported = async (home: string) =>
  (await broadsheet(home, ['export'], { env: { BROADSHEET_EMBED: 'off' } })).out
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const asked = async (server: OaiServer, n: number): Promise<void> => {
  for (let i = 0; i < 3_000 && server.requests.length < n; i++) await sleep(10);
  assert.ok(server.requests.length >= n, `${server.requests.length} requests`);
};

const gapsOf = (server: OaiServer): number[] =>
  server.requests.slice(1).map(({ at }, i) => at - (server.requests[i]?.at ?? 0));

describe('harvesting a small archive', { concurrency: 4 }, () => {
  test('to its end, through a 503 with Retry-After: 0, an empty page with a token and a deleted record', async () => {
    const home = newHome();
    const [first, ...rest] = records as [OaiRecord, ...OaiRecord[]];
    await using server = await startOaiServer({ records, pageSize: 6 });
    server.trouble(null, { kind: 'busy', retryAfter: '0' }, { kind: 'empty-with-token' });
    const done = await run(home, server, [...FROM, '--format', 'arXivRaw']);
    assert.equal(done.code, 0, done.err);
    assert.match(done.out, /^12 new papers, 0 changed, 0 as before, 0 skipped \(arxiv-oai, /);
    assert.ok(Math.min(...gapsOf(server)) >= 3_000, `${gapsOf(server)}`);
    assert.match(String(server.requests[0]?.headers['user-agent']), /^Broadsheet\/\d/);
    const papers = await exported(home);
    assert.deepEqual(papers.map(({ id }) => id).sort(), records.map(({ id }) => `arxiv:${id}`).sort());
    assert.ok(papers.every(({ source, versions }) => source === 'arxiv-oai' && versions.length > 0));

    server.replace([{ ...first, deleted: true, datestamp: '2024-06-01' }, ...rest]);
    const again = await run(home, server, ['harvest', 'arxiv-oai', '--from', '2024-06-01']);
    assert.match(again.out, /^0 new papers, 0 changed, 0 as before, 0 skipped, 1 taken away/, again.err);
    const isWithdrawn = ({ withdrawn }: { withdrawn: boolean }) => withdrawn;
    const fallen = (await exported(home)).filter(isWithdrawn).map(({ id }) => id);
    const before = papers.filter(isWithdrawn).map(({ id }) => id);
    assert.deepEqual(fallen.sort(), [...before, `arxiv:${first.id}`].sort());
    const read = await run(home, server, ['replay', 'arxiv-oai']);
    assert.match(read.out, /^\d+ records read again: 0 new papers, 0 changed, \d+ as before, 0 not readable/, read.err);
  });

  test('an expired token: the list is begun again where it was, and nothing is doubled', async () => {
    const home = newHome();
    await using server = await startOaiServer({ records, pageSize: 5 });
    const running = run(home, server);
    await asked(server, 2);
    await sleep(300);
    server.expireTokens();
    const done = await running;
    assert.equal(done.code, 0, done.err);
    const [lost, restarted] = server.requests.slice(2).map(({ params }) => params);
    assert.ok(lost?.resumptionToken);
    assert.deepEqual([restarted?.from, restarted?.resumptionToken], ['2024-05-19', undefined]);
    assert.equal((await exported(home)).length, 12);
  });

  test('Ctrl-C stops at a page, says so, and the same command goes on', async () => {
    const home = newHome();
    await using server = await startOaiServer({ records, pageSize: 6 });
    const { PATH = '', HOME = '/' } = process.env;
    const env = { PATH, HOME, BROADSHEET_DATA_DIR: home, ...settings(server) };
    const child = spawn(LAUNCHER, FROM, { env });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    const ended = new Promise<number | null>((done) => child.once('close', done));
    await asked(server, 1);
    await sleep(1_000);
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    assert.equal(err, 'Stopped after page 1 (6 entries). The same command goes on from there.\n');
    const rest = await run(home, server);
    assert.match(rest.err, /^Went on after page 1/m);
    assert.match(rest.out, /^12 new papers/);
    assert.equal(server.requests.length, 2);
  });

  test('each error of the protocol is told in one sentence; no records at all is no error', async () => {
    await using server = await startOaiServer({ records, pageSize: 6 });
    for (const code of ['badArgument', 'badVerb', 'cannotDisseminateFormat', 'noSetHierarchy', 'badResumptionToken']) {
      server.trouble({ kind: 'error', code });
      const { code: exit, out, err } = await run(newHome(), server);
      assert.deepEqual([exit, out], [65, ''], err);
      assert.match(err, new RegExp(`^arXiv [^\\n]+ \\(${code}: On demand\\)\\.\\n$`));
    }
    const none = await run(newHome(), server, ['harvest', 'arxiv-oai', '--from', '2030-01-01']);
    assert.equal(none.code, 0, none.err);
    assert.match(none.out, /^0 new papers/);
  });

  test('an answer from a file: records are taken in, an error is told', async () => {
    const nowhere = { base: 'http://127.0.0.1:9/oai', host: '127.0.0.1:9' };
    const home = newHome();
    const bring = (name: string) =>
      run(home, nowhere, ['import', join(FIXTURES, 'arxiv-oai', name), '--source', 'arxiv-oai']);
    const errors = (await readdir(join(FIXTURES, 'arxiv-oai'))).filter((name) => name.startsWith('error-'));
    assert.equal(errors.length, 9);
    for (const name of errors) {
      const { code, out, err } = await bring(name);
      assert.deepEqual([code, out, err.trimEnd().split('\n').length], [65, '', 1], `${name}: ${err}`);
      assert.match(err, /^arXiv .*\.\n$/);
    }
    const taken = await bring('getrecord-arXivRaw.xml');
    assert.match(taken.out, /^1 new paper, /, taken.err);
  });

  test('a source that cannot be reached is told after a few tries', async () => {
    const closed = await startOaiServer({ records, pageSize: 6 });
    const { base, host } = closed;
    await closed.close();
    const { code, out, err } = await run(newHome(), { base, host });
    assert.deepEqual([code, out], [69, ''], err);
    assert.match(err.trimEnd().split('\n').at(-1) ?? '', /^[A-Z0-9].*\.$/);
    assert.ok(err.includes(host));
  });

  test('what is not understood is told before anything is asked', async () => {
    await using server = await startOaiServer({ records, pageSize: 6 });
    const home = newHome();
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['harvest', 'gazette'], /no source “gazette”.*arxiv-oai/],
      [['harvest', 'arxiv-snapshot'], /cannot be harvested/],
      [['harvest', 'arxiv-oai', '--from', 'yesterday'], /--from yesterday is not a day/],
      [['harvest', 'arxiv-oai', '--from', '2024-02-30'], /is not a day/],
      [['harvest', 'arxiv-oai', '--from', '2024-05-02', '--until', '2024-05-01'], /Nothing lies between/],
      [['harvest', 'arxiv-oai', '--from', '2024-05-02', '--format', 'word'], /no format of arXiv/],
      [['harvest', 'arxiv-oai', '--set', 'x y'], /no set of arXiv/],
      [['sources', 'pause', 'gazette'], /no source that is harvested/],
    ];
    for (const [args, says] of cases) {
      const { code, err } = await run(home, server, args);
      assert.equal(code, 64, `${args.join(' ')}: ${err}`);
      assert.match(err, says);
      assert.equal(err.trimEnd().split('\n').length, 1, err);
    }
    assert.equal(server.requests.length, 0);
  });

  test('sources and how they stand are listed; paused is paused; the doctor names mirrors', async () => {
    await using server = await startOaiServer({ records, pageSize: 20 });
    const home = newHome();
    const done = await run(home, server, ['harvest', 'arxiv-oai']);
    assert.equal(done.code, 0, done.err);
    const paused = await run(home, server, ['sources', 'pause', 'arxiv-oai']);
    assert.match(paused.out, /^arxiv-oai is paused/);
    const env = { ...settings(server), BROADSHEET_HARVEST: 'arxiv-oai = 0 3 * * * @ Europe/Berlin' };
    const listed = JSON.parse((await broadsheet(home, ['sources', '--json'], { env })).out);
    const arxiv = listed.find(({ id }: { id: string }) => id === 'arxiv-oai');
    assert.deepEqual(
      [arxiv.harvest, arxiv.paused, arxiv.schedule, arxiv.lastFailure],
      [true, true, ['0 3 * * * @ Europe/Berlin'], null],
    );
    assert.match(arxiv.lastSuccessAt, /^\d{4}-/);
    assert.match((await broadsheet(home, ['sources'], { env })).out, /^arxiv-oai .*Europe\/Berlin +paused/m);
    const findings = JSON.parse((await broadsheet(home, ['doctor', '--json'], { env })).out);
    const finding = (what: string) => findings.find((one: { what: string }) => one.what === what);
    assert.deepEqual([finding('mirrors').state, finding('fetching').state], ['care', 'care']);
    assert.ok(finding('mirrors').says.includes(server.base) && finding('fetching').says.includes(server.host));
    assert.match(finding('source').says, /^arxiv-oai: harvested at .*, paused$/);
    assert.match((await run(home, server, ['sources', 'resume', 'arxiv-oai'])).out, /^arxiv-oai is harvested again/);
    const wrong = await broadsheet(home, ['serve'], { env: { ...env, BROADSHEET_HARVEST: 'gazette = 0 3 * * *' } });
    assert.equal(wrong.code, 78);
    assert.match(wrong.err, /^BROADSHEET_HARVEST: “gazette” cannot be harvested/);
  });
});
