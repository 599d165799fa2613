import { titleKey } from '../model/identity.ts';
import type { Paper, PaperId, Sighting } from '../model/paper.ts';
import { chunks, insertRows, nextTurn } from './bulk.ts';
import { draw } from './counter.ts';
import { setCursor } from './cursor.ts';
import { place } from './edition.ts';
import type { Db, Engine } from './engine.ts';
import { digest, keyText } from './key.ts';
import { countEntries, keepRejections } from './ledger.ts';
import { relist } from './listing.ts';
import { docOf, enrich, merge, newDoc, reworded, withdraw } from './paper-doc.ts';
import { type Entry, entriesOf, type SightingRow } from './paper-entry.ts';
import { type Sorting, sortOut } from './paper-identify.ts';
import { readKnown, sightingsOf } from './paper-known.ts';
import { becomes } from './paper-merge.ts';
import { areKept, packRaws, writeRaws } from './raw.ts';
import type { Schema } from './schema.ts';
import { keepSignals } from './signal.ts';
import type { Incoming, Saved, Store } from './store.ts';

const SLICE = 50;
/** Entries from which on a save is a large one. */
const LARGE = 200;

type Sightings = Map<string, SightingRow>;
type Counted = Parameters<typeof countEntries>[1][number];

const isKnown = (entry: Entry, seen: SightingRow | undefined): boolean =>
  seen?.draft_hash === entry.draftHash && seen.raw_hash === entry.rawHash && entry.day <= seen.day;

/** The paper after `entry`. */
const said = (entry: Entry, before: Paper | null, id: PaperId, seenAt: number): Paper => {
  const sighting: Sighting = {
    source: entry.source,
    externalId: entry.externalId,
    seenAt: new Date(seenAt).toISOString(),
    ...(entry.primary ? { primary: true } : {}),
  };
  if (entry.kind === 'paper') return merge(before, id, entry.draft, sighting);
  return entry.kind === 'extra' ? enrich(before as Paper, entry.extra, sighting) : withdraw(before as Paper, sighting);
};

type Untouched = Pick<Entry & { kind: 'paper' }, 'words' | 'titleKey'>;

/** What a batch comes to, before it is written. */
interface Result {
  readonly sorting: Sorting;
  readonly saved: readonly Saved[];
  /** Entries that were heard: their sightings, signals and raw records are to be written. */
  readonly heard: readonly Entry[];
  readonly rows: Sightings;
  /** Papers that are as their first entry made them, with what they need to be written. */
  readonly untouched: ReadonlyMap<Paper, Untouched>;
  readonly former: readonly Schema['former_text'][];
  readonly counted: readonly Counted[];
  /** Said to be gone, and never seen here. */
  readonly unknown: readonly Entry[];
}

