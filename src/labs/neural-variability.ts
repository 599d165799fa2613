import { above, below, judge } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import { mean } from './kit/stats.ts';
import {
  createLearner,
  dealDigits,
  type Images,
  type Learner,
  type Noise,
  permutePixels,
  type Remedy,
} from './neural-variability-net.ts';
import { numberOf } from './params.ts';

/** Of plain descent; the best one is that of the remedy, too. */
const RATES = [0.01, 0.03, 0.1];
const OFFICIAL = 0.01;

const ARMS: Readonly<Record<string, { readonly remedy: Remedy; readonly strengths: readonly number[] }>> = {
  nvrm: { remedy: 'nvrm', strengths: [OFFICIAL, 0.1, 0.4] },
  sgd: { remedy: 'none', strengths: [] },
  early: { remedy: 'none', strengths: [] },
  decay: { remedy: 'decay', strengths: [1e-3, 1e-2, 0.05] },
  dropout: { remedy: 'dropout', strengths: [0.2, 0.5, 0.8] },
  sam: { remedy: 'sam', strengths: [0.1, 0.4, 1] },
  left: { remedy: 'left', strengths: [OFFICIAL, 0.1, 0.4] },
};

const KINDS = ['few', 'symmetric', 'asymmetric', 'sequence'] as const;
type Kind = (typeof KINDS)[number];

interface Setting {
  readonly rate: number;
  readonly strength: number;
}

/** What one training came to. `chosen` by what is held back, whose labels are as wrong as those taught. */
interface Result {
  readonly validated: number;
  readonly right: number;
  readonly taught: number;
  /** The share of the wrong labels that are given back. */
  readonly memorised: number;
  readonly curve: readonly (readonly [step: number, right: number, memorised: number])[];
}

const FEW = 100;
const TAUGHT = 500;
const VALIDATED = 297;
const TESTED = 1_000;
const TASKS = 3;
const CHECKS = 12;

const learnerOf = (run: Run, { rate, strength }: Setting, kind: Kind): Learner =>
  createLearner({
    remedy: strength > 0 ? (ARMS[run.arm]?.remedy ?? 'none') : 'none',
    strength,
    rate,
    hidden: numberOf(run.params, 'hidden'),
    batch: numberOf(run.params, 'batch'),
    rng: run.rng.fork(`net ${kind}`),
  });

/** Taught, held back, and to test with. */
type Parts = readonly [Images, Images, Images];

/** The images of a kind: of one task, or of several. */
const dealt = (run: Run, kind: Kind): readonly Parts[] => {
  const noise: Noise = kind === 'symmetric' || kind === 'asymmetric' ? kind : 'none';
  const sizes = [kind === 'few' ? FEW : TAUGHT, VALIDATED, TESTED];
  const parts = dealDigits(sizes, noise, numberOf(run.params, 'wrong'), run.rng.fork(`digits ${kind}`));
  if (kind !== 'sequence') return [parts as unknown as Parts];
  return Array.from(
    { length: TASKS },
    (_, task) => parts.map((part) => permutePixels(part, run.rng.fork(`order ${task}`))) as unknown as Parts,
  );
};

/** One set of images, learned to the end, or to where what is held back was known best. */
const learnOne = (run: Run, setting: Setting, kind: Kind, [taught, held, test]: Parts, tick: () => void): Result => {
  const learner = learnerOf(run, setting, kind);
  const steps = numberOf(run.params, 'steps');
  const every = run.arm === 'early' || kind === 'asymmetric' ? Math.max(1, Math.round(steps / CHECKS)) : steps;
  const wrong = (i: number): boolean => taught.said[i] !== taught.labels[i];
  let best: Result | null = null;
  const curve: [number, number, number][] = [];
  for (let step = 1; step <= steps; step++) {
    learner.step(taught, 1 - (step - 1) / steps);
    tick();
    if (step % every !== 0 && step !== steps) continue;
    const [right, memorised] = [learner.right(test, test.labels), learner.right(taught, taught.said, wrong)];
    curve.push([step, right, memorised]);
    const now: Result = {
      validated: learner.right(held, held.said),
      right,
      taught: learner.right(taught, taught.said),
      memorised,
      curve,
    };
    if (run.arm !== 'early' || best === null || now.validated > best.validated) best = now;
  }
  return best as Result;
};

/** The same images again and again, their pixels each time in another order; then the earlier orders are asked for. */
const learnSequence = (run: Run, setting: Setting, tasks: readonly Parts[], tick: () => void): Result => {
  const learner = learnerOf(run, setting, 'sequence');
  const each = Math.max(1, Math.round(numberOf(run.params, 'steps') / TASKS));
  const every = run.arm === 'early' ? Math.max(1, Math.round(each / (CHECKS / TASKS))) : each;
  const before = tasks.slice(0, -1);
  let best: Result | null = null;
  for (const [place, [taught]] of tasks.entries()) {
    for (let step = 1; step <= each; step++) {
      learner.step(taught, 1 - (step - 1) / each);
      tick();
      if (place < TASKS - 1 || (step % every !== 0 && step !== each)) continue;
      const now: Result = {
        validated: mean(tasks.map(([, held]) => learner.right(held, held.labels))),
        right: mean(before.map(([, , test]) => learner.right(test, test.labels))),
        taught: mean(tasks.map(([, , test]) => learner.right(test, test.labels))),
        memorised: 0,
        curve: [],
      };
      if (run.arm !== 'early' || best === null || now.validated > best.validated) best = now;
    }
  }
  return best as Result;
};

