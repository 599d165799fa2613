import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ModelAddress } from './protocols.ts';

/** Who a model is: what it makes of one text tells its weights. */
export interface Identity {
  readonly id: string;
  /** Of length one. */
  readonly probe: Float32Array;
}

/**
 * From this cosine on two probes are of the same weights: other hardware and other batches move a vector by some millionths,
 * other weights (a fine-tuned or more coarsely rounded copy) by far more.
 */
const SAME = 0.9999;
const KEPT = 20;

const Known = z.array(z.object({ address: z.string(), id: z.string(), probe: z.string() }));

const keyOf = ({ protocol, url, model }: ModelAddress): string => `${protocol}+${url}?model=${model}`;

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) : 0;

const textOf = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

const vectorOf = (text: string): Float32Array => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

/** `<protocol>:<model>@<hash of the probe in hundredths>`: another id for other weights under the same name. */
export const idOf = ({ protocol, url, model }: ModelAddress, probe: Float32Array): string => {
  const name = model === '' ? (URL.parse(url)?.host ?? '') : model;
  const rounded = Int8Array.from(probe, (x) => Math.round(x * 100));
  return `${protocol}:${name}@${createHash('sha256').update(rounded).digest('hex').slice(0, 8)}`;
};

/**
 * The models met so far, in a file of the data folder: a model whose probe comes out a hair different (another graphics
 * card, another release of its server) keeps its id, and that of a server that does not answer is known all the same.
 * A file that cannot be read or written only means that ids follow from the probe alone.
 */
export const createKnownModels = (file: string | null) => {
  const read = (): z.infer<typeof Known> => {
    if (file === null) return [];
    try {
      return Known.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      return [];
    }
  };
  return {
    /** The model last met at an address. */
    last: (address: ModelAddress): Identity | null => {
      const known = read().find((one) => one.address === keyOf(address));
      return known === undefined ? null : { id: known.id, probe: vectorOf(known.probe) };
    },
    /** Who made this probe; remembered as the one to be met at this address. */
    async meet(address: ModelAddress, probe: Float32Array): Promise<Identity> {
      const known = read();
      const fresh = idOf(address, probe);
      const name = (id: string): string => id.slice(0, id.lastIndexOf('@'));
      const same = known.find((one) => name(one.id) === name(fresh) && cosine(vectorOf(one.probe), probe) >= SAME);
      // The probe it was first met with is kept, so that a model does not drift from one id's weights to another's.
      const id = same?.id ?? fresh;
      const entry = { address: keyOf(address), id, probe: same?.probe ?? textOf(probe) };
      const met = { id, probe: vectorOf(entry.probe) };
      const [first] = known;
      if (file === null || (first?.address === entry.address && first.id === id)) return met;
      const others = known.filter((one) => one.address !== entry.address || one.id !== id);
      const draft = `${file}.${process.pid}`;
      await mkdir(dirname(file), { recursive: true })
        .then(() => writeFile(draft, JSON.stringify([entry, ...others].slice(0, KEPT))))
        .then(() => rename(draft, file))
        .catch(() => {});
      return met;
    },
  };
};

export type KnownModels = ReturnType<typeof createKnownModels>;
