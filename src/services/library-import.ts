import { basename } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../kernel/clock.ts';
import { decompress, peek } from '../kernel/decompress.ts';
import { Fault } from '../kernel/errors.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import { fingerprint, foldLetters } from '../kernel/text.ts';
import { folderName, foldersOf, type Marginalia, noteText, tagsOf } from '../model/library.ts';
import type { PaperDraft, PaperId } from '../model/paper.ts';
import type { Entry, Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { batchOf } from './harvest-batch.ts';

/** Formats that people keep their reading in. */
const FORMATS: ReadonlySet<string> = new Set(['bibtex', 'ris', 'csl-json', 'zotero']);
/** Entries of one file that are taken in. */
export const MOST_ENTRIES = 10_000;
const BATCH = 250;
const HEAD_BYTES = 4_096;
const REJECTIONS = 20;

export interface LibraryImportRequest {
  readonly reader: string;
  /** Plain, gzip or Zstandard. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly name: string;
  /** A folder for all of them; empty for none. */
  readonly folder?: string;
  /** Takes leave to bring in one more paper that Broadsheet does not know; false for no more. Any number by default. */
  readonly mayBringIn?: () => Promise<boolean>;
}

export interface LibraryImportReport {
  /** Id of the format. */
  readonly source: string;
  /** Entries read: `fresh + known + rejected`. */
  readonly read: number;
  /** Papers that Broadsheet did not have before. */
  readonly fresh: number;
  /** Papers that were here, in the library or not. */
  readonly known: number;
  /** Papers that are in the library now and were not before. */
  readonly saved: number;
  readonly rejected: number;
  /** Of those rejected, papers that were not known and more than may be brought in. */
  readonly over: number;
  /** The first twenty. */
  readonly rejections: readonly { readonly line: number; readonly reason: string }[];
  /** True where the file has more entries than are taken in at once. */
  readonly cut: boolean;
}

type PaperEntry = Extract<Entry, { readonly kind: 'paper' }>;

/**
 * Bibliographies of different people use the same keys for different works, so a key names a work only together with its
 * title; Zotero's keys are its own.
 */
const apart = (source: string, draft: PaperDraft): PaperDraft =>
  source === 'zotero'
    ? draft
    : { ...draft, externalId: `${draft.externalId.slice(0, 120)}#${fingerprint(foldLetters(draft.title))}` };

const NOTHING: Marginalia = { tags: [], folders: [], note: '' };

/**
 * Takes a bibliography in and puts its papers into the reader's library, with their keywords, notes and groups; what the
 * reader has written there already stays. The same file twice changes nothing. Fails with `bad-input` where the file is
 * none that can be read; what came before a damage is kept.
 */
export const importLibrary = async (
  {
    store,
    clock,
    sources,
  }: {
    readonly store: {
      readonly papers: Pick<Store['papers'], 'save' | 'known'>;
      readonly library: Pick<Store['library'], 'change' | 'get'>;
    };
    readonly clock: Clock;
    readonly sources: readonly Source[];
  },
  { reader, bytes, name, folder = '', mayBringIn }: LibraryImportRequest,
): Promise<Result<LibraryImportReport, 'bad-input'>> => {
  const file = basename(name).slice(0, 100) || 'The file';
  const rejections: { line: number; reason: string }[] = [];
  const tally = { fresh: 0, known: 0, saved: 0, rejected: 0, over: 0 };
  const into = folderName(folder);

  const keep = async (ids: readonly PaperId[], entries: readonly PaperEntry[]): Promise<void> => {
    const before = await store.library.get(reader, ids);
    tally.saved += ids.filter((id, at) => !before.has(id) && ids.indexOf(id) === at).length;
    const at = clock.now();
    // What is alike is written in one transaction: most entries of a file have nothing beside them.
    const alike = Map.groupBy(
      entries.map(({ margin = NOTHING }, n) => ({ id: ids[n] ?? '', margin })),
      ({ margin }) => JSON.stringify([tagsOf(margin.tags), foldersOf(margin.folders)]),
    );
    for (const group of alike.values()) {
      const { tags = [], folders = [] } = group[0]?.margin ?? NOTHING;
      const change = { addTags: tags, addFolders: into === '' ? folders : [...folders, into] };
      await store.library.change({ reader, ids: group.map(({ id }) => id), change, at, saving: true });
    }
    for (const [n, { margin = NOTHING }] of entries.entries()) {
      const id = ids[n] ?? '';
      const note = noteText(margin.note);
      const own = before.get(id)?.note ?? '';
      if (note === '' || own !== '') continue;
      await store.library.change({ reader, ids: [id], change: { note }, at, saving: false });
    }
  };
  /** Those that are here, and of the others as many as may be brought in. */
  const allowed = async (source: Source, entries: readonly PaperEntry[]): Promise<readonly PaperEntry[]> => {
    if (mayBringIn === undefined || entries.length === 0) return entries;
    const known = await store.papers.known((await batchOf(source, entries)).incoming);
    const kept: PaperEntry[] = [];
    for (const [n, entry] of entries.entries()) {
      if (known[n] === true || (tally.over === 0 && (await mayBringIn()))) kept.push(entry);
      else tally.over += 1;
    }
    return kept;
  };
  const flush = async (source: Source, batch: readonly Entry[]): Promise<void> => {
    const all = batch.filter((entry) => entry.kind === 'paper');
    const entries = await allowed(source, all);
    if (entries.length === 0) return;
    const { incoming } = await batchOf(source, entries);
    const saved = await store.papers.save(incoming, { now: clock.now() });
    for (const { outcome } of saved) tally[outcome === 'new' ? 'fresh' : 'known'] += 1;
    await keep(
      saved.map(({ id }) => id),
      entries,
    );
  };

  const formats = sources.filter(({ id }) => FORMATS.has(id));
  let source: Source | undefined;
  let batch: Entry[] = [];
  let cut = false;
  try {
    const plain = await peek(await decompress(bytes), HEAD_BYTES);
    const head = plain.head.toString('utf8');
    source = formats.find((one) => one.recognises({ name, head }));
    if (source === undefined)
      return fail('bad-input', `${file} is no BibTeX, RIS, CSL-JSON or Zotero file that can be read.`);
    let read = 0;
    for await (const entry of source.parse(plain.bytes)) {
      if (entry.kind !== 'paper' && entry.kind !== 'rejected') continue;
      if (++read > MOST_ENTRIES) {
        cut = true;
        break;
      }
      if (entry.kind === 'rejected') {
        tally.rejected += 1;
        if (rejections.length < REJECTIONS) rejections.push({ line: entry.line, reason: entry.reason });
        continue;
      }
      batch.push({ ...entry, draft: apart(source.id, entry.draft) });
      if (batch.length < BATCH) continue;
      await flush(source, batch);
      batch = [];
      await breathe();
    }
    await flush(source, batch);
  } catch (cause) {
    if (!(cause instanceof Fault) || (cause.code !== 'bad-input' && cause.code !== 'source-refused')) throw cause;
    if (source !== undefined) await flush(source, batch);
    return fail(
      'bad-input',
      `${file} cannot be read: ${cause.message} ${tally.fresh + tally.known} papers were taken in.`,
    );
  }
  const { fresh, known, over } = tally;
  const rejected = tally.rejected + over;
  const [first] = rejections;
  if (first !== undefined && fresh + known + over === 0)
    return fail('bad-input', `${file} holds nothing that can be read. Line ${first.line}: ${first.reason}.`);
  return ok({ source: source.id, read: fresh + known + rejected, ...tally, rejected, rejections, cut });
};
