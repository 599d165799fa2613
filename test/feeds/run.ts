import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { LEAST, type Outcome, readThrough, summaryOf } from './tally.ts';

/** `npm run test:feeds -- FEEDS.tar.gz`: every file of the archive through the feed source, in this one process. */
const [archive] = process.argv.slice(2);
if (archive === undefined) {
  console.error('Name an archive of feeds: npm run test:feeds -- feeds.tar.gz');
  process.exit(64);
}

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-feeds-'));
const outcomes: Outcome[] = [];
let slowest = { name: '', ms: 0 };
try {
  execFileSync('tar', ['-xzf', archive, '-C', folder]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    if (/^LICENSE/.test(file.name)) continue;
    const name = relative(folder, path);
    const started = performance.now();
    outcomes.push(await readThrough(name, readFileSync(path)));
    const ms = performance.now() - started;
    if (ms > slowest.ms) slowest = { name, ms };
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const { files, crashes, wellFormed, counted, found, papers, beyond } = summaryOf(outcomes);
const share = (part: number, whole: number): string => `${part} of ${whole} (${((100 * part) / whole).toFixed(2)} %)`;
const short = outcomes.filter((one) => one.counted !== null && one.entries < one.counted.entries);
const over = outcomes.filter((one) => one.counted !== null && one.entries > one.counted.entries);

console.log(
  [
    ['files', String(files)],
    ['crashes', String(crashes.length)],
    ['well-formed feeds', String(wellFormed)],
    ['their entries found', share(found, counted.entries)],
    ['papers, of entries with a title or a text', share(papers, counted.telling)],
    ['feeds with entries missing', String(short.length)],
    ['feeds with more entries than counted', String(over.length)],
    ['entries won from ill-formed files', String(beyond)],
    ['files refused in a sentence', String(outcomes.filter(({ refused }) => refused !== null).length)],
    ['slowest file', `${slowest.ms.toFixed(0)} ms, ${slowest.name}`],
  ]
    .map(([what = '', value]) => `${what.padEnd(44)}${value}`)
    .join('\n'),
);
for (const line of crashes) console.log(`crash: ${line}`);
for (const { name, entries, counted } of short) console.log(`short: ${name}: ${entries} of ${counted?.entries}`);
const enough = found >= LEAST * counted.entries && papers >= LEAST * counted.telling;
process.exitCode = files > 0 && crashes.length === 0 && enough ? 0 : 1;
