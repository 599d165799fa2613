import { slugOf } from '../kernel/slug.ts';
import { foldLetters } from '../kernel/text.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import { chunks, insertRows, nextTurn } from './bulk.ts';
import { draw } from './counter.ts';
import { setCursor } from './cursor.ts';
import { place } from './edition.ts';
import type { Db, Engine } from './engine.ts';
import { digest, keyText } from './key.ts';
import { relist } from './listing.ts';
import { docOf, merge, paperOf } from './paper-doc.ts';
import { keepRaws } from './raw.ts';
import type { Schema } from './schema.ts';
import { keepSignals } from './signal.ts';
import type { Incoming, Saved, Store } from './store.ts';

/** How many entries are worked on before the event loop gets its turn, and how many ids one question names. */
const SLICE = 50;
const IDS = 500;

/** An entry with the keys and hashes that tell whether it is known. */
interface Entry extends Incoming {
  readonly sourceKey: string;
  readonly externalKey: string;
  readonly sightingKey: string;
  readonly draftHash: string;
  readonly rawHash: string;
}

type Sighting = Schema['sighting'];

const entryOf = (incoming: Incoming): Entry => {
  const sourceKey = keyText(incoming.source);
  const externalKey = keyText(incoming.draft.externalId);
  return {
    ...incoming,
    sourceKey,
    externalKey,
    sightingKey: `${sourceKey} ${externalKey}`,
    draftHash: digest(JSON.stringify(incoming.draft)),
    rawHash: digest(JSON.stringify(incoming.raw)),
  };
};

const entriesOf = async (batch: readonly Incoming[]): Promise<Entry[]> => {
  const entries: Entry[] = [];
  for (const part of chunks(batch, SLICE)) {
    entries.push(...part.map(entryOf));
    await nextTurn();
  }
  return entries;
};

/** A paper without an id gets its title's slug or, where another paper has that, the slug and a hash of whence it came. */
const candidates = (entry: Entry): readonly [PaperId, PaperId?] => {
  if (entry.draft.id !== null) return [keyText(entry.draft.id)];
  const slug = keyText(slugOf(entry.draft.title));
  return [slug, `${slug}-${digest(entry.sightingKey).slice(0, 10)}`];
};

const sightingsOf = async (db: Db, entries: readonly Entry[]): Promise<Map<string, Sighting>> => {
  const found = new Map<string, Sighting>();
  for (const [source, ofSource] of Map.groupBy(entries, (entry) => entry.sourceKey)) {
    for (const part of chunks(ofSource, IDS)) {
      const rows = await db
        .selectFrom('sighting')
        .selectAll()
        .where('source', '=', source)
        .where('external_id', 'in', [...new Set(part.map((entry) => entry.externalKey))])
        .execute();
      for (const row of rows) found.set(`${source} ${row.external_id}`, row);
    }
  }
  return found;
};

const aliasesOf = async (db: Db, ids: readonly PaperId[]): Promise<Map<string, PaperId>> => {
  const found = new Map<string, PaperId>();
  for (const part of chunks(ids, IDS)) {
    const rows = await db.selectFrom('paper_alias').selectAll().where('alias', 'in', part).execute();
    for (const row of rows) found.set(row.alias, row.paper_id);
  }
  return found;
};

const papersOf = async (db: Db, ids: readonly PaperId[]): Promise<Map<PaperId, Paper>> => {
  const found = new Map<PaperId, Paper>();
  for (const part of chunks(ids, SLICE)) {
    const rows = await db.selectFrom('paper').select(['id', 'doc']).where('id', 'in', part).execute();
    for (const row of rows) found.set(row.id, paperOf(row.id, row.doc));
    await nextTurn();
  }
  return found;
};

const titleKey = (title: string): string => keyText(foldLetters(title).replace(/[^\p{L}\p{N}]+/gu, ''));

const writePapers = async (
  db: Db,
  touched: readonly { readonly old: Paper | null; readonly next: Paper; readonly comments: number | null }[],
  now: number,
): Promise<void> => {
  const rows = touched.map(({ next, comments }) => ({
    id: next.id,
    title_key: titleKey(next.title),
    doc: docOf(next),
    comments,
    created_at: now,
    changed_at: now,
  }));
  await insertRows(
    db,
    'paper',
    rows,
    `ON CONFLICT (id) DO UPDATE SET title_key = excluded.title_key, doc = excluded.doc,
       comments = excluded.comments, changed_at = excluded.changed_at`,
  );
};

