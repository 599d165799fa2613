import { slugOf } from '../kernel/slug.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import { chunks, nextTurn } from './bulk.ts';
import type { Db } from './engine.ts';
import { digest, keyText } from './key.ts';
import { paperOf } from './paper-doc.ts';
import type { Entry, SightingRow } from './paper-entry.ts';

/** How many documents are read before the event loop gets its turn, and how many ids one question names. */
const SLICE = 50;
const IDS = 500;

/** What is stored that a batch may be about. */
export interface Known {
  readonly sightings: Map<string, SightingRow>;
  readonly aliases: Map<string, PaperId>;
  readonly papers: ReadonlyMap<PaperId, Paper>;
  /** Papers by the key of their title. */
  readonly titles: Map<string, PaperId[]>;
}

/** Sightings by `Entry.sightingKey`. */
export const sightingsOf = async (db: Db, entries: readonly Entry[]): Promise<Map<string, SightingRow>> => {
  const found = new Map<string, SightingRow>();
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

const readAliases = async (db: Db, ids: readonly PaperId[]): Promise<Map<string, PaperId>> => {
  const found = new Map<string, PaperId>();
  for (const part of chunks(ids, IDS)) {
    const rows = await db.selectFrom('paper_alias').selectAll().where('alias', 'in', part).execute();
    for (const row of rows) found.set(row.alias, row.paper_id);
  }
  return found;
};

const readPapers = async (db: Db, ids: readonly PaperId[], into: Map<PaperId, Paper>): Promise<void> => {
  for (const part of chunks(ids, SLICE)) {
    const rows = await db.selectFrom('paper').select(['id', 'doc']).where('id', 'in', part).execute();
    for (const row of rows) into.set(row.id, paperOf(row.id, row.doc));
    await nextTurn();
  }
};

const readTitles = async (db: Db, keys: readonly string[]): Promise<Map<string, PaperId[]>> => {
  const found = new Map<string, PaperId[]>();
  for (const part of chunks(keys, IDS)) {
    const rows = await db.selectFrom('paper').select(['id', 'title_key']).where('title_key', 'in', part).execute();
    for (const { id, title_key } of rows) found.set(title_key, [...(found.get(title_key) ?? []), id]);
  }
  return found;
};

/** A paper without any id gets its title's slug or, where another paper has that, the slug and a hash of whence it came. */
export const slugsOf = (entry: Entry & { kind: 'paper' }): readonly [PaperId, PaperId] => {
  const slug = keyText(slugOf(entry.draft.title));
  return [slug, `${slug}-${digest(entry.sightingKey).slice(0, 10)}`];
};

/** Reads what `entries` may be about: by sighting, by identifier and by title. */
export const readKnown = async (
  db: Db,
  entries: readonly Entry[],
  sightings: Map<string, SightingRow>,
): Promise<Known> => {
  const wanted = new Set<PaperId>();
  for (const entry of entries) {
    const seen = sightings.get(entry.sightingKey);
    if (seen) wanted.add(seen.paper_id);
    for (const id of entry.ids) wanted.add(id);
    if (!seen && entry.kind === 'paper' && entry.ids.length === 0) for (const slug of slugsOf(entry)) wanted.add(slug);
  }
  const aliases = await readAliases(db, [...wanted]);
  for (const id of aliases.values()) wanted.add(id);
  const papers = new Map<PaperId, Paper>();
  await readPapers(db, [...wanted], papers);
  const keys = entries.flatMap((entry) => (entry.kind === 'paper' && entry.isTelling ? [entry.titleKey] : []));
  const titles = await readTitles(db, [...new Set(keys)]);
  await readPapers(
    db,
    [...titles.values()].flat().filter((id) => !papers.has(id)),
    papers,
  );
  return { sightings, aliases, papers, titles };
};
