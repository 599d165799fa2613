import type { Lab, LabEvent, Metric, Params } from './contract.ts';
import { type Task, tasksOf } from './run-arm.ts';
import type { Said, Wish } from './worker-protocol.ts';

/** One worker, in a thread of Node or of a browser. */
export interface Lane {
  /** Asks for a task; `hear` is told all that the worker says. One at a time. */
  ask(wish: Wish, hear: (said: Said) => void): void;
  /** Ends the worker at once, whatever it is doing. */
  close(): void | Promise<void>;
}

export interface Progress {
  /** Share of the work done, 0 … 1. */
  readonly done: number;
  /** Arms with a seed that are finished, and all there are. */
  readonly finished: number;
  readonly tasks: number;
  readonly elapsedMs: number;
  /** Null until something can be told. */
  readonly leftMs: number | null;
}

export interface Outcome {
  /** Of the tasks that came to their end. */
  readonly metrics: readonly Metric[];
  readonly complete: boolean;
  /** Why it ended early: asked to, silent for too long, or what the lab threw. */
  readonly stopped: 'asked' | 'silent' | 'failed' | null;
  readonly error: string | null;
  readonly wallMs: number;
}

export interface RunWish {
  readonly lab: Pick<Lab, 'arms'>;
  readonly params: Params;
  readonly seeds: readonly number[];
  /** How many workers at once. */
  readonly lanes: number;
  readonly open: () => Lane;
  /** Milliseconds of any clock that goes forward. */
  readonly now: () => number;
  /** Stops the run at once. */
  readonly signal?: AbortSignal;
  /** A worker that says nothing for so long is stopped with the run: it loops, or has eaten the memory. */
  readonly silenceMs?: number;
  readonly hear?: (events: readonly LabEvent[]) => void;
  readonly onProgress?: (progress: Progress) => void;
}

const SILENCE_MS = 15_000;
/** From which share on the time left is told. */
const TOLD_FROM = 0.03;

/**
 * Runs every arm with every seed, several at once. Resolves when all is done, or soon after `signal`, a failure or a silence:
 * then every worker has been ended. Never rejects.
 */
export const runLab = async (wish: RunWish): Promise<Outcome> => {
  const { lab, params, seeds, now, signal, silenceMs = SILENCE_MS } = wish;
  const began = now();
  const tasks = [...tasksOf(lab, seeds)];
  const all = tasks.length;
  const metrics: Metric[] = [];
  const shares = new Map<Task, number>();
  let finished = 0;
  let ended: Pick<Outcome, 'stopped' | 'error'> | null = null;

  const tell = (): void => {
    const running = [...shares.values()].reduce((sum, share) => sum + share, 0);
    const done = all === 0 ? 1 : (finished + running) / all;
    const elapsedMs = now() - began;
    const leftMs = done >= TOLD_FROM ? (elapsedMs * (1 - done)) / done : null;
    wish.onProgress?.({ done, finished, tasks: all, elapsedMs, leftMs });
  };

  const one = (lane: Lane, task: Task, stop: AbortSignal): Promise<Pick<Outcome, 'stopped' | 'error'> | null> =>
    new Promise((resolve) => {
      const own: Metric[] = [];
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = (how: Pick<Outcome, 'stopped' | 'error'> | null): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', onStop);
        shares.delete(task);
        resolve(how);
      };
      const onStop = (): void => end({ stopped: 'asked', error: null });
      const listen = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => end({ stopped: 'silent', error: null }), silenceMs);
      };
      stop.addEventListener('abort', onStop);
      if (stop.aborted) return onStop();
      listen();
      lane.ask({ task, params }, (said) => {
        listen();
        if (said.t === 'failed') return end({ stopped: 'failed', error: said.error });
        if (said.t === 'done') {
          metrics.push(...own);
          finished += 1;
          end(null);
          return tell();
        }
        if (said.t !== 'events') return;
        for (const event of said.events) {
          if (event.t === 'progress') shares.set(task, Math.min(1, event.done / Math.max(1, event.total)));
          if (event.t !== 'metric') continue;
          const { t: _, ...metric } = event;
          own.push(metric);
        }
        wish.hear?.(said.events);
        tell();
      });
    });

  // One that ends early takes the others with it.
  const halt = new AbortController();
  const stop = signal === undefined ? halt.signal : AbortSignal.any([signal, halt.signal]);
  const work = async (): Promise<void> => {
    const lane = wish.open();
    try {
      for (let task = tasks.shift(); task !== undefined && !stop.aborted; task = tasks.shift()) {
        const how = await one(lane, task, stop);
        if (how === null) continue;
        ended ??= how;
        halt.abort();
      }
    } finally {
      await lane.close();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(wish.lanes, all)) }, work));
  const how = ended as Pick<Outcome, 'stopped' | 'error'> | null;
  const early = how ?? (finished < all ? { stopped: 'asked' as const, error: null } : null);
  return {
    metrics,
    complete: early === null,
    stopped: early?.stopped ?? null,
    error: early?.error ?? null,
    wallMs: now() - began,
  };
};
