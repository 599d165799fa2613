import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { broadsheet } from '../support/command.ts';
import { type Instance, startInstance, waitForSearch } from '../support/instance.ts';

/** Every kind of feed, read by Python's feedparser as it stands in its registry. */

const FEEDPARSER = '6.0.12';
const PAPERS = 120;

const run = promisify(execFile);

const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'venv', '--help']).status === 0);
if (python === undefined) {
  console.error('This needs Python 3 with venv: install it (on Debian: apt-get install python3-venv) and try again.');
  process.exit(69);
}

const line = (n: number): string =>
  JSON.stringify({
    id: `2604.${String(n).padStart(5, '0')}`,
    title: n === 0 ? 'Entities &amp; “quotes”, ]]> and 😀 שלום: $\\alpha < \\beta$' : `Paper number ${n} on feeding`,
    abstract: n === 0 ? `It begins. ${'It goes on & on <so>. '.repeat(200)}It ends.` : `We feed reader ${n}.`,
    authors: n === 0 ? 'Ada Lovelace, Kurt Gödel and Łukasz Kaiser' : 'Ada Lovelace',
    categories: n === 0 ? 'cs.DL cs.IR' : 'cs.DL',
    versions: [{ version: 'v1', created: `Mon, ${(n % 28) + 1} Jan 2024 10:00:00 GMT` }],
  });

const PAGES = [
  ...['/papers', '/papers/date/2026-04-20', '/papers/week', '/papers/week/2026-W17', '/papers/month'],
  ...['/papers/month/2026-04', '/papers/trending', '/categories/cs.DL', '/categories/cs.DL?last=1'],
  ...['/authors/ada-lovelace', '/search?q=feeding+cat%3Acs.DL', '/groups/feeders', '/readers/owner?list=library'],
  ...['/readers/owner', '/readers/owner?list=votes', '/papers/2604.00000/letters', '/following', '/library'],
];

/** As a browser sends the forms of the pages. */
const fill = async ({ origin }: Instance): Promise<void> => {
  const post = async (path: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
    if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`);
  };
  const id = '/papers/2604.00000';
  await post(`${id}/vote`, { vote: '1' });
  await post(`${id}/save`, { save: '1' });
  await post(`${id}/letters`, {
    body: 'A *letter* ]]> & more, with a [link](https://example.org/?a=1&b=2).',
    key: 'k',
  });
  const shown = new URLSearchParams([
    ...[
      ['about', ''],
      ['links', ''],
    ],
    ...['library', 'letters', 'votes'].map((one) => ['shown', one]),
  ]);
  await fetch(`${origin}/readers/owner/edit`, { method: 'POST', headers: { origin }, body: shown, redirect: 'manual' });
  await post('/groups', { name: 'Feeders', visibility: 'public', key: 'g' });
  await post('/groups/feeders/papers/2604.00000/vote', { vote: '1' });
  await post('/following', { kind: 'category', key: 'cs.CL', wish: '1' });
};

const work = await mkdtemp(join(tmpdir(), 'broadsheet-feeds-'));
try {
  await using instance = await startInstance();
  const lines = join(work, 'papers.jsonl');
  const today = new Date().toUTCString();
  const fresh = JSON.stringify({
    ...(JSON.parse(line(PAPERS)) as object),
    categories: 'cs.CL',
    versions: [{ version: 'v1', created: today }],
  });
  await writeFile(lines, [...Array.from({ length: PAPERS }, (_, n) => line(n)), fresh].join('\n'));
  const taken = await broadsheet(instance.dataDir, ['import', '--source', 'arxiv-snapshot', lines]);
  if (taken.code !== 0) throw new Error(taken.err);
  await waitForSearch(instance, 'feeding');
  await fill(instance);
  console.log(`Installing feedparser ${FEEDPARSER} in a throw-away environment …`);
  const venv = join(work, 'venv');
  await run(python, ['-m', 'venv', venv]);
  const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `feedparser==${FEEDPARSER}`];
  await run(join(bin, 'python'), pip);
  const env = { ...process.env, ORIGIN: instance.origin, PAGES: JSON.stringify(PAGES) };
  const read = spawnSync(join(bin, 'python'), [join(import.meta.dirname, 'feeds.py')], { env, stdio: 'inherit' });
  process.exitCode = read.status === 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
