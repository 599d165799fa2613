import type { Verdict } from './contract.ts';

/** Told apart by their mark as well. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  holds: '✓ holds',
  'holds-in-part': '◐ holds in part',
  'does-not-hold-at-this-scale': '✗ does not hold at this scale',
  'cannot-be-tested-here': '– cannot be tested here',
  'not-run': '· not run',
  inconclusive: '? inconclusive',
};
