import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  chanceOfReward,
  chosen,
  collect,
  conditioned,
  type Data,
  imitated,
  learnLatent,
  likeliest,
  lossOf,
  planned,
} from './dichotomy-of-control-latent.ts';
import { exp } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';
import { createBandit, createGridworld } from './kit/worlds.ts';

const near = (a: number, b: number, within = 1e-9): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

/** One state: arm 0 paid 18 of 20 times, arm 1 18 of 180. */
const bandit: Data = {
  states: 1,
  actions: 2,
  counts: Float64Array.of(2, 18, 162, 18),
  moves: Float64Array.of(0, 2, 0, 0, 0, 18, 0, 162, 0, 0, 0, 18),
};

test('told the return alone, one cannot know the arm: both paid as often', () => {
  assert.deepEqual([...conditioned(bandit, 1)], [0.5, 0.5]);
  assert.deepEqual([...imitated(bandit)], [0.1, 0.9]);
  assert.deepEqual([...planned(bandit)], [1, 0]);
  const never: Data = { ...bandit, counts: Float64Array.of(3, 0, 1, 0) };
  assert.deepEqual([...conditioned(never, 1)], [0.75, 0.25]);
});

test('a latent variable that may not tell luck tells the arm, and promises what it pays', () => {
  const learn = (weight: number) => {
    const options = { latents: 4, weight, luck: 'next' as const, rate: 0.03, steps: 1_000 };
    const latent = learnLatent(bandit, options, createRng(1), () => undefined);
    const gradient = new Float64Array(latent.logits.length);
    return { ...chosen(bandit, latent, 0), ...lossOf(bandit, latent, options, gradient) };
  };
  const told = learn(2);
  near(told.policy[0] as number, 1, 0.01);
  near(told.promise, 0.9, 0.01);
  assert.ok(told.information < 0.001);
  const free = learn(0);
  near(free.promise, 1, 0.01);
  assert.ok(free.information > 0.1);
});

test('the gradient of the loss is what finite differences say', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(
      counts,
      fc.integer(),
      fc.constantFrom(0, 1, 2.5),
      fc.constantFrom('next' as const, 'return' as const),
      (drawn, seed, weight, luck) => {
        const rng = createRng(seed);
        const data: Data = { states: 2, actions: 3, counts: Float64Array.from(drawn), moves: new Float64Array(12 * 4) };
        for (const [i, count] of drawn.entries())
          for (let k = 0; k < count; k++) {
            const at = 4 * i + rng.int(4);
            data.moves[at] = (data.moves[at] as number) + 1;
          }
        const [latents, state] = [3, 0];
        const logits = Float64Array.from({ length: 12 * latents }, () => rng.normal());
        /** The loss of the first state: the second met by nobody. */
        const one = { ...data, counts: data.counts.map((count, i) => (i < 6 ? count : 0)) };
        const at = (): { loss: number; gradient: Float64Array } => {
          const chances = Float64Array.from(logits, (logit, i) => {
            let total = 0;
            const from = i - (i % latents);
            for (let z = from; z < from + latents; z++) total += exp(logits[z] as number);
            return exp(logit) / total;
          });
          const gradient = new Float64Array(logits.length);
          return { loss: lossOf(one, { latents, logits, chances }, { weight, luck }, gradient).loss, gradient };
        };
        const { gradient } = at();
        for (let i = state; i < 6 * latents; i++) {
          const value = logits[i] as number;
          logits[i] = value + 1e-5;
          const high = at().loss;
          logits[i] = value - 1e-5;
          const low = at().loss;
          logits[i] = value;
          near((high - low) / 2e-5, gradient[i] as number, 1e-6);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test('what is collected is counted: every pull once, and the arms as they pay', () => {
  const data = collect(createBandit([1, 0]), Float64Array.of(0.5, 0.5), 100, 1, createRng(3));
  const [lost0, won0, lost1, won1] = data.counts as unknown as [number, number, number, number];
  assert.equal(won0 + lost1, 100);
  assert.deepEqual([lost0, won1], [0, 0]);
  assert.ok(won0 > 25 && lost1 > 25);
});

test('the chance of the reward, and values planned from data, on ice that does not slip', () => {
  const world = createGridworld(['S.', 'XG'], { pit: 0 });
  const even = new Float64Array(16).fill(0.25);
  near(chanceOfReward(world, even, 1), 0);
  near(chanceOfReward(world, even, 2), 1 / 16);
  const data = collect(world, even, 500, 20, createRng(4));
  near(chanceOfReward(world, planned(data), 20), 1);
  near(chanceOfReward(world, likeliest(conditioned(data, 1), 4), 20), 1);
});
