import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { type Day, isDay } from '../kernel/day.ts';
import { decompress, peek } from '../kernel/decompress.ts';
import { Fault } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { Entry, Source } from '../ports/source.ts';
import type { Cursor, Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';

export interface ImportRequest {
  /** A source's id; null asks every source whether it recognises the file. */
  readonly source: string | null;
  /** As stored: plain, gzip or Zstandard. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly name: string;
  /** In bytes, as stored; null where it cannot be known (standard input). */
  readonly size?: number | null;
  /** False starts from the beginning, also where an earlier import stopped or was complete. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  /** Entries taken in or passed over so far, in this run. */
  readonly done: number;
  readonly rejected: number;
  /** As stored. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  /** Entries a second. */
  readonly rate: number;
  readonly etaSeconds: number | null;
}

export interface ImportReport {
  readonly source: string;
  /** Entries read in this run: `new + changed + same + rejected + gone + extras`. */
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly rejected: number;
  /** Papers the source says it has taken away. */
  readonly gone: number;
  /** What the source knows of papers that are here already. */
  readonly extras: number;
  /** The first twenty. */
  readonly rejections: readonly { readonly line: number; readonly reason: string }[];
  /** Days whose front page this file set. */
  readonly editions: readonly Day[];
  /** The line after which this run began; 0 for the beginning. */
  readonly resumedAt: number;
  readonly seconds: number;
}

const BATCH = 5_000;
/** Of raw text in one batch: what bounds the memory where entries are large. */
const BATCH_CHARACTERS = 16_000_000;
/** Entries parsed before others have the event loop: the save under way must not wait for its answers. */
const SLICE = 4;
const FINGERPRINT_BYTES = 65_536;
const HEAD_BYTES = 4_096;
const REJECTIONS = 20;
const DONE = 'done';

/** Which import this is: the same file under the same name goes on where it stopped. */
const cursorName = (source: string, name: string, size: number | null, head: Buffer): string => {
  const identity = createHash('sha256')
    .update(JSON.stringify([basename(name), size]))
    .update(head);
  return `import:${source}:${identity.digest('hex').slice(0, 24)}`;
};

const sourceOf = (
  sources: readonly Source[],
  wanted: string | null,
  file: { name: string; head: string },
): Result<Source> => {
  const known = sources.map(({ id }) => id).join(', ');
  if (wanted !== null) {
    const source = sources.find(({ id }) => id === wanted);
    return source ? ok(source) : fail('bad-usage', `There is no source “${wanted}”. There are: ${known}.`);
  }
  const source = sources.find((candidate) => candidate.recognises(file));
  return source ? ok(source) : fail('bad-input', `No source recognises ${basename(file.name)}. Name one of: ${known}.`);
};

/**
 * Takes a file in, in batches; each batch and the place reached are one transaction, so a killed import goes on where
 * it stopped. Expected failures: `bad-usage` (unknown source), `bad-input` (unrecognised or damaged file; what came
 * before the damage is kept), `source-refused` (the file is an answer that reports an error), `interrupted` (by `signal`; the same call goes on).
 */
export const importFile = async (
  {
    store,
    clock,
    log,
    sources,
  }: {
    store: {
      readonly papers: Pick<Store['papers'], 'save'>;
      readonly editions: Pick<Store['editions'], 'close'>;
      readonly cursors: Pick<Store['cursors'], 'get' | 'set'>;
    };
    clock: Clock;
    log: Log;
    sources: readonly Source[];
  },
  { source: wanted, bytes, name, size = null, resume = true, signal, onProgress }: ImportRequest,
): Promise<Result<ImportReport>> => {
  const started = performance.now();
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      bytesRead += chunk.byteLength;
      yield chunk;
    }
  }
  const stored = await peek(counted(), FINGERPRINT_BYTES);
  const plain = await peek(await decompress(stored.bytes), HEAD_BYTES);
  const found = sourceOf(sources, wanted, { name, head: plain.head.toString('utf8') });
  if (!found.ok) return found;
  const source = found.value;

  const cursor = cursorName(source.id, name, size, stored.head);
  const before = resume ? await store.cursors.get(cursor) : null;
  const resumedAt = before?.position ?? 0;
  const tally = { new: 0, changed: 0, same: 0, rejected: 0, gone: 0, extras: 0 };
  const rejections: { line: number; reason: string }[] = [];
  const editions: Day[] = [];
  /** The day whose front page is being set; kept with the cursor. */
  let edition: Day | null = before?.note != null && isDay(before.note) ? before.note : null;
  let batch: Entry[] = [];
  let characters = 0;
  let position = resumedAt;
  let kept = resumedAt;

  const report = (): ImportReport => ({
    source: source.id,
    read: Object.values(tally).reduce((sum, n) => sum + n, 0),
    ...tally,
    rejections,
    editions,
    resumedAt,
    seconds: (performance.now() - started) / 1000,
  });
  const tell = (): void => {
    if (!onProgress) return;
    const { read: done, rejected, seconds } = report();
    const left = size === null || bytesRead === 0 ? null : (seconds * Math.max(0, size - bytesRead)) / bytesRead;
    onProgress({
      done,
      rejected,
      bytesRead,
      bytesTotal: size,
      rate: done / Math.max(seconds, 0.001),
      etaSeconds: left,
    });
  };
  /** One transaction: the papers, their places on the front page, and how far we are. */
  const save = async (entries: readonly Entry[], cursorAt: Cursor): Promise<void> => {
    const { incoming, gone, extras, rejections: passed } = await batchOf(source, entries);
    if (entries.length === 0) {
      if (cursorAt.position > kept) await store.cursors.set(cursorAt);
    } else {
      const at = { now: clock.now(), cursor: cursorAt, gone, extras, rejections: passed };
      const placed =
        cursorAt.note === null ? at : { ...at, edition: { date: cursorAt.note as Day, source: source.id } };
      for (const { outcome } of await store.papers.save(incoming, placed)) tally[outcome] += 1;
      tally.gone += gone.length;
      tally.extras += extras.length;
      tally.rejected += passed.length;
    }
    kept = cursorAt.position;
    tell();
  };
  /** The save under way: while it is written, the next batch is parsed. */
  let saving: Promise<void> = Promise.resolve();
  /** Begins to save the batch when the one before is saved; false where it was told to stop. */
  const flush = async (): Promise<boolean> => {
    await saving;
    if (signal?.aborted) return false;
    saving = save(batch, { name: cursor, position, note: edition });
    // It is awaited later: a failure must not go unheard until then.
    saving.catch(() => {});
    batch = [];
    characters = 0;
    return true;
  };
  const stopped = (): Result<never> =>
    fail('interrupted', `Stopped after line ${kept}. The same import goes on from there.`);
  const settle = async (): Promise<void> => {
    if (edition === null) return;
    await store.editions.close(edition, source.id);
    editions.push(edition);
  };

  try {
    for await (const entry of source.parse(plain.bytes, { resume: resumedAt })) {
      if (entry.kind === 'edition') {
        if (!(await flush())) return stopped();
        await saving;
        await settle();
        edition = entry.date;
      } else if (entry.kind === 'rejected') {
        if (rejections.length < REJECTIONS) rejections.push({ line: entry.line, reason: entry.reason });
        log.warn(
          { source: source.id, file: basename(name), line: entry.line, reason: entry.reason },
          'line passed over',
        );
      }
      if (entry.kind !== 'edition') {
        batch.push(entry);
        characters += entry.raw.length;
      }
      position = entry.position;
      if ((batch.length >= BATCH || characters >= BATCH_CHARACTERS) && !(await flush())) return stopped();
      if (batch.length % SLICE === 0) await breathe();
    }
    if (!(await flush())) return stopped();
    await saving;
    await settle();
  } catch (cause) {
    await saving;
    if (!(cause instanceof Fault) || (cause.code !== 'bad-input' && cause.code !== 'source-refused')) throw cause;
    await flush();
    await saving;
    const { read } = report();
    if (cause.code === 'source-refused' && read === 0) return fail(cause.code, cause.message);
    log.warn(
      { source: source.id, file: basename(name), line: position, cause: String(cause.cause) },
      'file ends early',
    );
    return fail(
      cause.code,
      `${cause.message} ${read === 0 ? 'Nothing was kept.' : `The ${read} entries up to line ${position} were kept.`}`,
    );
  }
  const { read, rejected } = report();
  const [first] = rejections;
  if (first && rejected === read && resumedAt === 0) {
    const what = `${basename(name)} holds nothing that ${source.id} can read`;
    return fail('bad-input', `${what}: line ${first.line}: ${first.reason}.`);
  }
  if (before?.note !== DONE || before.position !== position)
    await store.cursors.set({ name: cursor, position, note: DONE });
  tell();
  return ok(report());
};
