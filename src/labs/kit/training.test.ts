import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMachine, type Machine } from './gemm.ts';
import { createAttention, createDense, createEmbedding, createLayerNorm, drawFrom } from './nets.ts';
import { crossEntropy, mul, squaredError, sum } from './ops.ts';
import { createAdam, createAdamW, createSgd } from './optim.ts';
import { createLstm, createRnn, type Recurrent } from './recurrent.ts';
import { createRng, type Rng } from './rng.ts';
import { createTape, type Tape, type Tensor } from './tape.ts';
import { createTransformer } from './transformer.ts';

/** Of every parameter, against finite differences of Σ output × fixed weights. */
const checkLayer = (make: (tape: Tape, rng: Rng) => () => Tensor): void => {
  const tape = createTape(createMachine({ megabytes: 8 }));
  const run = make(tape, createRng('layer'));
  const rng = createRng('weights');
  tape.begin();
  const weights = Array.from({ length: run().size }, rng.normal);
  const loss = (): number => {
    tape.begin();
    return tape.quietly(run).data.reduce((all, value, i) => all + value * (weights[i] as number), 0);
  };
  tape.begin();
  const out = run();
  tape.backward(sum(tape, mul(tape, out, tape.constant(out.shape, weights))));
  const gradients = tape.parameters.map((parameter) => tape.gradient(parameter).slice());
  assert.ok(gradients.some((gradient) => gradient.some((value) => Math.abs(value) > 0.01)));
  for (const [n, parameter] of tape.parameters.entries())
    for (let i = 0; i < parameter.size; i++) {
      const kept = parameter.data[i] as number;
      parameter.data[i] = kept + 0.01;
      const above = loss();
      parameter.data[i] = kept - 0.01;
      const slope = (above - loss()) / 0.02;
      parameter.data[i] = kept;
      const found = gradients[n]?.[i] as number;
      assert.ok(
        Math.abs(found - slope) < 0.005 * (1 + Math.abs(slope)),
        `parameter ${n}, ${i}: ${found}, not ${slope}`,
      );
    }
};

const input = (tape: Tape, shape: readonly [number, number]): Tensor =>
  tape.constant(shape, Array.from({ length: shape[0] * shape[1] }, createRng('input').normal));
const unrolled =
  <State>(make: (tape: Tape, rng: Rng) => Recurrent<State>) =>
  (tape: Tape, rng: Rng) => {
    const net = make(tape, rng);
    return (): Tensor => {
      let state = net.start(2);
      for (let t = 0; t < 3; t++) state = net.step(input(tape, [2, 3]), state);
      return net.hidden(state);
    };
  };

test('the gradients of every layer are those of finite differences', () => {
  checkLayer((tape, rng) => {
    const layer = createDense(tape, rng, 3, 4);
    return () => layer(input(tape, [5, 3]));
  });
  checkLayer((tape, rng) => {
    const layer = createEmbedding(tape, rng, 4, 3, 1);
    const norm = createLayerNorm(tape, 3);
    return () => norm(layer([0, 2, 2, 1]));
  });
  checkLayer((tape, rng) => {
    const layer = createAttention(tape, rng, 4, 2);
    return () => layer(input(tape, [6, 4]), 2, 3).out;
  });
  checkLayer(unrolled((tape, rng) => createRnn(tape, rng, 3, 4)));
  checkLayer(unrolled((tape, rng) => createLstm(tape, rng, 3, 4)));
  checkLayer((tape, rng) => {
    const model = createTransformer(tape, rng, {
      tokens: 5,
      length: 3,
      width: 4,
      heads: 2,
      layers: 2,
      init: { normal: 0.5 },
    });
    for (const parameter of tape.parameters.slice(0, 2))
      for (let i = 0; i < parameter.size; i++) parameter.data[i] = rng.normal();
    return () => model([0, 1, 2, 4, 3, 2], 2);
  });
});

