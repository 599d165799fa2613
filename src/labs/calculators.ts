import type { Calculator } from './calculator.ts';
import { entropyTrace } from './entropy-trace.ts';
import { segmentReward } from './segment-reward.ts';

/** Every calculator there is. */
export const CALCULATORS: readonly Calculator[] = [segmentReward, entropyTrace];

/** Null where there is none of that name. */
export const calculatorOf = (id: string): Calculator | null => CALCULATORS.find((one) => one.id === id) ?? null;

/** That of a paper, by its id in the first edition; null where it has none. */
export const calculatorFor = (paper: string): Calculator | null =>
  CALCULATORS.find((one) => one.paper === paper) ?? null;
