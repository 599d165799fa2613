import { above, judge, within } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import { log } from './kit/det-math.ts';
import { fitLine } from './kit/stats.ts';
import { numberOf } from './params.ts';
import { passThrough } from './pavlovian-attention-layers.ts';
import { type Curve, crossing, newest, RATES, type Rule, sweep, worstCase } from './pavlovian-attention-memory.ts';

/** Dimensions the keys of the ablation fill, however wide they are. */
const NARROW = 8;
/** An answer that is as long as what interferes with it, at right angles. */
const HALF = Math.SQRT1_2;
const MOSTLY = 0.9;
/** The model, the keys of one head and the heads of the stacks of layers; the wide one has keys of WIDER × KEYS. */
const [MODEL, KEYS, WIDER, LAYERS] = [128, 32, 4, 8];
/** Where the newest are asked for: of how many, in keys of which width. */
const LONG = { width: 64, learned: 512, asked: 16 } as const;
const TUNING_TRIALS = 2;

const ruleOf = (arm: string): Rule => (arm === 'narrow' ? 'hebb' : (arm as Rule));
const spreadOf = (arm: string, width: number): number => (arm === 'narrow' ? Math.min(NARROW, width) : width);

const widthsUpTo = (widest: number): readonly number[] => [16, 32, 64, 128, 256].filter((width) => width <= widest);

/** The rate of the highest score, each tried on draws made for nothing else. */
const bestOf = (rates: readonly number[], score: (rate: number) => number): number => {
  if (rates.length === 1) return rates[0] as number;
  const scores = rates.map(score);
  return rates[scores.indexOf(Math.max(...scores))] as number;
};

const held = ({ counts, cosine }: Curve): number => crossing(counts, cosine, HALF);

const slopeOf = (widths: readonly number[], counts: readonly number[]): number =>
  fitLine(
    widths.map((width) => log(width)),
    counts.map((count) => log(count)),
  ).slope;

const measureCapacity = (run: Run, tick: (done: 0 | 1) => void): void => {
  const rule = ruleOf(run.arm);
  const linear = rule === 'hebb';
  const widths = widthsUpTo(numberOf(run.params, 'widest'));
  const trials = numberOf(run.params, 'trials');
  const found = { direction: [] as number[], closest: [] as number[], all: [] as number[], worst: [] as number[] };
  let limited = false;
  for (const width of widths) {
    const most = (linear ? 16 : 8) * width;
    const wish = { rule, width, spread: spreadOf(run.arm, width), most, toTheEnd: linear };
    const rate = bestOf(RATES[rule], (rate) =>
      held(sweep(run.rng.fork(`tuning ${width}`), { ...wish, rate, trials: TUNING_TRIALS }, tick)),
    );
    const more = (trials * (widths.at(-1) as number)) / width;
    const curve = sweep(run.rng.fork(`width ${width}`), { ...wish, rate, trials: more }, tick);
    found.direction.push(held(curve));
    run.metric('held by width', held(curve), width);
    if (held(curve) === most) {
      limited = true;
      run.note(`Keys of ${width}: all ${most} associations that were tried are held; there may be room for more.`);
    }
    run.point('capacity', width, held(curve));
    if (width === widths.at(-1)) {
      for (const [i, count] of curve.counts.entries()) run.point('fading', count, curve.cosine[i] as number);
    }
    if (!linear) {
      run.note(`Keys of ${width}: rate ${rate}.`);
      continue;
    }
    found.closest.push(crossing(curve.counts, curve.right, MOSTLY));
    found.all.push(crossing(curve.counts, curve.all, MOSTLY));
    found.worst.push(worstCase(run.rng.fork(`worst ${width}`), width, wish.spread, 32 * trials));
    if (run.arm === 'narrow') continue;
    run.point('readings', width, found.direction.at(-1) as number, 'on average');
    run.point('readings', width, found.closest.at(-1) as number, 'closest value, nine in ten');
    run.point('readings', width, found.all.at(-1) as number, 'closest value, all at once');
    run.point('readings', width, found.worst.at(-1) as number, 'values against it');
  }
  // What is limited by how many were tried grows with that, and says nothing of the rule.
  if (limited) return;
  run.metric('log held', log(found.direction.at(-1) as number));
  run.metric('exponent', slopeOf(widths, found.direction));
  if (!linear) return;
  run.metric('exponent, closest', slopeOf(widths, found.closest));
  run.metric('exponent, all right', slopeOf(widths, found.all));
  run.metric('exponent, worst case', slopeOf(widths, found.worst));
};

