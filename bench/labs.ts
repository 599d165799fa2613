import { createMachine, type Machine } from '../src/labs/kit/gemm.ts';
import { createDense } from '../src/labs/kit/nets.ts';
import { crossEntropy, relu } from '../src/labs/kit/ops.ts';
import { createAdam } from '../src/labs/kit/optim.ts';
import { createRng } from '../src/labs/kit/rng.ts';
import { createTape, type Tensor } from '../src/labs/kit/tape.ts';
import { createTransformer } from '../src/labs/kit/transformer.ts';
import { type Rival, rivalSteps } from './labs-rival.ts';
import { type Bench, ms, quantile, type Row } from './row.ts';

export const BATCH = 64;
export const MLP = [64, 128, 128, 64] as const;
export const LENGTH = 16;
export const TRANSFORMER = { tokens: 64, length: LENGTH, width: 128, heads: 4, layers: 1 } as const;

/** The same numbers for every rival: inputs of the MLP, tokens of the transformer, and what is to be said of them. */
export const batches = () => {
  const rng = createRng('bench');
  const draw = (count: number): number[] => Array.from({ length: count }, () => rng.int(64));
  return {
    inputs: Float32Array.from({ length: BATCH * MLP[0] }, rng.normal),
    classes: draw(BATCH),
    tokens: draw(BATCH * LENGTH),
    next: draw(BATCH * LENGTH),
  };
};

type Step = () => number;

/** A step of training on one batch of a machine; says the loss. */
const mlpStep = (machine: Machine): Step => {
  const { inputs, classes } = batches();
  const tape = createTape(machine);
  const rng = createRng('mlp');
  const layers = [0, 1, 2].map((i) => createDense(tape, rng.fork(`${i}`), MLP[i] as number, MLP[i + 1] as number));
  const adam = createAdam(tape, { rate: 1e-3 });
  return () => {
    tape.begin();
    let x: Tensor = tape.constant([BATCH, MLP[0]], inputs);
    for (const [i, layer] of layers.entries()) x = i < 2 ? relu(tape, layer(x)) : layer(x);
    const loss = crossEntropy(tape, x, classes);
    tape.backward(loss);
    adam.step();
    return loss.data[0] as number;
  };
};

const transformerStep = (machine: Machine): Step => {
  const { tokens, next } = batches();
  const tape = createTape(machine);
  const model = createTransformer(tape, createRng('transformer'), TRANSFORMER);
  const adam = createAdam(tape, { rate: 1e-3 });
  return () => {
    tape.begin();
    const loss = crossEntropy(tape, model(tokens, BATCH), next);
    tape.backward(loss);
    adam.step();
    return loss.data[0] as number;
  };
};

/** The middle and the least of the times of a step, ms, after some that warm up. */
const timed = async (step: () => number | Promise<number>, rounds: number): Promise<readonly [number, number]> => {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    const loss = await step();
    times.push(performance.now() - start);
    if (!Number.isFinite(loss)) throw new Error('the loss is no number');
  }
  const warm = times.slice(Math.floor(rounds / 4));
  return [quantile(warm, 0.5), Math.min(...warm)];
};

/** A step of training of two nets: of the kit, in plain code, and by TensorFlow.js where it can be fetched. */
export const labs: Bench = async () => {
  const rows: Row[] = [];
  const rival: Rival | string = await rivalSteps();
  const nets = [
    ['MLP 64-128-128-64, batch 64', mlpStep, 400, '≤ 1 ms', 'mlp'],
    ['transformer d 128, batch 64, length 16', transformerStep, 40, '≤ 90 ms', 'transformer'],
  ] as const;
  for (const [what, make, rounds, bar, name] of nets) {
    const step = make(createMachine());
    const [middle, least] = await timed(step, rounds);
    const plain = await timed(make(createMachine({ plain: true })), Math.ceil(rounds / 4));
    rows.push({ what: `a step, ${what}`, figure: `${ms(middle)} (best ${ms(least)})`, bar });
    rows.push({ what: '… in plain code', figure: ms(plain[0]), against: 'the kit', ratio: plain[0] / middle });
    if (typeof rival === 'string') {
      rows.push({ what: '… by TensorFlow.js, wasm', figure: `not measured: ${rival}` });
      continue;
    }
    const theirs = await timed(rival[name], Math.ceil(rounds / 4));
    rows.push({
      what: '… by TensorFlow.js, wasm',
      figure: ms(theirs[0]),
      against: 'the kit',
      ratio: theirs[0] / middle,
    });
  }
  return rows;
};
