import { execFile, spawnSync } from 'node:child_process';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import MiniSearch from 'minisearch';
import pg from 'pg';
import type { IndexDoc } from '../src/ports/search-index.ts';
import { startPostgres } from '../test/support/postgres.ts';

export type Kinds = Readonly<Record<string, readonly string[]>>;

/** What another engine reached: milliseconds of every query of a kind, the first round left out. */
export interface Reached {
  readonly name: string;
  readonly papers: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly times: Readonly<Record<string, readonly number[]>>;
}

type Papers = (count: number) => Iterable<IndexDoc>;

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const timed = async (kinds: Kinds, rounds: number, ask: (text: string) => unknown): Promise<Reached['times']> => {
  const times: Record<string, number[]> = {};
  for (const [kind, texts] of Object.entries(kinds)) {
    const samples: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const text of texts) {
        const began = performance.now();
        await ask(text);
        if (round > 0) samples.push(performance.now() - began);
      }
    }
    times[kind] = samples;
  }
  return times;
};

export const sqlite = async (papers: Papers, count: number, kinds: Kinds, folder: string): Promise<Reached> => {
  const path = join(folder, 'fts5.db');
  using db = new DatabaseSync(path);
  db.exec(
    "PRAGMA journal_mode=OFF; CREATE VIRTUAL TABLE papers USING fts5(id UNINDEXED, title, abstract, tokenize='porter unicode61')",
  );
  const began = performance.now();
  db.exec('BEGIN');
  const put = db.prepare('INSERT INTO papers VALUES (?, ?, ?)');
  for (const { id, title, abstract } of papers(count)) put.run(id, title, abstract);
  db.exec("COMMIT; INSERT INTO papers(papers) VALUES ('optimize')");
  const seconds = (performance.now() - began) / 1000;
  const best = db.prepare('SELECT id FROM papers WHERE papers MATCH ? ORDER BY bm25(papers, 0, 2, 1) LIMIT 50');
  const times = await timed(kinds, 3, (text) =>
    best.all(
      words(text)
        .map((word) => `"${word}"`)
        .join(' OR '),
    ),
  );
  return { name: 'SQLite FTS5', papers: count, seconds, bytes: (await stat(path)).size, times };
};

export const postgres = async (papers: Papers, count: number, kinds: Kinds): Promise<Reached | string> => {
  const { server, reason } = await startPostgres();
  if (server === null) return `PostgreSQL left out: ${reason}.`;
  await using _ = server;
  const client = new pg.Client({ connectionString: await server.database() });
  await client.connect();
  try {
    await client.query('CREATE TABLE papers (id TEXT, words TSVECTOR)');
    const began = performance.now();
    let batch: IndexDoc[] = [];
    const put = async (): Promise<void> => {
      await client.query(
        `INSERT INTO papers SELECT id, setweight(to_tsvector('english', title), 'A') || to_tsvector('english', abstract)
         FROM unnest($1::text[], $2::text[], $3::text[]) AS given(id, title, abstract)`,
        [batch.map(({ id }) => id), batch.map(({ title }) => title), batch.map(({ abstract }) => abstract)],
      );
      batch = [];
    };
    for (const paper of papers(count)) if (batch.push(paper) === 2_000) await put();
    await put();
    await client.query('CREATE INDEX ON papers USING gin (words)');
    await client.query('VACUUM ANALYZE papers');
    const seconds = (performance.now() - began) / 1000;
    const times = await timed(kinds, 2, (text) =>
      client.query(
        `SELECT id FROM papers, to_tsquery('english', $1) AS wish
         WHERE words @@ wish ORDER BY ts_rank(words, wish) DESC LIMIT 50`,
        [words(text).join(' | ')],
      ),
    );
    const { rows } = await client.query<{ bytes: string }>("SELECT pg_total_relation_size('papers') AS bytes");
    return { name: 'PostgreSQL', papers: count, seconds, bytes: Number(rows[0]?.bytes), times };
  } finally {
    await client.end();
  }
};

export const miniSearch = async (papers: Papers, count: number, kinds: Kinds): Promise<Reached> => {
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  const index = new MiniSearch({ fields: ['title', 'abstract'], searchOptions: { boost: { title: 2 } } });
  for (const { id, title, abstract } of papers(count)) index.add({ id, title, abstract });
  const seconds = (performance.now() - began) / 1000;
  const times = await timed(kinds, 3, (text) => index.search(text).slice(0, 50));
  return {
    name: 'MiniSearch',
    papers: count,
    seconds,
    bytes: Math.max(0, process.memoryUsage().heapUsed - before),
    times,
  };
};

/** Tantivy by its Python wheel, in an environment that is thrown away; a sentence where that cannot be had. */
export const tantivy = async (
  papers: Papers,
  count: number,
  kinds: Kinds,
  folder: string,
): Promise<Reached | string> => {
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'venv', '--help']).status === 0);
  if (python === undefined) return 'Tantivy left out: it needs Python 3 with venv.';
  const run = promisify(execFile);
  const venv = join(folder, 'venv');
  const own = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  try {
    await run(python, ['-m', 'venv', venv]);
    await run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'tantivy==0.27.0']);
  } catch {
    return 'Tantivy left out: its wheel could not be installed.';
  }
  const [lines, queries] = [join(folder, 'papers.jsonl'), join(folder, 'queries.json')];
  await writeFile(
    lines,
    (function* () {
      for (const { id, title, abstract } of papers(count)) yield `${JSON.stringify({ id, title, abstract })}\n`;
    })(),
  );
  await writeFile(queries, JSON.stringify(kinds));
  const script = join(import.meta.dirname, 'search_tantivy.py');
  const { stdout } = await run(own, [script, lines, queries, join(folder, 'tantivy'), '15'], { maxBuffer: 1 << 28 });
  await rm(lines);
  return { name: 'Tantivy', papers: count, ...(JSON.parse(stdout) as Omit<Reached, 'name' | 'papers'>) };
};
