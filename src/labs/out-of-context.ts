import { above, below, judge } from './claims.ts';
import type { Lab, Params, Run } from './contract.ts';
import { exp, log } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';
import { numberOf } from './params.ts';
import { singularValues } from './singular-values.ts';

/** Which weights are learned, and how implications are paired with facts. */
const ARMS = {
  factorised: { layout: 'product', pairing: 'own' },
  spurious: { layout: 'product', pairing: 'drawn' },
  combined: { layout: 'single', pairing: 'own' },
  frozen: { layout: 'half', pairing: 'own' },
} as const;

type ArmId = keyof typeof ARMS;
type Layout = (typeof ARMS)[ArmId]['layout'];

/** A question: the rows of the two tokens, subject and relation, and the answer's column. */
interface Question {
  readonly subject: number;
  readonly relation: number;
  readonly answer: number;
}

interface Task {
  readonly tokens: number;
  readonly answers: number;
  readonly taught: readonly Question[];
  readonly unseen: readonly Question[];
}

/**
 * Every subject has a fact, one of `classes` answers; each fact implies one of as many other answers. All facts are taught, and
 * the implications of a share of the subjects of every class; those of the others are what is asked.
 */
const drawTask = (rng: Rng, params: Params, pairing: 'own' | 'drawn', share: number): Task => {
  const [subjects, classes] = [numberOf(params, 'subjects'), numberOf(params, 'classes')];
  const implied = Array.from({ length: classes }, (_, fact) => fact);
  if (pairing === 'drawn') rng.fork('pairing').shuffle(implied);
  const order = rng.fork('subjects').shuffle(Array.from({ length: subjects }, (_, subject) => subject));
  const perClass = Math.max(1, Math.round((share * subjects) / classes));
  const taught: Question[] = [];
  const unseen: Question[] = [];
  for (const [place, subject] of order.entries()) {
    const fact = place % classes;
    taught.push({ subject, relation: subjects, answer: fact });
    const implication = { subject, relation: subjects + 1, answer: classes + (implied[fact] ?? 0) };
    (Math.floor(place / classes) < perClass ? taught : unseen).push(implication);
  }
  return { tokens: subjects + 2, answers: 2 * classes, taught, unseen };
};

/** One layer of attention in the linear limit: the logits of an answer are (e_subject + e_relation) W, with W = A B or W itself. */
interface Weights {
  readonly width: number;
  /** tokens × width. */
  readonly a: Float64Array;
  /** width × answers; for the single matrix the identity, which is left as it is. */
  readonly b: Float64Array;
}

/** Rows of a matrix that is never learned are to be told apart: at the scale of the others they are too small for that. */
const FROZEN_SCALE = 0.6;

const drawWeights = (rng: Rng, { tokens, answers }: Task, params: Params, layout: Layout): Weights => {
  const width = layout === 'single' ? answers : numberOf(params, 'width');
  const scale = numberOf(params, 'init');
  const noise = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * rng.normal());
  const a = noise(tokens * width, layout === 'half' ? FROZEN_SCALE : scale);
  if (layout !== 'single') return { width, a, b: noise(width * answers, scale) };
  return { width, a, b: Float64Array.from({ length: width * answers }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)) };
};

/** Writes the logits of a question to `out`, and the sum of its two rows of A to `sum`. */
const answerTo = ({ width, a, b }: Weights, asked: Question, sum: Float64Array, out: Float64Array): void => {
  const [one, other] = [asked.subject * width, asked.relation * width];
  out.fill(0);
  for (let k = 0; k < width; k++) {
    const value = (a[one + k] as number) + (a[other + k] as number);
    sum[k] = value;
    for (let j = 0; j < out.length; j++) out[j] = (out[j] as number) + value * (b[k * out.length + j] as number);
  }
};

/** Turns logits into probabilities, in place. */
const softmax = (logits: Float64Array): void => {
  let top = Number.NEGATIVE_INFINITY;
  for (const value of logits) if (value > top) top = value;
  let total = 0;
  for (let j = 0; j < logits.length; j++) {
    logits[j] = exp((logits[j] as number) - top);
    total += logits[j] as number;
  }
  for (let j = 0; j < logits.length; j++) logits[j] = (logits[j] as number) / total;
};

const add = (to: Float64Array, change: Float64Array, factor: number): void => {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (change[i] as number);
};

