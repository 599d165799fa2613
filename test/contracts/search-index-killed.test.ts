import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseQuery } from '../../src/model/query.ts';
import { openIndex } from '../../src/search/open.ts';
import { MODEL } from '../support/index-writer.ts';

const KILLS = 6;

test('an index whose writer is killed, again and again, has all of every change it took, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-killed-'));
  try {
    // Somebody else reads all the while.
    await using reading = openIndex(folder);
    let last = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = fork(join(import.meta.dirname, '../support/index-writer.ts'), [folder]);
      let said = 0;
      const begun = new Promise<void>((resolve) =>
        child.on('message', (n) => {
          said = Number(n);
          resolve();
        }),
      );
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      await begun;
      // Not a measurement: it only spreads the kills over what a writer does.
      await sleep(37 * kill);
      child.kill('SIGKILL');
      await ended;

      const position = await reading.position();
      assert.ok(position >= said && position > last, `${last} → ${said} → ${position}`);
      last = position;
      const { documents, embedded } = await reading.stats();
      const taken = Math.max(0, position - 3);
      assert.equal(documents, 10 * position + 1 - taken);
      assert.ok(embedded <= documents);
      const { evidence, facets } = await reading.browse(parseQuery(''), 100_000);
      assert.equal(facets.total, documents);
      assert.equal(new Set(evidence.map(({ id }) => id)).size, documents);
      const shared = await reading.find({ query: parseQuery('shared'), text: '', words: 9, near: 0 });
      assert.deepEqual(
        shared.evidence.map(({ id }) => id),
        ['shared'],
      );
    }
    // What a killed writer left lying about goes when the next one begins, and every vector can still be had.
    await using index = openIndex(folder);
    await index.adopt(MODEL);
    for (;;) {
      const ids = await index.unembedded(500);
      if (ids.length === 0) break;
      await index.setVectors(ids.map((id) => ({ id, vector: Float32Array.of(4, 3, 2, 1) })));
    }
    await index.optimize();
    const { documents, embedded } = await index.stats();
    assert.equal(embedded, documents);
    const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    assert.equal(folders.length, 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
