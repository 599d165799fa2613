import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { HOME } from '../config.ts';
import type { Lab } from '../labs/contract.ts';
import type { Assets } from './assets.ts';
import { bundleLabs } from './lab-bundles.ts';

/** One lab while it is written: made again from its files whenever one of them is saved, without a restart. */
export interface LabWorkshop extends Disposable {
  /** As the files are now; as they last were where they cannot be read. */
  readonly lab: Lab;
  /** The assets with this lab's bundle in place of that of the start. */
  over(assets: Assets): Assets;
  /** Makes it again now. Gives what is wrong with the files; null where nothing is. */
  make(): Promise<string | null>;
}

const SETTLE_MS = 80;
const TARGET = ['chrome123', 'firefox120', 'safari17.5'];

/** The lab in a module and all it imports, read afresh: Node keeps what it imported by its address, so the address is the code. */
const readLab = async (path: string, id: string): Promise<Lab> => {
  const { build } = await import('esbuild');
  const built = await build({ entryPoints: [path], bundle: true, write: false, format: 'esm', logLevel: 'silent' });
  const code = Buffer.from(built.outputFiles[0]?.contents ?? []).toString('base64');
  const all = (await import(`data:text/javascript;base64,${code}`)) as Readonly<Record<string, unknown>>;
  const lab = Object.values(all).find((one): one is Lab => (one as Lab | null)?.id === id);
  if (lab === undefined) throw new Error(`${path} exports no lab whose id is ${id}.`);
  return lab;
};

/**
 * Watches the lab `id` in `folder`. `tell` hears, after every save, what is wrong with the files, or null. Throws where the lab cannot
 * be made at the start.
 */
export const openLabWorkshop = async (
  id: string,
  {
    folder = join(HOME, 'src/labs'),
    tell,
  }: { readonly folder?: string; readonly tell: (wrong: string | null) => void },
): Promise<LabWorkshop> => {
  const path = join(folder, `${id}.ts`);
  const made = async (): Promise<{
    readonly lab: Lab;
    readonly address: string;
    readonly body: Uint8Array<ArrayBuffer>;
  }> => {
    const lab = await readLab(path, id);
    const body = new TextEncoder().encode(
      (await bundleLabs({ [id]: path }, { outdir: null, target: TARGET })).get(id) ?? '',
    );
    const name = createHash('sha256').update(body).digest('hex').slice(0, 8).toUpperCase();
    return { lab, body, address: `/assets/lab.${id}-${name}.js` };
  };
  let now = await made();
  let kept: { readonly from: Assets; readonly of: typeof now; readonly assets: Assets } | null = null;
  const make = async (): Promise<string | null> => {
    try {
      now = await made();
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watcher = watch(folder, (_, file) => {
    if (file === null || !file.endsWith('.ts')) return;
    clearTimeout(timer);
    timer = setTimeout(() => void make().then(tell), SETTLE_MS);
  });
  return {
    get lab() {
      return now.lab;
    },
    make,
    over: (assets) => {
      if (kept?.from === assets && kept.of === now) return kept.assets;
      const asset = { body: now.body, type: 'text/javascript; charset=utf-8', immutable: true };
      const over: Assets = {
        ...assets,
        labs: { ...assets.labs, [id]: now.address },
        files: new Map([...assets.files, [now.address, asset]]),
      };
      kept = { from: assets, of: now, assets: over };
      return over;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
};