export const neuralVariability: Lab = {
  id: 'neural-variability',
  paper: 'artificial-neural-variability-for-deep-learning-on-overfitting-noise',
  version: 2,
  title: 'Noise on the weights, against learning by heart',
  about:
    'A small net learns to read digits: from few images, from many of which four in ten are wrongly labelled, and one task after another. At every step its weights are moved at random before the slope is taken, and put back afterwards. What that is worth is compared with plain descent, and with four other remedies.',
  fidelity: {
    same: [
      'The rule, NVRM with Gaussian noise: the gradient is taken at w + b ε, the noise is taken off before the step, and drawn anew for the next. The official code’s strength b, 0.01, is among those tried.',
      'What is asked: overfitting, wrong labels (symmetric and asymmetric) learned by heart, and tasks forgotten.',
    ],
    changed: [
      'Handwritten digits of 8 × 8 and a net of one hidden layer, in place of deep nets on larger images. Written from the abstract and notes on the official optimiser, not from the paper’s text.',
      'Every remedy is tried with three strengths, at that of three rates which suits plain descent; what is kept is what does best on images held back, whose labels are as wrong as those taught. In version 1 there were two rates, of which plain descent took the smaller, and most remedies took their greatest strength; both grids were made wider, which left NVRM a third of its lead where labels are symmetrically wrong. There, and with tasks one after another, plain descent still does best with the smallest rate: going slowly is a way of stopping early, which is an arm of its own. Momentum 0.9, the rate falling straight to 0.',
      'A step’s noise is a stretch of a pool of 131,072 normal numbers, from a random place on.',
      'Forgetting: three orders of the pixels, one after another, with the same outputs.',
    ],
    sources: [{ label: 'arXiv:2011.06220', url: 'https://arxiv.org/abs/2011.06220' }],
  },
  params: [
    {
      kind: 'number',
      key: 'wrong',
      label: 'Wrong labels',
      help: 'Of those that can be wrong: with asymmetric noise, half of the digits.',
      min: 0.1,
      max: 0.6,
      step: 0.05,
      default: 0.4,
    },
    { kind: 'int', key: 'hidden', label: 'Hidden units', min: 16, max: 512, step: 16, default: 128, costly: true },
    { kind: 'int', key: 'batch', label: 'Images a step', min: 10, max: 100, step: 10, default: 50, costly: true },
    { kind: 'int', key: 'steps', label: 'Steps', min: 30, max: 10_000, step: 30, default: 900, costly: true },
  ],
  presets: {
    smoke: { params: { hidden: 16, steps: 30, batch: 10 }, seeds: 1, seconds: 1 },
    quick: { params: { hidden: 32, steps: 270, batch: 10 }, seeds: 5, seconds: 9 },
    standard: { params: {}, seeds: 5, seconds: 100 },
    full: { params: { hidden: 256, steps: 3_000 }, seeds: 20, seconds: 2_200 },
  },
  arms: [
    { id: 'nvrm', label: 'Noise on the weights (NVRM)', role: 'method' },
    { id: 'sgd', label: 'Plain descent', role: 'baseline' },
    { id: 'early', label: 'Stopped early', role: 'baseline' },
    { id: 'decay', label: 'Weights decay', role: 'baseline' },
    { id: 'dropout', label: 'Units dropped', role: 'baseline' },
    { id: 'sam', label: 'Slope taken uphill (SAM)', role: 'baseline' },
    { id: 'left', label: 'Noise never taken off', role: 'ablation' },
  ],
  plots: [
    {
      id: 'learning',
      kind: 'line',
      title: 'Digits right, asymmetric wrong labels',
      x: { label: 'step' },
      y: { label: 'share right', min: 0, max: 1 },
    },
    {
      id: 'memory',
      kind: 'line',
      title: 'Wrong labels learned by heart',
      x: { label: 'step' },
      y: { label: 'share given back', min: 0, max: 1 },
    },
    ...KINDS.map((kind) => ({
      id: `right ${kind}`,
      kind: 'bars' as const,
      metric: `right, ${kind}`,
      title: {
        few: 'Digits right, few images',
        symmetric: 'Digits right, symmetric wrong labels',
        asymmetric: 'Digits right, asymmetric wrong labels, in the end',
        sequence: 'Digits right of earlier tasks',
      }[kind],
      x: { label: 'share right' },
      y: { label: 'remedy' },
    })),
  ],
  claims: [
    {
      id: 'overfitting',
      quote: 'NVRM can effectively relieve overfitting',
      prediction:
        'From 100 images: more new digits are read right than with plain descent, and the gap between those taught and new ones is smaller, by the 95 % intervals of the differences.',
      test: (evidence) =>
        judge(
          above('New digits right, NVRM − plain', evidence.difference('right, few', 'nvrm', 'sgd'), 0),
          below('Gap, NVRM − plain', evidence.difference('gap, few', 'nvrm', 'sgd'), 0),
        ),
    },
    {
      id: 'wrong-labels',
      quote: 'effectively relieve overfitting, label noise memorization',
      prediction:
        'With symmetric and with asymmetric wrong labels: more new digits are read right than with plain descent, and of the wrong labels fewer are given back, by the 95 % intervals of the differences.',
      test: (evidence) =>
        judge(
          above('Symmetric, right, NVRM − plain', evidence.difference('right, symmetric', 'nvrm', 'sgd'), 0),
          below('Symmetric, by heart, NVRM − plain', evidence.difference('by heart, symmetric', 'nvrm', 'sgd'), 0),
          above('Asymmetric, right, NVRM − plain', evidence.difference('right, asymmetric', 'nvrm', 'sgd'), 0),
          below('Asymmetric, by heart, NVRM − plain', evidence.difference('by heart, asymmetric', 'nvrm', 'sgd'), 0),
        ),
    },
    {
      id: 'forgetting',
      quote: 'and catastrophic forgetting at negligible costs',
      prediction:
        'After the last of three tasks, more digits of the two earlier ones are read right than with plain descent, by the 95 % interval of the difference. Costs are not measured: a lab has no clock.',
      test: (evidence) =>
        judge(above('Earlier tasks, NVRM − plain', evidence.difference('right, sequence', 'nvrm', 'sgd'), 0)),
    },
    {
      id: 'strictly',
      quote:
        'theoretically guarantees ANV a strictly improved generalizability, robustness to label noise, and robustness to catastrophic forgetting',
      prediction:
        'Untuned, at the official strength of 0.01: more digits are right than with the same net, images and rate without noise, from few images, with symmetric wrong labels, and of earlier tasks, by 95 % intervals.',
      test: (evidence) =>
        judge(
          above('Few images', evidence.summary('lead at 0.01, few', 'nvrm'), 0),
          above('Symmetric wrong labels', evidence.summary('lead at 0.01, symmetric', 'nvrm'), 0),
          above('Earlier tasks', evidence.summary('lead at 0.01, sequence', 'nvrm'), 0),
        ),
    },
    {
      id: 'information',
      quote:
        'ANV plays as an implicit regularizer of the mutual information between the training data and the learned model',
      untestable: 'A proof is read, not run; and the information between images and weights cannot be counted here.',
    },
  ],
  breaks: [
    {
      swaps: { nvrm: 'left' },
      broken: 'The noise of a step is not taken off again: the weights drift.',
      verdicts: { strictly: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { nvrm: 'sgd' },
      broken: 'There is no noise.',
      verdicts: {
        overfitting: 'does-not-hold-at-this-scale',
        'wrong-labels': 'does-not-hold-at-this-scale',
        forgetting: 'does-not-hold-at-this-scale',
      },
    },
  ],
  run: (run) => {
    const { remedy, strengths } = ARMS[run.arm] as (typeof ARMS)[string];
    const total = KINDS.length * (RATES.length + strengths.length) * numberOf(run.params, 'steps');
    let done = 0;
    const tick = (): void => {
      if (done++ % 20 === 0) run.tick(Math.min(done, total), total);
    };
    for (const kind of KINDS) {
      const tasks = dealt(run, kind);
      const learn = (rate: number, strength: number): Result => {
        const setting = { rate, strength };
        return kind === 'sequence'
          ? learnSequence(run, setting, tasks, tick)
          : learnOne(run, setting, kind, tasks[0] as Parts, tick);
      };
      const plain = RATES.map((rate) => ({ rate, result: learn(rate, 0) }));
      const { rate, result: none } = plain.reduce((one, other) =>
        other.result.validated > one.result.validated ? other : one,
      );
      const tried = strengths.map((strength) => learn(rate, strength));
      const best = remedy === 'none' ? none : tried.reduce((a, b) => (b.validated > a.validated ? b : a));
      run.metric(`right, ${kind}`, best.right);
      run.metric(`rate, ${kind}`, rate);
      if (remedy !== 'none') run.metric(`strength, ${kind}`, strengths[tried.indexOf(best)] as number);
      if (kind === 'few') run.metric('gap, few', best.taught - best.right);
      if (kind === 'symmetric' || kind === 'asymmetric') run.metric(`by heart, ${kind}`, best.memorised);
      if (strengths[0] === OFFICIAL) run.metric(`lead at 0.01, ${kind}`, (tried[0] as Result).right - none.right);
      if (kind !== 'asymmetric') continue;
      for (const [step, right, memorised] of best.curve) {
        run.point('learning', step, right);
        run.point('memory', step, memorised);
      }
    }
  },
};
