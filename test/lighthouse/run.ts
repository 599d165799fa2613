import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInstance } from '../support/instance.ts';

const VERSION = '13.5.0';
const CHROMIUM = '/usr/bin/chromium';
const PAGES = ['/', '/?view=wire', '/papers/trending', '/search?q=lidar', '/about'];
/** Lighthouse's own two: a wide screen, and a phone on a slow network with a slow processor. */
const FORMS = { desktop: ['--preset=desktop'], phone: [] } as const;
const FLOOR = 0.99;
const CHROME_FLAGS =
  '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

interface Audit {
  readonly title: string;
  /** 0 … 1; null where it does not apply. */
  readonly score: number | null;
  readonly displayValue?: string;
  readonly details?: { readonly items?: readonly { readonly node?: { readonly snippet?: string } }[] };
}

interface Report {
  readonly categories: Readonly<
    Record<
      'performance' | 'accessibility',
      { readonly score: number; readonly auditRefs: readonly { readonly id: string }[] }
    >
  >;
  readonly audits: Readonly<Record<string, Audit>>;
}

if (!existsSync(CHROMIUM)) {
  console.error(`npm run test:lighthouse needs ${CHROMIUM}: on Debian, apt-get install chromium.`);
  process.exit(69);
}

const run = promisify(execFile);

/** Runs Lighthouse; where it lost its own trace (it says `NO_NAVSTART` and asks to be run again), up to three times. */
const record = (words: readonly string[], page: string): void => {
  for (let left = 2; ; left -= 1) {
    const child = spawnSync(process.execPath, words, {
      env: { ...process.env, CHROME_PATH: CHROMIUM },
      encoding: 'utf8',
    });
    if (child.status === 0) return;
    if (left === 0 || !child.stderr.includes('NO_NAVSTART'))
      throw new Error(`lighthouse failed on ${page}:\n${child.stderr.slice(-1500)}`);
  }
};
const work = await mkdtemp(join(tmpdir(), 'broadsheet-lighthouse-'));
let failed = 0;
try {
  console.log(`Installing lighthouse ${VERSION} in a throw-away folder …`);
  await writeFile(join(work, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `lighthouse@${VERSION}`], { cwd: work });
  await using instance = await startInstance();
  const visits = [...PAGES.map((page) => ({ page, form: 'desktop' as const })), { page: '/', form: 'phone' as const }];
  for (const { page, form } of visits) {
    const out = join(work, 'report.json');
    const words = [
      join(work, 'node_modules/lighthouse/cli/index.js'),
      `${instance.origin}${page}`,
      '--quiet',
      ...FORMS[form],
      '--only-categories=performance,accessibility',
      '--output=json',
      `--output-path=${out}`,
      `--chrome-flags=${CHROME_FLAGS}`,
    ];
    record(words, page);
    const report = JSON.parse(await readFile(out, 'utf8')) as Report;
    const { performance, accessibility } = report.categories;
    const reached = performance.score >= FLOOR && accessibility.score >= FLOOR;
    if (!reached) failed += 1;
    const figure = (id: string): string => report.audits[id]?.displayValue ?? '?';
    console.log(
      `${reached ? 'ok    ' : 'not ok'} ${page} (${form}): performance ${Math.round(performance.score * 100)}, accessibility ${Math.round(accessibility.score * 100)}, ` +
        `largest paint ${figure('largest-contentful-paint')}, layout shift ${figure('cumulative-layout-shift')}, blocking ${figure('total-blocking-time')}`,
    );
    for (const { id } of reached ? [] : [...performance.auditRefs, ...accessibility.auditRefs]) {
      const audit = report.audits[id];
      if (audit === undefined || audit.score === null || audit.score >= FLOOR) continue;
      console.log(`       ${audit.title}: ${audit.details?.items?.[0]?.node?.snippet ?? audit.displayValue ?? ''}`);
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`lighthouse: ${PAGES.length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
