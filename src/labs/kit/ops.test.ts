import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createMachine } from './gemm.ts';
import * as ops from './ops.ts';
import { createRng, type Rng } from './rng.ts';
import { createTape, sizeOf, type Tape, type Tensor } from './tape.ts';

type Shape = readonly number[];
interface Case {
  readonly shapes: readonly Shape[];
  /** Values of the inputs, from normal ones. */
  readonly from?: (x: number) => number;
  readonly f: (tape: Tape, inputs: readonly Tensor[], rng: Rng) => Tensor;
}

const machine = createMachine({ megabytes: 4 });
const plain = createMachine({ megabytes: 4, plain: true });

/** Σ output × fixed weights, in f64, and what the tape says of its gradient. */
const check = ({ shapes, f, from = (x) => x }: Case, seed: string): void => {
  const results = [machine, plain].map((where) => {
    const rng = createRng(seed);
    const tape = createTape(where);
    const values = rng.fork('values');
    const inputs = shapes.map((shape) => tape.parameter(shape, () => from(values.normal())));
    const chosen = rng.fork('weights');
    const weights: number[] = [];
    const loss = (): number => {
      tape.begin();
      const out = tape.quietly(() => f(tape, inputs, rng.fork('choices')));
      while (weights.length < out.size) weights.push(chosen.normal());
      return out.data.reduce((all, value, i) => all + value * (weights[i] as number), 0);
    };
    loss();
    tape.begin();
    const out = f(tape, inputs, rng.fork('choices'));
    tape.backward(ops.sum(tape, ops.mul(tape, out, tape.constant(out.shape, weights.slice(0, out.size)))));
    const gradients = inputs.map((input) => tape.gradient(input).slice());
    if (where === machine)
      for (const [n, input] of inputs.entries())
        for (let i = 0; i < input.size; i++) {
          const kept = input.data[i] as number;
          const step = 0.01;
          input.data[i] = kept + step;
          const [high, above] = [input.data[i] as number, loss()];
          input.data[i] = kept - step;
          const [low, below] = [input.data[i] as number, loss()];
          input.data[i] = kept;
          const slope = (above - below) / (high - low);
          const found = gradients[n]?.[i] ?? Number.NaN;
          assert.ok(
            Math.abs(slope - found) < 2e-3 * (1 + Math.abs(slope)) * 3,
            `input ${n}, ${i}: ${found}, not ${slope}`,
          );
        }
    return gradients;
  });
  assert.deepEqual(results[0], results[1], 'plain code gives the same bits');
};

const small = fc.integer({ min: 1, max: 4 });
const gradients = (name: string, cases: fc.Arbitrary<Case>): void => {
  test(`${name}: gradients are those of finite differences`, () => {
    fc.assert(
      fc.property(cases, fc.string(), (one, seed) => check(one, seed)),
      { numRuns: 25 },
    );
  });
};
const shape = fc.array(small, { minLength: 1, maxLength: 3 });
const first = (list: readonly Tensor[]): Tensor => list[0] as Tensor;
const second = (list: readonly Tensor[]): Tensor => list[1] as Tensor;

for (const name of ['add', 'sub', 'mul'] as const)
  gradients(
    name,
    fc.tuple(shape, fc.nat(2)).map(([s, cut]) => ({
      shapes: [s, s.slice(Math.min(cut, s.length - 1))],
      f: (tape, [a, b]) => ({ add: ops.add, sub: ops.sub, mul: ops.mul })[name](tape, a as Tensor, b as Tensor),
    })),
  );
const UNARY = {
  gelu: ops.gelu,
  tanh: ops.tanh,
  sigmoid: ops.sigmoid,
  exp: ops.exp,
  square: ops.square,
  softmax: ops.softmax,
  logSoftmax: ops.logSoftmax,
  sum: ops.sum,
  mean: ops.mean,
};
for (const [name, op] of Object.entries(UNARY))
  gradients(
    name,
    shape.map((s) => ({ shapes: [s], f: (tape, list) => op(tape, first(list)) })),
  );
