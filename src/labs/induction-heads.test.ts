import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reaches } from './induction-heads.ts';
import { type Clamps, createNet, drawBatch, drawPrototypes } from './induction-heads-net.ts';
import { createMachine } from './kit/gemm.ts';
import { crossEntropy } from './kit/ops.ts';
import { createRng } from './kit/rng.ts';
import { createTape } from './kit/tape.ts';

const SIZES = { width: 8, heads: 2, classes: 6, labels: 3, noise: 0.1 };
const OPEN: Clamps = { previous: false, match: false, copy: false, blind: false };

const clamped = (clamps: Partial<Clamps>) => {
  const tape = createTape(createMachine({ megabytes: 4 }));
  const net = createNet(tape, createRng('net'), SIZES, { ...OPEN, ...clamps });
  const batch = drawBatch(createRng('batch'), drawPrototypes(createRng('classes'), SIZES), SIZES, 12);
  const loss = (): number => {
    tape.begin();
    return tape.quietly(() => crossEntropy(tape, net(batch).logits, batch.targets).data[0] as number);
  };
  return { tape, net, batch, loss };
};

for (const clamps of [
  {},
  { previous: true },
  { match: true },
  { copy: true },
  { match: true, copy: true },
  { blind: true },
])
  test(`gradients are those of finite differences, clamped: ${Object.keys(clamps)}`, () => {
    const { tape, net, batch, loss } = clamped(clamps);
    tape.begin();
    tape.backward(crossEntropy(tape, net(batch).logits, batch.targets));
    const gradients = tape.parameters.map((parameter) => tape.gradient(parameter).slice());
    assert.ok(gradients.some((gradient) => gradient.some((value) => Math.abs(value) > 0.001)));
    for (const [n, parameter] of tape.parameters.entries())
      for (let i = 0; i < parameter.size; i += 3) {
        const kept = parameter.data[i] as number;
        parameter.data[i] = kept + 0.005;
        const above = loss();
        parameter.data[i] = kept - 0.005;
        const slope = (above - loss()) / 0.01;
        parameter.data[i] = kept;
        const found = gradients[n]?.[i] as number;
        assert.ok(Math.abs(found - slope) < 0.003 + 0.02 * Math.abs(slope), `${n}, ${i}: ${found}, not ${slope}`);
      }
  });

test('with all three parts clamped every answer is right from the start', () => {
  const { tape, net, batch, loss } = clamped({ previous: true, match: true, copy: true });
  assert.ok(loss() < 0.01, String(loss()));
  tape.begin();
  const { looks } = net(batch);
  for (let b = 0; b < batch.size; b++) {
    const right = batch.labels[2 * b] === batch.targets[b] ? 1 : 3;
    assert.ok((looks.data[b * SIZES.heads * 5 + right] as number) > 0.99);
  }
});

test('a sequence asks for one of two classes with different labels', () => {
  const { batch } = clamped({});
  for (let b = 0; b < batch.size; b++) {
    const [one, other, asked] = batch.classes.subarray(3 * b, 3 * b + 3);
    const [label, another] = batch.labels.subarray(2 * b, 2 * b + 2);
    assert.ok(one !== other && label !== another);
    assert.equal(batch.targets[b], asked === one ? label : another);
    assert.ok(asked === one || asked === other);
  }
});

test('a curve reaches a level between two looks, at once, or never', () => {
  assert.equal(reaches([0, 0.5, 1], 0.75, 10, 100), 15);
  assert.equal(reaches([0.8, 1], 0.75, 10, 100), 0);
  assert.equal(reaches([0, 0.5], 0.75, 10, 100), 100);
});
