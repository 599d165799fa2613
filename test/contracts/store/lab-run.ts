import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord } from '../../../src/labs/contract.ts';
import type { Store } from '../../../src/store/store.ts';

const run = (change: Partial<RunRecord> = {}): RunRecord => ({
  lab: 'out-of-context',
  version: 1,
  preset: 'full',
  params: { steps: 3_000, mode: '“√d”', fast: true },
  seeds: [1, 2, 3],
  metrics: [{ name: 'unseen', arm: 'a', seed: 1, at: null, value: 0.1 + 0.2 }],
  findings: { claim: { verdict: 'holds', says: ['0.3: yes'] } },
  engine: 'Node',
  wallMs: 12,
  hash: '0123456789abcdef',
  ...change,
});

/** Runs of labs: the latest one for each version and preset, to the last bit. */
export const labRuns = (open: () => Promise<Store>): void => {
  test('a run is kept whole; a later one of the same version and preset takes its place', async () => {
    await using store = await open();
    await store.labRuns.put(run({ wallMs: 9 }), 5);
    for (const _ of [1, 2]) await store.labRuns.put(run(), 7);
    await store.labRuns.put(run({ preset: null }), 8);
    await store.labRuns.put(run({ version: 2 }), 9);
    await store.labRuns.put(run({ lab: 'other' }), 9);
    assert.deepEqual(await store.labRuns.of('out-of-context', 1), [
      { record: run({ preset: null }), ranAt: 8 },
      { record: run(), ranAt: 7 },
    ]);
    assert.deepEqual(await store.labRuns.of('none', 1), []);
    const kept = { lab: 'out-of-context', version: 1, preset: 'full', seeds: 3, ranAt: 7 };
    assert.deepEqual(await store.labRuns.list(), [
      { ...kept, lab: 'other', ranAt: 9 },
      { ...kept, version: 2, ranAt: 9 },
      { ...kept, preset: '', ranAt: 8 },
      kept,
    ]);
  });
};
