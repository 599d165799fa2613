import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cos } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';
import { type Activation, createDescent, createNet, drawPairs, splitPairs } from './modular-addition-net.ts';
import { angleOf, growthTime, phasesOf, shareOf, strongest, ticketsOf, wavesOf } from './modular-addition-waves.ts';

const near = (a: number, b: number, within: number): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test('pairs: every one once, its sum, as many of each answer when scrambled; a split loses none', () => {
  const pairs = drawPairs(7, null);
  assert.equal(pairs.a.length, 28);
  for (const [i, a] of pairs.a.entries()) assert.equal(pairs.answer[i], (a + (pairs.b[i] as number)) % 7);
  const scrambled = drawPairs(7, createRng('scrambled'));
  assert.notDeepEqual(scrambled.answer, pairs.answer);
  assert.deepEqual(scrambled.answer.toSorted(), pairs.answer.toSorted());
  const [taught, held] = splitPairs(pairs, 0.75, createRng('split'));
  assert.deepEqual([taught.a.length, held.a.length], [21, 7]);
  const names = [taught, held].flatMap(({ a, b }) => Array.from(a, (one, i) => `${one} ${b[i]}`));
  assert.equal(new Set(names).size, 28);
});

for (const activation of ['relu', 'square'] as const satisfies readonly Activation[]) {
  test(`gradients are those of finite differences: ${activation}`, () => {
    const pairs = drawPairs(5, null);
    const net = createNet(5, 6, activation, 0.7, createRng(activation));
    net.derive(pairs);
    const gradient = net.gradient.slice();
    for (let i = 0; i < net.weights.length; i++) {
      const before = net.weights[i] as number;
      const lossAt = (value: number): number => {
        net.weights[i] = value;
        return net.derive(pairs).loss;
      };
      const slope = (lossAt(before + 2e-3) - lossAt(before - 2e-3)) / 4e-3;
      net.weights[i] = before;
      near(gradient[i] as number, slope, 2e-3);
    }
  });
}

test('waves: what was put in is found, in all its parts', () => {
  const [p, width] = [11, 2];
  const net = createNet(p, width, 'relu', 0, createRng('none'));
  for (let a = 0; a < p; a++) {
    net.weights[a * width + 1] = 0.5 * cos((2 * Math.PI * 3 * a) / p + 0.4) + 0.1;
    net.weights[p * width + p + a] = 2 * cos((2 * Math.PI * 3 * a) / p + 1.1);
  }
  const waves = wavesOf(net);
  assert.equal(strongest(waves, 1), 2);
  near(shareOf(waves, 1, 2), 0.25 / (0.25 + 2 * 0.01), 1e-6);
  const [angle, off] = phasesOf(waves, 1, 2);
  near(angle, 0.8, 1e-6);
  near(off, 0.3, 1e-6);
  near(angleOf(-1, 1e-9), Math.PI, 1e-8);
  assert.equal(angleOf(-1, 0), Math.PI);
});

test('growth: by the closed form where phases agree, later where they do not, the sooner the larger', () => {
  // With z = √2 w, real, w′ = w²: fifty times as large after (1 − 1 ÷ 50) ÷ w.
  near(growthTime(Math.SQRT2 * 0.1, 0, 0.1, 0), 0.98 / 0.1, 0.02);
  near(growthTime(Math.SQRT2 * 0.2, 0, 0.2, 0), 0.98 / 0.2, 0.01);
  assert.ok(growthTime(0.1, 0.1, 0.1, 0) > growthTime(Math.SQRT2 * 0.1, 0, 0.1, 0));
  near(growthTime(0, Math.SQRT2 * 0.1, -0.1, 0), 9.8, 0.02);
});

test('the dynamics foretold are those of the net while its answers are level', () => {
  const pairs = drawPairs(11, null);
  const net = createNet(11, 4, 'square', 0.01, createRng('level'));
  const before = wavesOf(net);
  const tickets = ticketsOf(before);
  net.derive(pairs);
  createDescent(net, 1, 1)();
  const after = wavesOf(net);
  for (let at = 0; at < before.into.length; at += 2) {
    const [x, y, u, v] = [before.into[at], before.into[at + 1], before.out[at], before.out[at + 1]] as number[] as [
      number,
      number,
      number,
      number,
    ];
    const rate = 2 / 11;
    near((after.into[at] as number) - x, rate * (x * u + y * v), 1e-7);
    near((after.into[at + 1] as number) - y, rate * (x * v - y * u), 1e-7);
    near((after.out[at] as number) - u, (rate * (x * x - y * y)) / 2, 1e-7);
    near((after.out[at + 1] as number) - v, rate * x * y, 1e-7);
  }
  assert.equal(tickets.whole.length, 4);
});
