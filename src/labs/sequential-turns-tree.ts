import { exp } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/**
 * An interaction of several turns, each with as many actions; what its end pays is known. The leaf of the actions a₀, a₁ … is
 * numbered by them as digits, the first the highest.
 */
export interface Tree {
  readonly turns: number;
  readonly actions: number;
  readonly leaves: number;
  /** What every leaf pays. */
  readonly rewards: Float64Array;
  /** States of all turns together: what the policy can tell apart. */
  readonly states: number;
  /** The first state of every turn, and after the last the number of states. */
  readonly first: Int32Array;
  /** By turn and leaf: where in the policy the action stands that leads there, `state × actions + action`. */
  readonly places: Int32Array;
}

export interface Shape {
  readonly turns: number;
  readonly actions: number;
  /** How many of the last actions a turn sees; as many as there are turns: all. */
  readonly memory: number;
  /** From 0 to 1: how much of a reward is the share of turns that do as the one before; the rest is drawn evenly from 0 to 1. */
  readonly agreement: number;
}

/** A tree with rewards from 0 to 1. */
export const drawTree = (rng: Rng, { turns, actions, memory, agreement }: Shape): Tree => {
  let leaves = 1;
  for (let turn = 0; turn < turns; turn++) leaves *= actions;
  const first = new Int32Array(turns + 1);
  const places = new Int32Array(turns * leaves);
  for (let turn = 0, below = leaves, seen = 1; turn < turns; turn++) {
    below /= actions;
    for (let leaf = 0; leaf < leaves; leaf++) {
      const done = Math.floor(leaf / below);
      const state = (first[turn] as number) + (Math.floor(done / actions) % seen);
      places[turn * leaves + leaf] = state * actions + (done % actions);
    }
    first[turn + 1] = (first[turn] as number) + seen;
    if (turn < memory) seen *= actions;
  }
  const rewards = Float64Array.from({ length: leaves }, (_, leaf) => {
    let agreed = 0;
    for (let turn = 1, left = leaf; turn < turns; turn++, left = Math.floor(left / actions)) {
      if (left % actions === Math.floor(left / actions) % actions) agreed++;
    }
    return (1 - agreement) * rng.uniform() + (agreement * agreed) / (turns - 1);
  });
  return { turns, actions, leaves, rewards, states: first[turns] as number, first, places };
};

/** A softmax over actions in every state. */
export interface Policy {
  readonly logits: Float64Array;
  readonly chances: Float64Array;
}

/** Works the chances out anew from the logits, for the states from `from` to before `to`. */
export const refresh = ({ actions }: Tree, { logits, chances }: Policy, from: number, to: number): void => {
  for (let state = from; state < to; state++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = state * actions; i < (state + 1) * actions; i++) top = Math.max(top, logits[i] as number);
    let total = 0;
    for (let i = state * actions; i < (state + 1) * actions; i++) {
      chances[i] = exp((logits[i] as number) - top);
      total += chances[i] as number;
    }
    for (let i = state * actions; i < (state + 1) * actions; i++) chances[i] = (chances[i] as number) / total;
  }
};

/** Logits drawn with the standard deviation `spread`; at 0 all actions are alike. */
export const drawPolicy = (rng: Rng, tree: Tree, spread: number): Policy => {
  const logits = Float64Array.from({ length: tree.states * tree.actions }, () => spread * rng.normal());
  const policy = { logits, chances: new Float64Array(logits.length) };
  refresh(tree, policy, 0, tree.states);
  return policy;
};

/** How likely every leaf is under the policy. */
export const reach = ({ turns, leaves, places }: Tree, { chances }: Policy, out: Float64Array): Float64Array => {
  out.fill(1);
  for (let turn = 0; turn < turns; turn++)
    for (let leaf = 0; leaf < leaves; leaf++)
      out[leaf] = (out[leaf] as number) * (chances[places[turn * leaves + leaf] as number] as number);
  return out;
};

/** The expected reward where leaves come as often as `weights` say. */
export const expected = ({ leaves, rewards }: Tree, weights: Float64Array): number => {
  let sum = 0;
  for (let leaf = 0; leaf < leaves; leaf++) sum += (weights[leaf] as number) * (rewards[leaf] as number);
  return sum;
};

/** What the best policy that sees everything earns. */
export const optimum = ({ rewards }: Tree): number => rewards.reduce((best, reward) => Math.max(best, reward), 0);

/**
 * Writes the advantage of the whole way to every leaf, the same for each of its turns: its reward less the mean of the group,
 * over the group's standard deviation (GRAE). The group is what `weights` say.
 */
