import { evaluate } from './claims.ts';
import type { Lab, Metric, Params, RunRecord } from './contract.ts';
import { curvesOf, type Point } from './curves.ts';
import { metricsHash, sortMetrics } from './metrics-hash.ts';
import { presetOf } from './params.ts';

/** What is kept of a run: all that claims saw, what they made of it, and the fingerprint. */
export const recordOf = (
  lab: Lab,
  run: {
    readonly params: Params;
    readonly seeds: readonly number[];
    readonly metrics: readonly Metric[];
    readonly engine: string;
    readonly wallMs: number;
    readonly points?: readonly Point[];
  },
): RunRecord => ({
  lab: lab.id,
  version: lab.version,
  preset: presetOf(lab, run.params),
  params: run.params,
  seeds: run.seeds,
  metrics: sortMetrics(run.metrics),
  findings: evaluate(lab, run.metrics),
  engine: run.engine,
  wallMs: Math.round(run.wallMs),
  hash: metricsHash(run.metrics),
  ...(run.points === undefined ? {} : { curves: curvesOf(lab, run.points) }),
});
