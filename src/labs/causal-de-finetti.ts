import { coinTest, leaning, normalScores, scoreTest } from './causal-de-finetti-independence.ts';
import {
  drawSample,
  firstOf,
  type Sample,
  STRUCTURES,
  type Structure,
  strangers,
  type World,
} from './causal-de-finetti-worlds.ts';
import { above, judge, within } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import type { Rng } from './kit/rng.ts';
import { numberOf } from './params.ts';

/** A test of independence of two variables, given a third or not. */
type Test = (a: Float64Array, b: Float64Array, given: Float64Array | null) => number;
type Judge = (sample: Sample, world: World, alpha: number, rng: Rng) => Structure;

const testOf = (world: World, rng: Rng): Test =>
  world === 'laplace' ? (a, b, given) => scoreTest(a, b, given, rng) : coinTest;

/** Ranked as a whole, both samples of a variable together. */
const scored = ({ x, y }: Sample): Sample => {
  const both = (pair: readonly [Float64Array, Float64Array]): readonly [Float64Array, Float64Array] => {
    const scores = normalScores(pooled(pair));
    return [scores.subarray(0, pair[0].length), scores.subarray(pair[0].length)];
  };
  return { x: both(x), y: both(y) };
};

const pooled = ([one, other]: readonly [Float64Array, Float64Array]): Float64Array => {
  const out = new Float64Array(one.length + other.length);
  out.set(one);
  out.set(other, one.length);
  return out;
};

/**
 * Three independences, of which a structure has one: x of one sample and y of the other given the latter's x; the same with x and y
 * exchanged; x and y of one sample. Where not just one is accepted, the largest p-value decides.
 */
const byPairs: Judge = (sample, world, alpha, rng) => {
  const { x, y } = world === 'laplace' ? scored(sample) : sample;
  const test = testOf(world, rng);
  const [forward, backward, apart] = [test(x[0], y[1], x[1]), test(y[0], x[1], y[1]), test(x[0], y[0], null)] as const;
  if (forward >= alpha && backward <= alpha && apart <= alpha) return 'x to y';
  if (forward <= alpha && backward >= alpha && apart <= alpha) return 'y to x';
  if (forward >= alpha && backward >= alpha && apart >= alpha) return 'none';
  if (forward >= backward && forward >= apart) return 'x to y';
  return backward >= apart ? 'y to x' : 'none';
};

/** Whether there is an edge at all, from all samples as if they were of one environment. */
const joined = ({ x, y }: Sample, world: World, alpha: number, rng: Rng): boolean =>
  testOf(world, rng)(pooled(x), pooled(y), null) < alpha;

/** One independence is all there is to see: a coin says which way. */
const byPool: Judge = (sample, world, alpha, rng) => {
  const first = rng.uniform() < 0.5;
  if (!joined(world === 'laplace' ? scored(sample) : sample, world, alpha, rng)) return 'none';
  return first ? 'x to y' : 'y to x';
};

/** The way in which what is left of the effect looks more like noise that was added to it: for coins by exclusive or. */
const byNoise: Judge = (sample, world, alpha, rng) => {
  if (!joined(world === 'laplace' ? scored(sample) : sample, world, alpha, rng)) return 'none';
  const [x, y] = [pooled(sample.x), pooled(sample.y)];
  if (world === 'laplace') return leaning(x, y) > 0 ? 'x to y' : 'y to x';
  const noise = x.map((value, i) => (value === y[i] ? 0 : 1));
  return coinTest(noise, x, null) >= coinTest(noise, y, null) ? 'x to y' : 'y to x';
};

const ARMS: Readonly<Record<string, Judge>> = {
  pairs: byPairs,
  pool: byPool,
  noise: byNoise,
  strangers: (sample, ...rest) => byPairs(strangers(sample), ...rest),
};

/** At how many shares of all environments the judgement is asked for. */
const PARTS = 5;

