import { above, below, judge, within } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import {
  type Batch,
  type Clamps,
  createNet,
  drawBatch,
  drawPrototypes,
  LENGTH,
  type Net,
  type Sizes,
} from './induction-heads-net.ts';
import { log } from './kit/det-math.ts';
import { createMachine } from './kit/gemm.ts';
import { crossEntropy } from './kit/ops.ts';
import { createAdam } from './kit/optim.ts';
import { createTape, type Tape } from './kit/tape.ts';
import { numberOf } from './params.ts';

const OPEN: Clamps = { previous: false, match: false, copy: false, blind: false };
const ARMS: Readonly<Record<string, Clamps>> = {
  free: OPEN,
  previous: { ...OPEN, previous: true },
  match: { ...OPEN, match: true },
  copy: { ...OPEN, copy: true },
  'only-copy': { ...OPEN, previous: true, match: true },
  'only-match': { ...OPEN, previous: true, copy: true },
  'only-previous': { ...OPEN, match: true, copy: true },
  blind: { ...OPEN, blind: true },
};

/** As in the paper. */
const HEADS = 8;
/** Sequences a net is examined on, for one of a batch. */
const ASKED = 8;
const LOOKS = 100;
const MEGABYTES = 48;

interface Standing {
  readonly loss: number;
  /** The share of right answers. */
  readonly right: number;
  /** Of every head of the second layer: how much more it looks at the right label than at the other one, −1 to 1. */
  readonly induction: readonly number[];
}

/** How a net stands on sequences it has not seen; only with the heads that are `kept`. */
const examine = (tape: Tape, net: Net, asked: Batch, { heads, labels }: Sizes, kept?: readonly boolean[]): Standing => {
  tape.begin();
  return tape.quietly(() => {
    const { logits, looks } = net(asked, kept);
    const loss = crossEntropy(tape, logits, asked.targets).data[0] as number;
    const induction = new Array<number>(heads).fill(0);
    let right = 0;
    for (let b = 0; b < asked.size; b++) {
      let top = 0;
      for (let j = 1; j < labels; j++)
        if ((logits.data[b * labels + j] as number) > (logits.data[b * labels + top] as number)) top = j;
      if (top === asked.targets[b]) right++;
      const [good, bad] = asked.labels[2 * b] === asked.targets[b] ? [1, 3] : [3, 1];
      for (let h = 0; h < heads; h++) {
        const row = (b * heads + h) * LENGTH;
        const lead = (looks.data[row + good] as number) - (looks.data[row + bad] as number);
        induction[h] = (induction[h] as number) + lead / asked.size;
      }
    }
    return { loss, right: right / asked.size, induction };
  });
};

/** The first step at which a curve, looked at every `every` steps, reaches `level`, between two looks straight; `steps` for never. */
export const reaches = (curve: readonly number[], level: number, every: number, steps: number): number => {
  const at = curve.findIndex((value) => value >= level);
  if (at < 0) return steps;
  if (at === 0) return 0;
  const [before, here] = [curve[at - 1] as number, curve[at] as number];
  return every * (at - 1 + (level - before) / (here - before));
};

/** A mean over three looks: accuracy on a few hundred sequences jitters. */
const smoothed = (curve: readonly number[]): number[] =>
  curve.map((value, i) => ((curve[i - 1] ?? value) + value + (curve[i + 1] ?? value)) / 3);

