import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { HOME } from '../config.ts';
import { LABS } from '../labs/registry.ts';
import { bundleLabs, labModules } from './lab-bundles.ts';

/** Everything a page loads beside its HTML, ready to be sent. */
export interface Assets {
  /** Address of the style sheet. */
  readonly css: string;
  /** That of the pages of labs alone. */
  readonly labCss: string;
  /** Address of each island by name, e.g. `keys`. */
  readonly islands: Readonly<Record<string, string>>;
  /** The service worker, which is served at an address of its own; null when it could not be built. */
  readonly worker: Asset | null;
  /** Address of what a browser's worker runs, by the id of the lab. */
  readonly labs: Readonly<Record<string, string>>;
  /** Addresses of the fonts worth loading early. */
  readonly fonts: readonly string[];
  /** Address of the font for formulas. */
  readonly mathFont: string | null;
  /** By path, e.g. `/assets/broadsheet-3F2A.css`. `immutable`: the name changes with the content. */
  readonly files: ReadonlyMap<string, Asset>;
}

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly immutable: boolean;
}

/** Raised when the recipe below changes, so that caches of older ones are not used. */
const RECIPE = 1;
const BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];
const STYLES = join(HOME, 'src/styles');
const ISLANDS = join(HOME, 'src/islands');
const FONTS = join(HOME, 'assets/fonts');
const LAB_SOURCES = [join(HOME, 'src/labs'), join(HOME, 'src/labs/kit')];
const PLOTS = join(HOME, 'node_modules/@observablehq/plot/package.json');
const SITE = join(HOME, 'assets/site');
const MATH_FONT = /\/broadsheet-math-/;
const WORKER = /^push-worker-[A-Z0-9]{8}\.js$/;
const PRELOADED = /\/broadsheet-(?:head|text)-/;

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
};

const typeOf = (name: string): string => TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

const filesOf = async (folder: string, ending: RegExp): Promise<readonly string[]> =>
  (await readdir(folder).catch((): string[] => []))
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(folder, name));

const islandSources = async (): Promise<readonly string[]> =>
  (await filesOf(ISLANDS, /\.ts$/)).filter((path) => !path.endsWith('.test.ts') && !path.endsWith('.d.ts'));

const fingerprint = async (paths: readonly string[]): Promise<string> => {
  const hash = createHash('sha256').update(`${RECIPE} ${BROWSERS}`);
  for (const path of paths) hash.update(`\n${relative(HOME, path)}\n`).update(await readFile(path));
  return hash.digest('hex').slice(0, 16);
};

const bundle = async (outdir: string): Promise<void> => {
  const { build } = await import('esbuild');
  // `lab.plots.ts` is a part of the island `lab`.
  const islands = (await islandSources()).filter((path) => /^[^.]+\.ts$/.test(basename(path)));
  await build({
    entryPoints: [join(STYLES, 'broadsheet.css'), join(STYLES, 'lab.css'), ...islands],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: BROWSERS,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/assets',
    loader: { '.woff2': 'file' },
    logLevel: 'silent',
  });
  await bundleLabs(labModules(LABS.map(({ id }) => id)), { outdir, target: BROWSERS });
};

const site = async (): Promise<readonly (readonly [string, Asset])[]> =>
  Promise.all(
    (await filesOf(SITE, /\.(?:svg|png|ico)$/)).map(async (path) => {
      const name = basename(path);
      const asset = { body: await readFile(path), type: typeOf(name), immutable: false };
      return [name === 'favicon.ico' ? '/favicon.ico' : `/assets/${name}`, asset] as const;
    }),
  );

const load = async (folder: string): Promise<Assets> => {
  const files = new Map<string, Asset>(await site());
  let worker: Asset | null = null;
  for (const path of await filesOf(folder, /./)) {
    const name = basename(path);
    const asset = { body: await readFile(path), type: typeOf(name), immutable: true };
    if (WORKER.test(name)) worker = asset;
    else files.set(`/assets/${name}`, asset);
  }
  const paths = [...files.keys()];
  const named = (pattern: RegExp): Readonly<Record<string, string>> =>
    Object.fromEntries(paths.flatMap((path) => [...path.matchAll(pattern)].map(([, name]) => [name, path] as const)));
  return {
    css: paths.find((path) => /\/broadsheet-[^/]+\.css$/.test(path)) ?? '',
    labCss: paths.find((path) => /\/lab-[^/]+\.css$/.test(path)) ?? '',
    worker,
    islands: named(/^\/assets\/([^.]+)-[A-Z0-9]{8}\.js$/g),
    labs: named(/^\/assets\/lab\.(.+)-[A-Z0-9]{8}\.js$/g),
    fonts: paths.filter((path) => PRELOADED.test(path)),
    mathFont: paths.find((path) => MATH_FONT.test(path)) ?? null,
    files,
  };
};

/**
 * Bundles styles and islands, or takes the bundle of an earlier start from `cacheDir` (made when missing).
 * A bundle is kept under the hash of all it is made from; those of older sources are removed.
 */
export const buildAssets = async (cacheDir: string): Promise<Assets> => {
  const sources = [
    ...(await filesOf(STYLES, /\.css$/)),
    ...(await islandSources()),
    ...(await filesOf(FONTS, /\.woff2$/)),
    ...(await Promise.all(LAB_SOURCES.map((folder) => filesOf(folder, /(?<!\.test)\.ts$/)))).flat(),
    PLOTS,
  ];
  const name = `assets-${await fingerprint(sources)}`;
  const folder = join(cacheDir, name);
  const kept = await readdir(cacheDir).catch((): string[] => []);
  if (kept.includes(name)) return load(folder);
  const draft = join(cacheDir, `draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  await bundle(draft);
  await rename(draft, folder).catch(async () => rm(draft, { recursive: true }));
  for (const old of kept)
    if (old.startsWith('assets-')) await rm(join(cacheDir, old), { recursive: true, force: true });
  return load(folder);
};
