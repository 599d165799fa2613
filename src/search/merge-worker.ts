import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { openCentroids, trainCentroids } from './centroids.ts';
import { Segment } from './segment.ts';
import { COARSE_SCALE, newName, type SegmentEntry, writeFileSafely } from './segment-files.ts';
import { mergeSegments } from './segment-merge.ts';

export interface MergeOrder {
  readonly folder: string;
  readonly entries: readonly SegmentEntry[];
  /** Folder of the new segment inside the index. */
  readonly name: string;
  readonly centroids: string | null;
  /** Of the whole index: how many centroids are worth having depends on it. */
  readonly documents: number;
  readonly fine: { readonly tag: string; readonly dimensions: number } | null;
}

export interface MergeResult {
  readonly documents: number;
  readonly fine: number;
  readonly centroids: string | null;
}

/** Below, all vectors are looked at: that takes well under a millisecond. */
const LISTED_FROM = 30_000;
const SAMPLE_PER_LIST = 24;

/** About the root of the number of vectors, a power of two: giving each vector its list costs more than looking into longer lists. */
const listsFor = (documents: number): number =>
  documents < LISTED_FROM ? 0 : Math.min(4096, 2 ** Math.round(Math.log2(1.25 * Math.sqrt(documents))));

/** Centroids are named by how many they are: `c512-…` stays in force until the index has grown fourfold. */
const listsOf = (name: string | null): number => (name === null ? 0 : Number.parseInt(name.slice(1), 10));

const sampleOf = (segments: readonly Segment[], count: number): { sample: Int8Array; length: number } => {
  const length = segments[0]?.coarseHead.length ?? 16;
  const all = segments.reduce((sum, { coarseHead }) => sum + coarseHead.documents.length, 0);
  const step = Math.max(1, Math.floor(all / count));
  const picked: Int8Array[] = [];
  let n = 0;
  for (const segment of segments) {
    const { documents } = segment.coarseHead;
    for (let i = 0; i < documents.length; i++, n++) if (n % step === 0) picked.push(segment.vectorAt(i));
  }
  const sample = new Int8Array(picked.length * length);
  for (const [i, vector] of picked.entries()) sample.set(vector, i * length);
  return { sample, length };
};

/** Carries out one merge, training centroids first where the index has outgrown those it has. */
export const carryOut = async (order: MergeOrder): Promise<MergeResult> => {
  const segments = order.entries.map((entry) => new Segment(order.folder, entry));
  try {
    let name = order.centroids;
    const wanted = listsFor(order.documents);
    const length = segments[0]?.coarseHead.length ?? 16;
    const here = segments.reduce((sum, { coarseHead }) => sum + coarseHead.documents.length, 0);
    if (wanted >= 2 * listsOf(name) && wanted > 0 && here >= order.documents / 2) {
      const { sample } = sampleOf(segments, wanted * SAMPLE_PER_LIST);
      const trained = trainCentroids(sample, length, wanted, COARSE_SCALE);
      name = newName('c', wanted);
      await writeFileSafely(join(order.folder, name), [new Uint8Array(trained.bytes)]);
    }
    const centroids =
      name === null
        ? null
        : { name, points: openCentroids(new Int8Array(readFileSync(join(order.folder, name))), length) };
    const { documents, fine } = await mergeSegments(segments, join(order.folder, order.name), {
      length,
      centroids,
      fine: order.fine,
    });
    return { documents, fine, centroids: name };
  } finally {
    for (const segment of segments) segment[Symbol.dispose]();
  }
};

parentPort?.on('message', (order: MergeOrder) => {
  carryOut(order).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) =>
      parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