const workOut = async (
  entries: readonly Entry[],
  sightings: Sightings,
  sorting: Sorting,
  now: number,
): Promise<Result> => {
  const saved: Saved[] = [];
  const heard: Entry[] = [];
  const rows: Sightings = new Map();
  const untouched = new Map<Paper, Untouched>();
  const former: Schema['former_text'][] = [];
  const counted: Counted[] = [];
  const unknown: Entry[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % SLICE === SLICE - 1) await nextTurn();
    const seen = sightings.get(entry.sightingKey);
    const isSame = seen?.draft_hash === entry.draftHash;
    const place = isSame ? { id: sorting.now(seen.paper_id), before: null } : sorting.identify(entry);
    if (place === null) {
      if (entry.kind === 'gone') unknown.push(entry);
      continue;
    }
    const { id, before } = place;
    if (entry.kind === 'paper') saved.push({ id, outcome: isSame ? 'same' : before ? 'changed' : 'new' });
    if (isKnown(entry, seen)) continue;
    if (entry.kind !== 'extra' && (!seen || entry.day > seen.day))
      counted.push({ source: entry.source, category: entry.category, day: entry.day || null, outcome: 'ingested' });
    const row: SightingRow = {
      source: entry.sourceKey,
      external_id: entry.externalKey,
      paper_id: id,
      draft_hash: entry.draftHash,
      raw_hash: entry.rawHash,
      seen_at: seen?.seen_at ?? now,
      day: seen && seen.day > entry.day ? seen.day : entry.day,
    };
    sightings.set(entry.sightingKey, row);
    rows.set(entry.sightingKey, row);
    heard.push(entry);
    if (isSame) continue;
    const after = said(entry, before, id, row.seen_at);
    const n = before && entry.kind === 'paper' ? reworded(before, after, entry.source) : null;
    if (before && n !== null) {
      const body = JSON.stringify({ title: before.title, abstract: before.abstract });
      former.push({ paper_id: id, n, hash: digest(body), body, until: now });
    }
    if (!before && entry.kind === 'paper') untouched.set(after, entry);
    sorting.put(entry, after);
  }
  return {
    sorting,
    // A later entry of the batch may have given a paper another id.
    saved: saved.map((one) => ({ ...one, id: sorting.now(one.id) })),
    heard,
    rows,
    untouched,
    former: former.map((one) => ({ ...one, paper_id: sorting.now(one.paper_id) })),
    counted,
    unknown,
  };
};

const writePapers = async (
  db: Db,
  papers: readonly Paper[],
  untouched: Result['untouched'],
  comments: ReadonlyMap<PaperId, number>,
  now: number,
): Promise<void> => {
  for (const part of chunks(papers, SLICE)) {
    const rows = part.map((paper) => {
      const entry = untouched.get(paper);
      return {
        id: paper.id,
        title_key: entry ? entry.titleKey : keyText(titleKey(paper.title)),
        doc: entry ? newDoc(entry.words, paper) : docOf(paper),
        comments: comments.get(paper.id) ?? null,
        created_at: now,
        changed_at: now,
      };
    });
    await insertRows(
      db,
      'paper',
      rows,
      `ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, doc = excluded.doc,
         comments = excluded.comments, changed_at = excluded.changed_at`,
    );
  }
};

const heldIds = async (db: Db): Promise<ReadonlySet<PaperId>> =>
  new Set((await db.selectFrom('paper').select('id').where('held', 'is not', null).execute()).map(({ id }) => id));

const write = async (
  db: Db,
  { sorting, heard, rows, untouched, former }: Result,
  stored: ReadonlyMap<PaperId, Paper>,
  now: number,
): Promise<void> => {
  const papers = [...sorting.next.values()];
  const moves = [...sorting.moved.keys()].filter((id) => stored.has(id));
  const heldBefore = await heldIds(db);
  for (const from of moves) await becomes(db, from, sorting.now(from), now);
  const heldNow = moves.length > 0 && heldBefore.size > 0 ? await heldIds(db) : heldBefore;
  /** Papers that moderators have taken down stand in no list. */
  const listed = (paper: Paper | undefined, held: ReadonlySet<PaperId>): Paper | null =>
    paper === undefined || held.has(paper.id) ? null : paper;
  const grown = new Set(moves.map(sorting.now));
  const comments = await keepSignals(
    db,
    heard.map((entry) => ({
      paperId: sorting.now(rows.get(entry.sightingKey)?.paper_id ?? ''),
      source: entry.sourceKey,
      signals: entry.kind === 'paper' ? entry.draft.signals : entry.kind === 'extra' ? entry.extra.signals : null,
    })),
    (id) => stored.has(id) || grown.has(id),
  );
  await writePapers(db, papers, untouched, comments, now);
  await insertRows(db, 'former_text', former, 'ON CONFLICT (paper_id, n, hash) DO UPDATE SET until = excluded.until');
  await insertRows(
    db,
    'sighting',
    [...rows.values()].map((row) => ({ ...row, paper_id: sorting.now(row.paper_id) })),
    `ON CONFLICT (source, external_id) DO UPDATE SET paper_id = excluded.paper_id, draft_hash = excluded.draft_hash,
       raw_hash = excluded.raw_hash, day = excluded.day`,
  );
  const names = [...sorting.named].map(([alias, id]) => ({ alias, paper_id: sorting.now(id) }));
  await insertRows(
    db,
    'paper_alias',
    names.filter((name) => name.alias !== name.paper_id && !sorting.next.has(name.alias)),
    'ON CONFLICT (alias) DO NOTHING',
  );
  await relist(db, [
    ...moves.map((id) => ({ old: listed(stored.get(id), heldBefore), next: null })),
    ...papers.map((paper) => ({ old: listed(stored.get(paper.id), heldBefore), next: listed(paper, heldNow) })),
  ]);
  const changed = [...moves, ...sorting.next.keys()];
  const last = await draw(db, 'change', changed.length);
  await insertRows(
    db,
    'change_log',
    changed.map((paper_id, i) => ({ seq: last - changed.length + 1 + i, paper_id })),
  );
};

