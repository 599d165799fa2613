import * as Plot from '@observablehq/plot';
import type { Arm, Plot as PlotSpec } from '../labs/contract.ts';
import { colourOf, dashOf, symbolOf } from '../labs/marks.ts';
import { rowOf, type Seen } from './lab.plot-rows.ts';

/** Lines to compare with. */
export const references = (spec: PlotSpec): Plot.Markish[] =>
  (spec.reference ?? []).flatMap(({ y, label }) => [
    Plot.ruleY([y], { strokeDasharray: '1 3' }),
    Plot.text([label], { frameAnchor: 'right', y, dy: -6, textAnchor: 'end' }),
  ]);

/** Pixels between the names of two series, at least. */
const APART = 12;

/** How far up or down the names of series go, so that none stands on another: they are at heights from 0 to 1 of so many pixels. */
const nudges = (height: number): ((at: number, falls: boolean) => number) => {
  const taken: number[] = [];
  return (at, falls) => {
    let place = at * height + (falls ? -APART + 1 : APART / 2 + 1);
    while (taken.some((other) => Math.abs(other - place) < APART)) place -= APART;
    taken.push(place);
    return at * height - place;
  };
};

/** Means over seeds with their bands, named where the legend does not. `height`: of the plot, in pixels. */
export const lineMarks = (spec: PlotSpec, arms: readonly Arm[], { points }: Seen, height: number): Plot.Markish[] => {
  const own = points.filter(({ plot }) => plot === spec.id);
  const lines = Object.entries(Object.groupBy(own, ({ arm, series }) => JSON.stringify([arm, series])));
  const named = new Set(['']);
  const scaled = (y: number): number => (spec.y.log ? Math.log(Math.max(y, 1e-12)) : y);
  const ends = own.map(({ y }) => scaled(y));
  const [bottom, top] = [
    spec.y.min === undefined ? ends.reduce((a, b) => Math.min(a, b), Infinity) : scaled(spec.y.min),
    spec.y.max === undefined ? ends.reduce((a, b) => Math.max(a, b), -Infinity) : scaled(spec.y.max),
  ];
  const nudge = nudges(height);
  return lines.flatMap(([key, some = []], at) => {
    const [arm, series] = JSON.parse(key) as [string, string];
    const index = arms.findIndex(({ id }) => id === arm);
    const name = [arms[index]?.label, series].filter(Boolean).join(', ');
    const byX = Map.groupBy(some, ({ x }) => x);
    const rows = [...byX]
      .sort(([a], [b]) => a - b)
      .map(([x, those]) =>
        rowOf(
          arm,
          name,
          x,
          those.map(({ y }) => y),
          spec.y,
        ),
      );
    const stroke = colourOf(index);
    const dash = dashOf(at);
    // The legend tells arms apart, not what was measured of them: that stands at the end of the first arm's line.
    const label = named.has(series) ? [] : rows.slice(-1);
    named.add(series);
    const falls = (rows.at(-1)?.mean ?? 0) < (rows[0]?.mean ?? 0);
    return [
      Plot.areaY(rows, { x: 'x', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.12 }),
      Plot.lineY(rows, {
        x: 'x',
        y: 'mean',
        stroke,
        strokeWidth: 1.8,
        ...(dash === 'none' ? {} : { strokeDasharray: dash }),
      }),
      Plot.dot(
        rows.filter((_, i) => i % 10 === (at * 3) % 10),
        { x: 'x', y: 'mean', stroke, r: 3, symbol: symbolOf(index) },
      ),
      ...label.map((row) =>
        Plot.text([row], {
          x: 'x',
          y: 'mean',
          text: () => series,
          textAnchor: 'end',
          dy: nudge((scaled(row.mean) - bottom) / (top - bottom || 1), falls),
        }),
      ),
    ];
  });
};

export const scatterMarks = (spec: PlotSpec, arms: readonly Arm[], { points }: Seen): Plot.Markish[] =>
  arms.map(({ id }, index) =>
    Plot.dot(
      points.filter(({ plot, arm }) => plot === spec.id && arm === id),
      {
        x: 'x',
        y: 'y',
        r: 2.5,
        stroke: colourOf(index),
        symbol: symbolOf(index),
      },
    ),
  );
