import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { listen } from '../../src/web/listen.ts';
import { openSite, type Site, type SiteWish } from './app.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** What Chromium is started with, so that it asks nothing of the world but the pages. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const findChromium = (): string => {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      'The browser tests need Chromium: apt-get install chromium, or put one on the PATH, then try again.',
    );
  return found;
};

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });

/** A site of its own in this process, on a free port of this machine. */
export interface ServedSite extends AsyncDisposable {
  readonly site: Site;
  readonly origin: string;
}

/** `port`: where the site has to know its address beforehand; any free one by default. */
export const serveSite = async ({
  port = 0,
  ...wish
}: SiteWish & { readonly port?: number } = {}): Promise<ServedSite> => {
  const site = await openSite(wish);
  const server = await listen(site.web, { host: '127.0.0.1', port });
  return {
    site,
    origin: `http://localhost:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.close();
      await site[Symbol.asyncDispose]();
    },
  };
};

/** A tab that keeps what went wrong in it: uncaught errors, what the console calls an error, dialogs opened. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly troubles: string[];
}

export const openTab = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (said) => {
    if (said.type() === 'error') troubles.push(`${said.text()} (${said.location().url})`);
  });
  page.on('dialog', (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss().catch(() => {});
  });
  return { page, context, troubles, [Symbol.asyncDispose]: () => context.close() };
};

/** How pages are looked at: contrast goes by the edition, targets and what is too wide by the window, so two looks show all. */
export const LOOKS = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 320, height: 800 } },
] as const;

/** The source of axe-core, to be run in a page. */
export const axeSource = (): Promise<string> =>
  readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(
    where: object,
    options: object,
  ): Promise<{
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  }>;
}

/**
 * What axe finds wrong with the page, `rule (how often): where first`; `colours` asks for the rules about those alone. The page
 * must let it in: `bypassCSP`.
 */
export const axeFinds = async (page: Page, rules: 'all' | 'colours' = 'all'): Promise<readonly string[]> => {
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) await page.evaluate(await axeSource());
  return page.evaluate(
    async (only) => {
      const { axe, document } = globalThis as unknown as { axe: Axe; document: object };
      // Only of what is wrong is anything told, which takes less than half the time.
      const told = { resultTypes: ['violations'], selectors: false, preload: false };
      const { violations } = await axe.run(document, only === null ? told : { ...told, runOnly: only });
      return violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 160)}`);
    },
    rules === 'all' ? null : ['color-contrast', 'link-in-text-block'],
  );
};
