import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StaticTable } from '../model/static-embedding.ts';
import type { IndexDoc } from '../ports/search-index.ts';
import { type Centroids, openCentroids } from './centroids.ts';
import { encodeFine, fineBytes } from './fine.ts';
import type { MergeOrder, MergeResult } from './merge-worker.ts';
import { Segment } from './segment.ts';
import { createTools, SegmentBuilder } from './segment-build.ts';
import {
  EMPTY,
  MANIFEST,
  type Manifest,
  markOf,
  newName,
  publish,
  readManifest,
  removeSegment,
  type SegmentEntry,
  writeFileSafely,
} from './segment-files.ts';
import { Top } from './top.ts';

/** What BM25 takes for the length of a document until a commit has shown it. In weighted words. */
const USUAL_LENGTH = 180;
/** Segments of about the same size that are made one. */
const FACTOR = 8;
const SMALLEST = 512;
/** The largest segment is made one with the others when together they are at least this part of it: one in … */
const SHARE = 8;

const tierOf = (documents: number): number =>
  Math.max(0, Math.ceil(Math.log(Math.max(1, documents) / SMALLEST) / Math.log(FACTOR)));

/** Tag of an embedder's vectors in file names. */
const tagOf = (embedder: string): string =>
  newName('v', 0).replace('v0', embedder.replace(/[^A-Za-z0-9@.-]/g, '_').slice(-80));

interface Changes {
  readonly upserts: readonly IndexDoc[];
  readonly deletes: readonly string[];
  readonly position: number;
}

interface FineVector {
  readonly id: string;
  readonly vector: Float32Array;
}

/** The one who writes an index. One at a time; its calls are made one after the other. */
export class Writer {
  private readonly folder: string;
  private readonly tools: ReturnType<typeof createTools>;
  private readonly merge: (order: MergeOrder) => Promise<MergeResult>;
  private manifest: Manifest;
  private segments = new Map<string, Segment>();
  private centroids: { name: string; points: Centroids } | null = null;
  private mark: string;
  private last: Promise<unknown> = Promise.resolve();
  /** Ids written while a merge goes on: their fine vectors and deaths are carried over when it ends. */
  private merging: { readonly names: ReadonlySet<string>; readonly fine: Map<string, Float32Array> } | null = null;

  constructor(folder: string, table: StaticTable, merge: (order: MergeOrder) => Promise<MergeResult>) {
    this.folder = folder;
    this.tools = createTools(table);
    this.merge = merge;
    this.mark = markOf(folder);
    this.manifest = this.counted(readManifest(folder));
    this.adoptCentroids();
  }

  /** Counts fine vectors anew: whoever was killed while writing them had not. */
  private counted(manifest: Manifest): Manifest {
    const { embedder } = manifest;
    if (embedder === null) return manifest;
    const segments = manifest.segments.map((entry) => {
      const segment = this.open(entry);
      const fine = segment.hasFine(embedder.tag).reduce((n, has, d) => (has === 1 && segment.isLive(d) ? n + 1 : n), 0);
      return { ...entry, fine };
    });
    return { ...manifest, segments };
  }

  /** Whether what is on the disk is what this writer knows: no other process has written, and nothing was deleted. */
  get isCurrent(): boolean {
    return markOf(this.folder) === this.mark;
  }

  /** Runs what changes the index after whatever else is changing it. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => {});
    return result;
  }

  get position(): number {
    return this.manifest.position;
  }

  private adoptCentroids(): void {
    const name = this.manifest.centroids;
    if (name === null || name === this.centroids?.name) return;
    const bytes = new Int8Array(readFileSync(join(this.folder, name)));
    this.centroids = { name, points: openCentroids(bytes, this.tools.table.dimensions) };
  }

  private open(entry: SegmentEntry): Segment {
    const key = `${entry.name} ${entry.deadFile}`;
    let segment = this.segments.get(key);
    if (segment === undefined) {
      const [old, same] = [...this.segments].find(([, one]) => one.entry.name === entry.name) ?? [];
      segment = new Segment(this.folder, entry, same);
      same?.[Symbol.dispose]();
      if (old !== undefined) this.segments.delete(old);
      this.segments.set(key, segment);
    }
    return segment;
  }

  private async commit(change: Partial<Manifest>): Promise<void> {
    if (!this.isCurrent) throw new Error('the index was changed by someone else');
    const next = { ...this.manifest, ...change, generation: this.manifest.generation + 1 };
    await publish(this.folder, next);
    this.mark = markOf(this.folder);
    this.manifest = next;
    this.adoptCentroids();
  }

  /** Marks documents of these ids dead, in the segments as listed; returns the list after it. */
  private async bury(ids: readonly string[], segments: readonly SegmentEntry[]): Promise<readonly SegmentEntry[]> {
    const after: SegmentEntry[] = [];
    for (const entry of segments) {
      const segment = this.open(entry);
      const dying = [...new Set(ids.map((id) => segment.documentOf(id)))].filter((document) => document >= 0);
      if (dying.length === 0) {
        after.push(entry);
        continue;
      }
      const bits = new Uint32Array(Math.ceil(segment.documents / 32));
      if (segment.live !== null) for (let i = 0; i < bits.length; i++) bits[i] = ~(segment.live[i] as number);
      for (const d of dying) bits[d >>> 5] = (bits[d >>> 5] as number) | (1 << (d & 31));
      const deadFile = newName('dead', this.manifest.generation + 1);
      await writeFileSafely(join(segment.folder, deadFile), [new Uint8Array(bits.buffer)]);
      const has = this.manifest.embedder === null ? null : segment.hasFine(this.manifest.embedder.tag);
      const lost = has === null ? 0 : dying.filter((d) => has[d] === 1).length;
      after.push({ ...entry, dead: entry.dead + dying.length, deadFile, fine: entry.fine - lost });
    }
    return after;
  }

