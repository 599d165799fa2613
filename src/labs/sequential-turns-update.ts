import type { Params, Run } from './contract.ts';
import type { Rng } from './kit/rng.ts';
import { numberOf } from './params.ts';
import {
  climb,
  clipped,
  criticAdvantages,
  drawPolicy,
  drawTree,
  expected,
  groupAdvantages,
  type Objective,
  optimum,
  type Policy,
  reach,
  refresh,
  type Shape,
  type Tree,
} from './sequential-turns-tree.ts';

/**
 * In which order turns are updated (all at once, the last or the first first), whether an update knows of those before it by the
 * ratios of their chances, by what advantages, and which way.
 */
const ARMS = {
  seeupo: { order: 'reverse', ratios: true, critic: false, sign: 1 },
  'ppo-grae': { order: 'together', ratios: false, critic: false, sign: 1 },
  'ppo-gae': { order: 'together', ratios: false, critic: true, sign: 1 },
  reinforce: { order: 'plain', ratios: false, critic: false, sign: 1 },
  forward: { order: 'forward', ratios: true, critic: false, sign: 1 },
  blind: { order: 'reverse', ratios: false, critic: false, sign: 1 },
  down: { order: 'together', ratios: false, critic: true, sign: -1 },
} as const;

export type ArmId = keyof typeof ARMS;

/** Where the arms are compared. */
export interface World {
  readonly name: string;
  /** With exact expectations, or with drawn groups. */
  readonly exact: boolean;
  readonly shape: Shape;
  readonly clip: number;
  /** Of the logits of the first policy. */
  readonly spread: number;
  readonly updates: number;
  readonly trees: number;
}

/** The four settings. */
export const worldsOf = (params: Params): readonly World[] => {
  const [turns, actions] = [numberOf(params, 'turns'), numberOf(params, 'actions')];
  const [updates, trees, clip] = [numberOf(params, 'updates'), numberOf(params, 'trees'), numberOf(params, 'clip')];
  const all = { shape: { turns, actions, memory: turns, agreement: 0 }, clip, spread: numberOf(params, 'spread') };
  const blind = { turns, actions, memory: numberOf(params, 'memory'), agreement: numberOf(params, 'agreement') };
  const agree = { exact: true, shape: blind, spread: UNDECIDED, updates: Math.min(updates, 20), trees: 8 * trees };
  return [
    { name: 'everything', exact: true, ...all, updates, trees },
    { name: 'agree', ...agree, clip },
    { name: 'wide', ...agree, clip: numberOf(params, 'wide') },
    { name: 'drawn', exact: false, ...all, updates, trees },
  ];
};

/** So that no turn knows yet what the others will do. */
const UNDECIDED = 0.1;

/** A fall of the expected reward by less is rounding. */
const ROUNDING = 1e-9;

/** How often every leaf is in the group: exactly as likely as it is, or as often as it was drawn. */
const gather = (run: Run, world: World, rng: Rng, weights: Float64Array): void => {
  if (world.exact) return;
  const group = numberOf(run.params, 'group');
  const drawn = Array.from({ length: group }, () => rng.weighted(weights));
  weights.fill(0);
  for (const leaf of drawn) weights[leaf] = (weights[leaf] as number) + 1 / group;
};

/** Multiplies the advantages of the way to every leaf by what its chance of the turns from `from` to before `to` has grown by. */
export const weigh = (
  tree: Tree,
  { chances }: Policy,
  objective: Objective,
  from: number,
  to: number,
): Float64Array => {
  const { leaves, places } = tree;
  const out = Float64Array.from(objective.advantages);
  for (let leaf = 0; leaf < leaves; leaf++) {
    let ratio = 1;
    for (let turn = from; turn < to; turn++) {
      const place = places[turn * leaves + leaf] as number;
      ratio *= (chances[place] as number) / (objective.old[place] as number);
    }
    for (let i = leaf; i < out.length; i += leaves) out[i] = (out[i] as number) * ratio;
  }
  return out;
};

/** One update of the policy by the arm's rule, from one group. */
const update = (run: Run, world: World, tree: Tree, policy: Policy, rate: number, rng: Rng): void => {
  const { order, ratios, critic, sign } = ARMS[run.arm as ArmId];
  const steps = numberOf(run.params, 'steps');
  const { clip } = world;
  const { turns } = tree;
  const weights = new Float64Array(tree.leaves);
  const advantages = new Float64Array(turns * tree.leaves);
  if (order === 'plain') {
    const gradient = new Float64Array(policy.logits.length);
    for (let step = 0; step < (world.exact ? steps : 1); step++) {
      reach(tree, policy, weights);
      gather(run, world, rng, weights);
      groupAdvantages(tree, weights, advantages);
      const old = Float64Array.from(policy.chances);
      clipped(tree, policy, { from: 0, to: turns, weights, advantages, old, clip }, gradient);
      for (let i = 0; i < gradient.length; i++)
        policy.logits[i] = (policy.logits[i] as number) + rate * (gradient[i] as number);
      refresh(tree, policy, 0, tree.states);
    }
    return;
  }
  reach(tree, policy, weights);
  gather(run, world, rng, weights);
  if (critic) criticAdvantages(tree, policy, weights, advantages);
  else groupAdvantages(tree, weights, advantages);
  for (let i = 0; i < advantages.length; i++) advantages[i] = sign * (advantages[i] as number);
  const whole: Objective = { from: 0, to: turns, weights, advantages, old: Float64Array.from(policy.chances), clip };
  if (order === 'together') {
    climb(tree, policy, whole, rate, steps);
    return;
  }
  for (let done = 0; done < turns; done++) {
    const turn = order === 'reverse' ? turns - 1 - done : done;
    const [from, to] = order === 'reverse' ? [turn + 1, turns] : [0, turn];
    const known = ratios ? weigh(tree, policy, whole, from, to) : advantages;
    climb(tree, policy, { ...whole, from: turn, to: turn + 1, advantages: known }, rate, steps);
  }
};

export interface Course {
  /** Of the way from where it began to the optimum, the share left: at the end, and on average over the updates. */
  readonly gap: number;
  readonly meanGap: number;
  /** The share of updates after which the policy earned less than before, and the most that one lost. */
  readonly falls: number;
  readonly largest: number;
  /** How far below its best so far the policy has been at the most. */
  readonly depth: number;
}

/** A course of updates of one policy on one tree, both drawn from `rng`. `seen` is told after each what share of the way is left. */
export const learn = (
  run: Run,
  world: World,
  rng: Rng,
  rate: number,
  seen: (step: number, gap: number) => void,
): Course => {
  const { updates } = world;
  const tree = drawTree(rng.fork('tree'), world.shape);
  const policy = drawPolicy(rng.fork('policy'), tree, world.spread);
  const weights = new Float64Array(tree.leaves);
  const groups = rng.fork('groups');
  const start = expected(tree, reach(tree, policy, weights));
  const way = optimum(tree) - start;
  let [before, best, sum, falls, largest, depth] = [start, start, 0, 0, 0, 0];
  for (let step = 1; step <= updates; step++) {
    update(run, world, tree, policy, rate, groups);
    const after = expected(tree, reach(tree, policy, weights));
    if (after < before - ROUNDING) falls += 1 / updates;
    largest = Math.max(largest, before - after);
    best = Math.max(best, after);
    depth = Math.max(depth, best - after);
    sum += 1 - (after - start) / way;
    seen(step, 1 - (after - start) / way);
    before = after;
  }
  return { gap: 1 - (before - start) / way, meanGap: sum / updates, falls, largest, depth };
};
