import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startInstance, waitForSearch } from '../test/support/instance.ts';
import { kB, MB, ms, type Row } from './row.ts';

const HOME = resolve(import.meta.dirname, '..');

/** Resident memory of a process in bytes: from /proc where there is one, else from ps. */
const resident = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const inProc = /VmRSS:\s+(\d+) kB/.exec(status ?? '')?.[1];
  return (
    1024 * Number(inProc ?? spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim())
  );
};

const weight = async (url: string): Promise<number> =>
  gzipSync(new Uint8Array(await (await fetch(url, { headers: { 'accept-encoding': 'identity' } })).arrayBuffer()))
    .length;

const folderSize = (folder: string): number =>
  1024 * Number(spawnSync('du', ['-sk', folder], { encoding: 'utf8' }).stdout.split('\t')[0]);

const pageWeights = async (origin: string): Promise<readonly Row[]> => {
  const html = await (await fetch(`${origin}/`)).text();
  const assets = [
    ...new Set([...html.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(css|js|woff2))"/g)].map((m) => m[1] ?? '')),
  ];
  const of = async (ending: string): Promise<number> => {
    const sizes = await Promise.all(
      assets
        .filter((path) => path.endsWith(ending))
        .map(async (path) =>
          ending === '.woff2' ? (await (await fetch(origin + path)).arrayBuffer()).byteLength : weight(origin + path),
        ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const [page, css, js, font] = [await weight(`${origin}/`), await of('.css'), await of('.js'), await of('.woff2')];
  return [
    { what: 'front page HTML, gzip', figure: kB(page), bar: '≤ 25 KB' },
    { what: 'style sheet, gzip', figure: kB(css), bar: '≤ 8 KB' },
    { what: 'islands, gzip', figure: kB(js), bar: '≤ 12 KB' },
    { what: 'headline font', figure: kB(font), bar: '≤ 35 KB' },
    { what: 'front page in all', figure: kB(page + css + js + font), bar: '≤ 80 KB' },
  ];
};

/** Start-up, memory, weight of the front page and size of the install, of a real instance with the first edition. */
export const instance = async (): Promise<readonly Row[]> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-bench-'));
  try {
    const rows: Row[] = [];
    {
      await using first = await startInstance({ BROADSHEET_DATA_DIR: dataDir });
      rows.push({ what: 'first start to a served page (installed)', figure: ms(first.startedMs) });
      await waitForSearch(first);
    }
    await using second = await startInstance({ BROADSHEET_DATA_DIR: dataDir });
    rows.push({ what: 'second start to a served page', figure: ms(second.startedMs), bar: '≤ 2 s' });
    await waitForSearch(second);
    for (const path of ['/papers/trending', '/editions', '/search?q=diffusion+models+for+video', '/search?q=lidar']) {
      for (let i = 0; i < 20; i += 1) await (await fetch(second.origin + path)).arrayBuffer();
    }
    await sleep(2000);
    rows.push({ what: 'memory of the running instance', figure: MB(await resident(second.pid)), bar: '≤ 400 MB' });
    rows.push(...(await pageWeights(second.origin)));
    const modules = folderSize(join(HOME, 'node_modules'));
    const model = folderSize(join(HOME, 'assets'));
    rows.push({ what: 'install: node_modules and assets', figure: `${MB(modules)} + ${MB(model)}`, bar: '≤ 750 MB' });
    return rows;
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};
