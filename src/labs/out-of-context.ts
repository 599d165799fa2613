import { above, below, judge } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import { log } from './kit/det-math.ts';
import { descend, drawTask, drawWeights, marginsOf, normsOf, productOf, shareRight } from './out-of-context-model.ts';
import { numberOf } from './params.ts';

/** Which weights are learned, and how implications are paired with facts. */
const ARMS = {
  factorised: { layout: 'product', pairing: 'own' },
  spurious: { layout: 'product', pairing: 'drawn' },
  combined: { layout: 'single', pairing: 'own' },
  frozen: { layout: 'half', pairing: 'own' },
} as const;

type ArmId = keyof typeof ARMS;

const POINTS = 60;
const FRAMES = 12;

const train = (run: Run, share: number, part: number, parts: number): void => {
  const { layout, pairing } = ARMS[run.arm as ArmId];
  const task = drawTask(run.rng.fork('task'), run.params, pairing, share);
  const weights = drawWeights(run.rng.fork('weights'), task, run.params, layout);
  const [steps, rate] = [numberOf(run.params, 'steps'), numberOf(run.params, 'rate')];
  const shown = share === numberOf(run.params, 'share');
  const every = Math.max(1, Math.floor(steps / POINTS));
  for (let step = 0; step <= steps; step++) {
    if (shown && step % every === 0) {
      run.point('learning', step, shareRight(marginsOf(weights, task, task.unseen)), 'unseen implications');
      run.point('learning', step, shareRight(marginsOf(weights, task, task.taught)), 'what was taught');
      const norms = normsOf(weights, task);
      if (norms !== null) run.point('norms', step, norms.nuclear, 'nuclear');
      if (norms !== null) run.point('norms', step, norms.frobenius, 'Frobenius');
    }
    if (shown && step % Math.max(1, Math.floor(steps / FRAMES)) === 0) {
      run.frame('weights', { w: task.answers, h: task.tokens, data: productOf(weights, task) });
    }
    if (step % 20 === 0) run.tick(part * steps + step, parts * steps);
    if (step < steps) descend(weights, task, rate, layout);
  }
  run.metric('unseen by share', shareRight(marginsOf(weights, task, task.unseen)), share);
  if (!shown) return;
  const norms = normsOf(weights, task);
  run.metric('unseen', shareRight(marginsOf(weights, task, task.unseen)));
  run.metric('taught', shareRight(marginsOf(weights, task, task.taught)));
  if (norms !== null) run.metric('log nuclear norm', log(norms.nuclear));
};

/** The least that is taught: the implications of one subject in ten. */
const FEW = 0.1;

