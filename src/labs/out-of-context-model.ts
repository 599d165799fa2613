import type { Params } from './contract.ts';
import { exp } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';
import { numberOf } from './params.ts';
import { singularValues } from './singular-values.ts';

/** What is learned: both matrices, one in their place, or the second of the two alone. */
export type Layout = 'product' | 'single' | 'half';

/** A question: the rows of the two tokens, subject and relation, and the answer's column. */
export interface Question {
  readonly subject: number;
  readonly relation: number;
  readonly answer: number;
}

export interface Task {
  readonly tokens: number;
  readonly answers: number;
  readonly taught: readonly Question[];
  readonly unseen: readonly Question[];
}

/**
 * Every subject has a fact, one of `classes` answers; each fact implies one of as many other answers. All facts are taught, and
 * the implications of a share of the subjects of every class; those of the others are what is asked.
 */
export const drawTask = (rng: Rng, params: Params, pairing: 'own' | 'drawn', share: number): Task => {
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
export interface Weights {
  readonly width: number;
  /** tokens × width. */
  readonly a: Float64Array;
  /** width × answers; for the single matrix the identity, which is left as it is. */
  readonly b: Float64Array;
}

/** Rows of a matrix that is never learned are to be told apart: at the scale of the others they are too small for that. */
const FROZEN_SCALE = 0.6;

export const drawWeights = (rng: Rng, { tokens, answers }: Task, params: Params, layout: Layout): Weights => {
  const width = layout === 'single' ? answers : numberOf(params, 'width');
  const scale = numberOf(params, 'init');
  const noise = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * rng.normal());
  const a = noise(tokens * width, layout === 'half' ? FROZEN_SCALE : scale);
  if (layout !== 'single') return { width, a, b: noise(width * answers, scale) };
  return { width, a, b: Float64Array.from({ length: width * answers }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)) };
};

/** Writes the logits of a question to `out`, and the sum of its two rows of A to `sum`. */
export const answerTo = ({ width, a, b }: Weights, asked: Question, sum: Float64Array, out: Float64Array): void => {
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

/** The slopes of the cross-entropy, summed over all that is taught, by A and by B. */
export const slopesOf = (
  weights: Weights,
  { answers, taught }: Task,
): { readonly da: Float64Array; readonly db: Float64Array } => {
  const { width, a, b } = weights;
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
  return { da, db };
};

/** One step of gradient descent on the mean cross-entropy over all that is taught. */
export const descend = (weights: Weights, task: Task, rate: number, layout: Layout): void => {
  const { da, db } = slopesOf(weights, task);
  if (layout !== 'half') add(weights.a, da, -rate / task.taught.length);
  if (layout !== 'single') add(weights.b, db, -rate / task.taught.length);
};

/** By how much the right answer leads the best of all others; right where it is above 0. */
export const marginsOf = (weights: Weights, { answers }: Task, questions: readonly Question[]): readonly number[] => {
  const [sum, logits] = [new Float64Array(weights.width), new Float64Array(answers)];
  return questions.map((asked) => {
    answerTo(weights, asked, sum, logits);
    let best = Number.NEGATIVE_INFINITY;
    for (const [j, logit] of logits.entries()) if (j !== asked.answer && logit > best) best = logit;
    return (logits[asked.answer] as number) - best;
  });
};

export const shareRight = (margins: readonly number[]): number =>
  margins.filter((margin) => margin > 0).length / Math.max(1, margins.length);

/** W = A B, tokens × answers. */
export const productOf = ({ width, a, b }: Weights, { tokens, answers }: Task): Float64Array => {
  const w = new Float64Array(tokens * answers);
  for (let i = 0; i < tokens; i++)
    for (let k = 0; k < width; k++)
      for (let j = 0; j < answers; j++) {
        w[i * answers + j] =
          (w[i * answers + j] as number) + (a[i * width + k] as number) * (b[k * answers + j] as number);
      }
  return w;
};

/** The norms of W for a smallest margin of 1 on what was taught: only so two solutions compare. */
export interface Norms {
  readonly nuclear: number;
  readonly frobenius: number;
}

/** Null where not all of what is taught has been learned. */
export const normsOf = (weights: Weights, task: Task): Norms | null => {
  const margin = Math.min(...marginsOf(weights, task, task.taught));
  if (margin <= 0) return null;
  let [sum, squares] = [0, 0];
  for (const value of singularValues(productOf(weights, task), task.tokens, task.answers)) {
    sum += value;
    squares += value * value;
  }
  return { nuclear: sum / margin, frobenius: Math.sqrt(squares) / margin };
};
