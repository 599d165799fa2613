import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { importFile } from '../src/services/import.ts';
import { SOURCES } from '../src/sources/registry.ts';
import { openStore } from '../src/store/open.ts';
import { MB, type Row } from './row.ts';

const PAPERS = 20_000;
const PAGE = resolve(import.meta.dirname, '../assets/first-edition/daily-papers-page.txt');

/** Snapshot lines with abstracts of natural length: paragraphs of the first edition under new ids, titles and authors. */
const snapshotLines = async (): Promise<readonly string[]> => {
  const abstracts = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => line.length > 600);
  return Array.from({ length: PAPERS }, (_, i) => {
    const id = `${String(2001 + Math.floor(i / 9000)).padStart(4, '0')}.${String((i % 9000) + 10_000)}`;
    const abstract = abstracts[i % abstracts.length] ?? '';
    const [family, given] = [`Family${i % 4000}`, `Given ${i % 97}`];
    return JSON.stringify({
      id,
      submitter: null,
      authors: `${given} ${family}`,
      title: `${abstract.slice(20, 90)} ${i}`,
      comments: null,
      'journal-ref': null,
      doi: null,
      'report-no': null,
      categories: 'cs.LG stat.ML',
      license: null,
      abstract,
      versions: [{ version: 'v1', created: 'Wed, 1 Jan 2020 00:00:00 GMT' }],
      update_date: '2020-01-01',
      authors_parsed: [[family, given, '']],
    });
  });
};

async function* chunks(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let i = 0; i < lines.length; i += 200) yield encoder.encode(`${lines.slice(i, i + 200).join('\n')}\n`);
}

const imported = async (
  url: string,
  lines: readonly string[],
): Promise<{ readonly perSecond: number; readonly written: number }> => {
  await using store = await openStore(url);
  await store.migrate();
  const began = performance.now();
  const report = await importFile(
    { store, clock: systemClock, log: silentLog, sources: SOURCES },
    { source: 'arxiv-snapshot', bytes: chunks(lines), name: 'bench.jsonl', resume: false },
  );
  if (!report.ok) throw new Error(report.message);
  return {
    perSecond: (1000 * lines.length) / (performance.now() - began),
    written: report.value.new + report.value.changed,
  };
};

/** The same lines as rows of one table: parse, insert with a prepared statement, same pragmas, same batches. */
const inserted = (file: string, lines: readonly string[]): number => {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE paper (id TEXT PRIMARY KEY, title TEXT, abstract TEXT, authors TEXT, categories TEXT, published TEXT)',
  );
  const insert = database.prepare('INSERT INTO paper VALUES (?, ?, ?, ?, ?, ?)');
  const began = performance.now();
  for (let i = 0; i < lines.length; i += 500) {
    database.exec('BEGIN');
    for (const line of lines.slice(i, i + 500)) {
      const paper = JSON.parse(line) as Record<string, string>;
      insert.run(
        paper.id ?? '',
        paper.title ?? '',
        paper.abstract ?? '',
        paper.authors ?? '',
        paper.categories ?? '',
        paper.update_date ?? '',
      );
    }
    database.exec('COMMIT');
  }
  database.close();
  return (1000 * lines.length) / (performance.now() - began);
};

/** Papers a second from snapshot lines into the SQLite store, beside a bare prepared-statement insert; the second import writes nothing. */
export const importPapers = async (): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-bench-'));
  try {
    const lines = await snapshotLines();
    const url = `sqlite:${join(folder, 'broadsheet.db')}`;
    const first = await imported(url, lines);
    const again = await imported(url, lines);
    const bare = inserted(join(folder, 'bare.db'), lines);
    const row = (what: string, rate: number): Row => ({
      what,
      figure: `${rate.toFixed(0)} papers/s`,
      against: `bare insert ${bare.toFixed(0)}`,
      ratio: rate / bare,
    });
    return [
      row('import into the database', first.perSecond),
      row(`import again (${again.written} rows written)`, again.perSecond),
      { what: 'memory of the importing process', figure: MB(process.memoryUsage().rss) },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
