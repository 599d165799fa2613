/**
 * Kills Broadsheet with SIGKILL while it imports, again and again, and starts it again: `npm run test:kill -- --rounds 40`.
 * In the end every paper is there once, the database is sound and the index agrees with it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openStore } from '../../src/store/open.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');
const PAPERS = 20_000;
const FIRST_EDITION = 81;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const rounds = Number(values.rounds);
assert.ok(Number.isInteger(rounds) && rounds > 0, '--rounds is how many times to kill');

/** Mulberry32, so that a run can be had again by its seed. */
const random = ((seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
})(Number(values.seed));

const idOf = (n: number): string => `${2001 + Math.floor(n / 10_000)}.${String((n % 10_000) + 1).padStart(5, '0')}`;
const titleOf = (n: number): string => `On the Durability of Paper Number ${n}`;

const snapshotLine = (n: number): string =>
  JSON.stringify({
    id: idOf(n),
    submitter: null,
    authors: `Ada Lovelace and Reader ${n % 997}`,
    title: titleOf(n),
    comments: null,
    'journal-ref': null,
    doi: null,
    'report-no': null,
    categories: 'cs.DB cs.DL',
    license: null,
    abstract: `  Paper ${n} is taken in once, however often the machine stops. ${'It says so at some length. '.repeat(20)}`,
    versions: [{ version: 'v1', created: 'Wed, 1 Jan 2020 00:00:00 GMT' }],
    update_date: '2020-01-01',
    authors_parsed: [['Lovelace', 'Ada', '']],
  });

const broadsheet = (dataDir: string, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env.PATH,
      BROADSHEET_DATA_DIR: dataDir,
      BROADSHEET_PORT: '0',
      BROADSHEET_EMBED: 'off',
      BROADSHEET_HARVEST: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs until it ends by itself; its exit code and all it printed. */
const finish = async (child: ChildProcess): Promise<{ code: number | null; output: string; errors: string }> => {
  let [output, errors] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (errors += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, output, errors };
};

/** Kills after `ms`; false where it had ended before. */
const killAfter = async (child: ChildProcess, ms: number): Promise<boolean> => {
  const ended = finish(child);
  const winner = await Promise.race([ended.then(() => 'ended'), sleep(ms, 'late', { ref: false })]);
  if (winner === 'late') child.kill('SIGKILL');
  await ended;
  return child.signalCode === 'SIGKILL';
};

const countPapers = async (dataDir: string): Promise<number> => {
  await using store = await openStore(`sqlite:${join(dataDir, 'broadsheet.db')}`);
  await store.migrate();
  assert.equal(await store.check(), null, 'the database is sound after a kill');
  return await store.papers.count();
};

/** Everything is there once, byte for byte; the doctor finds nothing. */
const verify = async (dataDir: string, expected: ReadonlyMap<string, string>): Promise<void> => {
  const { code, output } = await finish(broadsheet(dataDir, ['export', '--format', 'jsonl']));
  assert.equal(code, 0, 'export works');
  const papers = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; title: string; source: string });
  const found = papers.filter(({ source }) => source === 'arxiv-snapshot');
  assert.equal(new Set(papers.map(({ id }) => id)).size, papers.length, 'no paper is there twice');
  assert.equal(found.length, expected.size, 'no paper is lost and none is doubled');
  for (const { id, title } of found) assert.equal(title, expected.get(id), id);
  const doctor = await finish(broadsheet(dataDir, ['doctor', '--json']));
  assert.equal(doctor.code, 0, doctor.output);
  const index = (JSON.parse(doctor.output) as { what: string; state: string; says: string }[]).find(
    ({ what }) => what === 'index',
  );
  assert.deepEqual(
    [index?.state, index?.says.startsWith(`${papers.length.toLocaleString('en-GB')} papers`)],
    ['well', true],
    index?.says ?? 'nothing about the index',
  );
};

/** Kills imports of one file until `kills` are used up or the import is through; then lets it end and verifies. Returns the kills used. */
const importRound = async (
  folder: string,
  file: string,
  expected: ReadonlyMap<string, string>,
  kills: number,
): Promise<number> => {
  const dataDir = await mkdtemp(join(folder, 'import-'));
  let used = 0;
  let before = 0;
  while (used < kills) {
    const killed = await killAfter(broadsheet(dataDir, ['import', file]), 250 + random() * 2_500);
    if (!killed) break;
    used += 1;
    const now = await countPapers(dataDir);
    assert.ok(now >= before, `no paper is lost by a kill (${before} before, ${now} after)`);
    console.log(`  kill ${used}: ${now.toLocaleString('en-GB')} of ${PAPERS.toLocaleString('en-GB')} papers are in`);
    before = now;
  }
  for (const name of ['to the end', 'and once more']) {
    const { code, errors } = await finish(broadsheet(dataDir, ['import', file]));
    assert.equal(code, 0, `the import goes on ${name}: ${errors}`);
  }
  await verify(dataDir, expected);
  await rm(dataDir, { recursive: true });
  return used;
};

/** Kills a server on its first start, while it sets itself up; the next start must finish the first edition. */
const firstStartRound = async (folder: string): Promise<boolean> => {
  const dataDir = await mkdtemp(join(folder, 'serve-'));
  const killed = await killAfter(broadsheet(dataDir, ['serve']), 200 + random() * 900);
  const child = broadsheet(dataDir, ['serve']);
  const ended = finish(child);
  await new Promise<void>((done) => {
    child.stdout?.on('data', (text: string) => text.includes('is served at') && done());
    child.once('close', () => done());
  });
  child.kill('SIGTERM');
  assert.equal((await ended).code, 0, `it starts after a kill and stops cleanly: ${(await ended).errors}`);
  await using store = await openStore(`sqlite:${join(dataDir, 'broadsheet.db')}`);
  assert.equal(await store.check(), null);
  assert.equal(await store.papers.count(), FIRST_EDITION);
  assert.equal((await store.editions.latest())?.placements.length, FIRST_EDITION);
  await rm(dataDir, { recursive: true });
  return killed;
};

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-kill-'));
try {
  const file = join(folder, 'snapshot.jsonl');
  const numbers = Array.from({ length: PAPERS }, (_, n) => n);
  await writeFile(file, `${numbers.map(snapshotLine).join('\n')}\n`);
  const expected = new Map(numbers.map((n) => [`arxiv:${idOf(n)}`, titleOf(n)]));
  console.log(`Killing imports of ${PAPERS.toLocaleString('en-GB')} papers ${rounds} times (--seed ${values.seed}).`);
  let used = 0;
  while (used < rounds) {
    if (await firstStartRound(folder)) used += 1;
    if (used < rounds) used += await importRound(folder, file, expected, Math.min(10, rounds - used));
    console.log(`${used} of ${rounds} kills: nothing doubled, nothing lost, the database is sound.`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