export const outOfContext: Lab = {
  id: 'out-of-context',
  paper: 'generalization-or-hallucination-understanding-out-of-context-reasoning-in',
  version: 1,
  title: 'Two matrices deduce what one matrix cannot',
  about:
    'Sixty made-up subjects have a fact each, and every fact implies something. A one-layer model is taught all the facts, and the implications of half of the subjects; then it is asked for those it was never told. Whether it can deduce them depends on nothing but how its weights are written: as a product of two matrices, or as one.',
  fidelity: {
    same: [
      'The task: all facts are taught, and the implications of some subjects; the implications of the others are asked.',
      'The comparison: output and value matrices as a product, against one matrix in their place; cross-entropy, gradient descent on everything at once.',
    ],
    changed: [
      'Attention is replaced by its linear limit: both tokens weigh the same, so that the logits are (e_subject + e_relation) W. Only W is learned.',
      'Sizes, learning rate and the scale of the first weights are ours, and the same for all arms. The scale matters: at 0.3 the effect weakens. One matrix has nothing to gain from another rate (0.3 and 2 were tried) or scale (0.02 to 1): it got a sixth right, by chance, with all of them.',
      'Where the first matrix is never learned it is drawn at a scale of 0.6, so that its rows can be told apart.',
      'Sharing a fact means nothing to this model, so that a causal and a spurious pairing differ only in which answers are paired. What that shows is the paper’s point: nothing in the mechanism could tell them apart.',
    ],
    sources: [{ label: 'arXiv:2506.10887', url: 'https://arxiv.org/abs/2506.10887' }],
  },
  params: [
    {
      kind: 'number',
      key: 'share',
      label: 'Subjects whose implications are taught',
      help: 'As a share of all. One subject of every class is taught in any case.',
      min: 0.1,
      max: 0.9,
      step: 0.1,
      default: 0.5,
    },
    { kind: 'int', key: 'subjects', label: 'Subjects', min: 20, max: 120, default: 60, costly: true },
    { kind: 'int', key: 'classes', label: 'Different facts', min: 2, max: 10, default: 5 },
    {
      kind: 'int',
      key: 'width',
      label: 'Columns of the first matrix',
      help: 'How wide the product is in the middle.',
      min: 2,
      max: 64,
      default: 32,
      costly: true,
    },
    {
      kind: 'number',
      key: 'init',
      label: 'Scale of the first weights',
      help: 'Large first weights hide the bias of gradient descent.',
      min: 0.02,
      max: 1,
      step: 0.02,
      default: 0.1,
    },
    { kind: 'number', key: 'rate', label: 'Learning rate', min: 0.1, max: 2, step: 0.1, default: 1 },
    { kind: 'int', key: 'steps', label: 'Steps', min: 50, max: 10_000, step: 50, default: 3_000, costly: true },
  ],
  presets: {
    smoke: { params: { subjects: 20, steps: 100 }, seeds: 1, seconds: 0.1 },
    quick: { params: { steps: 1_000 }, seeds: 4, seconds: 4 },
    standard: { params: {}, seeds: 8, seconds: 12 },
    full: { params: { steps: 10_000 }, seeds: 20, seconds: 200 },
  },
  arms: [
    { id: 'factorised', label: 'Two matrices', role: 'method' },
    { id: 'spurious', label: 'Two matrices, pairs drawn at random', role: 'method' },
    { id: 'combined', label: 'One matrix', role: 'baseline' },
    { id: 'frozen', label: 'Two matrices, the first never learned', role: 'ablation' },
  ],
  plots: [
    {
      id: 'learning',
      kind: 'line',
      title: 'Right answers, by training',
      x: { label: 'step' },
      y: { label: 'share right', min: 0, max: 1 },
    },
    {
      id: 'unseen',
      kind: 'bars',
      metric: 'unseen',
      title: 'Implications never told',
      x: { label: 'share right', min: 0, max: 1 },
      y: { label: 'weights' },
    },
    {
      id: 'norms',
      kind: 'line',
      title: 'Norms of W, once all that is taught is known, for a smallest margin of 1',
      x: { label: 'step' },
      y: { label: 'norm', log: true },
    },
    {
      id: 'weights',
      kind: 'heatmap',
      palette: 'diverging',
      title: 'The matrix W: what every token says for every answer',
      x: { label: 'answer: facts, then implications' },
      y: { label: 'token: subjects, then the two relations' },
    },
  ],
  claims: [
    {
      id: 'factorisation',
      quote:
        'a one-layer single-head attention-only transformer with factorized output and value matrices can learn to solve this task, while a model with combined weights cannot',
      prediction:
        'Two matrices: the 95 % interval of the share of right answers to implications never told lies above 0.9. One matrix: that of what was taught lies above 0.99, and that of implications never told below 0.6.',
      test: (evidence) =>
        judge(
          above('Two matrices, never told', evidence.summary('unseen', 'factorised'), 0.9),
          above('One matrix, taught', evidence.summary('taught', 'combined'), 0.99),
          below('One matrix, never told', evidence.summary('unseen', 'combined'), 0.6),
        ),
    },
    {
      id: 'nuclear-norm',
      quote:
        'the implicit bias of gradient descent, which favors solutions that minimize the nuclear norm of the combined output-value matrix',
      prediction:
        'Both scaled to a smallest margin of 1 on what was taught, the nuclear norm of the product lies below that of the single matrix: the 95 % interval of the logarithm of their ratio, seed by seed, lies below 0.',
      test: (evidence) =>
        judge(
          below(
            'Logarithm of the nuclear norms’ ratio, two matrices to one',
            evidence.difference('log nuclear norm', 'factorised', 'combined'),
            0,
          ),
        ),
    },
    {
      id: 'few-examples',
      quote: 'the model learns to associate facts and implications with high sample efficiency',
      prediction:
        'With the implications of one subject in ten taught, the 95 % interval of the share of right answers for the other nine lies above 0.9.',
      test: (evidence) =>
        judge(above('Two matrices, never told', evidence.summary('unseen by share', 'factorised', FEW), 0.9)),
    },
    {
      id: 'spurious',
      quote: 'regardless of whether the correlation is causal or merely spurious',
      prediction:
        'With facts and implications paired at random, the 95 % interval of the share of right answers to implications never told lies above 0.9 too.',
      test: (evidence) =>
        judge(above('Pairs drawn at random, never told', evidence.summary('unseen', 'spurious'), 0.9)),
    },
    {
      id: 'language-models',
      quote:
        'Our experiments across five prominent LLMs confirm that OCR indeed drives both generalization and hallucination',
      untestable: 'This needs language models of several billion weights, fine-tuned on a graphics card.',
    },
  ],
  breaks: [
    {
      swaps: { factorised: 'frozen' },
      broken: 'The first matrix keeps the values it was drawn with, and only the second is learned.',
      verdicts: {
        factorisation: 'holds-in-part',
        'nuclear-norm': 'does-not-hold-at-this-scale',
        'few-examples': 'does-not-hold-at-this-scale',
      },
    },
    {
      swaps: { spurious: 'combined' },
      broken: 'The pairs drawn at random are taught to one matrix in the place of two.',
      verdicts: { spurious: 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    const shares = [...new Set([numberOf(run.params, 'share'), FEW])];
    for (const [part, share] of shares.entries()) train(run, share, part, shares.length);
  },
};
