import type { Calculator, Worked } from './calculator.ts';
import { plainNumber } from './claims.ts';
import type { Params } from './contract.ts';
import { exp, log, sin } from './kit/det-math.ts';
import { numberOf } from './params.ts';

/** How many next words there are to choose from. */
const WORDS = 32;
const STEPS = 200;
/** An answer is settled once the entropy stays below this share of the most it could be. */
const SETTLED = 0.25;
/** How much of the moving mean of the entropy is kept at a step. */
const KEPT = 0.9;
const TURN = 2 * Math.PI;

/** The scores of the words, from 1 to 0, as the logarithms of their ranks: how likely they are follows Zipf’s law. */
export const SCORES = Float64Array.from({ length: WORDS }, (_, i) => 1 - log(1 + i) / log(WORDS));

/**
 * The entropy, in nats, of choosing word i with probability proportional to exp(sharpness · score i), and its slope by the sharpness:
 * −sharpness · Var(score), which follows from the derivative of log Σ exp.
 */
export const entropyAt = (sharpness: number): { readonly entropy: number; readonly slope: number } => {
  let [total, first, second] = [0, 0, 0];
  for (const score of SCORES) {
    // No score is above 1, so that no exponent is above 0.
    const weight = exp(sharpness * (score - 1));
    total += weight;
    first += weight * score;
    second += weight * score * score;
  }
  const middle = first / total;
  return {
    entropy: log(total) + sharpness - sharpness * middle,
    slope: -sharpness * (second / total - middle * middle),
  };
};

export interface Trace {
  readonly entropy: readonly number[];
  /** The step from which on the entropy stays low; null for never. */
  readonly settled: number | null;
}

/**
 * The entropy of the next word, step by step. Without a controller the sharpness swings and slowly rises. A controller adds to it what
 * gradient steps on the entropy make of it: upwards while the moving mean of the entropy is near its highest, downwards after.
 */
export const traceOf = (params: Params, rate: number): Trace => {
  const [swing, period, growth, margin] = ['swing', 'period', 'growth', 'margin'].map((key) =>
    numberOf(params, key),
  ) as [number, number, number, number];
  const entropy: number[] = [];
  let [controller, moving, highest] = [0, 0, 0];
  let over = false;
  for (let step = 0; step < STEPS; step++) {
    const own = 3 * (1 + growth * step) * (1 + swing * sin((TURN * step) / period));
    const now = entropyAt(Math.max(0, own + controller));
    entropy.push(now.entropy);
    moving = step === 0 ? now.entropy : KEPT * moving + (1 - KEPT) * now.entropy;
    highest = Math.max(highest, moving);
    over ||= moving < highest - margin;
    controller += (over ? -1 : 1) * rate * now.slope;
  }
  const most = log(WORDS);
  const last = entropy.findLastIndex((value) => value >= SETTLED * most);
  return { entropy, settled: last + 1 < STEPS ? last + 1 : null };
};

const work = (params: Params): Worked => {
  const [left, steered] = [traceOf(params, 0), traceOf(params, numberOf(params, 'rate'))];
  const when = ({ settled }: Trace): string => (settled === null ? `not within ${STEPS}` : String(settled));
  const end = ({ entropy }: Trace): string => plainNumber(entropy.at(-1) ?? 0);
  const mostOf = ({ entropy }: Trace): string => plainNumber(entropy.reduce((most, value) => Math.max(most, value), 0));
  const saved =
    left.settled === null || steered.settled === null ? null : 1 - steered.settled / Math.max(1, left.settled);
  return {
    says: [
      saved === null
        ? steered.settled === null
          ? 'Steered or not, one of the two never settles: there is no saving to tell.'
          : `Left alone it does not settle within ${STEPS} steps; steered it does at ${steered.settled}.`
        : saved > 0
          ? `Steered, it settles ${plainNumber(100 * saved)} % earlier.`
          : 'Steering does not make it settle earlier.',
      `In this toy that is a matter of the sliders. It says nothing about the ${'58.6 %'} of words that the paper reports of a real model.`,
    ],
    head: ['', 'Settles at step', 'Highest entropy, nats', 'Entropy at the end, nats'],
    rows: [
      ['Left alone', when(left), mostOf(left), end(left)],
      ['Steered', when(steered), mostOf(steered), end(steered)],
    ],
    drawn: {
      title: 'Entropy of the next word',
      x: { label: 'step', min: 0, max: STEPS },
      y: { label: 'nats', min: 0, max: 3.5 },
      lines: [left, steered].map(({ entropy }, i) => ({
        name: i === 0 ? 'Left alone' : 'Steered',
        points: entropy.map((value, step) => [step, value] as const),
      })),
    },
  };
};

export const entropyTrace: Calculator = {
  id: 'entropy-trace',
  paper: 'video-reasoning-without-training',
  title: 'How a toy’s uncertainty falls when it is steered',
  about:
    'How unsure a model is of its next word is its entropy. Here the words are 32 and the scores are made up: the entropy swings while it thinks and falls when it is done. A controller first holds it up, then pushes it down.',
  quote:
    'adapts the value cache of the LMM via a few optimization steps on a small, trainable controller using an entropy-based objective',
  formula: [
    'p(i) ∝ exp(β · score i), score i = 1 − log(rank i) / log 32, H = −Σ p log p, dH/dβ = −β · Var(score)',
    'β = 3 (1 + growth · step) (1 + swing · sin(2π step / period)) + c',
    'c ← c + rate · dH/dβ until the moving mean of H has fallen by the margin below its highest, then c ← c − rate · dH/dβ',
  ],
  ours: [
    'The abstract names swings of small explorations and exploitations, a last phase of falling entropy, and a controller tuned by an entropy-based objective. It gives no formula.',
    'That one number is steered in place of a value cache, the swings, the moving mean and the moment of turning are ours.',
    'The words are not a language and the scores no model’s. What is right of it is the first line, which is mathematics.',
  ],
  params: [
    {
      kind: 'number',
      key: 'rate',
      label: 'Rate of the controller',
      help: '0: left alone.',
      min: 0,
      max: 2,
      step: 0.05,
      default: 0.4,
    },
    { kind: 'number', key: 'margin', label: 'Margin of turning, nats', min: 0.01, max: 1, step: 0.01, default: 0.05 },
    { kind: 'number', key: 'swing', label: 'Swing', min: 0, max: 0.9, step: 0.05, default: 0.4 },
    { kind: 'int', key: 'period', label: 'Period of the swing, steps', min: 4, max: 60, default: 20 },
    {
      kind: 'number',
      key: 'growth',
      label: 'Growth of certainty a step',
      min: 0,
      max: 0.1,
      step: 0.005,
      default: 0.03,
    },
  ],
  work,
};
