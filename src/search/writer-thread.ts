import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { MergeOrder, MergeResult } from './merge-worker.ts';
import { Segment } from './segment.ts';
import { readManifest } from './segment-files.ts';
import { openTable } from './table.ts';
import type { WriterCalls } from './threads.ts';
import { startOver, Writer } from './writer.ts';

const { folder } = workerData as { readonly folder: string };
const table = openTable();
let writer: Writer | null = null;

/** A thread for one merge: it goes with everything it held. */
const merge = (order: MergeOrder): Promise<MergeResult> => {
  const thread = new Worker(new URL('./merge-worker.ts', import.meta.url));
  return new Promise<MergeResult>((resolve, reject) => {
    thread.once('message', (said: { result?: MergeResult; error?: string }) =>
      said.result ? resolve(said.result) : reject(new Error(said.error)),
    );
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the merging thread ended early')));
    thread.postMessage(order);
  }).finally(() => thread.terminate());
};

/** Whether every segment a manifest names can be opened. */
const isSound = (): boolean => {
  try {
    for (const entry of readManifest(folder).segments) new Segment(folder, entry)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  }
};

/** The writer of what is there; what cannot be read, or is not there, is started over. */
const open = async (): Promise<Writer> => {
  if (writer?.isCurrent) return writer;
  // Another process has written, or someone has deleted it: what was being merged is of no use any more.
  await compacting;
  if (writer?.isCurrent) return writer;
  writer?.close();
  writer = null;
  if (!isSound()) await startOver(folder);
  writer = new Writer(folder, table, merge);
  await writer.tidy();
  return writer;
};

let compacting: Promise<unknown> | null = null;
let trouble: unknown = null;

const compactBehind = (open: Writer): void => {
  compacting ??= open
    .compact(false)
    .catch((error: unknown) => {
      trouble = error;
    })
    .finally(() => {
      compacting = null;
    });
};

const calls: WriterCalls = {
  position: async () => (await open()).position,
  apply: async (changes) => {
    const there = await open();
    if (changes.after !== undefined && there.position !== changes.after) return false;
    await there.apply(changes);
    compactBehind(there);
    return true;
  },
  adopt: async (embedder) => (await open()).adopt(embedder),
  setFine: async (vectors) => (await open()).setFine(vectors),
  unembedded: async (limit) => (await open()).unembedded(limit),
  optimize: async () => {
    await compacting;
    if (trouble !== null) {
      const error = trouble;
      trouble = null;
      throw error;
    }
    while (await (await open()).compact(true));
  },
  clear: async () => {
    await compacting;
    writer?.close();
    writer = null;
    await startOver(folder);
  },
};

parentPort?.on('message', ({ id, name, args }: { id: number; name: keyof WriterCalls; args: unknown[] }) => {
  const call = calls[name] as (...args: unknown[]) => Promise<unknown>;
  call(...args).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => {
      // Whatever failed may have left the writer astray: the next call begins with what is on the disk.
      writer?.close();
      writer = null;
      parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
