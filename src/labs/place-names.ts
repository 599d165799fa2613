import { plainNumber } from './claims.ts';
import type { Plot } from './contract.ts';

/** What a place of a metric is called: as its bars say, or its number. */
export const placeName = (plots: readonly Plot[], metric: string, at: number): string => {
  const bars = plots.find((plot) => plot.kind === 'bars' && plot.metric === metric && plot.places !== undefined);
  return (bars?.kind === 'bars' ? bars.places?.[at] : undefined) ?? plainNumber(at);
};

/** A metric with its place, for a reader. */
export const metricTitle = (plots: readonly Plot[], metric: string, at: number | null): string => {
  if (at === null) return metric;
  const place = placeName(plots, metric, at);
  return place === plainNumber(at) ? `${metric}, at ${place}` : `${metric}, ${place}`;
};
