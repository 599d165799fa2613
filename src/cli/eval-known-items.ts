import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { App } from '../app.ts';
import { HOME } from '../config.ts';
import { Fault } from '../kernel/errors.ts';
import type { PaperDraft } from '../model/paper.ts';
import type { IndexDoc, SearchIndex } from '../ports/search-index.ts';
import type { KnownItem } from '../services/evaluate.ts';
import { columns, inPercent, readUnpacked, scratchIndex } from './eval.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';

const FIRST_EDITION = join(HOME, 'assets/first-edition/daily-papers-page.txt');

interface Options {
  readonly among?: string;
  readonly limit: number;
  readonly since: number;
  readonly areas: string;
  readonly json?: boolean;
}

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
};

const itemsIn = (text: string, file: string): KnownItem[] =>
  text.split('\n').flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      const { title, kind, query } = JSON.parse(line) as Partial<KnownItem>;
      if (typeof title === 'string' && typeof kind === 'string' && typeof query === 'string')
        return [{ title, kind, query }];
    } catch {
      // Said below.
    }
    throw new Fault('bad-input', `Line ${i + 1} of ${file} is no known item: it must be {"title","kind","query"}.`);
  });

async function* draftsOf(app: App, source: string, file: string): AsyncGenerator<PaperDraft> {
  const { decompress } = await import('../kernel/decompress.ts');
  const known = app.sources.find(({ id }) => id === source);
  if (known?.parse === undefined) throw new Fault('internal', `There is no source ${source}.`);
  const stream = createReadStream(file);
  try {
    for await (const entry of known.parse(await decompress(stream))) if (entry.kind === 'paper') yield entry.draft;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new Fault('cannot-read', `There is no file ${file}: check the name.`, { cause });
  } finally {
    stream.destroy();
  }
}

const docOf = (draft: PaperDraft, source: string): IndexDoc => ({
  id: `${source}:${draft.externalId}`,
  title: draft.title,
  abstract: draft.abstract,
  authors: draft.authors.map(({ name }) => name),
  organisation: draft.organisation?.name ?? null,
  categories: draft.categories,
  sources: [source],
  published: draft.published,
  vector: null,
});

/** The papers of the first edition and, of a snapshot, so many others of those areas and years, in its order. */
const papersAmong = async (app: App, file: string, { limit, since, areas }: Options): Promise<IndexDoc[]> => {
  const { titleKey } = await import('../services/evaluate.ts');
  const docs: IndexDoc[] = [];
  for await (const draft of draftsOf(app, 'daily-page', FIRST_EDITION)) docs.push(docOf(draft, 'daily-page'));
  const seeds = new Set(docs.map(({ title }) => titleKey(title)));
  const archives = new Set(areas.split(','));
  let others = 0;
  for await (const draft of draftsOf(app, 'arxiv-snapshot', file)) {
    if (others === limit) break;
    const year = Number((draft.published ?? draft.updated ?? '0').slice(0, 4));
    const [archive = ''] = (draft.categories[0] ?? '').split('.');
    if (year < since || (areas !== 'all' && !archives.has(archive)) || seeds.has(titleKey(draft.title))) continue;
    docs.push(docOf(draft, 'arxiv-snapshot'));
    others++;
  }
  return docs;
};

const run = async (file: string, options: Options): Promise<void> => {
  const items = itemsIn(await readUnpacked(file), file);
  const [{ evaluateKnownItems, reachedBy }, { catchUpShown, shown }] = await Promise.all([
    import('../services/evaluate.ts'),
    import('./catch-up.ts'),
  ]);
  await using app = await openApp();
  using stop = interruptible();
  const { signal } = stop;
  const { embedder } = app;
  const measure = (index: SearchIndex, titlesOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>) =>
    shown(
      app,
      'Asking',
      (onProgress) => evaluateKnownItems({ index, embedder, titlesOf }, items, { signal, onProgress }),
      'queries',
    );
  let report: Awaited<ReturnType<typeof measure>>;
  let papers: number;
  if (options.among === undefined) {
    await embedder?.ready(signal);
    const { OWNER } = await import('../model/reader.ts');
    await catchUpShown(app, signal);
    papers = (await app.index.stats()).documents;
    report = await measure(app.index, async (ids) => {
      const cards = await app.store.papers.cards([...ids], OWNER);
      return new Map(cards.map(({ paper }) => [paper.id, paper.title]));
    });
  } else {
    const docs = await papersAmong(app, options.among, options);
    papers = docs.length;
    await using scratch = await scratchIndex(app, docs, signal, (index) => reachedBy(index, items));
    const titles = new Map(docs.map(({ id, title }) => [id, title]));
    report = await measure(scratch.index, async () => titles);
  }
  if (options.json) return print(`${JSON.stringify({ papers, kinds: report })}\n`);
  remark(
    `${many(items.length, 'query', 'queries')} among ${many(papers, 'paper')}; MRR@10 × 100, 95 % of 1,000 resamples.`,
  );
  await print(
    columns([
      ['', 'queries', 'words', 'static', 'instant hybrid', 'default hybrid'],
      ...report.map(({ kind, queries, mrr10: { words, static: coarse, instant, hybrid } }) => [
        kind,
        String(queries),
        ...[words, coarse, instant, hybrid].map(inPercent),
      ]),
    ]),
  );
};

export const evalKnownItemsCommand = (): Command =>
  new Command('eval-known-items')
    .description('measure how high search ranks papers one knows to be there')
    .argument('<file>', 'a query a line: {"title","kind","query"}')
    .option('--among <file>', 'the first edition among papers of this arXiv snapshot, not what is in the database')
    .option('-n, --limit <n>', 'how many of them', whole, 20_000)
    .option('--since <year>', 'of this year or later', whole, 2020)
    .option('--areas <list>', 'of these archives first; all for any', 'cs,stat,q-bio,eess')
    .option('--json', 'as JSON: {"papers","kinds":[{"kind","queries","mrr10":{"words","static","instant","hybrid"}}]}')
    .action(run);