const saveEntries = async (
  engine: Engine,
  db: Db,
  entries: readonly Entry[],
  now: number,
): Promise<readonly Saved[]> => {
  const sightings = await sightingsOf(db, entries);
  const isNew = (entry: Entry): boolean => !isKnown(entry, sightings.get(entry.sightingKey));
  if (entries.some(isNew)) {
    // From here on this transaction is the only one that saves papers: it holds the change counter's row.
    await draw(db, 'change', 0);
    // SQLite has let nobody else write since the transaction began.
    if (engine.kind === 'postgres') for (const [key, row] of await sightingsOf(db, entries)) sightings.set(key, row);
  }
  const unheard = entries.filter(isNew);
  const known = await readKnown(db, unheard, sightings);
  const result = await workOut(entries, sightings, sortOut(known), now);
  const strange = await areKept(db, result.unknown);
  const fresh = result.unknown.filter((_, i) => strange[i] === false);
  if (result.heard.length === 0 && fresh.length === 0) return result.saved;
  const raws = packRaws([...result.heard, ...fresh]);
  // It is awaited later: a failure before must not leave it unheard.
  raws.catch(() => {});
  if (result.heard.length > 0) await write(db, result, known.papers, now);
  await writeRaws(db, await raws, now);
  const uncounted = fresh.map(
    ({ source, category, day }): Counted => ({ source, category, day: day || null, outcome: 'ingested' }),
  );
  await countEntries(db, [...result.counted, ...uncounted], now);
  return result.saved;
};

/** A batch that is saved within a transaction of its caller's; `large` says that it writes many rows. */
export const preparePapers = async (
  engine: Engine,
  batch: readonly Incoming[],
): Promise<{ readonly large: boolean; readonly in: (db: Db, now: number) => Promise<readonly Saved[]> }> => {
  const entries = await entriesOf(batch, [], []);
  return { large: entries.length >= LARGE, in: (db, now) => saveEntries(engine, db, entries, now) };
};

export const savePapers =
  (engine: Engine): Store['papers']['save'] =>
  async (batch, { now, cursor, edition, gone = [], extras = [], rejections = [] }) => {
    const entries = await entriesOf(batch, extras, gone);
    const work = async (db: Db): Promise<readonly Saved[]> => {
      const saved = await saveEntries(engine, db, entries, now);
      const rejected = await keepRejections(db, rejections, now);
      await countEntries(
        db,
        rejected.map(({ source, category, day }) => ({ source, category, day, outcome: 'rejected' })),
        now,
      );
      if (edition)
        await place(
          db,
          edition,
          saved.map((one) => one.id),
        );
      if (cursor) await setCursor(db, cursor);
      return saved;
    };
    return engine.write(work, { large: entries.length >= LARGE });
  };
