import type { Curve, Lab, LabEvent } from './contract.ts';
import { summarise } from './kit/stats.ts';

export type Point = Extract<LabEvent, { t: 'point' }>;

/** Enough for a picture of some 600 pixels. */
const MOST_POINTS = 40;

/** Four significant digits. */
const rough = (value: number): number => Number(value.toPrecision(4));

/** Evenly spread over all, the first and the last among them. */
const thinned = <T>(all: readonly T[]): readonly T[] =>
  all.length <= MOST_POINTS
    ? all
    : Array.from({ length: MOST_POINTS }, (_, i) => all[Math.round((i * (all.length - 1)) / (MOST_POINTS - 1))] as T);

const lineOf = (points: readonly Point[]): Curve['points'] => {
  const places = [...Map.groupBy(points, ({ x }) => x)].sort(([a], [b]) => a - b);
  return thinned(places).map(([x, those]) => {
    const { n, mean, ci95 } = summarise(those.toSorted((a, b) => a.seed - b.seed).map(({ y }) => y));
    const [low, high] = n > 1 ? ci95 : [mean, mean];
    return [rough(x), rough(mean), rough(low), rough(high)];
  });
};

const dotsOf = (points: readonly Point[]): Curve['points'] =>
  thinned(points.toSorted((a, b) => a.x - b.x || a.y - b.y)).map(({ x, y }) => [
    rough(x),
    rough(y),
    rough(y),
    rough(y),
  ]);

/**
 * The curves of a run's line plots, averaged over seeds, and a sample of the points of its scatter plots: what a picture of the run is
 * drawn from where the run is not done again. In the order of plots and arms, whichever worker came first.
 */
export const curvesOf = ({ plots, arms }: Pick<Lab, 'plots' | 'arms'>, points: readonly Point[]): readonly Curve[] =>
  plots.flatMap((plot) => {
    if (plot.kind !== 'line' && plot.kind !== 'scatter') return [];
    const own = Map.groupBy(
      points.filter((point) => point.plot === plot.id),
      ({ arm }) => arm,
    );
    return arms.flatMap(({ id }) =>
      [...Map.groupBy(own.get(id) ?? [], ({ series }) => series)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([series, those]) => ({
          plot: plot.id,
          arm: id,
          series,
          points: plot.kind === 'line' ? lineOf(those) : dotsOf(those),
        })),
    );
  });
