import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import type { Db, Engine } from './engine.ts';
import { openSqlite } from './engine-sqlite.ts';
import { migrate } from './migrate.ts';

const add = (db: Db, seq: number) => db.insertInto('change_log').values({ seq, paper_id: 'a' }).execute();
const seqs = async (db: Db): Promise<readonly number[]> =>
  (await db.selectFrom('change_log').select('seq').orderBy('seq').execute()).map(({ seq }) => seq);

const opened = async (): Promise<Engine> => {
  const engine = await openSqlite(':memory:');
  await migrate(engine);
  return engine;
};

test('of many that write at once, those that throw are taken back and the others are kept, in their order', async () => {
  await using engine = await opened();
  const order: number[] = [];
  const all = Array.from({ length: 200 }, (_, n) =>
    engine.write(async (db) => {
      await add(db, n);
      order.push(n);
      if (n % 7 === 3) throw new Error(`no ${n}`);
      return n;
    }),
  );
  const answers = await Promise.allSettled(all);
  for (const [n, answer] of answers.entries()) {
    if (n % 7 === 3) assert.match(String(answer.status === 'rejected' && answer.reason), new RegExp(`no ${n}$`));
    else assert.deepEqual(answer, { status: 'fulfilled', value: n });
  }
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  assert.deepEqual(
    await seqs(engine.read),
    order.filter((n) => n % 7 !== 3),
  );
});

test('a statement that is refused takes back its own transaction only', async () => {
  await using engine = await opened();
  const answers = await Promise.allSettled([
    engine.write((db) => add(db, 1)),
    engine.write(async (db) => {
      await add(db, 2);
      await add(db, 1);
    }),
    engine.write((db) => add(db, 3)),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(await seqs(engine.read), [1, 3]);
});

test('nobody hears of a transaction before it can be read', async () => {
  await using engine = await opened();
  await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      engine.write((db) => add(db, n)).then(async () => assert.ok((await seqs(engine.read)).includes(n))),
    ),
  );
});

test('where the whole is rolled back, all who wait hear of it, and the next one is kept', async () => {
  await using engine = await opened();
  const answers = await Promise.allSettled([
    engine.write((db) => add(db, 1)),
    engine.write((db) => sql`ROLLBACK`.execute(db)),
    engine.write((db) => add(db, 2)),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  await engine.write((db) => add(db, 3));
  assert.deepEqual(await seqs(engine.read), [3]);
});

test('large and small transactions at once are all kept', async () => {
  await using engine = await opened();
  await Promise.all(Array.from({ length: 60 }, (_, n) => engine.write((db) => add(db, n), { large: n % 9 === 0 })));
  assert.equal((await seqs(engine.read)).length, 60);
});