test('values are drawn with the spread that was asked for', () => {
  const spread = (draw: () => number): number =>
    Math.sqrt(Array.from({ length: 20_000 }, draw).reduce((all, x) => all + x * x, 0) / 20_000);
  assert.ok(Math.abs(spread(drawFrom(createRng(1), 'he', 50, 9)) / Math.sqrt(2 / 50) - 1) < 0.03);
  assert.ok(Math.abs(spread(drawFrom(createRng(1), 'glorot', 50, 30)) / Math.sqrt(2 / 80) - 1) < 0.03);
});

/** A parabola x², from 1, with the gradient 2 x: what each rule makes of it by its definition. */
test('optimizers follow their definitions', () => {
  const follow = (make: (tape: Tape) => { step(): void }, steps: number): number => {
    const tape = createTape(createMachine({ megabytes: 1, plain: true }));
    const x = tape.parameter([1], () => 1);
    const optimizer = make(tape);
    for (let i = 0; i < steps; i++) {
      tape.begin();
      tape.backward(squaredError(tape, x, [0]));
      optimizer.step();
    }
    return x.data[0] as number;
  };
  const near = (found: number, expected: number): void =>
    assert.ok(Math.abs(found - expected) < 1e-6, `${found}, not ${expected}`);
  near(
    follow((tape) => createSgd(tape, { rate: 0.1 }), 3),
    0.8 ** 3,
  );
  near(
    follow((tape) => createSgd(tape, { rate: 0.1, decay: 0.5 }), 1),
    1 - 0.1 * 2.5,
  );
  // v: 2, then 0.9 × 2 + 1.6; x: 0.8, then 0.46.
  near(
    follow((tape) => createSgd(tape, { rate: 0.1, momentum: 0.9 }), 2),
    0.46,
  );
  // v = 2: x = 1 − 0.1 × (2 + 1.8).
  near(
    follow((tape) => createSgd(tape, { rate: 0.1, momentum: 0.9, nesterov: true }), 1),
    0.62,
  );
  near(
    follow((tape) => createAdam(tape, { rate: 0.1 }), 1),
    0.9,
  );
  near(
    follow((tape) => createAdamW(tape, { rate: 0.1, decay: 0.5 }), 1),
    0.95 - 0.1,
  );
  near(
    follow((tape) => createAdam(tape, { rate: 0.1, decay: 0.5 }), 1),
    0.9,
  );
  // Second step: g = 1.8, m̂ = (0.1 × 1.8 + 0.09 × 2) ÷ 0.19, v̂ = (0.001 × 3.24 + 0.000999 × 4) ÷ 0.001999.
  const [m, v] = [(0.18 + 0.18) / 0.19, (0.00324 + 0.003996) / 0.001999];
  near(
    follow((tape) => createAdam(tape, { rate: 0.1 }), 2),
    0.9 - (0.1 * m) / Math.sqrt(v),
  );
});

const train = (machine: Machine): Float32Array => {
  const tape = createTape(machine);
  const rng = createRng('reversal');
  const model = createTransformer(tape, rng.fork('model'), { tokens: 6, length: 4, width: 16, heads: 2, layers: 1 });
  const adam = createAdamW(tape, { rate: 0.01, decay: 0.01 });
  const data = rng.fork('data');
  const losses = new Float32Array(60);
  for (let step = 0; step < losses.length; step++) {
    tape.begin();
    const tokens = Array.from({ length: 64 }, () => data.int(6));
    // What stood one place before; nothing is asked of the first.
    const wanted = tokens.map((_, i) => (i % 4 === 0 ? -1 : (tokens[i - 1] as number)));
    const loss = crossEntropy(tape, model(tokens, 16), wanted);
    losses[step] = loss.data[0] as number;
    tape.backward(loss);
    adam.step();
  }
  return losses;
};

test('a transformer learns to look one place back, with the same bits in plain code', () => {
  const losses = train(createMachine({ megabytes: 8 }));
  assert.ok((losses[0] as number) > 1.5 && (losses.at(-1) as number) < 0.3, `${losses[0]} → ${losses.at(-1)}`);
  assert.deepEqual(train(createMachine({ megabytes: 8, plain: true })), losses);
});
