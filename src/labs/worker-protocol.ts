import { evaluate, evaluateBroken } from './claims.ts';
import type { Finding, Lab, LabEvent, Metric, Params } from './contract.ts';
import { runArm, type Task } from './run-arm.ts';

/** What a worker is asked: one arm with one seed, or what metrics say about the claims. */
export type Wish = { readonly task: Task; readonly params: Params } | { readonly judge: readonly Metric[] };

/** By claim. */
export type Findings = Readonly<Record<string, Finding>>;

/** What it says on its way, and how the task ended. */
export type Said =
  | { readonly t: 'events'; readonly events: readonly LabEvent[] }
  /** `broken`: with the mechanism broken. */
  | { readonly t: 'findings'; readonly findings: Findings; readonly broken: Findings }
  | { readonly t: 'done' }
  | { readonly t: 'failed'; readonly error: string };

/** Milliseconds between two messages: often enough to look live, seldom enough to cost nothing. */
const EVERY_MS = 60;

/**
 * Runs tasks in a worker, whichever kind it is. Events are sent in batches, when the lab ticks; of the progress only the last.
 * A worker is stopped by being terminated; nothing here has to give way.
 */
export const serveTasks =
  (lab: Lab, send: (said: Said) => void, now: () => number) =>
  async (wish: Wish): Promise<void> => {
    if ('judge' in wish) {
      send({ t: 'findings', findings: evaluate(lab, wish.judge), broken: evaluateBroken(lab, wish.judge) });
      return;
    }
    const { task, params } = wish;
    let batch: LabEvent[] = [];
    let progress: LabEvent | null = null;
    let last = Number.NEGATIVE_INFINITY;
    const flush = (): void => {
      const events = progress === null ? batch : [...batch, progress];
      [batch, progress, last] = [[], null, now()];
      if (events.length > 0) send({ t: 'events', events });
    };
    try {
      await runArm(lab, task, params, (event) => {
        if (event.t !== 'progress') {
          batch.push(event);
          return;
        }
        progress = event;
        if (now() - last >= EVERY_MS) flush();
      });
      flush();
      send({ t: 'done' });
    } catch (error) {
      flush();
      send({ t: 'failed', error: error instanceof Error ? error.message : String(error) });
    }
  };
