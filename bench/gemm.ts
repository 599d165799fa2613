import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import wabt from 'wabt';
import { HOME } from '../src/config.ts';

/** The bytes of `assets/gemm/gemm.wat`, in base 64. */
export const assembleGemm = async (): Promise<string> => {
  const { parseWat } = await wabt();
  const text = await readFile(join(HOME, 'assets/gemm/gemm.wat'), 'utf8');
  return Buffer.from(parseWat('gemm.wat', text, { simd: true }).toBinary({}).buffer).toString('base64');
};

/** Writes them where a browser's worker can load them as it loads code: `src/labs/kit/gemm-bytes.ts`. */
if (import.meta.main) {
  const lines = (await assembleGemm()).match(/.{1,100}/g) ?? [];
  const text = lines.map((line) => `  '${line}',`).join('\n');
  await writeFile(
    join(HOME, 'src/labs/kit/gemm-bytes.ts'),
    `/** assets/gemm/gemm.wat, assembled by bench/gemm.ts, in base 64. */\nexport const GEMM_BYTES: string = [\n${text}\n].join('');\n`,
  );
}
