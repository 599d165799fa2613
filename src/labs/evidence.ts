import type { Evidence, Metric, Summary } from './contract.ts';
import { summarise } from './kit/stats.ts';

type BySeed = ReadonlyMap<number, number>;

const keyOf = (name: string, arm: string, at: number | null): string => JSON.stringify([name, arm, at]);
const NOTHING: BySeed = new Map();

const sortedValues = (values: BySeed): number[] => [...values].sort(([a], [b]) => a - b).map(([, value]) => value);

/** What claims may look at: the metrics of a run, aggregated over seeds. Seeds that did not come to their end are left out. */
export const evidenceOf = (metrics: readonly Metric[]): Evidence => {
  const found = new Map<string, Map<number, number>>();
  const where = new Map<string, Set<number>>();
  for (const { name, arm, at, seed, value } of metrics) {
    const key = keyOf(name, arm, at);
    found.set(key, (found.get(key) ?? new Map()).set(seed, value));
    if (at !== null) where.set(keyOf(name, arm, null), (where.get(keyOf(name, arm, null)) ?? new Set()).add(at));
  }
  const valuesOf = (name: string, arm: string, at?: number): BySeed =>
    found.get(keyOf(name, arm, at ?? null)) ?? NOTHING;
  return {
    summary: (name, arm, at): Summary => summarise(sortedValues(valuesOf(name, arm, at))),
    difference: (name, a, b, at): Summary => {
      const [one, other] = [valuesOf(name, a, at), valuesOf(name, b, at)];
      const pairs = [...one].flatMap(([seed, value]): (readonly [number, number])[] => {
        const against = other.get(seed);
        return against === undefined ? [] : [[seed, value - against]];
      });
      return summarise(sortedValues(new Map(pairs)));
    },
    places: (name, arm) => [...(where.get(keyOf(name, arm, null)) ?? [])].sort((a, b) => a - b),
  };
};

/** The metrics with those of other arms in the place of those of some: arm → the arm that stands for it. */
export const swapArms = (metrics: readonly Metric[], swaps: Readonly<Record<string, string>>): readonly Metric[] => [
  ...metrics.filter(({ arm }) => !(arm in swaps)),
  ...Object.entries(swaps).flatMap(([replaced, by]) =>
    metrics.filter(({ arm }) => arm === by).map((metric) => ({ ...metric, arm: replaced })),
  ),
];
