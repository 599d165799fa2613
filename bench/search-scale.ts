import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOnnxEmbedder } from '../src/embedders/onnx.ts';
import { MODEL_FOLDER } from '../src/embedders/registry.ts';
import { parseQuery } from '../src/model/query.ts';
import type { IndexDoc, SearchIndex } from '../src/ports/search-index.ts';
import { openIndex } from '../src/search/open.ts';
import { type Embedded, rankPapers } from '../src/services/rank.ts';
import { MB, ms, quantile, type Row } from './row.ts';
import { papersOf, random, realPapers } from './search-corpus.ts';
import { type Kinds, miniSearch, postgres, type Reached, sqlite, tantivy } from './search-rivals.ts';

const KINDS: Kinds = {
  'one common word': ['model', 'learning', 'data', 'language', 'training', 'network'],
  'two words': ['video diffusion', 'graph networks', 'reward model', 'quantum computing', 'deep learning'],
  'a sentence': [
    'how can I get separately editable parts of a mesh',
    'make portrait animation run in real time',
    'why does my reward model prefer long answers',
    'what is the effect of the learning rate on the training of neural networks',
  ],
  'rare words': ['sourdough', 'phylogenetics', 'tokamak', 'lidar', 'esperanto'],
};
/** What the others do not answer in the same way. */
const OWN: Kinds = {
  'mistyped words': ['transfomer', 'difusion modle', 'reinforcment lerning', 'convolutionl netwrks', 'langauge'],
  phrases: ['"neural network"', '"large language models"', '"state of the art"', '"we propose a"'],
  'filtered words': ['cat:cs.LG diffusion', 'year:2024 graph', 'author:wang learning', 'neural -network'],
};
/** Not timed: the compiler has not yet seen what is hot. Programs that are compiled beforehand need none of them. */
const WARMING = 20;
const ROUNDS = 40;
const BATCH = 2_000;
const DAY = 1_500;
const WORDS = 200;

const pair = (samples: readonly number[]): string => `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.95))}`;

const warm = async (texts: readonly string[], ask: (text: string) => Promise<unknown>): Promise<readonly number[]> => {
  const samples: number[] = [];
  for (let round = 0; round < WARMING + ROUNDS; round++) {
    for (const text of texts) {
      const began = performance.now();
      await ask(text);
      if (round >= WARMING) samples.push(performance.now() - began);
    }
  }
  return samples;
};

/** Resident bytes of this process with all its threads. */
const resident = async (): Promise<number> => {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const inProc = /VmRSS:\s+(\d+) kB/.exec(status)?.[1];
  return inProc === undefined ? process.memoryUsage.rss() : 1024 * Number(inProc);
};

/** Milliseconds that the index took, without the making of the papers. */
const load = async (index: SearchIndex, papers: Iterable<IndexDoc>): Promise<number> => {
  let position = await index.position();
  let batch: IndexDoc[] = [];
  let took = 0;
  const put = async (): Promise<void> => {
    position += batch.length;
    const began = performance.now();
    await index.apply({ upserts: batch, deletes: [], position });
    took += performance.now() - began;
    batch = [];
  };
  for (const paper of papers) if (batch.push(paper) === BATCH) await put();
  if (batch.length > 0) await put();
  return took;
};

/** Vectors that mean nothing, so that as many are read and compared as if they had been made. */
const giveVectors = async (index: SearchIndex, dimensions: number, count: number): Promise<void> => {
  const draw = random(7);
  for (let done = 0; done < count; ) {
    const ids = await index.unembedded(20_000);
    if (ids.length === 0) return;
    await index.setVectors(
      ids.map((id) => ({
        id,
        vector: Float32Array.from({ length: dimensions }, () => (draw(2_001) - 1_000) / 11_000),
      })),
    );
    done += ids.length;
  }
};

const ownRows = async (index: SearchIndex, embedder: ReturnType<typeof createOnnxEmbedder>, at: string) => {
  const rows: Row[] = [];
  const words: Record<string, readonly number[]> = {};
  const find = (text: string, many: number, near: number) => {
    const query = parseQuery(text);
    return index.find({ query, text: [query.text, ...query.phrases].join(' '), words: many, near });
  };
  let asked = 0;
  const embed = async (text: string): Promise<Embedded> => {
    // A query the embedder has not seen: it would remember the vector.
    const [vector] = await embedder.embed([`${text} ${asked++}`]);
    return vector === undefined ? { reason: 'none' } : { vector, model: embedder.id };
  };
  const deps = { find: (request: Parameters<typeof index.find>[0]) => index.find(request), fine: index.fine, embed };
  const all: number[] = [];
  const shared: number[] = [];
  for (const [kind, texts] of Object.entries({ ...KINDS, ...OWN })) {
    words[kind] = await warm(texts, (text) => find(text, 50, 0));
    const meaning = await warm(texts, (text) => find(text, 1, 200));
    const hybrid = await warm(texts, (text) => rankPapers(deps, { query: parseQuery(text), words: WORDS, near: true }));
    all.push(...hybrid);
    if (kind in KINDS) shared.push(...hybrid);
    rows.push(
      { what: `${kind}, words alone, ${at}`, figure: pair(words[kind] ?? []) },
      { what: `${kind}, meaning alone, ${at}`, figure: pair(meaning) },
      { what: `${kind}, hybrid with the model, ${at}`, figure: pair(hybrid) },
    );
  }
  const bar = '145k ≤ 5 / 12, 1M ≤ 10 / 20, 3M ≤ 18 / 40 ms';
  rows.push(
    { what: `hybrid, ${Object.keys(KINDS).join(', ')}, ${at}`, figure: pair(shared), bar },
    { what: `hybrid, all kinds, ${at}`, figure: pair(all), bar },
  );
  rows.push({
    what: `a question to the reading thread that takes no looking, ${at}`,
    figure: pair(await warm(['position'], () => index.position())),
  });
  await index.suggest('warm', 8);
  const typing = ['l', 'li', 'lid', 'lidar', 'vid', 'cs', 'rea', 'graph neu'];
  rows.push({
    what: `suggestions, ${at}`,
    figure: pair(await warm(typing, (text) => index.suggest(text, 8))),
    bar: 'p95 ≤ 10 ms',
  });
  const newest = (await index.browse(parseQuery(''), 40)).evidence.map(({ id }) => id);
  const similar = await warm(newest, (id) => index.near([id], parseQuery(''), 30));
  rows.push({ what: `similar papers, ${at}`, figure: pair(similar), bar: 'p95 ≤ 10 ms' });
  return { rows, words };
};

