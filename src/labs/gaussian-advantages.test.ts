import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drawBandit, train } from './gaussian-advantages-bandit.ts';
import { advantagesOf, blendedAdvantages, entropyOf, keptOf, matchNormal } from './gaussian-advantages-rules.ts';
import { exp } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';

const near = (a: number, b: number, within = 1e-9): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const values = fc
  .array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 24 })
  .map((list) => Float64Array.from(list));

test('normal scores: two values, and three of four the same', () => {
  const two = matchNormal(Float64Array.of(9, 4));
  near(two[0] as number, 0.6744897501960817);
  near(two[1] as number, -0.6744897501960817);
  const [a, b, c, d] = matchNormal(Float64Array.of(0, 1, 0, 0));
  near(b as number, 1.1503493803760079);
  near(a as number, -1.1503493803760079 / 3);
  assert.equal(a, c);
  assert.equal(a, d);
});

test('normal scores depend on ranks alone, add up to nothing, and turn with the rewards', () => {
  fc.assert(
    fc.property(values, (rewards) => {
      const scores = matchNormal(rewards);
      assert.deepEqual(matchNormal(rewards.map((value) => 3 * exp(value / 4))), scores);
      near(
        scores.reduce((sum, value) => sum + value, 0),
        0,
      );
      for (const [i, value] of matchNormal(rewards.map((reward) => -reward)).entries())
        near(value, -(scores[i] as number));
    }),
  );
});

test('a prompt whose responses were all rewarded the same is left out, or ranked with the rest', () => {
  const rewards = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  assert.deepEqual(keptOf({ rewards, group: 4, filter: true }), [0]);
  assert.deepEqual([...advantagesOf('g2rpo', { rewards, group: 4, filter: true })].slice(4), [0, 0, 0, 0]);
  const all = advantagesOf('g2rpo', { rewards, group: 4, filter: false });
  assert.ok((all[4] as number) > 0, 'failures without a success beside them rank above those with one');
  assert.ok((all[4] as number) > (all[1] as number));
});

test('GRPO divides by the spread of a group, Dr. GRPO does not', () => {
  const batch = { rewards: Float64Array.of(2, 4, 10, 30), group: 2, filter: true };
  assert.deepEqual([...advantagesOf('drgrpo', batch)], [-1, 1, -10, 10]);
  for (const value of advantagesOf('grpo', batch)) near(Math.abs(value), Math.SQRT1_2, 1e-5);
});

test('COPO: an all-wrong prompt is pushed away from, an all-right one towards', () => {
  near(entropyOf([3, 3, 5, 5]), 1);
  assert.equal(entropyOf([2, 2, 2]), 0);
  const advantages = blendedAdvantages(Float64Array.of(0, 0, 1, 1), [4, 5, 6, 6], 2);
  const sides = [-1, -1, 1, 1];
  for (const [i, side] of sides.entries()) near(advantages[i] as number, side * Math.SQRT1_2, 1e-5);
});

test('training by any rule ends above where it began, and a rate of 0 changes nothing', () => {
  const rng = createRng('bandit');
  const bandit = drawBandit(rng.fork('world'), { prompts: 6, group: 8, answers: 5, noise: 0.05 });
  const run = (trainer: 'g2rpo' | 'grpo' | 'drgrpo' | 'copo' | 'r3', rate: number): number[] => {
    const seen: number[] = [];
    train(bandit, { trainer, rate, steps: 60, filter: true }, rng.fork(trainer), (_, { exact, scored }) =>
      seen.push(exact + scored),
    );
    return seen;
  };
  for (const trainer of ['g2rpo', 'grpo', 'drgrpo', 'copo', 'r3'] as const) {
    const seen = run(trainer, 3);
    assert.ok((seen.at(-1) as number) > (seen[0] as number) + 0.3, trainer);
  }
  assert.equal(new Set(run('g2rpo', 0)).size, 1);
});

test('a prompt too hard for its group gives COPO a gradient, GRPO none, and GRPO with replay once it was solved', () => {
  const bandit = drawBandit(createRng('hard'), { prompts: 8, group: 4, answers: 16, noise: 0.1 });
  const useful = (trainer: 'grpo' | 'copo' | 'r3'): number =>
    train(bandit, { trainer, rate: 0, steps: 100, filter: true }, createRng('answers'), () => undefined).useful;
  const [grpo, copo, r3] = [useful('grpo'), useful('copo'), useful('r3')];
  assert.equal(copo, 1);
  assert.ok(grpo < 0.7 && r3 > grpo + 0.1 && r3 < 1, `${grpo}, ${r3}`);
});
