import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { fixedClock } from '../kernel/clock.ts';
import { type Log, silentLog } from '../kernel/log.ts';
import { SOURCES } from '../sources/registry.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type ImportProgress, type ImportRequest, importFile } from './import.ts';

const PAGE = readFileSync(new URL('../../assets/first-edition/daily-papers-page.txt', import.meta.url));
const FIXTURE = readFileSync(new URL('../../test/fixtures/arxiv-snapshot/papers.jsonl', import.meta.url), 'utf8');
const clock = fixedClock('2026-04-21T06:00:00Z');

/** `n` different lines of the snapshot's schema. */
const linesOf = (n: number): string =>
  Array.from({ length: n }, (_, i) => {
    const id = `2501.${String(i + 1).padStart(5, '0')}`;
    return `${JSON.stringify({ id, title: `Paper ${i}`, abstract: `Abstract ${i}`, categories: 'cs.LG', authors_parsed: [['Bee', 'A.', '']] })}\n`;
  }).join('');

async function* inPieces(bytes: Uint8Array, size = 8192): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const freshStore = async (): Promise<Store> => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  return store;
};

const bring = (
  store: Store,
  content: string | Uint8Array,
  request: Partial<ImportRequest> = {},
  log: Log = silentLog,
) => {
  const bytes = Buffer.from(content);
  return importFile(
    { store, clock, log, sources: SOURCES },
    { source: null, bytes: inPieces(bytes), name: 'file', size: bytes.length, ...request },
  );
};

const reportOf = async (outcome: ReturnType<typeof bring>) => {
  const result = await outcome;
  assert.ok(result.ok, result.ok ? '' : result.message);
  return result.value;
};

test('the first edition comes in with its papers in their places', async () => {
  await using store = await freshStore();
  const report = await reportOf(bring(store, PAGE));
  assert.deepEqual(
    { ...report, seconds: 0 },
    {
      source: 'daily-page',
      read: 81,
      new: 81,
      changed: 0,
      same: 0,
      rejected: 0,
      gone: 0,
      extras: 0,
      rejections: [],
      editions: ['2026-04-20'],
      resumedAt: 0,
      seconds: 0,
    },
  );
  const edition = await store.editions.latest();
  assert.equal(edition?.placements.length, 81);
  const [lead] = await store.papers.cards(edition?.placements.slice(0, 1) ?? [], '');
  assert.equal(lead?.paper.title, 'From One to More: Contextual Part Latents for 3D Generation');
  assert.equal(lead?.comments, 3);
});

test('a complete import run again writes nothing; from the start, it finds all as before', async () => {
  await using store = await freshStore();
  await reportOf(bring(store, PAGE));
  const revision = await store.revision();
  const again = await reportOf(bring(store, PAGE));
  assert.deepEqual([again.read, again.resumedAt > 0], [0, true]);
  assert.equal(await store.revision(), revision);
  const anew = await reportOf(bring(store, PAGE, { resume: false }));
  assert.deepEqual([anew.new, anew.changed, anew.same], [0, 0, 81]);
  assert.equal((await store.editions.latest())?.placements.length, 81);
  assert.equal(await store.papers.count(), 81);
});

test('gzip, Zstandard and plain files are the same to the reader', async () => {
  for (const pack of [Buffer.from, gzipSync, zstdCompressSync]) {
    await using store = await freshStore();
    assert.equal((await reportOf(bring(store, pack(Buffer.from(FIXTURE))))).new, 12);
  }
});

test('an import that stops goes on where it stopped, nothing doubled, nothing lost', async () => {
  await using store = await freshStore();
  const lines = linesOf(12_000);
  const stop = new AbortController();
  const stopped = await bring(store, lines, { signal: stop.signal, onProgress: () => stop.abort() });
  assert.ok(!stopped.ok && stopped.code === 'interrupted');
  assert.equal(await store.papers.count(), 5000);
  const rest = await reportOf(bring(store, lines));
  assert.deepEqual([rest.resumedAt, rest.new, rest.same], [5000, 7000, 0]);
  assert.equal(await store.papers.count(), 12_000);
});