const writeAliases = async (db: Db, entries: readonly Entry[], idOf: (entry: Entry) => PaperId): Promise<void> => {
  const aliases = new Map<string, PaperId>();
  for (const entry of entries) {
    const id = idOf(entry);
    const { doi } = entry.draft;
    for (const alias of [entry.draft.id ?? id, doi === null ? id : `doi:${doi.toLowerCase()}`]) {
      if (keyText(alias) !== id) aliases.set(keyText(alias), id);
    }
  }
  const rows = [...aliases].map(([alias, paper_id]) => ({ alias, paper_id }));
  await insertRows(db, 'paper_alias', rows, 'ON CONFLICT (alias) DO NOTHING');
};

const saveEntries = async (db: Db, entries: readonly Entry[], now: number): Promise<readonly Saved[]> => {
  const sightings = await sightingsOf(db, entries);
  const isKnown = (entry: Entry): boolean => {
    const seen = sightings.get(entry.sightingKey);
    return seen?.draft_hash === entry.draftHash && seen.raw_hash === entry.rawHash;
  };
  if (entries.every(isKnown)) {
    return entries.map((entry) => ({ id: sightings.get(entry.sightingKey)?.paper_id ?? '', outcome: 'same' }));
  }
  // From here on this transaction is the only one that saves papers: it holds the change counter's row.
  await draw(db, 'change', 0);
  for (const [key, row] of await sightingsOf(db, entries)) sightings.set(key, row);

  const unknown = entries.filter((entry) => !isKnown(entry));
  const wanted = new Set(
    unknown.flatMap((e) => sightings.get(e.sightingKey)?.paper_id ?? candidates(e).filter((id) => id !== undefined)),
  );
  const aliases = await aliasesOf(db, [...wanted]);
  for (const id of aliases.values()) wanted.add(id);
  const old = await papersOf(db, [...wanted]);

  const next = new Map<PaperId, Paper>();
  const written = new Map<string, Sighting>();
  const identify = (entry: Entry): PaperId => {
    const [first, second] = candidates(entry);
    const id = aliases.get(first) ?? first;
    return second !== undefined && (next.has(id) || old.has(id)) ? second : id;
  };
  const saved: Saved[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % SLICE === 0) await nextTurn();
    const seen = sightings.get(entry.sightingKey);
    const id = seen?.paper_id ?? identify(entry);
    if (isKnown(entry)) {
      saved.push({ id, outcome: 'same' });
      continue;
    }
    const row: Sighting = {
      source: entry.sourceKey,
      external_id: entry.externalKey,
      paper_id: id,
      draft_hash: entry.draftHash,
      raw_hash: entry.rawHash,
      seen_at: seen?.seen_at ?? now,
    };
    sightings.set(entry.sightingKey, row);
    written.set(entry.sightingKey, row);
    if (seen?.draft_hash === entry.draftHash) {
      saved.push({ id, outcome: 'same' });
      continue;
    }
    const before = next.get(id) ?? old.get(id) ?? null;
    const sighting = {
      source: entry.source,
      externalId: entry.draft.externalId,
      seenAt: new Date(row.seen_at).toISOString(),
    };
    next.set(id, merge(before, id, entry.draft, sighting));
    saved.push({ id, outcome: before ? 'changed' : 'new' });
  }

  const spoken = unknown.filter((entry) => written.has(entry.sightingKey));
  const idOf = (entry: Entry): PaperId => sightings.get(entry.sightingKey)?.paper_id ?? '';
  const comments = await keepSignals(
    db,
    spoken.map((entry) => ({ paperId: idOf(entry), source: entry.sourceKey, signals: entry.draft.signals })),
    (id) => old.has(id),
  );
  const touched = [...next.values()].map((paper) => ({
    old: old.get(paper.id) ?? null,
    next: paper,
    comments: comments.get(paper.id) ?? null,
  }));
  await writePapers(db, touched, now);
  await insertRows(
    db,
    'sighting',
    [...written.values()],
    `ON CONFLICT (source, external_id) DO UPDATE SET draft_hash = excluded.draft_hash, raw_hash = excluded.raw_hash`,
  );
  await writeAliases(db, spoken, idOf);
  await relist(db, touched);
  await keepRaws(db, spoken, now);
  const last = await draw(db, 'change', touched.length);
  const changes = touched.map((paper, i) => ({ seq: last - touched.length + 1 + i, paper_id: paper.next.id }));
  await insertRows(db, 'change_log', changes);
  return saved;
};

export const savePapers =
  (engine: Engine): Store['papers']['save'] =>
  async (batch, { now, cursor, edition }) => {
    const entries = await entriesOf(batch);
    return engine.write(async (db) => {
      const saved = await saveEntries(db, entries, now);
      if (edition)
        await place(
          db,
          edition,
          saved.map((one) => one.id),
        );
      if (cursor) await setCursor(db, cursor);
      return saved;
    });
  };
