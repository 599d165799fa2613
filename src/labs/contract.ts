import type { Rng } from './kit/rng.ts';
import type { Summary } from './kit/stats.ts';

export type { Rng, Summary };

/**
 * What a lab is. A lab isolates one paper's mechanism in a small experiment that gives the same numbers, bit for bit, in a
 * browser's worker and in Node, and puts the abstract's own claims to the test. One file a lab, one line in `registry.ts`.
 *
 * A lab is pure: it knows no clock, no chance but `rng`, no world. It computes with the kit's deterministic math (`Math.exp`,
 * `log`, `sin`, `pow` … differ between engines), adds up in a fixed order, and calls `tick` at least every 200 ms.
 */
export interface Lab {
  /** Also the file's name and the page's address: `/labs/{id}`. Lower case, digits and hyphens. */
  readonly id: string;
  /** The id of the paper in the first edition: the slug of its title, at most 80 characters. */
  readonly paper: string;
  /** Raised with every change of what is computed or predicted. A claim's predicate is pinned under it by a test. */
  readonly version: number;
  /** What the experiment shows, as a headline of at most 70 characters. */
  readonly title: string;
  /** What is done, in two or three plain sentences for someone who has not read the paper. */
  readonly about: string;
  readonly fidelity: Fidelity;
  readonly params: readonly ParamSpec[];
  readonly presets: Presets;
  /** At least one `method` and one `baseline`, and one with the role `ablation`. */
  readonly arms: readonly Arm[];
  readonly plots: readonly Plot[];
  readonly claims: readonly Claim[];
  /**
   * The first puts the arm with the role `ablation` in the method's place, and shows in the quick preset already. The others, for
   * claims that it leaves as they are, show in the standard run. Every claim that can be tested is named by one.
   */
  readonly breaks: readonly [Break, ...Break[]];
  /** One arm with one seed. What it measures goes through `run`, and only its metrics reach the claims. */
  run(run: Run): void | Promise<void>;
}

export interface Fidelity {
  /** What is as in the paper. Say so only of what was read there or derived. */
  readonly same: readonly string[];
  /** What was made smaller, replaced or left out. */
  readonly changed: readonly string[];
  readonly sources: readonly { readonly label: string; readonly url: string }[];
}

export type Value = number | string | boolean;
/** By the key of the parameter; every parameter has one. */
export type Params = Readonly<Record<string, Value>>;

interface Spec {
  /** Lower case letters and digits: it stands in addresses. */
  readonly key: string;
  readonly label: string;
  /** What turning it does, in a sentence. */
  readonly help?: string;
  /** True where a higher value takes much longer. */
  readonly costly?: boolean;
  /** True where the default is the paper's own value; shown as such. */
  readonly paperValue?: boolean;
}

export type ParamSpec =
  | (Spec & {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly default: number;
    })
  | (Spec & {
      readonly kind: 'int';
      readonly min: number;
      readonly max: number;
      /** 1 where none is named. */
      readonly step?: number;
      readonly default: number;
    })
  | (Spec & { readonly kind: 'choice'; readonly options: readonly string[]; readonly default: string })
  | (Spec & { readonly kind: 'bool'; readonly default: boolean });

/** `seconds`: all arms and seeds on two cores, measured. */
export interface Preset {
  /** What differs from the defaults. */
  readonly params: Params;
  readonly seeds: number;
  readonly seconds: number;
}

export type PresetId = 'smoke' | 'quick' | 'standard' | 'full';

/**
 * `smoke` runs every line in about a second, and proves nothing but that Node and a browser agree; `quick` takes ≤ 10 s with at
 * least three seeds, `standard` ≤ 2 min with at least five, `full` is for the command line. The defaults are `standard`'s.
 */
export type Presets = Readonly<Record<PresetId, Preset>>;

/**
 * `method` is what the paper proposes, `baseline` a fairly tuned rival, `ablation` the method with its mechanism broken,
 * `oracle` a bound nobody could beat.
 */
export interface Arm {
  readonly id: string;
  readonly label: string;
  readonly role: 'method' | 'baseline' | 'ablation' | 'oracle';
}

/** How an axis is shown. */
export interface Axis {
  readonly label: string;
  readonly log?: boolean;
  readonly min?: number;
  readonly max?: number;
}

interface PlotHead {
  readonly id: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Lines to compare with, e.g. chance. */
  readonly reference?: readonly { readonly y: number; readonly label: string }[];
}

/**
 * `line`: `run.point`s, averaged over seeds at every x, with the 95 % interval as a band. `scatter`: the points themselves.
 * `bars`: the final metric of every arm as a mark with its interval; one group for each `at` where it has several.
 * `heatmap`: the last `run.frame` of every arm, first seed; `diverging` centres the colours on 0.
 */
export type Plot =
  | (PlotHead & { readonly kind: 'line' | 'scatter' })
  | (PlotHead & {
      readonly kind: 'bars';
      readonly metric: string;
      /** Names of `at`s that are no quantities. */
      readonly places?: Readonly<Record<number, string>>;
    })
  | (PlotHead & { readonly kind: 'heatmap'; readonly palette: 'sequential' | 'diverging' });

