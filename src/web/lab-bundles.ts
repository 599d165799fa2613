import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { HOME } from '../config.ts';

const LABS = join(HOME, 'src/labs');

/** What a browser's worker loads: one lab, and what runs it. */
const entryOf = (module: string, id: string): string => `
import * as all from ${JSON.stringify(module)};
import { serveTasks } from ${JSON.stringify(join(LABS, 'worker-protocol.ts'))};
const lab = Object.values(all).flat().find((one) => one?.id === ${JSON.stringify(id)} && typeof one.run === 'function');
const serve = serveTasks(lab, (said) => postMessage(said), () => performance.now());
onmessage = ({ data }) => serve(data);
`;

const entries = (modules: Readonly<Record<string, string>>): Plugin => ({
  name: 'labs',
  setup(build) {
    build.onResolve({ filter: /^lab:/ }, ({ path }) => ({ path: path.slice(4), namespace: 'lab' }));
    build.onLoad({ filter: /./, namespace: 'lab' }, ({ path }) => ({
      contents: entryOf(modules[path] ?? '', path),
      resolveDir: LABS,
    }));
  },
});

/** The modules of labs by id: each in the file of its name. */
export const labModules = (ids: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(ids.map((id) => [id, join(LABS, `${id}.ts`)]));

/** Bundles every lab into a classic worker script of its own. Where `outdir` is null nothing is written; the texts come by id. */
export const bundleLabs = async (
  modules: Readonly<Record<string, string>>,
  { outdir, target }: { readonly outdir: string | null; readonly target: string[] },
): Promise<ReadonlyMap<string, string>> => {
  const ids = Object.keys(modules);
  if (ids.length === 0) return new Map();
  const { build } = await import('esbuild');
  const built = await build({
    entryPoints: ids.map((id) => ({ in: `lab:${id}`, out: `lab.${id}` })),
    plugins: [entries(modules)],
    outdir: outdir ?? LABS,
    write: outdir !== null,
    bundle: true,
    minify: true,
    format: 'iife',
    target,
    entryNames: outdir === null ? '[name]' : '[name]-[hash]',
    logLevel: 'silent',
  });
  const name = /lab\.([a-z0-9-]+)\.js$/;
  return new Map((built.outputFiles ?? []).map(({ path, text }) => [name.exec(path)?.[1] ?? '', text]));
};
