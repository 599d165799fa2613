import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from './kit/rng.ts';
import { passThrough } from './pavlovian-attention-layers.ts';
import {
  cosineTo,
  countsUpTo,
  crossing,
  drawUnit,
  emptyMemory,
  learn,
  type Memory,
  newest,
  type Rule,
  recall,
  sweep,
  worstCase,
} from './pavlovian-attention-memory.ts';

const near = (found: number, expected: number, by: number): void =>
  assert.ok(Math.abs(found - expected) <= by, `${found} is not within ${by} of ${expected}`);

const filled = (rule: Rule, rate: number, width: number, count: number, times = 1): Memory => {
  const rng = createRng('memory');
  const memory = emptyMemory(width, count);
  for (let i = 0; i < count; i++) {
    drawUnit(rng, memory.keys, i * width, width);
    drawUnit(rng, memory.values, i * width, width);
  }
  for (let time = 0; time < times; time++) {
    memory.count = 0;
    for (let i = 0; i < count; i++) learn(memory, rule, rate);
  }
  return memory;
};

const answered = (memory: Memory, rule: Rule, rate: number): readonly number[] => {
  const out = new Float64Array(memory.width);
  return Array.from({ length: memory.count }, (_, i) => {
    recall(memory, rule, rate, i, out);
    return cosineTo(memory, out, i);
  });
};

test('one association is answered without error, by every rule', () => {
  for (const [rule, rate] of [
    ['hebb', 1],
    ['delta', 0.5],
    ['oja', 0.5],
    ['softmax', 4],
  ] as const)
    near(answered(filled(rule, rate, 16, 1), rule, rate)[0] ?? 0, 1, 1e-12);
});

test('what Hebb’s matrix answers is linear attention: the values, weighed by the overlaps of keys', () => {
  const [width, count] = [12, 7];
  const memory = filled('hebb', 1, width, count);
  const out = new Float64Array(width);
  recall(memory, 'hebb', 1, 3, out);
  for (let row = 0; row < width; row++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      let overlap = 0;
      for (let k = 0; k < width; k++)
        overlap += (memory.keys[i * width + k] as number) * (memory.keys[3 * width + k] as number);
      sum += overlap * (memory.values[i * width + row] as number);
    }
    near(out[row] as number, sum, 1e-12);
  }
});

test('the delta rule, often repeated, answers without error while keys are fewer than their dimensions', () => {
  for (const cosine of answered(filled('delta', 0.5, 24, 12, 400), 'delta', 0.5)) near(cosine, 1, 1e-3);
  assert.ok(Math.min(...answered(filled('hebb', 1, 24, 12), 'hebb', 1)) < 0.95);
});

test('rows of Oja’s rule come to at most the length of a key', () => {
  const { width, weights } = filled('oja', 1, 16, 4_000);
  for (let row = 0; row < width; row++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += (weights[row * width + k] as number) ** 2;
    // At rest, a row is the mean of key / value, weighed by the squares of the values.
    assert.ok(square < width, String(square));
  }
});

test('softmax attention with a large factor answers without error, far beyond the width', () => {
  for (const cosine of answered(filled('softmax', 256, 16, 40), 'softmax', 256)) near(cosine, 1, 0.2);
});

test('Hebb’s mean cosine is that of n − 1 interferences of variance 1 / d each', () => {
  const wish = { rule: 'hebb', rate: 1, width: 64, spread: 64, trials: 12, most: 256, toTheEnd: false } as const;
  const { counts, cosine } = sweep(createRng('theory'), wish, () => {});
  for (const [i, count] of counts.entries()) near(cosine[i] ?? 0, 1 / Math.sqrt(1 + (count - 1) / 64), 0.04);
});

test('all keys at once are answered rightly by fewer memories than single ones, and never again once one was not', () => {
  const wish = { rule: 'hebb', rate: 1, width: 16, spread: 16, trials: 12, most: 256, toTheEnd: true } as const;
  const { counts, right, all } = sweep(createRng('all at once'), wish, () => {});
  assert.equal(all[0], 1);
  assert.equal(all.at(-1), 0);
  for (const [i, share] of all.entries()) {
    assert.ok(share <= (all[i - 1] ?? 1) + 1e-9 && share <= (right[i] as number) + 1e-9, String(counts[i]));
  }
  assert.ok(crossing(counts, all, 0.5) < crossing(counts, right, 0.5));
});

test('values chosen against the one asked for are borne up to about √(π d / 2) of them', () => {
  for (const width of [64, 256])
    near(worstCase(createRng('worst'), width, width, 400) / (1 + Math.sqrt((Math.PI * width) / 2)), 1, 0.08);
});

test('the newest are kept by a rule that forgets, not by one that adds up', () => {
  const asked = { learned: 400, asked: 8 };
  const of = (rule: Rule, rate: number) =>
    newest(createRng('newest'), { rule, rate, width: 32, spread: 32, trials: 4 }, asked, () => {});
  near(of('hebb', 1), 1 / Math.sqrt(1 + 399 / 32), 0.08);
  assert.ok(of('delta', 0.5) > of('hebb', 1) + 0.3);
});

test('a crossing lies between its neighbours, along the logarithm', () => {
  assert.equal(crossing([2, 4], [0.9, 0.8], 0.7), 4);
  assert.equal(crossing([2, 4], [0.6, 0.5], 0.7), 2);
  near(crossing([4, 16], [0.8, 0.6], 0.7), 8, 1e-9);
  assert.deepEqual(countsUpTo(5), [2, 3, 4, 5]);
});

test('through layers, keys as long together do the same: one head, or several of their own; copies do not', () => {
  const through = (width: number, heads: number, copies: boolean): number => {
    let sum = 0;
    for (let trial = 0; trial < 16; trial++) {
      const stack = { model: 64, width, heads, layers: 3, load: 8, copies };
      sum += passThrough(createRng(`layers ${trial}`), stack)[2] as number;
    }
    return sum / 16;
  };
  const one = through(16, 1, false);
  near(through(16, 4, false), through(64, 1, false), 0.05);
  near(through(16, 4, true), one, 0.08);
  assert.ok(through(16, 4, false) > one + 0.1);
});
