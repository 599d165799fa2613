import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as rl from './rl.ts';
import { createRng } from './rng.ts';
import { createBandit, createGridworld, createTree, step, type World } from './worlds.ts';

const MAZE = ['S..#', '.#..', '..XG'];
const table = (world: World): Float64Array => new Float64Array(world.states * world.actions);

test('the chances of what may come add up to 1, and what comes is drawn by them', () => {
  const world = createGridworld(MAZE, { slip: 0.2 });
  for (let state = 0; state < world.states; state++)
    for (let action = 0; action < 4; action++)
      assert.ok(Math.abs(world.outcomes(state, action).reduce((all, { chance }) => all + chance, 0) - 1) < 1e-12);
  const rng = createRng('slip');
  // From the start to the right: up (a wall) and down one time in ten each.
  const states = Array.from({ length: 5_000 }, () => step(world, 0, 1, rng).state);
  assert.ok(Math.abs(states.filter((state) => state === 1).length / 5_000 - 0.8) < 0.02);
  assert.ok(Math.abs(states.filter((state) => state === 4).length / 5_000 - 0.1) < 0.02);
  assert.throws(() => createGridworld(['..G']), RangeError);
});

test('the best values are the discounted way to the goal', () => {
  const world = createGridworld(MAZE);
  // Right, right, down, right, down: five moves.
  assert.ok(Math.abs((rl.optimalValues(world, 0.9)[1] as number) - 0.9 ** 4) < 1e-9);
});

test('Q-learning finds the best values', () => {
  const world = createGridworld(MAZE);
  const values = table(world);
  const rng = createRng('q');
  for (let i = 0; i < 1_000; i++) rl.learnQ(world, values, rng, { rate: 0.5, discount: 0.9, epsilon: 0.3 });
  assert.ok(Math.abs((values[1] as number) - 0.9 ** 4) < 1e-3);
});

test('REINFORCE moves by the gradient of the expected return', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 13, maxLength: 13 }), (values) => {
      const world = createTree(2, 3, (leaf) => values[leaf] as number);
      const preferences = Float64Array.from({ length: 12 }, (_, i) => values[12 - i] as number);
      const expected = (): number => {
        const chances = rl.softmaxOf(preferences.subarray(0, 3));
        return rl
          .policyValues(world, preferences, 1)
          .subarray(0, 3)
          .reduce((all, value, a) => all + value * (chances[a] as number), 0);
      };
      // Every path by its chance, instead of drawn ones.
      const moved = new Float64Array(12);
      const root = rl.softmaxOf(preferences.subarray(0, 3));
      for (let a = 0; a < 3; a++) {
        const then = rl.softmaxOf(preferences.subarray(3 + 3 * a, 6 + 3 * a));
        for (let b = 0; b < 3; b++) {
          const amount = (root[a] as number) * (then[b] as number) * (values[3 * a + b] as number);
          for (const visit of [
            { state: 0, action: a },
            { state: 1 + a, action: b },
          ]) {
            const copy = preferences.slice();
            rl.reinforce(world, copy, visit, amount);
            for (let i = 0; i < 12; i++)
              moved[i] = (moved[i] as number) + (copy[i] as number) - (preferences[i] as number);
          }
        }
      }
      for (let i = 0; i < 12; i++) {
        const kept = preferences[i] as number;
        preferences[i] = kept + 1e-4;
        const above = expected();
        preferences[i] = kept - 1e-4;
        const slope = (above - expected()) / 2e-4;
        preferences[i] = kept;
        assert.ok(Math.abs(slope - (moved[i] as number)) < 1e-6);
      }
    }),
    { numRuns: 30 },
  );
});

test('REINFORCE, and actor and critic, come to prefer the best arm and the way to the goal', () => {
  const bandit = createBandit([0.2, 0.8, 0.5]);
  const arms = table(bandit);
  const rng = createRng('bandit');
  for (let i = 0; i < 3_000; i++) rl.learnReinforce(bandit, arms, rng, { rate: 0.1, discount: 1, baseline: 0.5 });
  assert.ok((rl.softmaxOf(arms)[1] as number) > 0.85);
  const world = createGridworld(MAZE);
  const [preferences, values] = [table(world), new Float64Array(world.states)];
  for (let i = 0; i < 1_500; i++)
    rl.learnActorCritic(world, preferences, values, rng, { rate: 0.3, discount: 0.9, criticRate: 0.2 });
  const path = rl.episode(world, (state) => rl.best(preferences.subarray(4 * state, 4 * state + 4)), rng, 50);
  assert.equal(path.length, 5);
  assert.equal(path.at(-1)?.reward, 1);
});