  apply(changes: Changes): Promise<void> {
    return this.alone(() => this.take(changes));
  }

  private async take(changes: Changes): Promise<void> {
    const docs = [...new Map(changes.upserts.map((doc) => [doc.id, doc])).values()];
    const gone = [...changes.deletes, ...docs.map(({ id }) => id)];
    let segments = await this.bury(gone, this.manifest.segments);
    const averageLength = this.manifest.averageLength ?? USUAL_LENGTH;
    if (docs.length > 0) {
      const name = newName('s', this.manifest.generation + 1);
      const builder = new SegmentBuilder({ tools: this.tools, averageLength, centroids: this.centroids });
      for (const doc of docs) builder.add(doc);
      await builder.write(join(this.folder, name));
      segments = [...segments, { name, documents: docs.length, dead: 0, deadFile: null, fine: 0 }];
    }
    await this.commit({ segments, position: changes.position, averageLength });
    const vectors = docs.flatMap(({ id, vector }) => (vector === null ? [] : [{ id, vector }]));
    if (vectors.length > 0) await this.writeFine(vectors);
  }

  adopt(embedder: { readonly id: string; readonly dimensions: number }): Promise<void> {
    return this.alone(() => this.follow(embedder));
  }

  private async follow(embedder: { readonly id: string; readonly dimensions: number }): Promise<void> {
    const { id, dimensions } = this.manifest.embedder ?? {};
    if (id === embedder.id && dimensions === embedder.dimensions) return;
    const segments = this.manifest.segments.map((entry) => ({ ...entry, fine: 0 }));
    const tag = tagOf(embedder.id);
    await this.commit({ embedder: { id: embedder.id, dimensions: embedder.dimensions, tag }, segments });
    this.merging?.fine.clear();
    for (const { name } of segments) {
      for (const file of readdirSync(join(this.folder, name))) {
        if (/^(?:fine|has)-/.test(file) && !file.endsWith(tag))
          await rm(join(this.folder, name, file), { force: true });
      }
    }
  }

  /** Writes fine vectors of papers that are here. */
  setFine(vectors: readonly FineVector[]): Promise<void> {
    return this.alone(() => this.writeFine(vectors));
  }

  private async writeFine(vectors: readonly FineVector[]): Promise<void> {
    const { embedder } = this.manifest;
    if (embedder === null) return;
    const { tag } = embedder;
    const bytes = fineBytes(embedder.dimensions);
    const segments: SegmentEntry[] = [];
    for (const entry of this.manifest.segments) {
      const segment = this.open(entry);
      const here = vectors
        .map(({ id, vector }) => ({ id, vector, document: segment.documentOf(id) }))
        .filter(({ document, vector }) => document >= 0 && vector.length === embedder.dimensions);
      if (here.length === 0) {
        segments.push(entry);
        continue;
      }
      const has = segment.hasFine(tag);
      const [fine, marks] = await Promise.all(
        ['fine', 'has'].map(async (kind) =>
          open(join(segment.folder, `${kind}-${tag}`), 'a').then(async (file) => {
            await file.close();
            return open(join(segment.folder, `${kind}-${tag}`), 'r+');
          }),
        ),
      );
      let added = 0;
      try {
        for (const { id, vector, document } of here) {
          await fine?.write(encodeFine(vector), 0, bytes, document * bytes);
          if (has[document] !== 1) added++;
          has[document] = 1;
          if (this.merging?.names.has(entry.name)) this.merging.fine.set(id, vector);
        }
        await fine?.datasync();
        await marks?.write(has, 0, has.length, 0);
      } finally {
        await fine?.close();
        await marks?.close();
      }
      segments.push({ ...entry, fine: entry.fine + added });
    }
    await this.commit({ segments });
  }

  /** Live papers without a fine vector, newest first. */
  unembedded(limit: number): readonly string[] {
    const { embedder } = this.manifest;
    const newest = new Top(limit);
    const bases: { base: number; segment: Segment }[] = [];
    let base = 0;
    for (const entry of this.manifest.segments) {
      const segment = this.open(entry);
      bases.push({ base, segment });
      if (entry.fine < entry.documents - entry.dead) {
        const has = embedder === null ? new Uint8Array(segment.documents) : segment.hasFine(embedder.tag);
        for (let d = 0; d < segment.documents; d++)
          if (has[d] !== 1 && segment.isLive(d))
            newest.offer(base + d, Math.max(1, (segment.days[d] as number) + 1_000_000));
      }
      base += segment.documents;
    }
    return newest.ranked().map(({ document }) => {
      const { base: first, segment } = bases.findLast((one) => one.base <= document) as (typeof bases)[number];
      return segment.idOf(document - first);
    });
  }