const train = (run: Run): void => {
  const sizes: Sizes = {
    width: numberOf(run.params, 'width'),
    heads: HEADS,
    classes: numberOf(run.params, 'classes'),
    labels: numberOf(run.params, 'labels'),
    noise: numberOf(run.params, 'noise'),
  };
  const [steps, size] = [numberOf(run.params, 'steps'), numberOf(run.params, 'batch')];
  const clamps = ARMS[run.arm] as Clamps;
  const tape = createTape(createMachine({ megabytes: MEGABYTES }));
  const net = createNet(tape, run.rng.fork('weights'), sizes, clamps);
  const adam = createAdam(tape, { rate: numberOf(run.params, 'rate') });
  const prototypes = drawPrototypes(run.rng.fork('prototypes'), sizes);
  const asked = drawBatch(run.rng.fork('asked'), prototypes, sizes, ASKED * size);
  const data = run.rng.fork('data');
  const every = Math.max(1, Math.floor(steps / LOOKS));
  const [right, strongest]: [number[], number[]] = [[], []];
  let standing = examine(tape, net, asked, sizes);
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0) {
      standing = examine(tape, net, asked, sizes);
      right.push(standing.right);
      strongest.push(Math.max(...standing.induction));
      run.point('learning', step, standing.right);
      run.point('loss', step, standing.loss);
      if (!clamps.match) run.point('heads', step, Math.max(...standing.induction));
    }
    if (step % 10 === 0) run.tick(step, steps);
    if (step === steps) break;
    const batch = drawBatch(data, prototypes, sizes, size);
    tape.begin();
    tape.backward(crossEntropy(tape, net(batch).logits, batch.targets));
    adam.step();
  }
  const curve = smoothed(right);
  const when = (level: number): number => reaches(curve, level, every, steps);
  const learned = Math.max(every, when(0.9));
  run.metric('right at the end', standing.right);
  run.metric('steps to 0.9', learned);
  run.metric('log steps to 0.9', log(learned));
  // A wait that no rise has followed is none; and what has not risen has taken all of training, at the least.
  const risen = when(0.9) < steps;
  const [waits, rises] = risen ? [when(0.65) - when(0.45), when(0.9) - when(0.65)] : [0, steps];
  run.metric('log wait to rise', log(Math.max(every, waits) / Math.max(every, rises)));
  if (run.arm !== 'free' && run.arm !== 'blind') return;
  const top = Math.max(...strongest);
  const formed = Math.max(every, reaches(smoothed(strongest), top / 2, every, steps));
  run.metric('log heads to answers', log(formed / Math.max(every, when(0.75))));
  keepHeads(run, tape, net, asked, sizes, standing.induction);
};

/** How the loss falls as heads of the second layer are let in, the strongest first. */
const keepHeads = (run: Run, tape: Tape, net: Net, asked: Batch, sizes: Sizes, induction: readonly number[]): void => {
  const order = [...induction.keys()].sort((a, b) => (induction[b] as number) - (induction[a] as number) || a - b);
  const kept = new Array<boolean>(sizes.heads).fill(false);
  let lossBefore = 0;
  for (let count = 0; count <= sizes.heads; count++) {
    if (count > 0) kept[order[count - 1] as number] = true;
    const { loss } = examine(tape, net, asked, sizes, kept);
    run.metric('loss with heads', loss, count);
    run.point('kept', count, loss);
    if (count > 0 && count <= 3) run.metric('gain of head', lossBefore - loss, count);
    lossBefore = loss;
  }
  run.metric('induction heads', induction.filter((lead) => lead > INDUCES).length);
};

/** A head that looks at the right label so much more than at the other. */
const INDUCES = 0.2;

