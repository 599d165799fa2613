import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { openStore } from '../../../src/store/open.ts';
import { batchOf } from '../../support/drafts.ts';

const WRITER = resolve(import.meta.dirname, '../../support/store-writer.ts');

const write = (url: string, papers: number): ChildProcess =>
  spawn(process.execPath, [WRITER, url, String(papers)], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Several processes over one database; `address` makes an empty one. */
export const processes = (address: () => Promise<string>): void => {
  test('two starters migrate once and two writers lose and double nothing', async () => {
    const url = await address();
    const codes = await Promise.all(
      [write(url, 200), write(url, 200)].map(async (child) => {
        child.stdout?.resume();
        return (await once(child, 'exit'))[0];
      }),
    );
    assert.deepEqual(codes, [0, 0]);
    await using store = await openStore(url);
    assert.deepEqual(await store.migrate(), []);
    const ids = batchOf(0, 200).map((entry) => entry.draft.id);
    assert.deepEqual(
      (await Array.fromAsync(store.papers.all())).map((paper) => paper.id),
      ids,
    );
    assert.equal(new Set((await store.editions.latest())?.placements).size, 200);
    assert.deepEqual(
      (await store.changes.since(0, 500)).map((change) => change.seq),
      ids.map((_, i) => i + 1),
    );
    assert.equal((await store.browse.category('cs.LG', { limit: 1, offset: 0 })).total, 200);
  });

  test('kill −9 in the middle of saving: what was said to be saved is there, and going on doubles nothing', async () => {
    const url = await address();
    for (let round = 0; round < 3; round++) {
      const child = write(url, 100_000);
      let said = 0;
      for await (const chunk of child.stdout ?? []) {
        said = Number(String(chunk).trim().split('\n').at(-1));
        if (said >= (round + 1) * 60) child.kill('SIGKILL');
      }
      await using store = await openStore(url);
      const position = (await store.cursors.get('writer'))?.position ?? 0;
      assert.ok(position >= said, `${position} of ${said}`);
      assert.equal(await store.papers.count(), position);
      assert.equal((await Array.fromAsync(store.papers.all())).length, position);
      assert.equal(await store.changes.last(), position);
      assert.deepEqual(
        (await store.editions.latest())?.placements,
        batchOf(0, position).map((entry) => entry.draft.id),
      );
      assert.equal(await store.check(), null);
    }
  });
};