const judgeWorld = (run: Run, world: World, environments: number, part: number): number => {
  const trials = numberOf(run.params, 'trials');
  const alpha = numberOf(run.params, 'alpha');
  const decide = ARMS[run.arm] as Judge;
  const right = new Float64Array(PARTS);
  let directed = 0;
  for (let trial = 0; trial < trials; trial++) {
    run.tick(part * trials + trial, 4 * trials);
    const structure = STRUCTURES[trial % STRUCTURES.length] as Structure;
    const rng = run.rng.fork(`${world} ${trial}`);
    // With the mechanism broken the coins are only said to be tied.
    const drawn = world === 'tied' && run.arm === 'strangers' ? 'xor' : world;
    const sample = drawSample(drawn, structure, environments, rng.fork('sample'));
    for (let k = 1; k <= PARTS; k++) {
      if (world === 'tied' && k < PARTS) continue;
      const seen = firstOf(sample, Math.round((environments * k) / PARTS));
      if (decide(seen, world, alpha, rng.fork(`judge ${k}`)) !== structure) continue;
      right[k - 1] = (right[k - 1] as number) + 1;
      if (k === PARTS && structure !== 'none') directed++;
    }
  }
  const share = (right[PARTS - 1] as number) / trials;
  const edges = Array.from({ length: trials }, (_, trial) => trial).filter((trial) => trial % 3 < 2).length;
  run.metric(`right, ${world}`, share);
  run.metric(`direction, ${world}`, directed / edges);
  if (world === 'tied') return share;
  for (let k = 1; k <= PARTS; k++)
    run.point(world, Math.round((environments * k) / PARTS), (right[k - 1] as number) / trials);
  return share;
};

const shown = (id: string, title: string): Lab['plots'][number] => ({
  id,
  kind: 'line',
  title,
  x: { label: 'environments, with two samples each' },
  y: { label: 'right structures', min: 0, max: 1 },
  reference: [
    { y: 1 / 3, label: 'chance' },
    { y: 2 / 3, label: 'edges right, directions by chance' },
  ],
});

