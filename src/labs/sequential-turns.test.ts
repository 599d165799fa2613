import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from './kit/rng.ts';
import {
  climb,
  clipped,
  criticAdvantages,
  drawPolicy,
  drawTree,
  expected,
  groupAdvantages,
  optimum,
  reach,
  refresh,
} from './sequential-turns-tree.ts';
import { weigh } from './sequential-turns-update.ts';

const shapes = fc.record({
  turns: fc.integer({ min: 2, max: 4 }),
  actions: fc.integer({ min: 2, max: 3 }),
  memory: fc.integer({ min: 0, max: 4 }),
  agreement: fc.constantFrom(0, 0.5, 1),
});
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

test('a tree: states by what a turn sees, and rewards for agreeing', () => {
  const shape = { turns: 3, actions: 2, agreement: 1 };
  assert.equal(drawTree(createRng(1), { ...shape, memory: 3 }).states, 1 + 2 + 4);
  assert.equal(drawTree(createRng(1), { ...shape, memory: 1 }).states, 1 + 2 + 2);
  const blind = drawTree(createRng(1), { ...shape, memory: 0 });
  assert.equal(blind.states, 3);
  const [aaa, aab, aba, abb] = blind.rewards;
  assert.deepEqual([aaa, aab, aba, abb], [1, 0.5, 0, 0.5]);
  assert.equal(optimum(blind), 1);
});

test('leaves are as likely as the policy says, in all certain', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), (shape, seed) => {
      const tree = drawTree(createRng(seed), shape);
      const weights = reach(tree, drawPolicy(createRng(seed), tree, 2), new Float64Array(tree.leaves));
      assert.ok(Math.abs(sum(weights) - 1) < 1e-12);
    }),
  );
});

/** A policy that has moved, with the objective of all turns from where it was. */
const moved = (shape: Parameters<typeof drawTree>[1], seed: number, critic: boolean) => {
  const rng = createRng(seed);
  const tree = drawTree(rng, shape);
  const policy = drawPolicy(rng, tree, 1);
  const weights = reach(tree, policy, new Float64Array(tree.leaves));
  const advantages = new Float64Array(tree.turns * tree.leaves);
  if (critic) criticAdvantages(tree, policy, weights, advantages);
  else groupAdvantages(tree, weights, advantages);
  const objective = {
    from: 0,
    to: tree.turns,
    weights,
    advantages,
    old: Float64Array.from(policy.chances),
    clip: 0.2,
  };
  for (let i = 0; i < policy.logits.length; i++) policy.logits[i] = (policy.logits[i] as number) + 0.3 * rng.normal();
  refresh(tree, policy, 0, tree.states);
  return { tree, policy, objective };
};

test('the gradient of the clipped objective is what finite differences say', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), fc.boolean(), (shape, seed, critic) => {
      const { tree, policy, objective } = moved(shape, seed, critic);
      const gradient = new Float64Array(policy.logits.length);
      clipped(tree, policy, objective, gradient);
      for (let i = 0; i < gradient.length; i++) {
        const at = policy.logits[i] as number;
        const value = (logit: number): number => {
          policy.logits[i] = logit;
          refresh(tree, policy, 0, tree.states);
          return clipped(tree, policy, objective, null);
        };
        const slope = (value(at + 1e-6) - value(at - 1e-6)) / 2e-6;
        value(at);
        assert.ok(Math.abs(slope - (gradient[i] as number)) < 1e-5, `${slope} is not ${gradient[i]}`);
      }
    }),
    { numRuns: 40 },
  );
});

test('advantages have no mean where the policy is; the critic’s none in any state', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), fc.boolean(), (shape, seed, critic) => {
      const { tree, objective } = moved(shape, seed, critic);
      for (let turn = 0; turn < tree.turns; turn++) {
        const means = new Float64Array(tree.states);
        for (let leaf = 0; leaf < tree.leaves; leaf++) {
          const i = turn * tree.leaves + leaf;
          const state = critic ? Math.floor((tree.places[i] as number) / tree.actions) : 0;
          means[state] =
            (means[state] as number) + (objective.weights[leaf] as number) * (objective.advantages[i] as number);
        }
        for (const mean of means) assert.ok(Math.abs(mean) < 1e-6);
      }
    }),
  );
});

test('what climbs the last turn’s objective earns more, and touches no other turn', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), (shape, seed) => {
      const rng = createRng(seed);
      const tree = drawTree(rng, shape);
      const policy = drawPolicy(rng, tree, 1);
      const weights = reach(tree, policy, new Float64Array(tree.leaves));
      const before = expected(tree, weights);
      const advantages = new Float64Array(tree.turns * tree.leaves);
      groupAdvantages(tree, weights, advantages);
      const old = Float64Array.from(policy.chances);
      climb(tree, policy, { from: tree.turns - 1, to: tree.turns, weights, advantages, old, clip: 0.2 }, 10, 5);
      assert.ok(expected(tree, reach(tree, policy, new Float64Array(tree.leaves))) >= before - 1e-12);
      const others = (tree.first[tree.turns - 1] as number) * tree.actions;
      assert.deepEqual(policy.chances.subarray(0, others), old.subarray(0, others));
    }),
  );
});

test('weighed by the turns already updated, the objective of the turn before them is what the policy then earns', () => {
  fc.assert(
    fc.property(shapes, fc.integer(), fc.nat(), (shape, seed, drawn) => {
      const rng = createRng(seed);
      const tree = drawTree(rng, shape);
      const policy = drawPolicy(rng, tree, 1);
      const weights = reach(tree, policy, new Float64Array(tree.leaves));
      const mean = expected(tree, weights);
      const spread = Math.sqrt(
        tree.rewards.reduce((sum, reward, i) => sum + (weights[i] as number) * (reward - mean) * (reward - mean), 0),
      );
      const advantages = new Float64Array(tree.turns * tree.leaves);
      groupAdvantages(tree, weights, advantages);
      const old = Float64Array.from(policy.chances);
      const from = drawn % tree.turns;
      for (let i = (tree.first[from] as number) * tree.actions; i < policy.logits.length; i++)
        policy.logits[i] = (policy.logits[i] as number) + rng.normal();
      refresh(tree, policy, 0, tree.states);
      const whole = { from, to: from + 1, weights, advantages, old, clip: 1e12 };
      const known = weigh(tree, policy, whole, from + 1, tree.turns);
      const earned = expected(tree, reach(tree, policy, new Float64Array(tree.leaves)));
      const said = clipped(tree, policy, { ...whole, advantages: known }, null);
      assert.ok(Math.abs(said * spread - (earned - mean)) < 1e-6 * (1 + Math.abs(said)), `${said * spread}`);
    }),
  );
});
