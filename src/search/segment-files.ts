import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Raise it whenever a file of the index or its meaning changes: indexes of another version are built again. */
export const FORMAT = 7;

/** Static vectors are kept as `round(component × 300)`: measured to lose next to nothing, see the table's notes. */
export const COARSE_SCALE = 300;

/** What stands in `columns` beside its arrays. */
export interface ColumnsMeta {
  readonly documents: number;
  /** Names that the numbers of `cats` and `sources` stand for. */
  readonly categories: readonly string[];
  readonly sources: readonly string[];
}

/** What stands in `coarse` beside its arrays: the centroids its lists belong to; null where all vectors are one list. */
export interface CoarseMeta {
  readonly centroids: string | null;
  readonly length: number;
}

/** One segment as the manifest lists it. */
export interface SegmentEntry {
  readonly name: string;
  readonly documents: number;
  readonly dead: number;
  /** File of the bits of dead documents inside the segment's folder; null when all live. */
  readonly deadFile: string | null;
  /** Documents that have a fine vector. */
  readonly fine: number;
}

/** The one file that says what the index consists of. Replaced as a whole; all it names is complete. */
export interface Manifest {
  readonly format: number;
  /** Rises with every commit. */
  readonly generation: number;
  /** Sequence number of the last change taken in. */
  readonly position: number;
  /** Weighted words a document, as BM25 normalises by; fixed by the first commit that has a thousand documents. */
  readonly averageLength: number | null;
  /** Whose vectors the fine ones are, and what the files that hold them are called by. */
  readonly embedder: { readonly id: string; readonly dimensions: number; readonly tag: string } | null;
  readonly centroids: string | null;
  readonly segments: readonly SegmentEntry[];
}

export const EMPTY: Manifest = {
  format: FORMAT,
  generation: 0,
  position: 0,
  averageLength: null,
  embedder: null,
  centroids: null,
  segments: [],
};

export const MANIFEST = 'manifest.json';

/** Writes pieces one after the other and sees them to the disk. */
export const writeFileSafely = async (path: string, pieces: Iterable<Uint8Array>): Promise<void> => {
  const file = await open(path, 'w');
  try {
    let batch: Uint8Array[] = [];
    let size = 0;
    for (const piece of pieces) {
      batch.push(piece);
      size += piece.length;
      if (size < 1 << 22) continue;
      await file.write(Buffer.concat(batch));
      [batch, size] = [[], 0];
    }
    if (size > 0) await file.write(Buffer.concat(batch));
    await file.datasync();
  } finally {
    await file.close();
  }
};

/** A name that no file of this index has had before, so that nobody takes a new file for an old one. */
export const newName = (kind: 's' | 'c' | 'v' | 'dead', number: number): string =>
  `${kind}${number}-${randomBytes(6).toString('hex')}`;

/** Throws where there is none, or one of another format. */
export const readManifest = (folder: string): Manifest => {
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
  if (manifest.format !== FORMAT) throw new Error('an index of another format');
  return manifest;
};

/** Which manifest is in force, as the file system tells it without reading; empty where there is none. */
export const markOf = (folder: string): string => {
  const there = statSync(join(folder, MANIFEST), { throwIfNoEntry: false });
  return there === undefined ? '' : `${there.ino} ${there.mtimeMs} ${there.size}`;
};

/** Writes what is handed to `put`, and sees it to the disk. It keeps the thread: for threads that do nothing else. */
export const writeFileHanded = (path: string, write: (put: (piece: Uint8Array) => void) => void): void => {
  const file = openSync(path, 'w');
  try {
    write((piece) => {
      for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
    });
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Puts a manifest in force: whoever reads finds the old one or the new one, whole. */
export const publish = async (folder: string, manifest: Manifest): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `${MANIFEST}.${randomBytes(6).toString('hex')}`);
  await writeFileSafely(draft, [Buffer.from(JSON.stringify(manifest))]);
  await rename(draft, join(folder, MANIFEST));
};

export const removeSegment = (folder: string, name: string): Promise<void> =>
  rm(join(folder, name), { recursive: true, force: true });