gradients(
  'relu',
  shape.map((s) => ({
    shapes: [s],
    from: (x) => x + Math.sign(x) / 20,
    f: (tape, list) => ops.relu(tape, first(list)),
  })),
);
gradients(
  'log',
  shape.map((s) => ({ shapes: [s], from: (x) => Math.abs(x) + 0.5, f: (tape, list) => ops.log(tape, first(list)) })),
);
gradients(
  'affine',
  shape.map((s) => ({ shapes: [s], f: (tape, list) => ops.affine(tape, first(list), -1.5, 2) })),
);
gradients(
  'of what is used twice',
  shape.map((s) => ({
    shapes: [s],
    f: (tape, list) => ops.add(tape, ops.relu(tape, ops.exp(tape, first(list))), ops.gelu(tape, first(list))),
  })),
);
gradients(
  'matmul',
  fc
    .tuple(small, small, small, small, fc.boolean(), fc.boolean(), fc.boolean())
    .map(([many, m, k, n, tA, tB, shared]) => ({
      shapes: [
        [many, ...(tA ? [k, m] : [m, k])],
        [...(shared ? [] : [many]), ...(tB ? [n, k] : [k, n])],
      ],
      f: (tape, list) => ops.matmul(tape, first(list), second(list), { transposeA: tA, transposeB: tB }),
    })),
);
gradients(
  'linear',
  fc.tuple(small, small, small, fc.boolean()).map(([m, k, n, bias]) => ({
    shapes: [[m, k], [k, n], ...(bias ? [[n]] : [])],
    f: (tape, list) => ops.linear(tape, first(list), second(list), list[2]),
  })),
);
gradients(
  'transpose',
  fc.tuple(small, small, small).map((s) => ({ shapes: [s], f: (tape, list) => ops.transpose(tape, first(list)) })),
);
gradients(
  'gather',
  fc.tuple(small, small, fc.integer({ min: 1, max: 6 })).map(([n, d, count]) => ({
    shapes: [[n, d]],
    f: (tape, list, rng) =>
      ops.gather(
        tape,
        first(list),
        Array.from({ length: count }, () => rng.int(n)),
      ),
  })),
);
gradients(
  'sumAlong',
  fc
    .tuple(fc.tuple(small, small, small), fc.nat(2))
    .map(([s, axis]) => ({ shapes: [s], f: (tape, list) => ops.sumAlong(tape, first(list), axis) })),
);
gradients(
  'slice and concat',
  fc.tuple(fc.tuple(small, small, small), fc.nat(2)).map(([s, axis]) => ({
    shapes: [s, s],
    f: (tape, list) => {
      const joined = ops.concat(tape, list, axis);
      return ops.slice(tape, joined, axis, 1, 2 * (s[axis] as number));
    },
  })),
);
gradients(
  'reshape',
  fc
    .tuple(small, small)
    .map(([m, n]) => ({ shapes: [[m, n]], f: (tape, list) => ops.square(tape, tape.reshape(first(list), [n, m])) })),
);
gradients(
  'crossEntropy',
  fc.tuple(small, small).map(([rows, classes]) => ({
    shapes: [[rows + 1, classes]],
    f: (tape, list, rng) =>
      ops.crossEntropy(tape, first(list), [-1, ...Array.from({ length: rows }, () => rng.int(classes))]),
  })),
);
gradients(
  'squaredError',
  shape.map((s) => ({
    shapes: [s],
    f: (tape, list) => ops.squaredError(tape, first(list), new Array(sizeOf(s)).fill(0.3)),
  })),
);
gradients(
  'layerNorm',
  fc.tuple(small, fc.integer({ min: 3, max: 6 })).map(([rows, n]) => ({
    shapes: [[rows, n], [n], [n]],
    // Away from rows that are all the same, where it bends too sharply for a step of finite size.
    f: (tape, [x, gain, shift]) =>
      ops.layerNorm(
        tape,
        ops.add(
          tape,
          x as Tensor,
          tape.constant(
            [n],
            Array.from({ length: n }, (_, j) => 3 * j),
          ),
        ),
        gain as Tensor,
        shift as Tensor,
      ),
  })),
);
gradients(
  'attention',
  fc
    .tuple(small, small, fc.integer({ min: 1, max: 2 }), small, fc.boolean())
    .map(([batch, length, heads, d, causal]) => ({
      shapes: [[batch * length, 3 * heads * d]],
      f: (tape, list) => ops.attend(tape, first(list), { batch, length, heads, causal }).out,
    })),
);

test('attention: weights add up to 1, and a causal one looks at nothing later', () => {
  const tape = createTape(machine);
  const rng = createRng('attention');
  const qkv = tape.constant([6, 12], Array.from({ length: 72 }, rng.normal));
  const { out, weights } = ops.attend(tape, qkv, { batch: 2, length: 3, heads: 2, causal: true });
  for (let row = 0; row < 12; row++) {
    const shares = weights.data.subarray(3 * row, 3 * row + 3);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-6);
    assert.ok(shares.subarray((row % 3) + 1).every((share) => share === 0));
  }
  // The first place sees itself alone: its values go through.
  assert.deepEqual([...out.data.subarray(0, 4)], [...qkv.data.subarray(8, 12)]);
});

test('what does not fit is refused, and a full memory too', () => {
  const tape = createTape(createMachine({ megabytes: 0.01, plain: true }));
  const a = tape.constant([2, 3], [1, 2, 3, 4, 5, 6]);
  assert.throws(() => ops.matmul(tape, a, a), RangeError);
  assert.throws(() => ops.add(tape, a, tape.constant([2], [1, 2])), RangeError);
  assert.throws(() => tape.reshape(a, [5]), RangeError);
  assert.throws(() => ops.gather(tape, a, [2]), RangeError);
  assert.throws(() => tape.make([3_000]), RangeError);
});