export const groupAdvantages = (tree: Tree, weights: Float64Array, out: Float64Array): void => {
  const { turns, leaves, rewards } = tree;
  const mean = expected(tree, weights);
  let variance = 0;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const off = (rewards[leaf] as number) - mean;
    variance += (weights[leaf] as number) * off * off;
  }
  const sd = Math.sqrt(variance) + 1e-9;
  for (let turn = 0; turn < turns; turn++)
    for (let leaf = 0; leaf < leaves; leaf++) out[turn * leaves + leaf] = ((rewards[leaf] as number) - mean) / sd;
};

/**
 * Writes Q(h, a) − V(h) for every turn of the way to every leaf, as a critic that knew the policy's values would say with
 * λ = 0, over their root mean square under `weights`.
 */
export const criticAdvantages = (tree: Tree, policy: Policy, weights: Float64Array, out: Float64Array): void => {
  const { turns, actions, leaves, rewards, places } = tree;
  let after = Float64Array.from(rewards);
  let squares = 0;
  for (let turn = turns - 1, below = 1; turn >= 0; turn--, below *= actions) {
    const before = new Float64Array(after.length / actions);
    for (let i = 0; i < after.length; i++) {
      const place = places[turn * leaves + i * below] as number;
      const up = Math.floor(i / actions);
      before[up] = (before[up] as number) + (policy.chances[place] as number) * (after[i] as number);
    }
    for (let leaf = 0; leaf < leaves; leaf++) {
      const at = Math.floor(leaf / below);
      const advantage = (after[at] as number) - (before[Math.floor(at / actions)] as number);
      out[turn * leaves + leaf] = advantage;
      squares += ((weights[leaf] as number) * advantage * advantage) / turns;
    }
    after = before;
  }
  const size = Math.sqrt(squares) + 1e-9;
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) / size;
};

/** What an update climbs: PPO's clipped objective of the turns from `from` to before `to`. */
export interface Objective {
  readonly from: number;
  readonly to: number;
  /** How often every leaf came under the old policy. */
  readonly weights: Float64Array;
  /** By turn and leaf. */
  readonly advantages: Float64Array;
  readonly old: Float64Array;
  readonly clip: number;
}

/** Σ w min(r A, clip(r, 1 − ε, 1 + ε) A) over turns and leaves; its gradient by the logits goes to `gradient`, if there is one. */
export const clipped = (
  tree: Tree,
  { chances }: Policy,
  objective: Objective,
  gradient: Float64Array | null,
): number => {
  const { actions, leaves, places, first } = tree;
  const { from, to, weights, advantages, old, clip } = objective;
  gradient?.fill(0);
  let value = 0;
  for (let i = from * leaves; i < to * leaves; i++) {
    const weight = weights[i % leaves] as number;
    if (weight === 0) continue;
    const place = places[i] as number;
    const ratio = (chances[place] as number) / (old[place] as number);
    const gain = weight * (advantages[i] as number);
    const held = gain * Math.min(1 + clip, Math.max(1 - clip, ratio));
    value += Math.min(ratio * gain, held);
    if (gradient !== null && ratio * gain <= held) gradient[place] = (gradient[place] as number) + ratio * gain;
  }
  if (gradient === null) return value;
  for (let state = first[from] as number; state < (first[to] as number); state++) {
    let total = 0;
    for (let i = state * actions; i < (state + 1) * actions; i++) total += gradient[i] as number;
    for (let i = state * actions; i < (state + 1) * actions; i++)
      gradient[i] = (gradient[i] as number) - total * (chances[i] as number);
  }
  return value;
};

/** Steps of gradient ascent; each is halved until it does not lower the objective, and left out where no half of it does. */
export const climb = (tree: Tree, policy: Policy, objective: Objective, rate: number, steps: number): void => {
  const [from, to] = [tree.first[objective.from] as number, tree.first[objective.to] as number];
  const gradient = new Float64Array(policy.logits.length);
  const start = new Float64Array(policy.logits.length);
  for (let step = 0; step < steps; step++) {
    const value = clipped(tree, policy, objective, gradient);
    start.set(policy.logits);
    let size = rate;
    let better = false;
    for (let halves = 0; halves < 30 && !better; halves++, size /= 2) {
      for (let i = from * tree.actions; i < to * tree.actions; i++)
        policy.logits[i] = (start[i] as number) + size * (gradient[i] as number);
      refresh(tree, policy, from, to);
      better = clipped(tree, policy, objective, null) >= value;
    }
    if (better) continue;
    policy.logits.set(start);
    refresh(tree, policy, from, to);
    return;
  }
};
