import type { Axis, ParamSpec, Params } from './contract.ts';

/**
 * What stands in the place of a lab where a paper's claims cannot be tested here, but its mechanism can be worked out on paper: a
 * formula, its numbers, and no verdict.
 */
export interface Calculator {
  /** Also its address: `/calculators/{id}`. */
  readonly id: string;
  /** The id of the paper in the first edition. */
  readonly paper: string;
  readonly title: string;
  readonly about: string;
  /** What the abstract says of it, word for word. */
  readonly quote: string;
  /** The formula, a line each. */
  readonly formula: readonly string[];
  /** What of it is ours and not the abstract's. */
  readonly ours: readonly string[];
  readonly params: readonly ParamSpec[];
  work(params: Params): Worked;
}

/** What the numbers come to. */
export interface Worked {
  /** In sentences. */
  readonly says: readonly string[];
  readonly head: readonly string[];
  /** A name, then a cell for each other column. */
  readonly rows: readonly (readonly string[])[];
  /** Curves over the same axis; left out where there is nothing to draw. */
  readonly drawn?: {
    readonly title: string;
    readonly x: Axis;
    readonly y: Axis;
    readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
  };
}
