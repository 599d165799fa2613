import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, HOME } from './config.ts';
import { openEmbedder } from './embedders/registry.ts';
import { type Clock, systemClock } from './kernel/clock.ts';
import { Fault } from './kernel/errors.ts';
import { createLog, type Log } from './kernel/log.ts';
import { openMailbox, openMailer } from './mailers/registry.ts';
import type { Embedder } from './ports/embedder.ts';
import type { Fetcher } from './ports/fetcher.ts';
import type { Mailbox } from './ports/mailbox.ts';
import type { Mailer } from './ports/mailer.ts';
import type { SearchIndex } from './ports/search-index.ts';
import type { Source } from './ports/source.ts';
import { openIndex } from './search/open.ts';
import { SOURCES } from './sources/registry.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

export { checkEmbedder } from './embedders/registry.ts';
export { openIndex } from './search/open.ts';
export { SOURCES } from './sources/registry.ts';

/** Everything a command or the web works with, made in one place and closed in one place. */
export interface App extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly index: SearchIndex;
  readonly sources: readonly Source[];
  /** The one client for all that is fetched from elsewhere; loaded with the first request. */
  readonly fetcher: Fetcher;
  /** Null where `BROADSHEET_EMBED` is `off`, or the model is not there. */
  readonly embedder: Embedder | null;
  /** Null where `BROADSHEET_MAIL_URL` is empty. */
  readonly mailer: Mailer | null;
  /** Where mail comes back to; null where `BROADSHEET_BOUNCE_URL` is empty. */
  readonly mailbox: Mailbox | null;
}

const isRemote = (url: string): boolean => /^[a-z0-9+]+:\/\//i.test(url);

/** Makes a folder of ours, or says in one sentence why it cannot be. */
export const makeFolder = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Fault(
      'cannot-write',
      `The data folder ${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}): make it writable for this user, or name another, e.g. BROADSHEET_DATA_DIR=~/broadsheet npm start.`,
      { cause },
    );
  }
};

/** The file of a `sqlite:` URL; null for a database elsewhere. */
export const databaseFile = (url: string): string | null =>
  url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;

/** Without its model Broadsheet still searches by words: that is said, and no reason to stop. */
const orNull = (open: () => Embedder | null, log: Log): Embedder | null => {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn({ err: error }, 'papers are searched by words only');
    return null;
  }
};

/** HTTP is slow to load, and most commands fetch nothing. */
const openFetcher = ({ config, store, clock, log }: Pick<App, 'config' | 'store' | 'clock' | 'log'>): Fetcher => {
  const open = async (): Promise<Fetcher> => {
    const { createFetcher } = await import('./services/fetcher.ts');
    const { version } = JSON.parse(await readFile(join(HOME, 'package.json'), 'utf8'));
    return createFetcher({
      turns: store.turns,
      clock,
      log,
      allow: config.fetchAllow,
      contact: config.contact,
      version,
    });
  };
  let opened: Promise<Fetcher> | null = null;
  return {
    async fetch(ask, options) {
      opened ??= open();
      return (await opened).fetch(ask, options);
    },
  };
};

/**
 * The composition root: opens the store (migrated) and, lazily, index and embedder. Disposing closes them in the
 * reverse order. Throws `Fault` with one sentence and the mend.
 */
export const createApp = async (
  config: Config,
  { clock = systemClock, log = createLog(config.logLevel) } = {},
): Promise<App> => {
  await makeFolder(config.dataDir);
  const file = databaseFile(config.databaseUrl);
  if (file !== null && file !== ':memory:') await makeFolder(dirname(file));
  if (!isRemote(config.indexUrl)) await makeFolder(config.indexUrl);
  await using opening = new AsyncDisposableStack();
  const store = opening.use(await openStore(config.databaseUrl));
  const applied = await store.migrate();
  if (applied.length > 0) log.info({ applied }, 'database migrated');
  const index = opening.use(openIndex(config.indexUrl));
  const embedder = orNull(() => openEmbedder(config), log);
  if (embedder !== null) opening.use(embedder);
  const opened = opening.move();
  return {
    config,
    clock,
    log,
    store,
    index,
    sources: SOURCES,
    fetcher: openFetcher({ config, store, clock, log }),
    embedder,
    mailer: openMailer(config),
    mailbox: openMailbox(config),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
};