test('an import that dies inside an edition still sets it whole and in order', async () => {
  await using store = await freshStore();
  const titles = Array.from({ length: 5200 }, (_, i) => `Paper number ${i}`);
  const page = `Daily Papers\n\nApr 20\n\n${titles.map((title) => `${title}\n\nAn abstract that is longer than its title.\n\n  • 2 authors\n·\nJul 1, 2025`).join('\n\n')}\n`;
  let saves = 0;
  const dying: Store = {
    ...store,
    papers: {
      ...store.papers,
      save: async (...given) => {
        saves += 1;
        if (saves === 2) throw new Error('killed');
        return store.papers.save(...given);
      },
    },
  };
  await assert.rejects(() => bring(dying, page), /killed/);
  assert.equal(await store.papers.count(), 5000);
  const rest = await reportOf(bring(store, page));
  assert.deepEqual([rest.new, rest.editions], [200, ['2026-04-20']]);
  const edition = await store.editions.latest();
  const cards = await store.papers.cards(edition?.placements ?? [], '');
  assert.deepEqual(
    cards.map(({ paper }) => paper.title),
    titles,
  );
});

test('malformed lines are counted, named and logged; the others come in', async () => {
  await using store = await freshStore();
  const warned: object[] = [];
  const broken = Array.from({ length: 30 }, () => 'no JSON\n').join('');
  const report = await reportOf(
    bring(store, `${linesOf(2)}${broken}`, {}, { ...silentLog, warn: (fields) => warned.push(fields) }),
  );
  assert.deepEqual([report.read, report.new, report.rejected, report.rejections.length], [32, 2, 30, 20]);
  assert.deepEqual(report.rejections[0], { line: 3, reason: 'the line is not JSON' });
  assert.deepEqual(warned[0], { source: 'arxiv-snapshot', file: 'file', line: 3, reason: 'the line is not JSON' });
  assert.equal(warned.length, 30);
});

test('a cut archive keeps what came before the cut and says so', async () => {
  await using store = await freshStore();
  const packed = gzipSync(linesOf(14_000));
  const outcome = await bring(store, packed.subarray(0, packed.length - 400));
  assert.ok(!outcome.ok && outcome.code === 'bad-input');
  const kept = await store.papers.count();
  assert.ok(kept > 5000 && kept < 14_000);
  assert.equal(
    outcome.message,
    `The gzip archive is damaged or ends too early. The ${kept} entries up to line ${kept} were kept.`,
  );
});

test('files that no source knows, and unknown sources, are refused in a sentence', async () => {
  await using store = await freshStore();
  const unknown = await bring(store, 'hello', { name: '/some/where/notes.txt' });
  assert.deepEqual(unknown, {
    ok: false,
    code: 'bad-input',
    message: `No source recognises notes.txt. Name one of: ${SOURCES.map(({ id }) => id).join(', ')}.`,
  });
  const none = await bring(store, 'hello', { source: 'nonsense' });
  assert.ok(!none.ok && none.code === 'bad-usage' && none.message.startsWith('There is no source “nonsense”.'));
  const empty = await bring(store, '');
  assert.ok(!empty.ok && empty.code === 'bad-input');
});

test('a file of which no entry can be read is refused, and may be mended and brought again', async () => {
  await using store = await freshStore();
  const outcome = await bring(store, 'hello\nthere\n', { source: 'daily-page', name: 'notes.txt' });
  assert.deepEqual(outcome, {
    ok: false,
    code: 'bad-input',
    message: 'notes.txt holds nothing that daily-page can read: line 1: there is no line “Daily Papers”.',
  });
});

test('progress counts up to the whole file', async () => {
  await using store = await freshStore();
  const seen: ImportProgress[] = [];
  const lines = linesOf(12_000);
  await reportOf(bring(store, lines, { onProgress: (progress) => seen.push(progress) }));
  const last = seen.at(-1);
  assert.deepEqual(
    [last?.done, last?.rejected, last?.bytesRead, last?.bytesTotal],
    [12_000, 0, lines.length, lines.length],
  );
  assert.equal(Math.round(last?.etaSeconds ?? 9), 0);
  assert.ok(seen.length >= 3 && (last?.rate ?? 0) > 0);
  for (const [i, progress] of seen.entries()) assert.ok(i === 0 || progress.done >= (seen[i - 1]?.done ?? 0));
  const unsized: ImportProgress[] = [];
  await reportOf(bring(store, linesOf(3), { size: null, name: '-', onProgress: (progress) => unsized.push(progress) }));
  assert.deepEqual([unsized.at(-1)?.bytesTotal, unsized.at(-1)?.etaSeconds], [null, null]);
});
