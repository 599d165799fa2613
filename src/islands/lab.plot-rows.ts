import type * as Plot from '@observablehq/plot';
import { plainNumber } from '../labs/claims.ts';
import type { Arm, LabEvent, Metric, Plot as PlotSpec } from '../labs/contract.ts';
import { summarise } from '../labs/kit/stats.ts';
import { placeName } from '../labs/place-names.ts';

/** What the plots are drawn from, as it comes in. */
export interface Seen {
  readonly points: Extract<LabEvent, { t: 'point' }>[];
  /** By plot and arm: the last grid of the first seed. */
  readonly frames: Map<string, Extract<LabEvent, { t: 'frame' }>>;
  readonly metrics: Metric[];
}

/** A mean over seeds and its interval, of one arm at one place. */
export interface Row {
  readonly line: string;
  readonly arm: string;
  readonly x: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** Values of an arm at `x`, as they are shown on an axis: `line` is their name. */
export const rowOf = (arm: string, line: string, x: number, values: readonly number[], axis: PlotSpec['y']): Row => {
  const { mean, ci95, n } = summarise(values);
  const [low, high] = n > 1 ? ci95 : [mean, mean];
  // An interval that reaches 0 has no end on a logarithmic axis: it is cut off at the least that was seen.
  const least = axis.log && low <= 0 ? Math.min(...values.filter((value) => value > 0), mean) : low;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = axis;
  return { arm, line, x, mean, low: Math.max(min, least), high: Math.min(max, high), n };
};

/** An axis of a lab as the plotting library wants it. */
export const scaleOf = (axis: PlotSpec['x']): Plot.ScaleOptions => ({
  label: axis.label,
  labelArrow: 'none',
  ...(axis.log ? { type: 'log' } : { nice: true }),
  ...(axis.min !== undefined && axis.max !== undefined ? { domain: [axis.min, axis.max] } : {}),
});

/** On a logarithmic axis 1, 2 and 5 of every power of ten, or where there are several the powers alone; in plain numbers. */
export const ticksOf = (axis: PlotSpec['x'], values: readonly number[]): Plot.ScaleOptions => {
  if (!axis.log) return {};
  const shown = values.filter((value) => value > 0);
  const low = shown.reduce((a, b) => Math.min(a, b), Infinity);
  const high = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const digits = high > 30 * low ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    ticks.push(...digits.map((digit) => digit * 10 ** power).filter((tick) => tick >= low && tick <= high));
  return ticks.length > 1 ? { ticks, tickFormat: plainNumber } : { tickFormat: plainNumber };
};

/** The final metric of every arm, at every place that it has. */
export const barRows = (spec: PlotSpec & { kind: 'bars' }, arms: readonly Arm[], { metrics }: Seen): Row[] => {
  const own = metrics.filter(({ name }) => name === spec.metric);
  const rows = [...Map.groupBy(own, ({ arm, at }) => JSON.stringify([arm, at]))].map(([key, those]) => {
    const [arm, at] = JSON.parse(key) as [string, number | null];
    const label = arms.find(({ id }) => id === arm)?.label ?? arm;
    return rowOf(
      arm,
      at === null ? label : `${label}, ${placeName([spec], spec.metric, at)}`,
      at ?? 0,
      those.map(({ value }) => value),
      spec.x,
    );
  });
  // Place by place, so that the arms are compared; runs end in no order.
  const order = arms.map(({ id }) => id);
  return rows.sort((a, b) => a.x - b.x || order.indexOf(a.arm) - order.indexOf(b.arm));
};
