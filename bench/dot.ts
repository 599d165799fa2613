import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import wabt from 'wabt';
import { HOME } from '../src/config.ts';

/** The bytes of `assets/dot/dot.wasm`, from its text. */
export const assembleDot = async (): Promise<Uint8Array> => {
  const { parseWat } = await wabt();
  const text = await readFile(join(HOME, 'assets/dot/dot.wat'), 'utf8');
  return parseWat('dot.wat', text, { simd: true }).toBinary({}).buffer;
};

if (import.meta.main) await writeFile(join(HOME, 'assets/dot/dot.wasm'), await assembleDot());
