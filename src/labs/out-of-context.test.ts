import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exp, log } from './kit/det-math.ts';
import { createRng } from './kit/rng.ts';
import { outOfContext } from './out-of-context.ts';
import {
  answerTo,
  descend,
  drawTask,
  drawWeights,
  marginsOf,
  normsOf,
  productOf,
  shareRight,
  slopesOf,
  type Task,
  type Weights,
} from './out-of-context-model.ts';
import { readParams } from './params.ts';
import { singularValues } from './singular-values.ts';

const near = (a: number, b: number, within: number): void => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);
const params = readParams(outOfContext, { subjects: 20, classes: 4, width: 6, init: 0.5 });

test('a task: every fact is taught, every implication taught or asked, and each fact implies one answer', () => {
  for (const pairing of ['own', 'drawn'] as const) {
    const { tokens, answers, taught, unseen } = drawTask(createRng(pairing), params, pairing, 0.5);
    assert.deepEqual([tokens, answers], [22, 8]);
    const facts = new Map(
      taught.filter(({ relation }) => relation === 20).map(({ subject, answer }) => [subject, answer]),
    );
    const told = taught.filter(({ relation }) => relation === 21);
    assert.deepEqual([facts.size, told.length, unseen.length], [20, 12, 8]);
    assert.equal(new Set([...told, ...unseen].map(({ subject }) => subject)).size, 20);
    const implied = new Map(told.map(({ subject, answer }) => [facts.get(subject), answer]));
    assert.equal(new Set(implied.values()).size, 4);
    for (const { subject, answer } of [...told, ...unseen]) {
      assert.ok(answer >= 4);
      assert.equal(implied.get(facts.get(subject)), answer);
    }
  }
});

const lossOf = (weights: Weights, { answers, taught }: Task): number => {
  const [sum, logits] = [new Float64Array(weights.width), new Float64Array(answers)];
  let loss = 0;
  for (const asked of taught) {
    answerTo(weights, asked, sum, logits);
    let total = 0;
    for (const logit of logits) total += exp(logit);
    loss += log(total) - (logits[asked.answer] as number);
  }
  return loss;
};

for (const layout of ['product', 'single'] as const)
  test(`slopes are those of finite differences: ${layout}`, () => {
    const task = drawTask(createRng('task'), params, 'own', 0.5);
    const weights = drawWeights(createRng('weights'), task, params, layout);
    const { da, db } = slopesOf(weights, task);
    for (const [values, slopes] of [
      [weights.a, da],
      [weights.b, db],
    ] as const)
      for (let i = 0; i < values.length; i += 3) {
        const kept = values[i] as number;
        values[i] = kept + 1e-5;
        const above = lossOf(weights, task);
        values[i] = kept - 1e-5;
        near((above - lossOf(weights, task)) / 2e-5, slopes[i] as number, 1e-8);
        values[i] = kept;
      }
  });

test('what is never learned stays: the first matrix, or the identity in the place of the second', () => {
  const task = drawTask(createRng('task'), params, 'own', 0.5);
  for (const [layout, stays] of [
    ['half', 'a'],
    ['single', 'b'],
  ] as const) {
    const weights = drawWeights(createRng('weights'), task, params, layout);
    const [before, other] = [weights[stays].slice(), weights[stays === 'a' ? 'b' : 'a'].slice()];
    descend(weights, task, 1, layout);
    assert.deepEqual(weights[stays], before);
    assert.notDeepEqual(weights[stays === 'a' ? 'b' : 'a'], other);
  }
});

test('singular values and norms: of a matrix that is known, whatever its size', () => {
  const [three, two] = singularValues(Float64Array.of(0, 2, -3, 0, 0, 0), 3, 2);
  near(three as number, 3, 1e-12);
  near(two as number, 2, 1e-12);
  const task: Task = {
    tokens: 2,
    answers: 2,
    taught: [{ subject: 0, relation: 1, answer: 1 }],
    unseen: [],
  };
  // W is [[0, 4], [3, 0]]: the logits are 3 and 4.
  const weights = { width: 2, a: Float64Array.of(0, 4, 3, 0), b: Float64Array.of(1, 0, 0, 1) };
  assert.deepEqual([...productOf(weights, task)], [0, 4, 3, 0]);
  assert.deepEqual(marginsOf(weights, task, task.taught), [1]);
  assert.equal(shareRight([1, -1, 0]), 1 / 3);
  for (const scale of [1, 2]) {
    const norms = normsOf({ ...weights, a: weights.a.map((value) => scale * value) }, task);
    near(norms?.nuclear ?? 0, 7, 1e-9);
    near(norms?.frobenius ?? 0, 5, 1e-9);
  }
  assert.equal(normsOf({ ...weights, a: weights.a.map((value) => -value) }, task), null);
});
