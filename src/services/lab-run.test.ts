import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD } from '../../test/fixtures/labs/registry.ts';
import type { Lab } from '../labs/contract.ts';
import { metricsHash } from '../labs/metrics-hash.ts';
import { outOfContext } from '../labs/out-of-context.ts';
import { presetParams, seedsOf } from '../labs/params.ts';
import { runHere } from '../labs/run-arm.ts';
import type { Progress } from '../labs/scheduler.ts';
import { runInThreads } from './lab-run.ts';

const REGISTRY = new URL('../../test/fixtures/labs/registry.ts', import.meta.url).href;
const bad = (id: string): Lab => BAD.find((lab) => lab.id === id) as Lab;
const params = presetParams(outOfContext, 'smoke');

test('threads come to what one after another comes to, and tell how far they are', async () => {
  const told: Progress[] = [];
  const { outcome, record } = await runInThreads(outOfContext, {
    params,
    seeds: seedsOf(3),
    lanes: 2,
    onProgress: (progress) => told.push(progress),
  });
  assert.ok(outcome.complete);
  assert.equal(record.hash, metricsHash(await runHere(outOfContext, params, seedsOf(3))));
  assert.equal(told.at(-1)?.done, 1);
  assert.equal(told.at(-1)?.leftMs, 0);
  assert.deepEqual(
    told.map(({ finished }) => finished),
    told.map(({ finished }) => finished).toSorted((a, b) => a - b),
  );
});

test('a lab that loops is stopped when asked to', { timeout: 20_000 }, async () => {
  const stop = new AbortController();
  const { outcome } = await runInThreads(
    bad('loops'),
    { params, seeds: [1], signal: stop.signal, hear: () => stop.abort() },
    REGISTRY,
  );
  assert.deepEqual([outcome.complete, outcome.stopped, outcome.metrics], [false, 'asked', []]);
});

test('a lab that says nothing is stopped by itself', { timeout: 20_000 }, async () => {
  const { outcome } = await runInThreads(bad('loops'), { params, seeds: [1], silenceMs: 3_000 }, REGISTRY);
  assert.equal(outcome.stopped, 'silent');
});

test('a lab that eats the memory is stopped', { timeout: 30_000 }, async () => {
  const { outcome } = await runInThreads(bad('eats'), { params, seeds: [1], lanes: 1 }, REGISTRY);
  assert.equal(outcome.stopped, 'failed');
  assert.match(outcome.error ?? '', /more than 1 GB of memory/);
});

test('what a lab throws ends the run and is told; a metric that is no number is refused', async () => {
  assert.equal(
    (await runInThreads(bad('throws'), { params, seeds: [1] }, REGISTRY)).outcome.error,
    'It fell off the bench.',
  );
  assert.match((await runInThreads(bad('nan'), { params, seeds: [1] }, REGISTRY)).outcome.error ?? '', /NaN/);
});
