import assert from 'node:assert/strict';
import { test } from 'node:test';
import { insertRows } from './bulk.ts';
import type { Db } from './engine.ts';
import { openSqlite } from './engine-sqlite.ts';
import { migrate } from './migrate.ts';

const seqs = async (db: Db): Promise<readonly number[]> =>
  (await db.selectFrom('change_log').select('seq').orderBy('seq').execute()).map(({ seq }) => seq);
const add = (db: Db, ...all: number[]): Promise<void> =>
  insertRows(
    db,
    'change_log',
    all.map((seq) => ({ seq, paper_id: 'a' })),
  );

test('a row that the thread refuses fails the transaction and leaves nothing behind; the next one is kept', async () => {
  await using engine = await openSqlite(':memory:');
  await migrate(engine);
  const refused = engine.write(
    async (db) => {
      await add(db, 1, 2);
      await add(db, 2);
      await add(db, 3);
      return 'done';
    },
    { large: true },
  );
  await assert.rejects(refused, /UNIQUE/);
  assert.deepEqual(await seqs(engine.read), []);
  await engine.write((db) => add(db, 4, 5), { large: true });
  assert.deepEqual(await seqs(engine.read), [4, 5]);
});

test('a transaction in the thread sees its own rows alone until it ends, and one that throws is rolled back', async () => {
  await using engine = await openSqlite(':memory:');
  await migrate(engine);
  await engine.write(
    async (db) => {
      await add(db, 1);
      assert.deepEqual([await seqs(db), await seqs(engine.read)], [[1], []]);
    },
    { large: true },
  );
  const thrown = engine.write(
    async (db) => {
      await add(db, 2);
      throw new Error('enough');
    },
    { large: true },
  );
  await assert.rejects(thrown, /enough/);
  await engine.write((db) => add(db, 3));
  assert.deepEqual(await seqs(engine.read), [1, 3]);
});

test('small and large transactions take turns in the order in which they came', async () => {
  await using engine = await openSqlite(':memory:');
  await migrate(engine);
  const before = await engine.revision();
  const writes = [1, 2, 3, 4, 5, 6].map((n) =>
    engine.write(
      async (db) => {
        const seen = await seqs(db);
        await add(db, n);
        return seen.length;
      },
      { large: n % 2 === 0 },
    ),
  );
  assert.deepEqual(await Promise.all(writes), [0, 1, 2, 3, 4, 5]);
  assert.notEqual(await engine.revision(), before);
});
