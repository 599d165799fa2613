import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { Lab, Params, RunRecord } from '../labs/contract.ts';
import type { Point } from '../labs/curves.ts';
import { recordOf } from '../labs/run-record.ts';
import { type Lane, type Outcome, type RunWish, runLab } from '../labs/scheduler.ts';
import type { Said } from '../labs/worker-protocol.ts';
import type { LabThreadData } from './lab-worker.ts';

const SCRIPT = new URL('./lab-worker.ts', import.meta.url);
const REGISTRY = new URL('../labs/registry.ts', import.meta.url).href;
const HEAP_MB = 1_024;
/** What this process may grow by while labs run; one that takes more is stopped. */
const MOST_BYTES = 2 ** 30;
const LOOK_MS = 250;

/** A thread that runs `lab`. It is ended where it grows beyond its memory. */
export const openLabLane = (lab: string, registry = REGISTRY): Lane => {
  const workerData: LabThreadData = { registry, lab };
  const thread = new Worker(SCRIPT, { workerData, env: {}, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let hear: (said: Said) => void = () => {};
  const fail = (error: string): void => hear({ t: 'failed', error });
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - before < MOST_BYTES) return;
    clearInterval(watch);
    void thread.terminate();
    fail('The lab took more than 1 GB of memory.');
  }, LOOK_MS);
  watch.unref();
  thread.on('message', (said: Said) => hear(said));
  thread.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  return {
    ask: (wish, listener) => {
      hear = listener;
      thread.postMessage(wish);
    },
    close: async () => {
      clearInterval(watch);
      hear = () => {};
      await thread.terminate();
    },
  };
};

/** As many workers as there are cores. */
export const coresHere = (): number => availableParallelism();

export const engineHere = (): string => `Node ${process.versions.node}, ${process.platform} ${process.arch}`;

/** Runs a lab in threads of this process. */
export const runInThreads = async (
  lab: Lab,
  wish: Pick<RunWish, 'params' | 'seeds'> &
    Partial<Pick<RunWish, 'lanes' | 'signal' | 'silenceMs' | 'hear' | 'onProgress'>>,
  registry = REGISTRY,
): Promise<{ readonly outcome: Outcome; readonly record: RunRecord }> => {
  const { params, seeds }: { params: Params; seeds: readonly number[] } = wish;
  const points: Point[] = [];
  const outcome = await runLab({
    lanes: coresHere(),
    ...wish,
    hear: (events) => {
      for (const event of events) if (event.t === 'point') points.push(event);
      wish.hear?.(events);
    },
    lab,
    open: () => openLabLane(lab.id, registry),
    now: () => performance.now(),
  });
  const record = recordOf(lab, {
    params,
    seeds,
    metrics: outcome.metrics,
    engine: engineHere(),
    wallMs: outcome.wallMs,
    points,
  });
  return { outcome, record };
};
