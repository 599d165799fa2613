import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import type { App } from '../app.ts';
import { Fault } from '../kernel/errors.ts';
import type { Estimate } from '../model/evaluation.ts';
import type { PaperId } from '../model/paper.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { IndexDoc, SearchIndex } from '../ports/search-index.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';

/** Bytes of a file, unpacked. Throws `Fault('cannot-read')`, `Fault('bad-input')`. */
export const readUnpacked = async (file: string): Promise<string> => {
  const { decompress } = await import('../kernel/decompress.ts');
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'There is no file' : `${cause.code}: cannot read`;
    throw new Fault('cannot-read', `${why} ${file}: check the name.`, { cause });
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of await decompress(Readable.from([bytes]))) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
};

/** An index of documents in a folder of its own, and their vectors; the folder goes with it. */
export interface ScratchIndex extends AsyncDisposable {
  readonly index: SearchIndex;
  /** Of all documents, row by row; null without a model, or where only some have one. */
  readonly vectors: Float32Array | null;
}

/**
 * Builds an index of documents as the product would, with progress. Vectors are kept in the data folder for the next time.
 * With `reached` only the documents it names, asked of the index without them, get a vector of the model.
 */
export const scratchIndex = async (
  app: Pick<App, 'config' | 'clock' | 'embedder'>,
  docs: readonly IndexDoc[],
  signal: AbortSignal,
  reached: ((index: SearchIndex) => Promise<ReadonlySet<PaperId>>) | null = null,
): Promise<ScratchIndex> => {
  const [{ openIndex }, { buildIndex, giveVectors }, { keptVectors }, { shown }] = await Promise.all([
    import('../app.ts'),
    import('../services/evaluate.ts'),
    import('../services/kept-vectors.ts'),
    import('./catch-up.ts'),
  ]);
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-eval-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const index = opening.use(openIndex(folder));
  const { embedder } = app;
  await embedder?.ready(signal);
  const vectorsOf = (embedder: Embedder, some: readonly IndexDoc[]) => {
    const texts = some.map(({ title, abstract }) => `${title}\n${abstract}`);
    return shown(app, 'Reading for meaning', (onProgress) =>
      keptVectors(embedder, join(app.config.dataDir, 'eval'), texts, { signal, onProgress }),
    );
  };
  let vectors: Float32Array | null = null;
  if (embedder === null) await buildIndex(index, docs, null);
  else if (reached === null) {
    vectors = await vectorsOf(embedder, docs);
    await buildIndex(index, docs, { embedder, vectors });
  } else {
    await buildIndex(index, docs, null);
    const ids = await reached(index);
    const some = docs.filter(({ id }) => ids.has(id));
    await giveVectors(index, some, { embedder, vectors: await vectorsOf(embedder, some) });
  }
  const opened = opening.move();
  return { index, vectors, [Symbol.asyncDispose]: () => opened.disposeAsync() };
};

const percent = (x: number): string => (100 * x).toFixed(1);

/** `43.4 (38.1–48.6)`: a mean and its interval, times 100. */
export const inPercent = ({ mean, low, high }: Estimate): string =>
  `${percent(mean)} (${percent(low)}–${percent(high)})`;

/** Rows of words in columns, the first one flush left. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   '),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
};

const NAMES = {
  words: 'words (BM25)',
  static: 'dense (static)',
  model: 'dense (model)',
  instant: 'instant hybrid',
  hybrid: 'default hybrid',
} as const;

const run = async (file: string, { json }: { readonly json?: boolean }): Promise<void> => {
  const [{ parseCollection }, { evaluate, indexDocs }, { shown }] = await Promise.all([
    import('../model/collection.ts'),
    import('../services/evaluate.ts'),
    import('./catch-up.ts'),
  ]);
  const collection = parseCollection(await readUnpacked(file), basename(file));
  await using app = await openApp();
  using stop = interruptible();
  await using scratch = await scratchIndex(app, indexDocs(collection), stop.signal);
  const { queries, systems } = await shown(
    app,
    'Asking',
    (onProgress) =>
      evaluate({ index: scratch.index, embedder: app.embedder }, collection, scratch.vectors, {
        signal: stop.signal,
        onProgress,
      }),
    'queries',
  );
  if (json) {
    const report = { collection: basename(file), documents: collection.docs.length, queries, systems };
    return print(`${JSON.stringify(report)}\n`);
  }
  remark(
    `${many(collection.docs.length, 'document')}, ${many(queries, 'query', 'queries')} with answers; × 100, 95 % of 1,000 resamples.`,
  );
  await print(
    columns([
      ['', 'nDCG@10', 'Recall@100', 'MRR@10'],
      ...systems.map(({ system, ndcg10, recall100, mrr10 }) => [
        NAMES[system],
        inPercent(ndcg10),
        inPercent(recall100),
        inPercent(mrr10),
      ]),
    ]),
  );
  if (app.embedder === null) remark('Without its model Broadsheet is measured by words and static vectors only.');
};

export const evalCommand = (): Command =>
  new Command('eval')
    .description('measure search on a test collection of documents, queries and judgements')
    .argument(
      '<file>',
      'JSON, plain or packed: {"docs":[{"id","title","text"}],"queries":[{"id","text"}],"qrels":{query:{doc:grade}}}',
    )
    .option(
      '--json',
      'as JSON: {"collection","documents","queries","systems":[{"system","ndcg10","recall100","mrr10"}]}',
    )
    .action(run);
