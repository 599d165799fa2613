import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { importFile } from '../src/services/import.ts';
import { SOURCES } from '../src/sources/registry.ts';
import { openStore } from '../src/store/open.ts';
import { perturbed } from './perturbed.ts';
import { MB, type Row } from './row.ts';
import { insertSameRows } from './same-rows.ts';

const PAPERS = 20_000;
const MILLION = 1_000_000;
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
      onProgress: ({ done }) => {
        memory = Math.max(memory, process.memoryUsage.rss());
        if (done % 100_000 < 5_000) console.log(`  ${done} papers, ${(performance.now() - began).toFixed(0)} ms`);
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

const mean = (figures: readonly number[]): number => figures.reduce((sum, one) => sum + one, 0) / figures.length;

const load = (): string => `load ${loadavg()[0]?.toFixed(1)}`;

/** Imports, then inserts the bare rows; `twice`: and then again the other way round, so that a busy machine troubles both alike. */
const measured = async (
  name: string,
  open: () => AsyncIterable<Uint8Array>,
  twice: boolean,
): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-bench-'));
  try {
    const database = join(folder, 'broadsheet.db');
    const began = load();
    const first = await imported(database, open());
    const again = await imported(database, open());
    const bares = [await insertSameRows(database, join(folder, 'bare.db'), first.papers)];
    const firsts = [first];
    if (twice) {
      bares.push(await insertSameRows(database, join(folder, 'bare-2.db'), first.papers));
      firsts.push(await imported(join(folder, 'broadsheet-2.db'), open()));
    }
    const rate = mean(firsts.map((one) => one.perSecond));
    const bare = mean(bares.map(({ seconds }) => first.papers / seconds));
    const rows = (bares[0]?.rows ?? 0) / first.papers;
    const row = (what: string, perSecond: number): Row => ({
      what: `${what}: ${name}, ${began} to ${load()}`,
      figure: `${perSecond.toFixed(0)} papers/s`,
      against: `bare insert of the same ${rows.toFixed(1)} rows a paper ${bare.toFixed(0)}`,
      ratio: perSecond / bare,
    });
    return [
      { ...row('import into the database', rate), bar: '≥ 4000 papers/s, ≥ 0.5 ×' },
      row(`import again (${again.written} rows written)`, again.perSecond),
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
    ...(await measured(`${PAPERS} made papers`, () => chunks(lines), false)),
    ...(corpus ? await measured(basename(corpus), () => createReadStream(corpus), true) : []),
  ];
};

/** The same with a million papers: those of the snapshot file `BROADSHEET_BENCH_CORPUS` and perturbed copies of them. */
export const importMillion = async (): Promise<readonly Row[]> => {
  const corpus = process.env.BROADSHEET_BENCH_CORPUS;
  if (!corpus) throw new Error('BROADSHEET_BENCH_CORPUS names the snapshot file that the million is made of.');
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-million-'));
  try {
    const file = join(folder, 'million.jsonl');
    await pipeline(perturbed(corpus, MILLION), createWriteStream(file));
    return await measured('1M papers', () => createReadStream(file, { highWaterMark: 262_144 }), false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
