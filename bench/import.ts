import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { importFile } from '../src/services/import.ts';
import { SOURCES } from '../src/sources/registry.ts';
import { openStore } from '../src/store/open.ts';
import { MB, type Row } from './row.ts';
import { insertSameRows } from './same-rows.ts';

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

interface Imported {
  readonly papers: number;
  readonly perSecond: number;
  readonly written: number;
  /** The most the process held after any batch, bytes. */
  readonly memory: number;
}

const imported = async (database: string, bytes: AsyncIterable<Uint8Array>): Promise<Imported> => {
  await using store = await openStore(`sqlite:${database}`);
  await store.migrate();
  const began = performance.now();
  let memory = 0;
  const report = await importFile(
    { store, clock: systemClock, log: silentLog, sources: SOURCES },
    {
      source: 'arxiv-snapshot',
      bytes,
      name: 'bench.jsonl',
      resume: false,
      onProgress: () => {
        memory = Math.max(memory, process.memoryUsage.rss());
      },
    },
  );
  if (!report.ok) throw new Error(report.message);
  const papers = report.value.read;
  return {
    papers,
    perSecond: (1000 * papers) / (performance.now() - began),
    written: report.value.new + report.value.changed,
    memory,
  };
};

const measured = async (name: string, open: () => AsyncIterable<Uint8Array>): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-bench-'));
  try {
    const database = join(folder, 'broadsheet.db');
    const first = await imported(database, open());
    const again = await imported(database, open());
    const bare = await insertSameRows(database, join(folder, 'bare.db'), first.papers);
    const perSecond = first.papers / bare.seconds;
    const row = (what: string, { perSecond: rate }: Imported): Row => ({
      what: `${what}: ${name}`,
      figure: `${rate.toFixed(0)} papers/s`,
      against: `bare insert of the same ${(bare.rows / first.papers).toFixed(1)} rows a paper ${perSecond.toFixed(0)}`,
      ratio: rate / perSecond,
    });
    return [
      { ...row('import into the database', first), bar: '≥ 0.5 ×' },
      row(`import again (${again.written} rows written)`, again),
      {
        what: `memory of the importing process: ${name}`,
        figure: MB(Math.max(first.memory, again.memory)),
        bar: '≤ 1024 MB',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * Papers a second from snapshot lines into the SQLite store, beside a bare prepared-statement insert of all the rows that
 * it writes; the second import writes nothing. `BROADSHEET_BENCH_CORPUS` names a snapshot file to measure as well.
 */
export const importPapers = async (): Promise<readonly Row[]> => {
  const lines = await snapshotLines();
  const corpus = process.env.BROADSHEET_BENCH_CORPUS;
  return [
    ...(await measured(`${PAPERS} made papers`, () => chunks(lines))),
    ...(corpus ? await measured(basename(corpus), () => createReadStream(corpus)) : []),
  ];
};