export const causalDeFinetti: Lab = {
  id: 'causal-de-finetti',
  paper: 'causal-de-finetti-on-the-identification-of-invariant-causal-structure-in',
  version: 3,
  title: 'Two samples from each of many places tell cause from effect',
  about:
    'From data of one kind alone, what causes what cannot be told: x and y depend on each other either way. But if the data come in pairs from many environments, and in each of them cause and mechanism were chosen independently, then a sample says something about the other one of its environment, and what it says differs with the direction. Here three structures are drawn over and over, and guessed.',
  fidelity: {
    same: [
      'Two samples of each environment, and the three tests of the published code with its rule and its level of 0.05: x of one and y of the other sample given the latter’s x; the same exchanged; x and y of one sample.',
      'Coins joined by exclusive or: chances from Beta(1, 3) in every environment, up to 4,000 environments, the G-test.',
      'Continuous: Laplace noise around means that differ by environment, coefficients from 1 to 9, squares added in half of the environments, up to 500 environments.',
    ],
    changed: [
      'For continuous data the kernel test of independence is replaced by one with a few random features of the ranks, which takes milliseconds.',
      'A world of our own is added, the table: coins whose effect has a chance of its own for each value of the cause. No method can succeed there by assuming that noise is added.',
      'The rivals are ours: independence in the pool with a coin for the direction, as much as PC or GES could say of two variables; and methods for added noise, the exclusive or for coins and the pairwise likelihood ratio of Hyvärinen and Smith (2013) for Laplace noise, which is for a linear effect, as it is in every second environment only. (In version 1 its sign was wrong.) Graphs of more than two variables, CD-NOD and NOTEARS are left out.',
    ],
    sources: [
      { label: 'arXiv:2203.15756', url: 'https://arxiv.org/abs/2203.15756' },
      { label: 'The authors’ code', url: 'https://github.com/syguo96/Causal-de-Finetti' },
    ],
  },
  params: [
    {
      kind: 'int',
      key: 'environments',
      label: 'Environments, for coins',
      min: 100,
      max: 16_000,
      step: 100,
      default: 4_000,
      costly: true,
      paperValue: true,
    },
    {
      kind: 'int',
      key: 'few',
      label: 'Environments, for continuous data',
      min: 50,
      max: 2_000,
      step: 50,
      default: 500,
      costly: true,
      paperValue: true,
    },
    {
      kind: 'number',
      key: 'alpha',
      label: 'Level of the tests',
      help: 'An independence is accepted where its p-value is at least this.',
      min: 0.005,
      max: 0.2,
      step: 0.005,
      default: 0.05,
      paperValue: true,
    },
    {
      kind: 'int',
      key: 'trials',
      label: 'Structures a seed and world',
      min: 3,
      max: 300,
      step: 3,
      default: 60,
      costly: true,
    },
  ],
  presets: {
    smoke: { params: { environments: 200, few: 50, trials: 3 }, seeds: 1, seconds: 1 },
    quick: { params: { trials: 24 }, seeds: 4, seconds: 5 },
    standard: { params: {}, seeds: 8, seconds: 17 },
    full: { params: { trials: 300 }, seeds: 20, seconds: 400 },
  },
  arms: [
    { id: 'pairs', label: 'Pairs from environments', role: 'method' },
    { id: 'pool', label: 'All in one pool', role: 'baseline' },
    { id: 'noise', label: 'All in one pool, noise assumed to be added', role: 'baseline' },
    { id: 'strangers', label: 'Pairs of samples that do not belong together', role: 'ablation' },
  ],
  plots: [
    shown('xor', 'Coins, effect by exclusive or'),
    shown('table', 'Coins, effect by a table'),
    shown('laplace', 'Continuous, Laplace noise'),
  ],
  claims: [
    {
      id: 'identified',
      quote: 'show how causal structure identification is possible from exchangeable data',
      prediction:
        'From pairs, the 95 % interval of the share of right structures lies above 0.9 with all environments (4,000 for coins, 500 for continuous data): for coins by exclusive or, for coins by a table, and for continuous data.',
      test: (evidence) =>
        judge(
          above('Exclusive or', evidence.summary('right, xor', 'pairs'), 0.9),
          above('Table', evidence.summary('right, table', 'pairs'), 0.9),
          above('Continuous', evidence.summary('right, laplace', 'pairs'), 0.9),
        ),
    },
    {
      id: 'limit',
      quote: 'even with infinite data, there is a limit to how fine-grained a causal structure we can identify',
      prediction:
        'From the same samples in one pool, of the structures that have an edge a share from 0.35 to 0.65 is found with its direction, in either world of coins. Assuming that noise is added does not help where it is not: in the table’s world the share stays within the same limits. And from pairs it is larger there than from the pool, by more than 0.25. All by 95 % intervals.',
      test: (evidence) =>
        judge(
          within('Pool, exclusive or', evidence.summary('direction, xor', 'pool'), 0.35, 0.65),
          within('Pool, table', evidence.summary('direction, table', 'pool'), 0.35, 0.65),
          within('Added noise, table', evidence.summary('direction, table', 'noise'), 0.35, 0.65),
          above('Table, pairs − pool', evidence.difference('direction, table', 'pairs', 'pool'), 0.25),
        ),
    },
    {
      id: 'mechanisms',
      quote: 'These approaches implicitly rely on the independent causal mechanisms (ICM) principle',
      prediction:
        'Where the coins of cause and noise have the same chance in every environment, so that one mechanism informs the other, the share of right structures from pairs is lower by more than 0.2: the 95 % interval of the loss lies above that.',
      test: (evidence) => judge(above('Loss by tying the mechanisms', evidence.summary('loss by tying', 'pairs'), 0.2)),
    },
    {
      id: 'theorems',
      quote: 'Here we present new causal de Finetti theorems',
      untestable: 'A theorem is proved or not; an experiment has no say in that.',
    },
    {
      id: 'justification',
      quote:
        'Our work provides theoretical justification for a broad range of techniques leveraging multi-environment data',
      untestable: 'This is about other work, and for its readers to judge.',
    },
  ],
  breaks: [
    {
      swaps: { pairs: 'strangers' },
      broken:
        'The second sample of a pair is taken from the next environment, so that it has nothing in common with the first.',
      verdicts: { identified: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { pairs: 'pool' },
      broken: 'All samples are thrown together: nobody knows which two are of one environment.',
      verdicts: { limit: 'holds-in-part' },
    },
    {
      swaps: { pairs: 'strangers' },
      broken: 'The coins that are said to have the same chance are drawn apart.',
      verdicts: { mechanisms: 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    const environments = numberOf(run.params, 'environments');
    const free = judgeWorld(run, 'xor', environments, 0);
    const tied = judgeWorld(run, 'tied', environments, 1);
    run.metric('loss by tying', free - tied);
    judgeWorld(run, 'table', environments, 2);
    judgeWorld(run, 'laplace', numberOf(run.params, 'few'), 3);
  },
};
