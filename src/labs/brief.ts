import type { Arm, Plot } from './contract.ts';

/** What the page tells its script, as JSON. */
export interface LabBrief {
  readonly id: string;
  readonly version: number;
  readonly bundle: string;
  /** Whether the lab is being written. */
  readonly watched: boolean;
  readonly frame: string;
  readonly arms: readonly Arm[];
  readonly plots: readonly Plot[];
  /** Of the parameters, by key. */
  readonly kinds: Readonly<Record<string, string>>;
}
