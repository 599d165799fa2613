import { parentPort, workerData } from 'node:worker_threads';
import type { Lab } from '../labs/contract.ts';
import { serveTasks } from '../labs/worker-protocol.ts';

/** The thread that runs one lab, arm by arm. It may be killed at any moment; it keeps nothing. */

export interface LabThreadData {
  /** A module that exports `labOf`: the registry, or that of a test. */
  readonly registry: string;
  readonly lab: string;
}

const { registry, lab: id } = workerData as LabThreadData;
const { labOf } = (await import(registry)) as { readonly labOf: (id: string) => Lab | null };
const lab = labOf(id);
if (lab === null) throw new Error(`There is no lab ${id}.`);
parentPort?.on(
  'message',
  serveTasks(
    lab,
    (said) => parentPort?.postMessage(said),
    () => performance.now(),
  ),
);
