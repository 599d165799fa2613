/**
 * Harvests a served archive with two processes at once and kills them with SIGKILL at random pages, again and again:
 * `npm run test:harvest -- sample.jsonl.gz --kills 20`. In the end every record is there once, at most one page was
 * asked for again a kill, and all requests were 3 s apart. Without a file (lines of the arXiv metadata snapshot; plain,
 * .gz or .zst) records are made from the fixtures.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { decompress } from '../../src/kernel/decompress.ts';
import { type OaiRecord, type OaiServer, recordsFromSnapshot, startOaiServer } from '../support/oai-server.ts';

const HOME = resolve(import.meta.dirname, '../..');
const FIXTURE = join(HOME, 'test/fixtures/arxiv-snapshot/papers.jsonl');
const WORKERS = ['one@example.org', 'other@example.org'];
const PACE_MS = 3_000;
const MADE_A_PAGE = 25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pages: { type: 'string', default: '40' },
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [pages, kills] = [Number(values.pages), Number(values.kills)];
assert.ok(Number.isInteger(pages) && pages > 1, '--pages is how many pages the list has');
assert.ok(Number.isInteger(kills) && kills >= 0 && kills < pages, '--kills is how often to kill, fewer than pages');

/** Mulberry32, so that a run can be had again by its seed. */
const random = ((seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
})(Number(values.seed));

const linesOf = async (file: string): Promise<string[]> => {
  const pieces = await Array.fromAsync(await decompress(createReadStream(file)));
  return Buffer.concat(pieces).toString('utf8').split('\n');
};

/** The fixtures' papers over and over, each with an identifier, a title and a datestamp of its own. */
const madeRecords = async (n: number): Promise<readonly OaiRecord[]> => {
  const real = recordsFromSnapshot((await readFile(FIXTURE, 'utf8')).split('\n'));
  return Array.from({ length: n }, (_, i) => {
    const paper = real[i % real.length] as OaiRecord;
    const id = `${2001 + Math.floor(i / 90_000)}.${String((i % 90_000) + 1).padStart(5, '0')}`;
    const datestamp = `2020-01-${String(1 + Math.floor((i * 28) / n)).padStart(2, '0')}`;
    return { ...paper, id, datestamp, title: `${paper.title}, part ${i + 1}`, doi: null };
  });
};

interface Worker {
  readonly contact: string;
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

const broadsheet = (contact: string, args: readonly string[], dataDir: string, server: OaiServer): Worker => {
  const child = spawn(join(HOME, 'broadsheet'), args, {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      BROADSHEET_DATA_DIR: dataDir,
      BROADSHEET_EMBED: 'off',
      BROADSHEET_CONTACT: contact,
      BROADSHEET_SOURCE_URLS: `arxiv-oai=${server.base}`,
      BROADSHEET_FETCH_ALLOW: server.host,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The launcher may start Node as its child: both are killed as one group.
    detached: true,
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((done) =>
    child.once('close', (code) => done({ code, out, err })),
  );
  return { contact, child, ended };
};

const kill = async ({ child, ended }: Worker): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
  await ended;
};

const keyOf = (url: string): string => new URL(url, 'http://localhost').search;
const distinct = (server: OaiServer): number => new Set(server.requests.map(({ url }) => keyOf(url))).size;

/** The pages, from 1, in whose course something is killed. */
const pagesToKill = (): number[] => {
  const all = Array.from({ length: pages - 1 }, (_, i) => ({ page: i + 1, rank: random() }));
  const chosen = all.sort((a, b) => a.rank - b.rank).slice(0, kills);
  return chosen.map(({ page }) => page).sort((a, b) => a - b);
};

/** Kills whoever asked last, or both; while the page is asked for, taken in, or rested after. */
const harvestUnderFire = async (dataDir: string, server: OaiServer): Promise<readonly string[]> => {
  const start = (contact: string): Worker =>
    broadsheet(contact, ['harvest', 'arxiv-oai', '--from', '1990-01-01'], dataDir, server);
  let workers = WORKERS.map(start);
  for (const page of pagesToKill()) {
    while (distinct(server) < page) {
      const over = workers.find(({ child }) => child.exitCode !== null);
      assert.ok(!over, `a harvest ended before its list: ${JSON.stringify(await over?.ended)}`);
      await sleep(5);
    }
    await sleep(random() < 0.5 ? random() * 250 : random() * 2_500);
    const agent = String(server.requests.at(-1)?.headers['user-agent']);
    const both = random() < 0.5;
    const killed = workers.filter(({ contact }) => both || agent.includes(contact));
    await Promise.all(killed.map(kill));
    workers = workers.map((worker) => (killed.includes(worker) ? start(worker.contact) : worker));
    console.log(`  page ${page} of ${pages}: ${both ? 'both killed' : 'the one at work killed, the other goes on'}`);
  }
  const ends = await Promise.all(workers.map(({ ended }) => ended));
  for (const { code, err } of ends) assert.equal(code, 0, err);
  return ends.map(({ out }) => out.trim().split('\n')[0] ?? '');
};

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-harvest-'));
try {
  const [file] = positionals;
  const read = file === undefined ? await madeRecords(pages * MADE_A_PAGE) : recordsFromSnapshot(await linesOf(file));
  const records = [...new Map(read.map((record) => [record.id, record])).values()];
  const pageSize = Math.ceil(records.length / pages);
  await using server = await startOaiServer({ records, pageSize, respond: 100 });
  const listed = Math.ceil(records.length / pageSize);
  console.log(
    `Harvesting ${records.length} records on ${listed} pages with two processes, ${kills} kills (--seed ${values.seed}).`,
  );
  const began = performance.now();
  const said = await harvestUnderFire(folder, server);
  const seconds = (performance.now() - began) / 1000;

  const exported = await broadsheet('export@example.org', ['export'], folder, server).ended;
  assert.equal(exported.code, 0, exported.err);
  const ids = exported.out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
  const there = new Set(ids);
  const missing = records.filter(({ id }) => !there.has(`arxiv:${id}`));
  const asked = server.requests;
  const again = asked.length - distinct(server);
  const gaps = asked.slice(1).map(({ at }, i) => at - (asked[i]?.at ?? 0));
  const least = Math.min(...gaps);
  const sorted = [...gaps].sort((a, b) => a - b);
  console.table({
    records: records.length,
    'in the export': ids.length,
    missing: missing.length,
    doubled: ids.length - there.size,
    pages: listed,
    kills,
    requests: asked.length,
    'asked again': again,
    'least gap, s': Number((least / 1000).toFixed(3)),
    'median gap, s': Number(((sorted[Math.floor(sorted.length / 2)] ?? 0) / 1000).toFixed(3)),
    'requests at once': server.most.requests,
    seconds: Math.round(seconds),
  });
  for (const sentence of said) console.log(sentence);
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
    'every record is there',
  );
  assert.equal(ids.length, there.size, 'no paper is there twice');
  assert.equal(ids.length, records.length, 'nothing else is there');
  assert.ok(again <= kills, `${again} pages were asked for again after ${kills} kills`);
  assert.ok(least >= PACE_MS, `two requests came ${least} ms apart`);
  assert.equal(server.most.requests, 1, 'one request at a time');
} finally {
  await rm(folder, { recursive: true, force: true });
}
