import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { liveThrough } from '../support/mail-days.ts';
import { startPostgres } from '../support/postgres.ts';

/** Exactly one digest a subscriber and local day, whatever the clocks do. `npm run test:mail-days` does the same with ten thousand. */

const postgres = await startPostgres();
after(() => postgres.server?.[Symbol.asyncDispose]());

test('one digest a local day through every change of the clocks, on sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-days-'));
  try {
    await using store = await openStore(`sqlite:${join(folder, 'broadsheet.db')}`);
    await store.migrate();
    assert.ok((await liveThrough(store, { subscribers: 40 })) > 40 * 12);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('the same on postgres', { skip: postgres.server === null && postgres.reason }, async () => {
  assert.ok(postgres.server);
  await using store = await openStore(await postgres.server.database());
  await store.migrate();
  assert.ok((await liveThrough(store, { subscribers: 40, seed: 2 })) > 40 * 12);
});
