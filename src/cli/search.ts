import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { App } from '../app.ts';
import { Fault } from '../kernel/errors.ts';
import type { PaperCard, PaperId } from '../model/paper.ts';
import type { Highlight, SearchPage, SearchSort } from '../model/search-page.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';

const LIMIT_MAX = 100;
/** A command loads the model anew each time. */
const MODEL_PATIENCE_MS = 10_000;

interface Options {
  readonly limit: number;
  readonly sort: SearchSort;
  readonly similar?: readonly string[];
  readonly json?: boolean;
}

const limit = (text: string): number => {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > LIMIT_MAX)
    throw new InvalidArgumentError(`It is a number from 1 to ${LIMIT_MAX}.`);
  return n;
};

const collect = (id: string, before: readonly string[] = []): readonly string[] => [...before, id];

/** Leaves text as it is where standard output is no terminal, or colours are not wanted (`NO_COLOR`). */
const styled = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { stream: process.stdout });

const marked = (text: string, highlights: readonly Highlight[]): string => {
  let at = 0;
  let out = '';
  for (const [start, end] of highlights) {
    out += text.slice(at, start) + styled('bold', text.slice(start, end));
    at = end;
  }
  return out + text.slice(at);
};

const printOne = (n: number, { paper }: PaperCard, about: readonly (string | null)[], text: string): Promise<void> =>
  print(
    `${String(n).padStart(3)}. ${styled(['bold', 'underline'], paper.title)}\n     ${styled('dim', [paper.id, paper.published, ...about].filter(Boolean).join(' · '))}\n${text === '' ? '' : `     ${text}\n`}`,
  );

/** The stored paper an argument names, by id, DOI, address or alias. */
const stored = async ({ store }: App, named: string): Promise<PaperId | null> => {
  const { jumpTo } = await import('../model/jump.ts');
  for (const id of [named.trim(), jumpTo(named)]) {
    if (id === null || id === '') continue;
    if ((await store.papers.get(id)) !== null) return id;
    const other = await store.papers.resolve(id);
    if (other !== null) return other;
  }
  return null;
};

const jsonOf = (page: Pick<SearchPage, 'mode' | 'tookMs' | 'total'>, results: readonly object[]): string =>
  `${JSON.stringify({ mode: page.mode, took_ms: Math.round(page.tookMs * 1000) / 1000, total: page.total, results })}\n`;

const printPapers = async (
  cards: readonly PaperCard[],
  { json, why }: { readonly json: boolean | undefined; readonly why: 'named' | 'meaning' },
): Promise<void> => {
  if (json) {
    const results = cards.map(({ paper }) => ({ id: paper.id, title: paper.title, why }));
    return print(`${JSON.stringify({ total: cards.length, results })}\n`);
  }
  for (const [i, card] of cards.entries()) {
    const { categories, authors } = card.paper;
    const names = authors.map(({ name }) => name);
    await printOne(i + 1, card, [categories.join(', ') || null], names.slice(0, 4).join(', '));
  }
};

const printSimilar = async (app: App, named: readonly string[], { limit, json }: Options): Promise<void> => {
  const [{ readSimilar }, { OWNER }] = await Promise.all([
    import('../services/similar.ts'),
    import('../model/reader.ts'),
  ]);
  const ids: PaperId[] = [];
  for (const one of named) {
    const id = await stored(app, one);
    if (id === null) throw new Fault('not-found', `There is no paper ${one} here.`);
    ids.push(id);
  }
  const { similar, to } = await readSimilar(app, ids, { limit, reader: OWNER });
  await printPapers(similar, { json, why: 'meaning' });
  if (!json)
    remark(`${many(similar.length, 'paper')} nearest in meaning to ${to.map((c) => c.paper.title).join('; ')}.`);
};

const printSearch = async (app: App, q: string, { limit, sort, json }: Options): Promise<void> => {
  const [{ searchPapers }, { OWNER }] = await Promise.all([
    import('../services/search.ts'),
    import('../model/reader.ts'),
  ]);
  const jump = await stored(app, q);
  if (jump !== null) return printPapers(await app.store.papers.cards([jump], OWNER), { json, why: 'named' });
  const found = await searchPapers(app, { q, limit, sort, reader: OWNER, patience: MODEL_PATIENCE_MS });
  if (json) {
    const results = found.hits.map(({ card: { paper }, score, why }) => ({
      id: paper.id,
      title: paper.title,
      score,
      why,
    }));
    return print(jsonOf(found, results));
  }
  if (found.refusal !== null) remark(found.refusal);
  for (const [i, { card, why, snippet, snippetHighlights }] of found.hits.entries())
    await printOne(i + 1, card, [why], marked(snippet, snippetHighlights));
  for (const [typed, taken] of found.corrected) remark(`No paper has “${typed}”: taken for “${taken}”.`);
  for (const { q: other, total } of found.otherwise?.ways ?? []) remark(`${many(total, 'paper')} for: ${other}`);
  remark(
    `${many(found.total, 'paper')} in ${Math.round(found.tookMs)} ms.${found.modeReason ? ` ${found.modeReason}` : ''}`,
  );
};

const run = async (words: readonly string[], options: Options): Promise<void> => {
  const q = words.join(' ').trim();
  if (q === '' && options.similar === undefined)
    throw new Fault('bad-usage', 'Say what to search for, or name a paper with --similar.');
  await using app = await openApp();
  using stop = interruptible();
  const { catchUpShown } = await import('./catch-up.ts');
  await catchUpShown(app, stop.signal);
  if (options.similar !== undefined) await printSimilar(app, options.similar, options);
  else await printSearch(app, q, options);
};

export const searchCommand = (): Command =>
  new Command('search')
    .description('search the papers by words and meaning')
    .argument(
      '[query...]',
      'words, "phrases", -not, author:, cat:, org:, year:, after:, before:, has:, in:library; or an id, DOI or address',
    )
    .option('-n, --limit <n>', 'how many results', limit, 10)
    .addOption(
      new Option('-s, --sort <order>', 'in which order').choices(['relevance', 'newest', 'votes']).default('relevance'),
    )
    .option('--similar <id>', 'papers like this one; several may be named', collect)
    .option('--json', 'as JSON: {"mode","took_ms","total","results":[{"id","title","score","why"}]}')
    .action(run);
