import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/app.ts';
import { HOME, readConfig } from '../../src/config.ts';
import { type Clock, fixedClock } from '../../src/kernel/clock.ts';
import { type Log, silentLog } from '../../src/kernel/log.ts';
import type { Source } from '../../src/ports/source.ts';
import { catchUp, embedMissing } from '../../src/services/catch-up.ts';
import { importFirstEdition } from '../../src/services/first-edition.ts';
import { type ImportReport, importFile } from '../../src/services/import.ts';
import type { Web } from '../../src/web/edge.ts';
import { createWeb } from '../../src/web/server.ts';

/** The host that requests of the tests are made to. */
export const HOST = 'localhost:3000';
export const ORIGIN = `http://${HOST}`;

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Where the request comes from; this machine by default. */
  readonly from?: string;
}

export interface Site extends AsyncDisposable {
  readonly app: App;
  readonly web: Web;
  /** What was logged as an error. */
  readonly errors: readonly object[];
  ask(path: string, asking?: Asking): Promise<Response>;
  /** A form of a page of ours, sent by the reader at this machine. */
  post(path: string, fields: Readonly<Record<string, string>>, asking?: Asking): Promise<Response>;
  /** Takes papers in as lines of the arXiv snapshot, and brings search up to them. */
  take(lines: readonly object[]): Promise<ImportReport>;
}

export interface SiteWish {
  /** False leaves the site without papers. */
  readonly firstEdition?: boolean;
  /** True reads the papers for meaning too, which takes some seconds. */
  readonly meaning?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** In place of the registry's. */
  readonly sources?: readonly Source[];
}

/** The whole of Broadsheet in this process, on a temporary data folder, without a socket. */
export const openSite = async ({
  firstEdition = true,
  meaning = false,
  env = {},
  clock = fixedClock('2026-11-22T09:00:00Z'),
  sources,
}: SiteWish = {}): Promise<Site> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'broadsheet-site-'));
  const config = readConfig({
    BROADSHEET_DATA_DIR: dataDir,
    BROADSHEET_EMBED: meaning ? 'auto' : 'off',
    ...env,
  });
  const errors: object[] = [];
  const log: Log = { ...silentLog, error: (fields) => errors.push(fields) };
  const opened = await createApp(config, { clock, log });
  const app: App = { ...opened, sources: sources ?? opened.sources };
  const web = await createWeb(app);

  const search = async (): Promise<void> => {
    await catchUp(app);
    if (app.embedder) await embedMissing({ ...app, embedder: app.embedder });
  };
  const ask: Site['ask'] = async (path, { method = 'GET', headers = {}, body, from = '127.0.0.1' } = {}) =>
    web.request(
      ORIGIN + path,
      { method, headers: { host: HOST, ...headers }, ...(body === undefined ? {} : { body }) },
      { incoming: { socket: { remoteAddress: from } } },
    );

  if (firstEdition) {
    const taken = await importFirstEdition(app, { file: join(HOME, 'assets/first-edition/daily-papers-page.txt') });
    if (!taken?.ok) throw new Error('the first edition was not taken in');
    await search();
  }
  return {
    app,
    web,
    errors,
    ask,
    post: (path, fields, { headers = {}, ...asking } = {}) =>
      ask(path, {
        method: 'POST',
        headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
        ...asking,
      }),
    async take(lines) {
      const bytes = (async function* () {
        for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`);
      })();
      const name = `lines-${performance.now()}.jsonl`;
      const taken = await importFile(app, { source: 'arxiv-snapshot', bytes, name });
      if (!taken.ok) throw new Error(taken.message);
      await search();
      return taken.value;
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/** Every address of this site that a page links to, without fragments. */
export const linksOf = (html: string): readonly string[] => [
  ...new Set(
    [...html.matchAll(/(?:href|src)="(\/[^"#]*)/g)].map(([, path = '']) =>
      path.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"'),
    ),
  ),
];

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Text of escaped markup. */
export const textOf = (html: string): string =>
  html.replace(/<[^>]*>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
