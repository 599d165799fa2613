import { causalDeFinetti } from './causal-de-finetti.ts';
import type { Lab } from './contract.ts';
import { dichotomyOfControl } from './dichotomy-of-control.ts';
import { explorationBonuses } from './exploration-bonuses.ts';
import { gaussianAdvantages } from './gaussian-advantages.ts';
import { inductionHeads } from './induction-heads.ts';
import { machinePsychology } from './machine-psychology.ts';
import { modularAddition } from './modular-addition.ts';
import { multiplicativeDiffusion } from './multiplicative-diffusion.ts';
import { neuralVariability } from './neural-variability.ts';
import { outOfContext } from './out-of-context.ts';
import { pavlovianAttention } from './pavlovian-attention.ts';
import { sequentialTurns } from './sequential-turns.ts';

/** Every lab there is; their order is that of the index. */
export const LABS: readonly Lab[] = [
  outOfContext,
  gaussianAdvantages,
  pavlovianAttention,
  causalDeFinetti,
  machinePsychology,
  explorationBonuses,
  inductionHeads,
  sequentialTurns,
  dichotomyOfControl,
  modularAddition,
  neuralVariability,
  multiplicativeDiffusion,
];

/** Null where there is none of that name. */
export const labOf = (id: string): Lab | null => LABS.find((lab) => lab.id === id) ?? null;

/** The lab of a paper by any of the names it goes by: its id, and its ids at the sources it came from. */
export const labFor = (names: readonly string[]): Lab | null => LABS.find((lab) => names.includes(lab.paper)) ?? null;