export const inductionHeads: Lab = {
  id: 'induction-heads',
  paper: 'what-needs-to-go-right-for-an-induction-head-a-mechanistic-study-of-in-context',
  version: 1,
  title: 'What an induction head waits for: three parts, each held in turn',
  about:
    'A small transformer sees two examples with their labels, and is asked for the label of one of the two. Labels are drawn anew every time, so that it must look the answer up: find the example, and copy the label next to it. For a while it guesses between the two. Each of the three parts of that circuit is held at its finished state in turn, from the first step on, to see what the others were waiting for.',
  fidelity: {
    same: [
      'The task: a context of two examples with labels, five labels drawn anew for every sequence, and a third example of one of the two classes; 50 classes, 32 sequences a step, as in the authors’ code.',
      'Two layers of attention without a feed-forward part; what is clamped is clamped through all of training.',
      'The three parts: attention of a label to what came before it, a match of what is asked with that, and copying of the label looked at.',
    ],
    changed: [
      'Classes are points drawn from a normal distribution, with noise, in place of drawn characters as a trained network sees them.',
      'A width of 32 in place of 64, no normalisation of layers, learned positions, Adam at 10⁻³ for 2,500 steps in place of 10⁻⁵ for a million.',
      'How a part is clamped is ours, from the design notes and the abstract: the first layer’s pattern is fixed; the second looks at labels by how much of the class asked the first layer has really brought there; the answer is the label by how much it is really looked at. What is not clamped must be learned with it.',
      'Looking is causal, so that the first label has nothing to see but its example. With the match and copying clamped that alone answers, and nothing is left to wait for: the ratio of wait to rise is then 1, which the prediction does not count as below.',
      'What counts as waiting and as rising (0.45, 0.65 and 0.9 right answers) was settled after one trial run with nothing clamped and one with the first layer clamped, on another stream of chance.',
      'When the change comes, for more classes or more labels, is not compared here; both can be set.',
    ],
    sources: [{ label: 'arXiv:2404.07129', url: 'https://arxiv.org/abs/2404.07129' }],
  },
  params: [
    { kind: 'int', key: 'classes', label: 'Classes', min: 4, max: 500, default: 50, paperValue: true },
    { kind: 'int', key: 'labels', label: 'Labels', min: 3, max: 20, default: 5, paperValue: true },
    { kind: 'number', key: 'noise', label: 'Noise of the examples', min: 0, max: 0.9, step: 0.1, default: 0.1 },
    { kind: 'int', key: 'width', label: 'Width', min: 16, max: 64, step: 16, default: 32, costly: true },
    {
      kind: 'int',
      key: 'batch',
      label: 'Sequences a step',
      min: 8,
      max: 64,
      step: 8,
      default: 32,
      costly: true,
      paperValue: true,
    },
    { kind: 'number', key: 'rate', label: 'Learning rate', min: 0.0002, max: 0.005, step: 0.0001, default: 0.001 },
    { kind: 'int', key: 'steps', label: 'Steps', min: 20, max: 20_000, step: 20, default: 2_500, costly: true },
  ],
  presets: {
    smoke: { params: { steps: 20, batch: 8 }, seeds: 1, seconds: 1 },
    quick: { params: { steps: 560, batch: 16, rate: 0.003 }, seeds: 3, seconds: 9 },
    standard: { params: {}, seeds: 8, seconds: 95 },
    full: { params: { steps: 5_000 }, seeds: 20, seconds: 700 },
  },
  arms: [
    { id: 'free', label: 'Nothing clamped', role: 'baseline' },
    { id: 'previous', label: 'The token before: clamped', role: 'method' },
    { id: 'match', label: 'The match: clamped', role: 'method' },
    { id: 'copy', label: 'Copying: clamped', role: 'method' },
    { id: 'only-copy', label: 'Copying alone is left to learn', role: 'method' },
    { id: 'only-match', label: 'The match alone is left to learn', role: 'method' },
    { id: 'only-previous', label: 'The token before alone is left to learn', role: 'method' },
    { id: 'blind', label: 'The second layer looks at everything alike', role: 'ablation' },
  ],
  plots: [
    {
      id: 'learning',
      kind: 'line',
      title: 'Right answers, by training',
      x: { label: 'step' },
      y: { label: 'share right', min: 0, max: 1 },
      reference: [{ y: 0.5, label: 'one of the two labels at random' }],
    },
    { id: 'loss', kind: 'line', title: 'Loss, by training', x: { label: 'step' }, y: { label: 'nats', min: 0 } },
    {
      id: 'heads',
      kind: 'line',
      title: 'The strongest head of the second layer',
      x: { label: 'step' },
      y: { label: 'looks at the right label, less at the other' },
    },
    {
      id: 'steps',
      kind: 'bars',
      metric: 'steps to 0.9',
      title: 'Steps until nine in ten answers are right',
      x: { label: 'steps' },
      y: { label: 'clamped' },
    },
    {
      id: 'kept',
      kind: 'line',
      title: 'Loss at the end, with some heads of the second layer alone',
      x: { label: 'heads let in, the strongest first' },
      y: { label: 'nats', min: 0 },
    },
  ],
  claims: [
    {
      id: 'phase-change',
      quote: 'IHs emerge around the same time as a notable phase change in the loss',
      prediction:
        'With nothing clamped, the net ends above 0.95 right answers. Between 0.45 and 0.65 right answers it waits for longer than it then takes to rise from 0.65 to 0.9: the 95 % interval of the logarithm of that ratio lies above 0. And the strongest head’s lead for the right label reaches half of its most when three answers in four are right: the interval of the logarithm of the ratio of those times lies from −0.3 to 0.3.',
      test: (evidence) =>
        judge(
          above('Right at the end', evidence.summary('right at the end', 'free'), 0.95),
          above('Wait to rise, log ratio', evidence.summary('log wait to rise', 'free'), 0),
          within('Heads to answers, log ratio of times', evidence.summary('log heads to answers', 'free'), -0.3, 0.3),
        ),
    },
    {
      id: 'three-parts',
      quote: 'identify three underlying subcircuits that interact to drive IH formation, yielding the phase change',
      prediction:
        'Each of the three parts, clamped, brings the step at which nine in ten answers are right forward: the 95 % intervals of the logarithms of the ratios, seed by seed, lie below 0. With two of them clamped and one left to learn, there is no wait before the rise: each interval of the logarithm of wait to rise lies below 0.',
      test: (evidence) =>
        judge(
          below('The token before clamped', evidence.difference('log steps to 0.9', 'previous', 'free'), 0),
          below('The match clamped', evidence.difference('log steps to 0.9', 'match', 'free'), 0),
          below('Copying clamped', evidence.difference('log steps to 0.9', 'copy', 'free'), 0),
          below('Copying left: wait to rise', evidence.summary('log wait to rise', 'only-copy'), 0),
          below('The match left: wait to rise', evidence.summary('log wait to rise', 'only-match'), 0),
          below('The token before left: wait to rise', evidence.summary('log wait to rise', 'only-previous'), 0),
        ),
    },
    {
      id: 'additive',
      quote: 'we delineate the diverse and additive nature of IHs',
      prediction:
        'With nothing clamped, more than one head of the second layer looks at the right label 0.2 more than at the other: the 95 % interval of their number lies above 1.5. With the second layer’s heads let in one after the other, the strongest first, each of the first three lowers the loss: the intervals lie above 0.',
      test: (evidence) =>
        judge(
          above('Heads that look at the right label', evidence.summary('induction heads', 'free'), 1.5),
          above('Fall of the loss by the strongest', evidence.summary('gain of head', 'free', 1), 0),
          above('By the second', evidence.summary('gain of head', 'free', 2), 0),
          above('By the third', evidence.summary('gain of head', 'free', 3), 0),
        ),
    },
  ],
  breaks: [
    {
      swaps: { free: 'blind' },
      broken: 'The second layer looks at all five tokens alike, so that nothing is matched with what is asked.',
      verdicts: { 'phase-change': 'does-not-hold-at-this-scale' },
    },
    {
      swaps: {
        previous: 'free',
        match: 'free',
        copy: 'free',
        'only-copy': 'free',
        'only-match': 'free',
        'only-previous': 'free',
      },
      broken: 'Nothing is clamped in any arm.',
      verdicts: { 'three-parts': 'inconclusive' },
    },
    {
      swaps: { free: 'blind' },
      broken: 'The second layer looks at all five tokens alike, as above.',
      verdicts: { additive: 'holds-in-part' },
    },
  ],
  run: train,
};
