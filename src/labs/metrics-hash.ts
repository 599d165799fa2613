import type { Metric } from './contract.ts';

const MASK = (1n << 64n) - 1n;
const PRIME = 0x100000001b3n;

/** In one order, whichever worker came first: by seed, arm, name and place. */
export const sortMetrics = (metrics: readonly Metric[]): Metric[] => {
  const key = ({ seed, arm, name, at }: Metric): string => JSON.stringify([seed, arm, name, at]);
  const keyed = metrics.map((metric) => [key(metric), metric] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, metric]) => metric);
};

/** The 64 bits of a number, as 16 hex digits: two numbers have the same only if they are the same. */
const bitsOf = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
};

/** FNV-1a, 64 bits, over the metrics in one order and to the last bit: tells whether two runs came to the same. */
export const metricsHash = (metrics: readonly Metric[]): string => {
  let hash = 0xcbf29ce484222325n;
  for (const { seed, arm, name, at, value } of sortMetrics(metrics)) {
    const line = JSON.stringify([seed, arm, name, at === null ? null : bitsOf(at), bitsOf(value)]);
    for (let i = 0; i < line.length; i++) hash = ((hash ^ BigInt(line.charCodeAt(i))) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(16, '0');
};
