import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { openStore } from '../src/store/open.ts';

/** Papers of one transaction, as `services/import` has it. */
const BATCH = 5_000;

/**
 * The order in which the import wrote the rows. Tables without row ids do not remember it: what is listed goes in by batches,
 * in the order of its key within each; counts come in no order of their keys.
 */
const ORDER: Readonly<Record<string, string>> = {
  listed: `JOIN paper ON paper.id = listed.paper_id ORDER BY (paper.rowid - 1) / ${BATCH}, listed.kind, listed.key`,
  listing: 'ORDER BY substr(key, -4), papers',
  ledger: 'ORDER BY substr(day, -2), substr(day, -5), category',
  change_log: 'ORDER BY seq',
};

/**
 * How long it takes to insert, with one prepared statement a table, the rows that an import left in `from` into the empty
 * database `into`: the same tables, indexes, pragmas and as many transactions, nothing to parse or to
 * look up. Reading the rows is not counted. Rows that the import wrote several times (counts) are written once.
 */
export const insertSameRows = async (
  from: string,
  into: string,
  papers: number,
): Promise<{ seconds: number; rows: number }> => {
  await using store = await openStore(`sqlite:${into}`);
  await store.migrate();
  const source = new DatabaseSync(from, { readOnly: true });
  const database = new DatabaseSync(into);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 40960; PRAGMA foreign_keys = ON; PRAGMA cache_size = -196608; PRAGMA mmap_size = 268435456',
  );
  const tables = source
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('migration', 'counter') AND name NOT LIKE 'sqlite%'",
    )
    .all()
    .map(({ name }) => {
      const table = String(name);
      const total = Number(source.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.n);
      const read = source.prepare(`SELECT ${table}.* FROM ${table} ${ORDER[table] ?? 'ORDER BY rowid'}`);
      const columns = read.columns().length;
      const insert = database.prepare(
        `INSERT INTO ${table} VALUES (${Array.from({ length: columns }, () => '?').join(', ')})`,
      );
      return { total, rows: read.iterate(), insert };
    });
  const transactions = Math.ceil(papers / BATCH);
  let milliseconds = 0;
  let rows = 0;
  for (let i = 0; i < transactions; i++) {
    // Every table's rows are spread evenly over the transactions, in the order in which they were written.
    const due = tables.map(({ total, rows: all, insert }) => {
      const wanted = Math.floor(((i + 1) * total) / transactions) - Math.floor((i * total) / transactions);
      const values = Array.from({ length: wanted }, () => Object.values(all.next().value ?? {}) as SQLInputValue[]);
      return { insert, values };
    });
    const began = performance.now();
    database.exec('BEGIN IMMEDIATE');
    for (const { insert, values } of due) {
      for (const row of values) insert.run(...row);
      rows += values.length;
    }
    database.exec('COMMIT');
    milliseconds += performance.now() - began;
  }
  source.close();
  database.close();
  return { seconds: milliseconds / 1000, rows };
};
