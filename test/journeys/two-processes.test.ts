import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { broadsheet, LAUNCHER } from '../support/command.ts';
import { startInstance } from '../support/instance.ts';

const WORDS_ONLY = { BROADSHEET_EMBED: 'off', BROADSHEET_HARVEST: 'off' };
const FIXTURE = resolve(import.meta.dirname, '../fixtures/arxiv-snapshot/papers.jsonl');

const snapshotLine = JSON.stringify({
  id: '2402.01234',
  title: 'Kingfishers at the Weir',
  abstract: 'We count kingfishers.',
  authors: 'A. Bird',
  categories: 'q-bio.PE',
  update_date: '2024-02-03',
  versions: [],
});

const found = async (origin: string, words: string): Promise<readonly { title?: string }[]> =>
  (await (await fetch(`${origin}/api/papers/search?q=${words}`)).json()) as { title?: string }[];

test('a command imports while the server runs, and the server finds what came', async () => {
  await using server = await startInstance(WORDS_ONLY);
  assert.match(server.output(), /The first edition is in: 81 papers of 20 April 2026/);
  const got = await broadsheet(server.dataDir, ['import', '-', '--source', 'arxiv-snapshot'], {
    input: `${snapshotLine}\n`,
    env: WORDS_ONLY,
  });
  assert.equal(got.code, 0, got.err);
  assert.match(got.out, /^1 new paper,/);
  const deadline = Date.now() + 15_000;
  let hits = await found(server.origin, 'kingfishers');
  while (hits.length === 0 && Date.now() < deadline) {
    await sleep(200);
    hits = await found(server.origin, 'kingfishers');
  }
  assert.equal(hits.length, 1, server.output());
});

test('two commands import the same file at once: nothing is doubled', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-two-'));
  try {
    const both = await Promise.all([1, 2].map(() => broadsheet(dataDir, ['import', FIXTURE], { env: WORDS_ONLY })));
    for (const { code, err } of both) assert.equal(code, 0, err);
    const alone = await broadsheet(dataDir, ['import', '--restart', FIXTURE], { env: WORDS_ONLY });
    assert.match(alone.out, /^0 new papers, 0 changed/);
    const { out } = await broadsheet(dataDir, ['export']);
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    assert.equal(new Set(ids).size, ids.length);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});

test('a second start changes nothing and says only where it serves; SIGTERM ends it with 0', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-start-'));
  const start = async (): Promise<{ code: number | null; out: string; err: string }> => {
    const { PATH = '', HOME = '/' } = process.env;
    const env = {
      PATH,
      HOME,
      BROADSHEET_DATA_DIR: dataDir,
      BROADSHEET_PORT: '0',
      BROADSHEET_LOG_LEVEL: 'warn',
      ...WORDS_ONLY,
    };
    const child = spawn(LAUNCHER, ['serve'], { env });
    let [out, err] = ['', ''];
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const address = /served at (http:\S+)/.exec(out)?.[1];
      if (address && !child.killed) void fetch(address).then((page) => page.text().then(() => child.kill('SIGTERM')));
    });
    const code = await new Promise<number | null>((done) => child.once('close', done));
    return { code, out, err };
  };
  try {
    const first = await start();
    assert.deepEqual([first.code, first.err], [0, '']);
    const before = await broadsheet(dataDir, ['export']);
    const second = await start();
    assert.deepEqual([second.code, second.err], [0, '']);
    assert.match(second.out, /^Broadsheet is served at http:\/\/localhost:\d+ /);
    assert.equal((await broadsheet(dataDir, ['export'])).out, before.out);
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
