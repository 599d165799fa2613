import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import type { Engine } from '../../src/store/engine.ts';
import { openPostgres } from '../../src/store/engine-postgres.ts';
import { openSqlite } from '../../src/store/engine-sqlite.ts';
import { MIGRATIONS, migrate } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { startPostgres } from '../support/postgres.ts';
import { accounts } from './store/accounts.ts';
import { deeds } from './store/deeds.ts';
import { digests } from './store/digest.ts';
import { follows } from './store/follow.ts';
import { groups } from './store/groups.ts';
import { harvest } from './store/harvest.ts';
import { identity } from './store/identity.ts';
import { labRuns } from './store/lab-run.ts';
import { letters } from './store/letter.ts';
import { library } from './store/library.ts';
import { moderation } from './store/moderation.ts';
import { notifications } from './store/notification.ts';
import { papers } from './store/papers.ts';
import { processes } from './store/processes.ts';
import { pushes } from './store/push.ts';
import { savedSearches } from './store/saved-search.ts';
import { standing } from './store/standing.ts';
import { submissions } from './store/submissions.ts';
import { words } from './store/words.ts';

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-store-'));
const postgres = await startPostgres();
let files = 0;

/** The address of a database: an empty one, or a copy of one that nobody has open. */
type Address = (like?: string) => Promise<string>;

const engines: { name: string; address: Address }[] = [
  {
    name: 'sqlite',
    address: async (like) => {
      const path = join(folder, `${++files}`, 'broadsheet.db');
      if (like !== undefined) cpSync(like.slice('sqlite:'.length), path);
      return `sqlite:${path}`;
    },
  },
];
const { server } = postgres;
if (server) engines.push({ name: `postgres ${server.version}`, address: (like) => server.database(like) });

after(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('the engines there are', (context) => {
  const without = postgres.reason === null ? '' : `; not on postgres: ${postgres.reason}`;
  context.diagnostic(`ran on: ${engines.map((engine) => engine.name).join(', ')}${without}`);
  assert.ok(engines.length > 0);
});

for (const { name, address } of engines) {
  suite(name, () => {
    let empty: string;
    before(async () => {
      empty = await address();
      await using store = await openStore(empty);
      await store.migrate();
    });
    const open = async (): Promise<Store> => {
      const store = await openStore(await address(empty));
      await store.ping();
      return store;
    };
    papers(open);
    identity(open);
    words(open);
    standing(open);
    labRuns(open);
    savedSearches(open);
    accounts(open);
    submissions(open);
    library(open);
    letters(open);
    notifications(open);
    follows(open);
    groups(open);
    moderation(open);
    digests(open);
    pushes(open);
    deeds(open);
    processes(address);
    harvest(address, async (url) => (url.startsWith('sqlite:') ? openSqlite(url.slice(7)) : openPostgres(url)));

    test('lists, counts, the ledger and the change log stay as they are when their tables are clustered', async () => {
      const older = join(folder, `${name} clustered`);
      for (const step of readdirSync(MIGRATIONS).filter((step) => step < '0008'))
        cpSync(join(MIGRATIONS, step), join(older, step));
      const url = await address();
      await using engine: Engine = url.startsWith('sqlite:') ? await openSqlite(url.slice(7)) : openPostgres(url);
      await migrate(engine, older);
      const kept = async () => [
        await engine.read.selectFrom('listed').selectAll().orderBy('key').execute(),
        await engine.read.selectFrom('listing').selectAll().orderBy('key').execute(),
        await engine.read.selectFrom('ledger').selectAll().orderBy('day').execute(),
        await engine.read.selectFrom('change_log').selectAll().orderBy('seq').execute(),
      ];
      const list = { kind: 'author', papers: 2, name: 'Bee, A.', handle: null } as const;
      const place = { kind: 'author', day: '2026-04-20', paper_id: 'a', place: 3 } as const;
      const square = { source: 'arxiv', category: 'cs.LG', ingested: 2, rejected: 1 };
      await engine.write(async (db) => {
        const keys = ['b', 'a'];
        const days = ['2026-04-21', '2026-04-20'];
        for (const key of keys) {
          await db
            .insertInto('listed')
            .values({ ...place, key })
            .execute();
          await db
            .insertInto('listing')
            .values({ ...list, key })
            .execute();
        }
        for (const day of days)
          await db
            .insertInto('ledger')
            .values({ ...square, day })
            .execute();
        for (const seq of [2, 1])
          await db
            .insertInto('change_log')
            .values({ seq, paper_id: `p${seq}` })
            .execute();
      });
      const before = await kept();
      assert.deepEqual(
        before.map((rows) => rows.length),
        [2, 2, 2, 2],
      );
      await migrate(engine);
      assert.deepEqual(await kept(), before);
      await assert.rejects(
        engine.write((db) =>
          db
            .insertInto('listed')
            .values({ ...place, key: 'a' })
            .execute(),
        ),
      );
    });

    test('migrations go on from every older step, and one that fails leaves nothing behind', async () => {
      const steps = readdirSync(MIGRATIONS).sort();
      for (let n = 1; n <= steps.length; n++) {
        const older = join(folder, `${name} ${n}`);
        for (const step of steps.slice(0, n)) cpSync(join(MIGRATIONS, step), join(older, step));
        const url = await address();
        await using engine: Engine = url.startsWith('sqlite:') ? await openSqlite(url.slice(7)) : openPostgres(url);
        assert.equal((await migrate(engine, older)).length, n);
        assert.equal((await migrate(engine)).length, steps.length - n);
        if (n < steps.length) await assert.rejects(migrate(engine, older), /newer Broadsheet/);
      }
      await using engine: Engine = name === 'sqlite' ? await openSqlite(':memory:') : openPostgres(await address());
      const half = engine.write(async (db) => {
        await engine.script(db, 'CREATE TABLE half (a TEXT); CREATE TABLE half (a TEXT)');
      });
      await assert.rejects(half);
      await assert.rejects(sql`SELECT a FROM half`.execute(engine.read));
      assert.ok((await migrate(engine)).length > 0);
    });
  });
}

test('a database that cannot be opened is one plain sentence with the mend', async () => {
  const gone = await openStore('postgres://nobody@127.0.0.1:1/gone');
  await assert.rejects(gone.migrate(), { name: 'Fault', code: 'database-unavailable', message: /check that it runs/ });
  await gone[Symbol.asyncDispose]();
  await assert.rejects(openStore(`sqlite:${folder}`), { name: 'Fault', code: 'cannot-write' });
  await assert.rejects(openStore(`sqlite:${import.meta.filename}`), {
    name: 'Fault',
    message: /not an SQLite database/,
  });
  await assert.rejects(openStore(`sqlite:${import.meta.filename}/below/a.db`), { name: 'Fault', code: 'cannot-write' });
  await assert.rejects(openStore('mysql://x'), { name: 'Fault', code: 'bad-config' });
});
