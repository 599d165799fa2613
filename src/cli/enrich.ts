import { Command } from 'commander';
import { Fault } from '../kernel/errors.ts';
import { faultOf } from './complain.ts';
import { interruptible } from './interrupt.ts';
import { openApp } from './open.ts';
import { duration, many, number, print } from './print.ts';
import { pace, showProgress } from './progress.ts';

interface Options {
  readonly source?: string;
  readonly limit?: string;
}

/** Asked one after the other where none is named. */
const ENRICHMENTS: readonly string[] = ['crossref', 'semantic-scholar', 'openalex'];
const PATIENCE_MS = 10 * 60_000;

const run = async ({ source: wanted, limit: text }: Options): Promise<void> => {
  if (wanted !== undefined && !ENRICHMENTS.includes(wanted))
    throw new Fault('bad-usage', `--source ${wanted} is none of ${ENRICHMENTS.join(', ')}.`);
  if (text !== undefined && !/^[1-9]\d{0,8}$/.test(text))
    throw new Fault('bad-usage', `--limit ${text} is not a number of papers.`);
  const limit = text === undefined ? null : Number(text);
  await using app = await openApp();
  using stop = interruptible();
  const [{ enrich }, { catchUpShown }] = await Promise.all([import('../services/enrich.ts'), import('./catch-up.ts')]);
  const { sourceUrls: bases, sourceKeys: keys } = app.config;
  for (const source of app.sources.filter(({ id }) =>
    wanted === undefined ? ENRICHMENTS.includes(id) : id === wanted,
  )) {
    const began = app.clock.now();
    let first: number | null = null;
    const progress = await showProgress(`Asking ${source.title}`);
    const done = await enrich(
      { ...app, bases, keys },
      {
        source,
        limit,
        signal: stop.signal,
        patienceMs: PATIENCE_MS,
        onProgress: (at) => {
          first ??= at.done;
          const { rate } = pace(at.done - first, at.total, began, app.clock.now());
          const etaSeconds = rate === 0 || limit !== null ? null : (at.total - at.done) / rate;
          progress.show({ ...at, unit: 'papers', rate, etaSeconds });
        },
      },
    ).finally(() => progress[Symbol.dispose]());
    if (!done.ok) throw faultOf(done);
    const { asked, answered, complete, seconds } = done.value;
    const rest = complete ? '' : '; the same command goes on with the rest';
    await print(
      `${source.title} knows ${number(answered)} of ${many(asked, 'paper')} asked about (${duration(seconds)})${rest}.\n`,
    );
  }
  if (!(await catchUpShown(app, stop.signal))) await print('The Broadsheet that is running takes it into its index.\n');
};

export const enrichCommand = (): Command =>
  new Command('enrich')
    .description(
      'ask Crossref, Semantic Scholar and OpenAlex for citations, venues and DOIs of the papers that are here',
    )
    .option('-s, --source <id>', `one of ${ENRICHMENTS.join(', ')}; else all, one after the other`)
    .option('-n, --limit <n>', 'papers to ask about, at most; the next run goes on after them')
    .action(run);