  stats(): { readonly documents: number; readonly embedded: number } {
    const { segments } = this.manifest;
    return {
      documents: segments.reduce((sum, { documents, dead }) => sum + documents - dead, 0),
      embedded: segments.reduce((sum, { fine }) => sum + fine, 0),
    };
  }

  /** Segments worth making one now: `FACTOR` of a size, or, where `all`, as many as there are small ones. */
  private candidates(all: boolean): readonly SegmentEntry[] {
    const { segments } = this.manifest;
    const tiers = Map.groupBy(segments, ({ documents, dead }) => tierOf(documents - dead));
    for (const tier of [...tiers.keys()].sort((a, b) => a - b)) {
      const alike = tiers.get(tier) ?? [];
      if (alike.length >= FACTOR) return alike;
    }
    const worn = segments.filter(({ documents, dead }) => dead > 0.3 * documents);
    if (worn.length > 0) return worn;
    if (!all || segments.length < 2) return [];
    const [largest, ...rest] = [...segments].sort((a, b) => b.documents - a.documents);
    const small = rest.reduce((sum, { documents }) => sum + documents, 0);
    // The largest is written again only when there is much to gain: else a day's papers would cost as much as all.
    if (largest === undefined || SHARE * small >= largest.documents) return segments;
    return rest.length > 1 ? rest : [];
  }

  /** Makes segments one where there are many; with `all`, as few as make sense. Other calls may be made meanwhile. False when there was nothing to do. */
  async compact(all: boolean): Promise<boolean> {
    const wanted = this.candidates(all);
    if (wanted.length === 0 || this.merging !== null) return false;
    const names = new Set(wanted.map(({ name }) => name));
    this.merging = { names, fine: new Map() };
    const name = newName('s', this.manifest.generation + 1);
    try {
      const { documents } = this.stats();
      const { embedder, centroids } = this.manifest;
      const done = await this.merge({
        folder: this.folder,
        entries: wanted,
        name,
        centroids,
        documents,
        fine: embedder,
      });
      await this.alone(() => {
        const fine = this.manifest.embedder?.tag === embedder?.tag ? done.fine : 0;
        const merged = { name, documents: done.documents, dead: 0, deadFile: null, fine };
        return this.swap(names, wanted, merged, done.centroids);
      });
      return true;
    } catch (error) {
      await removeSegment(this.folder, name);
      throw error;
    } finally {
      this.merging = null;
    }
  }

  private async swap(
    names: ReadonlySet<string>,
    before: readonly SegmentEntry[],
    merged: SegmentEntry,
    centroids: string | null,
  ): Promise<void> {
    const fine = this.merging?.fine ?? new Map<string, Float32Array>();
    // Whoever died in an old segment since the merge began is dead in the new one too.
    const died: string[] = [];
    for (const entry of before) {
      const now = this.manifest.segments.find(({ name }) => name === entry.name);
      if (now === undefined || now.deadFile === entry.deadFile) continue;
      const present = this.open(now);
      const old = new Segment(this.folder, entry, present);
      for (let d = 0; d < old.documents; d++) if (old.isLive(d) && !present.isLive(d)) died.push(old.idOf(d));
      old[Symbol.dispose]();
    }
    const [entry] = merged.documents === 0 ? [] : await this.bury(died, [merged]);
    const kept = this.manifest.segments.filter(({ name }) => !names.has(name));
    await this.commit({ segments: entry === undefined ? kept : [entry, ...kept], centroids });
    for (const name of names) {
      for (const [key, segment] of this.segments) {
        if (!key.startsWith(`${name} `)) continue;
        segment[Symbol.dispose]();
        this.segments.delete(key);
      }
      await removeSegment(this.folder, name);
    }
    if (fine.size > 0) await this.writeFine([...fine].map(([id, vector]) => ({ id, vector })));
  }

  /** Removes what no manifest names: left by a process that died. */
  async tidy(): Promise<void> {
    const named = new Set([MANIFEST, this.manifest.centroids, ...this.manifest.segments.map(({ name }) => name)]);
    for (const name of readdirSync(this.folder)) {
      if (!named.has(name) && /^(?:[sc]\d+-\w+|manifest\.json\.\w+)$/.test(name))
        await rm(join(this.folder, name), { recursive: true, force: true });
    }
    for (const { name, deadFile } of this.manifest.segments) {
      for (const file of readdirSync(join(this.folder, name)))
        if (/^dead/.test(file) && file !== deadFile) await rm(join(this.folder, name, file), { force: true });
    }
  }

  close(): void {
    for (const segment of this.segments.values()) segment[Symbol.dispose]();
    this.segments.clear();
  }
}

/** Starts an empty index, throwing away what is there. */
export const startOver = async (folder: string): Promise<void> => {
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) await rm(join(folder, name), { recursive: true, force: true });
  }
  await publish(folder, EMPTY);
};
