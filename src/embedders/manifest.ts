import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';

const Manifest = z.object({
  name: z.string(),
  dimensions: z.int().positive(),
  /** Of models that read tokens one by one; 0 for tables. */
  maxTokens: z.int().nonnegative().default(0),
  licence: z.string(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string().length(64) })),
});

/** What a vendored model says of itself: `manifest.json` beside its files. */
export type Manifest = z.infer<typeof Manifest>;

/** Throws `Fault('model-unavailable')`. */
export const readManifest = (folder: string): Manifest => {
  try {
    return Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  } catch (cause) {
    throw new Fault('model-unavailable', `The embedding model in ${folder} has no readable manifest.`, { cause });
  }
};

const digest = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

/** Compares every file with its checksum. Null when all is well, else one sentence. */
export const verifyModel = async (folder: string): Promise<string | null> => {
  try {
    const { files } = readManifest(folder);
    for (const [name, { sha256 }] of Object.entries(files)) {
      if ((await digest(join(folder, name))) !== sha256) return `${name} of the embedding model is damaged.`;
    }
    return null;
  } catch (error) {
    return error instanceof Fault ? error.message : `The embedding model cannot be read: ${String(error)}`;
  }
};
