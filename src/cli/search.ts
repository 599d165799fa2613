import { Command, InvalidArgumentError } from 'commander';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { many, print, remark } from './print.ts';

const LIMIT_MAX = 100;
/** A command loads the model anew each time. */
const MODEL_PATIENCE_MS = 10_000;

interface Options {
  readonly limit: number;
  readonly json?: boolean;
}

const limit = (text: string): number => {
  const n = Number(text);
  if (!/^\d+$/.test(text) || n < 1 || n > LIMIT_MAX)
    throw new InvalidArgumentError(`It is a number from 1 to ${LIMIT_MAX}.`);
  return n;
};

const run = async (words: readonly string[], { limit, json }: Options): Promise<void> => {
  await using app = await openApp();
  using stop = interruptible();
  const [{ searchPapers }, { catchUpShown }, { OWNER }] = await Promise.all([
    import('../services/search.ts'),
    import('./catch-up.ts'),
    import('../model/reader.ts'),
  ]);
  await catchUpShown(app, stop.signal);
  const found = await searchPapers(app, { q: words.join(' '), limit, reader: OWNER, patience: MODEL_PATIENCE_MS });
  if (json) {
    const results = found.hits.map(({ card, score, why }) => ({
      id: card.paper.id,
      title: card.paper.title,
      score,
      why,
    }));
    return print(
      `${JSON.stringify({ mode: found.mode, took_ms: Math.round(found.tookMs * 1000) / 1000, total: found.total, results })}\n`,
    );
  }
  for (const [i, { card, why, snippet }] of found.hits.entries()) {
    const { id, title, published } = card.paper;
    await print(
      `${String(i + 1).padStart(3)}. ${title}\n     ${[id, published, why].filter(Boolean).join(' · ')}\n     ${snippet}\n`,
    );
  }
  remark(
    `${many(found.total, 'paper')} in ${Math.round(found.tookMs)} ms.${found.modeReason ? ` ${found.modeReason}` : ''}`,
  );
};

export const searchCommand = (): Command =>
  new Command('search')
    .description('search the papers by words and meaning')
    .argument('<query...>', 'words, "phrases", -not, author:, cat:, org:, after:, before:')
    .option('-n, --limit <n>', 'how many results', limit, 10)
    .option('--json', 'as JSON: {"mode","took_ms","total","results":[{"id","title","score","why"}]}')
    .action(run);
