import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled } from './install.mjs';
import { needs } from './needs.mjs';
import { HOME, runNode } from './runtime.mjs';

const EVERYTHING = ['src/**/*.test.ts', 'test/**/*.test.ts', 'bin/**/*.test.mjs'];

/** Two cores, and one more: tests wait for browsers and servers much of their time. */
const LANES = 3;

/** The environment without our own settings, so that a developer's do not colour the tests. */
export const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BROADSHEET_')));

/** `npm test [-- path …]`: installs what is missing (packages, Chromium, PostgreSQL where that is allowed), then runs the tests. */
export const main = async (args) => {
  const failed = await ensureInstalled('all');
  if (failed !== null) return failed;
  const found = await needs(['chromium', 'postgres']);
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-tests-'));
  const tally = join(folder, 'tally.json');
  const reporters = [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(HOME, 'bin/tally.mjs')}`,
    `--test-reporter-destination=${tally}`,
  ];
  const began = Date.now();
  try {
    const flags = args.filter((arg) => arg.startsWith('-'));
    const paths = args.filter((arg) => !arg.startsWith('-'));
    const chosen = paths.length > 0 ? paths : EVERYTHING;
    const code = await runNode(['--test', `--test-concurrency=${LANES}`, ...reporters, ...flags, ...chosen], {
      env: cleanEnvironment(),
    });
    const { passed, failed: bad } = JSON.parse(readFileSync(tally, 'utf8') || '{"passed":0,"failed":1}');
    for (const { missing } of found) if (missing) console.log(missing);
    console.log(`${passed} passed, ${bad} failed, in ${Math.round((Date.now() - began) / 1000)} s`);
    return code === 0 && (bad > 0 || passed === 0) ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
