import { rm } from 'node:fs/promises';
import type { Connection, Table } from '@lancedb/lancedb';
import { Fault } from '../kernel/errors.ts';
import { whileMaking } from './lance-lock.ts';
import { papersSchema, SCHEMA_VERSION, stateSchema } from './lance-schema.ts';

export type Lance = typeof import('@lancedb/lancedb');

/** What an open index consists of. The small `state` table travels with the papers, so a copied or deleted folder tells the truth. */
export interface Tables {
  readonly lance: Lance;
  readonly db: Connection;
  readonly papers: Table;
  readonly state: Table;
  readonly dimensions: number;
}

/** Bytes of index pages and of file metadata that may stay in memory: enough for a hundred thousand papers, small beside the rest. */
const INDEX_CACHE = 96n << 20n;
const METADATA_CACHE = 32n << 20n;

/** Seconds after which a commit of another process is seen. */
const FRESHNESS = 1;

const TABLES = ['papers', 'state'];

const isRemote = (url: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(url);

const connect = async (url: string): Promise<{ lance: Lance; db: Connection }> => {
  const lance = await import('@lancedb/lancedb');
  const session = new lance.Session(INDEX_CACHE, METADATA_CACHE);
  return { lance, db: await lance.connect(url, { readConsistencyInterval: FRESHNESS }, session) };
};

export const readState = async (state: Table): Promise<Map<string, string>> => {
  const rows: { key: string; value: string }[] = await state.query().toArray();
  return new Map(rows.map((row) => [row.key, row.value]));
};

export const writeState = async ({ lance, state }: Tables, values: Readonly<Record<string, string>>): Promise<void> => {
  const rows = Object.entries(values).map(([key, value]) => ({ key, value }));
  await state
    .mergeInsert('key')
    .whenMatchedUpdateAll()
    .whenNotMatchedInsertAll()
    .execute(lance.makeArrowTable(rows, { schema: stateSchema }));
};

/** English words, stemmed, without stop words, with positions for phrases. */
const fullText = (lance: Lance) =>
  lance.Index.fts({
    baseTokenizer: 'simple',
    language: 'English',
    lowercase: true,
    asciiFolding: true,
    stem: true,
    removeStopWords: true,
    withPosition: true,
  });

const create = async (url: string, dimensions: number): Promise<Tables> => {
  const { lance, db } = await connect(url);
  for (const name of await db.tableNames()) if (TABLES.includes(name)) await db.dropTable(name);
  const papers = await db.createEmptyTable('papers', papersSchema(dimensions));
  await papers.createIndex('text', { config: fullText(lance) });
  await papers.createIndex('id', { config: lance.Index.btree() });
  const state = await db.createEmptyTable('state', stateSchema);
  const tables = { lance, db, papers, state, dimensions };
  await writeState(tables, { schema: String(SCHEMA_VERSION), dimensions: String(dimensions), position: '0' });
  return tables;
};

/** Reads a little through every part: manifests, data and the inverted index. Throws when one is missing or broken. */
const probe = async ({ lance, papers }: Tables): Promise<void> => {
  await papers.query().limit(1).toArray();
  await papers
    .query()
    .fullTextSearch(new lance.MatchQuery('paper', 'text'))
    .select(['id', '_score'])
    .limit(1)
    .toArray();
};

/** Reads every row. Throws when one cannot be read. */
export const readThrough = async ({ papers }: Tables): Promise<void> => {
  for await (const batch of papers.query()) void batch.numRows;
};

const existing = async (url: string): Promise<Tables | null> => {
  const { lance, db } = await connect(url);
  const names = await db.tableNames();
  if (!TABLES.every((name) => names.includes(name))) return null;
  const [papers, state] = await Promise.all([db.openTable('papers'), db.openTable('state')]);
  const kept = await readState(state);
  const dimensions = Number(kept.get('dimensions'));
  if (kept.get('schema') !== String(SCHEMA_VERSION) || !Number.isInteger(dimensions)) return null;
  const tables = { lance, db, papers, state, dimensions };
  await probe(tables);
  return tables;
};

const cannotWrite = (url: string, cause: unknown): Fault =>
  new Fault('index-unavailable', `The search index at ${url} cannot be written.`, { cause, retryAfter: 30 });

const emptied = async (url: string, dimensions: number): Promise<Tables> => {
  if (!isRemote(url)) {
    for (const name of TABLES) await rm(`${url}/${name}.lance`, { recursive: true, force: true });
  }
  return create(url, dimensions);
};

/** One process at a time makes an index in a folder; in an object store it is the operator who sees to that. */
const alone = async (url: string, work: () => Promise<Tables>): Promise<Tables> => {
  try {
    return await (isRemote(url) ? work() : whileMaking(url, work));
  } catch (cause) {
    throw cannotWrite(url, cause);
  }
};

/** Removes what is there, readable or not, and starts an empty index at position 0. Throws `Fault('index-unavailable')`. */
export const startOver = (url: string, dimensions: number): Promise<Tables> =>
  alone(url, () => emptied(url, dimensions));

const sound = (url: string): Promise<Tables | null> => existing(url).catch(() => null);

/**
 * Opens an index. One that is missing, broken or of another schema is started over, unless another process has done so
 * meanwhile. Throws `Fault('index-unavailable')`.
 */
export const openTables = async (url: string, dimensions: number): Promise<Tables> =>
  (await sound(url)) ?? alone(url, async () => (await sound(url)) ?? emptied(url, dimensions));