const measureNewest = (run: Run, tick: (done: 0 | 1) => void): void => {
  const rule = ruleOf(run.arm);
  const wish = { rule, width: LONG.width, spread: spreadOf(run.arm, LONG.width) };
  const rate = bestOf(RATES[rule], (rate) =>
    newest(run.rng.fork('tuning newest'), { ...wish, rate, trials: TUNING_TRIALS }, LONG, () => tick(1)),
  );
  const trials = numberOf(run.params, 'trials');
  run.metric(
    'newest',
    newest(run.rng.fork('newest'), { ...wish, rate, trials }, LONG, () => tick(1)),
  );
};

const measureLayers = (run: Run, tick: (done: 0 | 1) => void): void => {
  const narrow = run.arm === 'narrow';
  const stack = { model: MODEL, layers: LAYERS, load: numberOf(run.params, 'load'), copies: narrow };
  const shapes = [
    { name: 'one head', width: KEYS, heads: 1 },
    { name: 'longer keys', width: WIDER * KEYS, heads: 1 },
    { name: 'four heads', width: KEYS, heads: WIDER },
  ];
  const trials = 2 * numberOf(run.params, 'trials');
  const through: Float64Array[] = [];
  for (const { name, width, heads } of shapes) {
    const found = new Float64Array(LAYERS);
    for (let trial = 0; trial < trials; trial++) {
      const shape = { ...stack, width: narrow ? Math.min(NARROW, width) : width, heads };
      const one = passThrough(run.rng.fork(`layers ${trial}`), shape);
      for (let layer = 0; layer < LAYERS; layer++)
        found[layer] = (found[layer] as number) + (one[layer] as number) / trials;
      tick(1);
    }
    if (name !== 'longer keys')
      for (let layer = 0; layer < LAYERS; layer++) run.point('layers', layer + 1, found[layer] as number, name);
    through.push(found);
  }
  const [one, wider, more] = through as [Float64Array, Float64Array, Float64Array];
  const [first, last] = [one[0] as number, one[LAYERS - 1] as number];
  let product = 1;
  for (let layer = 0; layer < LAYERS; layer++) product *= first;
  run.metric('lost by depth', first - last);
  run.metric('beside the product', last - product);
  run.metric('gained by width', (wider[LAYERS - 1] as number) - last);
  run.metric('gained by heads', (more[LAYERS - 1] as number) - last);
};

const CAPACITY =
  'a capacity theorem showing that attention heads can store O(d_k) associations before interference degrades retrieval';