const besideRows = (
  others: readonly Reached[],
  words: Readonly<Record<string, readonly number[]>>,
  at: string,
): Row[] =>
  others.flatMap(({ name, papers, seconds, bytes, times }) => [
    ...Object.entries(times).map(([kind, samples]): Row => {
      const ours = quantile(words[kind] ?? [], 0.5);
      return {
        what: `${kind}, words alone, p50, ${at}`,
        figure: ms(ours),
        against: `${name} at ${papers}: ${pair(samples)}`,
        ratio: ours / quantile(samples, 0.5),
        ...(name === 'Tantivy' ? { bar: '≤ 5 ×, aim 2 ×' } : {}),
      };
    }),
    { what: `build, ${at}`, figure: '', against: `${name} at ${papers}: ${seconds.toFixed(0)} s, ${MB(bytes)}` },
  ]);

const measured = async (size: number, most: Readonly<Record<'sqlite' | 'postgres' | 'mini' | 'tantivy', number>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-bench-'));
  try {
    const real = await realPapers(size);
    const papers = (count: number): Iterable<IndexDoc> => papersOf(real, 0, count);
    const at = `${size} papers`;
    const rows: Row[] = [];
    const embedder = createOnnxEmbedder(MODEL_FOLDER);
    await embedder.ready();
    let words: Readonly<Record<string, readonly number[]>> = {};
    {
      await using index = openIndex(join(folder, 'index'));
      const loaded = (await load(index, papers(size))) / 1000;
      const began = performance.now();
      await index.optimize();
      const built = loaded + (performance.now() - began) / 1000;
      rows.push({
        what: `load with static vectors, ${at}`,
        figure: `${(size / loaded).toFixed(0)} papers/s; ${built.toFixed(0)} s with the last merge`,
        bar: '≥ 4,000 papers/s',
      });
      await index.adopt(embedder);
      await giveVectors(index, embedder.dimensions, size);
      await index.optimize();
      const own = await ownRows(index, embedder, at);
      words = own.words;
      rows.push(...own.rows);
      const { bytes } = await index.stats();
      rows.push({ what: `index on the disk, ${at}`, figure: MB(bytes) });
      rows.push({
        what: `memory, model and this program included, ${at}`,
        figure: MB(await resident()),
        bar: '3M ≤ 3 GiB',
      });
      const day = await load(index, papersOf(real, size, size + DAY));
      const seen = (await index.stats()).documents;
      rows.push({
        what: `a day's ${seen - size} papers, ${at}`,
        figure: `${(day / 1000).toFixed(1)} s`,
        bar: '≤ 10 s',
      });
    }
    await embedder[Symbol.asyncDispose]();
    const count = (limit: number) => Math.min(size, limit);
    const others = [
      most.tantivy > 0 ? await tantivy(papers, count(most.tantivy), KINDS, folder) : null,
      most.sqlite > 0 ? await sqlite(papers, count(most.sqlite), KINDS, folder) : null,
      most.postgres > 0 ? await postgres(papers, count(most.postgres), KINDS) : null,
      most.mini > 0 ? await miniSearch(papers, count(most.mini), KINDS) : null,
    ];
    for (const other of others) if (typeof other === 'string') console.log(other);
    const reached = others.filter((other): other is Reached => other !== null && typeof other !== 'string');
    return [...rows, ...besideRows(reached, words, at)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Sizes of `BROADSHEET_BENCH_SIZES` (`145000,1000000`), each beside the others at the size they can hold. */
export const searchAtScale = async (): Promise<readonly Row[]> => {
  const sizes = (process.env.BROADSHEET_BENCH_SIZES ?? '145000,1000000').split(',').map(Number);
  const rows: Row[] = [];
  for (const size of sizes)
    rows.push(...(await measured(size, { tantivy: size, sqlite: 200_000, postgres: 150_000, mini: 50_000 })));
  return rows;
};

/** Three million papers, alone: a long run. */
export const searchThreeMillion = (): Promise<readonly Row[]> =>
  measured(3_000_000, { tantivy: 0, sqlite: 0, postgres: 0, mini: 0 });