/** A grid of `w` × `h` values, row by row. */
export interface Grid {
  readonly w: number;
  readonly h: number;
  readonly data: Float32Array | Float64Array | readonly number[];
}

/** What a lab is given for one arm with one seed. */
export interface Run {
  readonly arm: string;
  /** From 1. */
  readonly seed: number;
  readonly params: Params;
  /**
   * The same for all arms of a seed, so that `rng.fork('data')` gives them the same data and their differences are paired.
   * Fork by name for every purpose: a further draw then shifts no other stream.
   */
  readonly rng: Rng;
  /**
   * A final result, said once: the only thing that claims see. `at` tells several of one name apart, e.g. the level of noise.
   * Must be finite: report something measurable instead of NaN.
   */
  metric(name: string, value: number, at?: number): void;
  /** A point of a `line` or `scatter`. `series` tells several curves of an arm apart. Some 200 a curve are enough. */
  point(plot: string, x: number, y: number, series?: string): void;
  frame(plot: string, grid: Grid): void;
  note(text: string): void;
  /** How far this arm and seed is. Call it at least every 200 ms of work; it is cheap. */
  tick(done: number, total: number): void;
}

export interface Metric {
  readonly name: string;
  readonly arm: string;
  readonly seed: number;
  readonly at: number | null;
  readonly value: number;
}

/** What a run says on its way; plain values, sent in batches. */
export type LabEvent =
  | ({ readonly t: 'metric' } & Metric)
  | {
      readonly t: 'point';
      readonly plot: string;
      readonly arm: string;
      readonly seed: number;
      readonly series: string;
      readonly x: number;
      readonly y: number;
    }
  | {
      readonly t: 'frame';
      readonly plot: string;
      readonly arm: string;
      readonly seed: number;
      readonly w: number;
      readonly h: number;
      readonly data: Float32Array;
    }
  | { readonly t: 'note'; readonly arm: string; readonly seed: number; readonly text: string }
  | {
      readonly t: 'progress';
      readonly arm: string;
      readonly seed: number;
      readonly done: number;
      readonly total: number;
    };

/** All that a claim may look at. An arm, metric or place that was not measured has a summary of no values. */
export interface Evidence {
  summary(metric: string, arm: string, at?: number): Summary;
  /** `a − b`, seed by seed: of the seeds that both have. */
  difference(metric: string, a: string, b: string, at?: number): Summary;
  /** Where a metric of an arm was measured, in rising order: the `at`s. */
  places(metric: string, arm: string): readonly number[];
}

export type Verdict =
  | 'holds'
  | 'holds-in-part'
  | 'does-not-hold-at-this-scale'
  | 'cannot-be-tested-here'
  | 'not-run'
  | 'inconclusive';

/** What a claim's test found: made by `judge` of `claims.ts` from intervals, never from means alone. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was measured, e.g. `unseen implications, factorised: 0.99 (0.97 to 1.00), above 0.9: yes`. One line a check. */
  readonly says: readonly string[];
}

interface ClaimHead {
  readonly id: string;
  /** Verbatim from the abstract as it is stored: a test looks. */
  readonly quote: string;
  /** The reviewed wording, where the stored text has lost some TeX, e.g. `O(√d_k)`. */
  readonly clean?: string;
}

/** `prediction` is the predicate in words, written before the run and shown before it; `test` is the same in code. */
export type Claim =
  | (ClaimHead & { readonly prediction: string; readonly test: (evidence: Evidence) => Finding })
  | (ClaimHead & { readonly untestable: string });

/**
 * The proof that verdicts depend on what they are about: read with the metrics of other arms in place of those of some, every
 * claim named must come to the verdict given, and come to another one without. Shown on the page, checked by a test.
 */
export interface Break {
  /** Arm → the arm whose metrics stand in its place. */
  readonly swaps: Readonly<Record<string, string>>;
  /** What is broken, in a sentence. */
  readonly broken: string;
  /** By claim. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

/** A line of a plot, averaged over seeds and thinned: for pictures of runs that are not done again. */
export interface Curve {
  readonly plot: string;
  readonly arm: string;
  readonly series: string;
  /** In rising order of x: x, mean, and the 95 % interval; of a scatter plot the point itself. */
  readonly points: readonly (readonly [x: number, mean: number, low: number, high: number])[];
}

/** A finished or stopped run, as it is kept, shown and copied. */
export interface RunRecord {
  readonly lab: string;
  readonly version: number;
  /** Null where the parameters are no preset's. */
  readonly preset: PresetId | null;
  readonly params: Params;
  readonly seeds: readonly number[];
  readonly metrics: readonly Metric[];
  readonly findings: Readonly<Record<string, Finding>>;
  /** E.g. `Node 26.10.0, x64`. */
  readonly engine: string;
  readonly wallMs: number;
  /** Of the metrics: the same wherever the same run is done. */
  readonly hash: string;
  /** Of its line and scatter plots; left out where nobody kept the points. */
  readonly curves?: readonly Curve[];
}