export const pavlovianAttention: Lab = {
  id: 'pavlovian-attention',
  paper: 'understanding-transformers-through-the-lens-of-pavlovian-conditioning',
  version: 2,
  title: 'How many associations an attention head holds',
  about:
    'Attention without its softmax is a matrix that learns, by Hebb’s rule, which value goes with which key. Here such a matrix is filled with pairs drawn at random, until what it answers no longer points at the right value. How that number grows with the length of the keys depends on what is asked of the answer: the abstract is read both ways.',
  fidelity: {
    same: [
      'Linear attention as a memory: S = Σ v kᵀ, read by S q. Keys stand for conditional stimuli, values for unconditional ones, queries for test stimuli.',
      'The number of associations before interference, against the length of the keys; errors through layers, against width and heads; other rules of learning in the place of Hebb’s.',
    ],
    changed: [
      'The stored abstract says O(d_k); it is said to have been O(√d_k) on arXiv, where the sign for the root was lost with the TeX. Both are tested: on average over values, and with values chosen against the one asked for.',
      'Keys and values are random directions, not those of a trained transformer. An association counts as held while the mean cosine of the answer with its value is at least 0.707, where interference is as long as the answer. Two other ways to count are shown: the value closest to the answer is the right one in nine of ten answers, or for every key at once in nine of ten memories.',
      'The equations are derived from the abstract and our design, not copied from the paper. That holds for the layers, too: every layer maps patterns to those of the next one, and a head sees them through a random matrix. Without a softmax, heads whose answers are added up are one head with their keys side by side.',
      'Delta is Widrow and Hoff’s rule, Oja’s is that of one neuron for every output, held at its value. Rates are chosen from four each, on draws made for it. Oja’s is mostly the smallest: as it goes to 0, the rule comes to Hebb’s. Softmax attention is asked of eight associations for each number of a key, and no more; where it holds all of them, its line shows what was tried and not what it could hold.',
    ],
    sources: [{ label: 'arXiv:2508.08289', url: 'https://arxiv.org/abs/2508.08289' }],
  },
  params: [
    {
      kind: 'int',
      key: 'widest',
      label: 'Longest keys',
      help: 'Keys of 16, 32, 64, 128 and 256 numbers are tried, up to this.',
      min: 32,
      max: 256,
      step: 32,
      default: 128,
      costly: true,
    },
    {
      kind: 'int',
      key: 'trials',
      label: 'Memories a seed',
      help: 'With the longest keys; of shorter ones, as many more as they are shorter. What one seed measures is the mean over these.',
      min: 1,
      max: 32,
      default: 8,
      costly: true,
    },
    {
      kind: 'int',
      key: 'load',
      label: 'Associations in each layer',
      help: 'Of the stack of eight layers.',
      min: 2,
      max: 64,
      default: 16,
      costly: true,
    },
  ],
  presets: {
    smoke: { params: { widest: 32, trials: 1, load: 8 }, seeds: 1, seconds: 0.3 },
    quick: { params: { widest: 64, trials: 4 }, seeds: 4, seconds: 6 },
    standard: { params: {}, seeds: 8, seconds: 35 },
    full: { params: { widest: 256 }, seeds: 20, seconds: 500 },
  },
  arms: [
    { id: 'hebb', label: 'Hebb: linear attention', role: 'method' },
    { id: 'delta', label: 'Delta rule', role: 'method' },
    { id: 'oja', label: 'Oja’s rule', role: 'method' },
    { id: 'softmax', label: 'Softmax attention', role: 'baseline' },
    { id: 'narrow', label: 'Hebb, keys in eight dimensions', role: 'ablation' },
  ],
  plots: [
    {
      id: 'capacity',
      kind: 'line',
      title: 'Associations held, by the length of the keys',
      x: { label: 'length of the keys', log: true },
      y: { label: 'associations', log: true },
    },
    {
      id: 'readings',
      kind: 'line',
      title: 'Four ways to count: what is asked of the answer',
      x: { label: 'length of the keys', log: true },
      y: { label: 'associations', log: true },
    },
    {
      id: 'fading',
      kind: 'line',
      title: 'How the answer fades, longest keys',
      x: { label: 'associations', log: true },
      y: { label: 'cosine with the right value', min: 0, max: 1 },
      reference: [{ y: HALF, label: 'interference as long as the answer' }],
    },
    {
      id: 'layers',
      kind: 'line',
      title: 'Through layers, each asked what the one before answered',
      x: { label: 'layer' },
      y: { label: 'cosine with the right value', min: 0, max: 1 },
    },
    {
      id: 'newest',
      kind: 'bars',
      metric: 'newest',
      title: 'The newest 16 of 512 associations, keys of 64',
      x: { label: 'cosine with the right value', min: 0, max: 1 },
      y: { label: 'rule' },
    },
  ],
  claims: [
    {
      id: 'capacity-on-average',
      quote: CAPACITY,
      prediction:
        'Read as it is stored, and on average over values: the associations held grow in proportion to the length of the keys. The 95 % interval of the exponent of a power law lies within 0.9 and 1.1.',
      test: (evidence) => judge(within('Exponent, on average', evidence.summary('exponent', 'hebb'), 0.9, 1.1)),
    },
    {
      id: 'capacity-at-worst',
      quote: CAPACITY,
      clean:
        'a capacity theorem showing that attention heads can store O(√d_k) associations before interference degrades retrieval',
      prediction:
        'Read with the root, and with values that all pull the same wrong way, as a guarantee must allow for: the 95 % interval of the exponent lies within 0.4 and 0.6.',
      test: (evidence) =>
        judge(within('Exponent, values chosen against', evidence.summary('exponent, worst case', 'hebb'), 0.4, 0.6)),
    },
    {
      id: 'trade-offs',
      quote:
        'an error propagation analysis revealing fundamental architectural trade-offs of balancing model depth, width, and head redundancy to maintain reliability',
      prediction:
        'Eight layers lose more than 0.1 of the cosine after one, and what is left lies within 0.05 of the eighth power of that. Keys four times as long give back more than 0.1, and so do four heads in the place of one. All by 95 % intervals.',
      test: (evidence) =>
        judge(
          above('Lost from one layer to eight', evidence.summary('lost by depth', 'hebb'), 0.1),
          within(
            'Difference from the product over layers',
            evidence.summary('beside the product', 'hebb'),
            -0.05,
            0.05,
          ),
          above('Gained by keys four times as long', evidence.summary('gained by width', 'hebb'), 0.1),
          above('Gained by four heads', evidence.summary('gained by heads', 'hebb'), 0.1),
        ),
    },
    {
      id: 'other-rules',
      quote: 'an understanding of how biologically plausible learning rules could enhance transformer architectures',
      prediction:
        'With keys of the greatest length, the delta rule and Oja’s rule each hold more associations than Hebb’s, and each answers better for the newest 16 of 512: the 95 % intervals of the differences, seed by seed, lie above 0.',
      test: (evidence) =>
        judge(
          above('Logarithm of the ratio held, delta to Hebb', evidence.difference('log held', 'delta', 'hebb'), 0),
          above('Logarithm of the ratio held, Oja to Hebb', evidence.difference('log held', 'oja', 'hebb'), 0),
          above('Newest, delta less Hebb', evidence.difference('newest', 'delta', 'hebb'), 0),
          above('Newest, Oja less Hebb', evidence.difference('newest', 'oja', 'hebb'), 0),
        ),
    },
    {
      id: 'evolution',
      quote:
        'the success of modern AI may stem not from architectural novelty alone, but from implementing computational principles that biology optimized over millions of years of evolution',
      untestable: 'This is about why a field succeeded. No experiment of this size could tell.',
    },
  ],
  breaks: [
    {
      swaps: { hebb: 'narrow' },
      broken:
        'Keys keep to eight dimensions, however long they are, and heads are copies of one another: there is nothing for interference to spread over.',
      verdicts: {
        'capacity-on-average': 'does-not-hold-at-this-scale',
        'capacity-at-worst': 'does-not-hold-at-this-scale',
        'trade-offs': 'holds-in-part',
      },
    },
    {
      swaps: { hebb: 'delta' },
      broken: 'The delta rule stands in for Hebb’s, so that rules are compared with themselves.',
      verdicts: { 'other-rules': 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    let done = 0;
    const total = run.arm === 'hebb' || run.arm === 'narrow' ? 1_500 : 3_000;
    const tick = (more: 0 | 1): void => {
      done = Math.min(done + more, total);
      run.tick(done, total);
    };
    if (ruleOf(run.arm) === 'hebb') measureLayers(run, tick);
    measureCapacity(run, tick);
    measureNewest(run, tick);
    run.tick(total, total);
  },
};