/** One step of gradient descent on the mean cross-entropy over all that is taught. */
const descend = (
  weights: Weights,
  task: Task,
  rate: number,
  learns: { readonly a: boolean; readonly b: boolean },
): void => {
  const { width, a, b } = weights;
  const { answers, taught } = task;
  const [da, db] = [new Float64Array(a.length), new Float64Array(b.length)];
  const [sum, error] = [new Float64Array(width), new Float64Array(answers)];
  for (const asked of taught) {
    answerTo(weights, asked, sum, error);
    softmax(error);
    error[asked.answer] = (error[asked.answer] as number) - 1;
    const [one, other] = [asked.subject * width, asked.relation * width];
    for (let k = 0; k < width; k++) {
      let back = 0;
      for (let j = 0; j < answers; j++) {
        const at = k * answers + j;
        back += (error[j] as number) * (b[at] as number);
        db[at] = (db[at] as number) + (error[j] as number) * (sum[k] as number);
      }
      da[one + k] = (da[one + k] as number) + back;
      da[other + k] = (da[other + k] as number) + back;
    }
  }
  if (learns.a) add(a, da, -rate / taught.length);
  if (learns.b) add(b, db, -rate / taught.length);
};

/** By how much the right answer leads the best of all others; right where it is above 0. */
const marginsOf = (weights: Weights, { answers }: Task, questions: readonly Question[]): readonly number[] => {
  const [sum, logits] = [new Float64Array(weights.width), new Float64Array(answers)];
  return questions.map((asked) => {
    answerTo(weights, asked, sum, logits);
    let best = Number.NEGATIVE_INFINITY;
    for (const [j, logit] of logits.entries()) if (j !== asked.answer && logit > best) best = logit;
    return (logits[asked.answer] as number) - best;
  });
};

const shareRight = (margins: readonly number[]): number =>
  margins.filter((margin) => margin > 0).length / Math.max(1, margins.length);

/** W = A B, tokens × answers. */
const productOf = ({ width, a, b }: Weights, { tokens, answers }: Task): Float64Array => {
  const w = new Float64Array(tokens * answers);
  for (let i = 0; i < tokens; i++)
    for (let k = 0; k < width; k++)
      for (let j = 0; j < answers; j++) {
        w[i * answers + j] =
          (w[i * answers + j] as number) + (a[i * width + k] as number) * (b[k * answers + j] as number);
      }
  return w;
};

/**
 * The nuclear norm of W, for a smallest margin of 1 on what was taught: only so two solutions compare. Null where it has not
 * learned all of that.
 */
const nuclearNorm = (weights: Weights, task: Task): number | null => {
  const margin = Math.min(...marginsOf(weights, task, task.taught));
  if (margin <= 0) return null;
  let sum = 0;
  for (const value of singularValues(productOf(weights, task), task.tokens, task.answers)) sum += value;
  return sum / margin;
};

const POINTS = 60;
const FRAMES = 12;

const train = (run: Run, share: number, part: number, parts: number): void => {
  const { layout, pairing } = ARMS[run.arm as ArmId];
  const task = drawTask(run.rng.fork('task'), run.params, pairing, share);
  const weights = drawWeights(run.rng.fork('weights'), task, run.params, layout);
  const [steps, rate] = [numberOf(run.params, 'steps'), numberOf(run.params, 'rate')];
  const learns = { a: layout !== 'half', b: layout !== 'single' };
  const shown = share === numberOf(run.params, 'share');
  const every = Math.max(1, Math.floor(steps / POINTS));
  for (let step = 0; step <= steps; step++) {
    if (shown && step % every === 0) {
      run.point('learning', step, shareRight(marginsOf(weights, task, task.unseen)), 'unseen implications');
      run.point('learning', step, shareRight(marginsOf(weights, task, task.taught)), 'what was taught');
    }
    if (shown && step % Math.max(1, Math.floor(steps / FRAMES)) === 0) {
      run.frame('weights', { w: task.answers, h: task.tokens, data: productOf(weights, task) });
    }
    if (step % 20 === 0) run.tick(part * steps + step, parts * steps);
    if (step < steps) descend(weights, task, rate, learns);
  }
  run.metric('unseen by share', shareRight(marginsOf(weights, task, task.unseen)), share);
  if (!shown) return;
  const norm = nuclearNorm(weights, task);
  run.metric('unseen', shareRight(marginsOf(weights, task, task.unseen)));
  run.metric('taught', shareRight(marginsOf(weights, task, task.taught)));
  if (norm !== null) run.metric('log nuclear norm', log(norm));
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
      'Sizes, learning rate and the scale of the first weights are ours. The scale matters: at 0.3 the effect weakens.',
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
    standard: { params: {}, seeds: 8, seconds: 25 },
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
  ablation: {
    replaces: 'factorised',
    with: 'frozen',
    broken: 'The first matrix keeps the values it was drawn with, and only the second is learned.',
    verdicts: {
      factorisation: 'holds-in-part',
      'nuclear-norm': 'does-not-hold-at-this-scale',
      'few-examples': 'does-not-hold-at-this-scale',
    },
  },
  run: (run) => {
    const shares = [...new Set([numberOf(run.params, 'share'), FEW])];
    for (const [part, share] of shares.entries()) train(run, share, part, shares.length);
  },
};
