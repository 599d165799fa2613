import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BATCH, batches, LENGTH, MLP, TRANSFORMER } from './labs.ts';

export interface Rival {
  readonly mlp: () => Promise<number>;
  readonly transformer: () => Promise<number>;
}

const PACKAGES = ['@tensorflow/tfjs@4.22.0', '@tensorflow/tfjs-backend-wasm@4.22.0'];

// biome-ignore lint/suspicious/noExplicitAny: what is fetched for a bench alone has no types here
type Any = any;

/**
 * The same two nets and the same optimizer in TensorFlow.js with its wasm backend, fetched into a folder that goes again. A
 * sentence where that cannot be had.
 */
export const rivalSteps = async (): Promise<Rival | string> => {
  const folder = await mkdtemp(join(tmpdir(), 'labs-rival-'));
  try {
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...PACKAGES], {
      timeout: 120_000,
    });
    const load = createRequire(join(folder, 'package.json'));
    const tf: Any = load('@tensorflow/tfjs');
    const wasm: Any = load('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${dirname(load.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    if (!(await tf.setBackend('wasm'))) return 'its backend does not start';
    await tf.ready();
    return stepsOf(tf);
  } catch (error) {
    return `it cannot be fetched or started (${error instanceof Error ? error.message.split('\n')[0] : error})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const stepsOf = (tf: Any): Rival => {
  const { inputs, classes, tokens, next } = batches();
  const variable = (shape: number[], scale = 0.1): Any => tf.variable(tf.randomNormal(shape, 0, scale));
  const loss = (logits: Any, answers: Any): Any => tf.neg(tf.mean(tf.sum(tf.mul(answers, tf.logSoftmax(logits)), -1)));
  const train = (forward: () => Any): (() => Promise<number>) => {
    const adam = tf.train.adam(1e-3);
    return async () => {
      const value = adam.minimize(forward, true);
      const [number] = await value.data();
      value.dispose();
      return number;
    };
  };

  const x = tf.tensor2d(inputs, [BATCH, MLP[0]]);
  const wanted = tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 64), 'float32');
  const dense = [0, 1, 2].map((i) => [
    variable([MLP[i] as number, MLP[i + 1] as number]),
    variable([MLP[i + 1] as number], 0),
  ]);
  const mlp = train(() => {
    let h = x;
    for (const [i, [w, b]] of dense.entries()) {
      h = tf.add(tf.matMul(h, w), b);
      if (i < 2) h = tf.relu(h);
    }
    return loss(h, wanted);
  });

  const { width, heads, tokens: vocabulary } = TRANSFORMER;
  const d = width / heads;
  const rows = BATCH * LENGTH;
  // As products with rows of one 1: the gradient of its gather has no kernel in the wasm backend.
  const seen = tf.cast(tf.oneHot(tf.tensor1d(tokens, 'int32'), vocabulary), 'float32');
  const order = tf.tensor1d(
    tokens.map((_, i) => i % LENGTH),
    'int32',
  );
  const place = tf.cast(tf.oneHot(order, LENGTH), 'float32');
  const answers = tf.cast(tf.oneHot(tf.tensor1d(next, 'int32'), vocabulary), 'float32');
  const mask = tf.tensor(
    Array.from({ length: LENGTH * LENGTH }, (_, i) => (i % LENGTH > Math.floor(i / LENGTH) ? -1e9 : 0)),
    [1, 1, LENGTH, LENGTH],
  );
  const [table, places, head] = [
    variable([vocabulary, width]),
    variable([LENGTH, width]),
    variable([width, vocabulary]),
  ];
  const [q, k, v, o] = [0, 1, 2, 3].map(() => [variable([width, width]), variable([width], 0)]) as [Any, Any, Any, Any];
  const [up, down] = [
    [variable([width, 4 * width]), variable([4 * width], 0)],
    [variable([4 * width, width]), variable([width], 0)],
  ] as [Any, Any];
  const norms = [0, 1, 2].map(() => [tf.variable(tf.ones([width])), variable([width], 0)]);
  const linear = (h: Any, [w, b]: Any): Any => tf.add(tf.matMul(h, w), b);
  const norm = (h: Any, [gain, shift]: Any): Any => {
    const { mean, variance } = tf.moments(h, -1, true);
    return tf.add(tf.mul(tf.div(tf.sub(h, mean), tf.sqrt(tf.add(variance, 1e-5))), gain), shift);
  };
  const gelu = (h: Any): Any =>
    tf.mul(h, tf.sigmoid(tf.mul(1.5957691216, tf.add(h, tf.mul(0.044715, tf.mul(h, tf.mul(h, h)))))));
  const split = (h: Any): Any => tf.transpose(tf.reshape(h, [BATCH, LENGTH, heads, d]), [0, 2, 1, 3]);
  const transformer = train(() => {
    let h = tf.add(tf.matMul(seen, table), tf.matMul(place, places));
    const before = norm(h, norms[0]);
    const scores = tf.add(
      tf.mul(tf.matMul(split(linear(before, q)), split(linear(before, k)), false, true), 1 / Math.sqrt(d)),
      mask,
    );
    const heard = tf.matMul(tf.softmax(scores), split(linear(before, v)));
    h = tf.add(h, linear(tf.reshape(tf.transpose(heard, [0, 2, 1, 3]), [rows, width]), o));
    h = tf.add(h, linear(gelu(linear(norm(h, norms[1]), up)), down));
    return loss(tf.matMul(norm(h, norms[2]), head), answers);
  });
  return { mlp, transformer };
};
