import { above, judge } from './claims.ts';
import type { Evidence, Lab, Rng, Run, Summary } from './contract.ts';
import { type Bonus, explore, type Habits } from './exploration-bonuses-agent.ts';
import { createFamily, type Family, type Maze, varianceOfValue } from './exploration-bonuses-mazes.ts';
import { correlation, mean, summarise } from './kit/stats.ts';
import { numberOf } from './params.ts';

const BONUSES: Readonly<Record<string, Bonus>> = {
  none: () => 0,
  global: (ever) => 1 / Math.sqrt(ever),
  episodic: (_, now) => (now === 1 ? 1 : 0),
  fading: (_, now) => 1 / Math.sqrt(now),
  product: (ever, now) => (now === 1 ? 1 / Math.sqrt(ever) : 0),
  sum: (ever, now) => (1 / Math.sqrt(ever) + (now === 1 ? 1 : 0)) / 2,
  forgetful: () => 1,
};
/** What is broken keeps the habits of what it was: tuned anew, it would pay next to nothing, and be no bonus at all. */
const TUNED_AS: Readonly<Record<string, string>> = { forgetful: 'episodic' };

const SCALES = [0.01, 0.05, 0.2, 1] as const;
const RATES = [3, 10, 30] as const;
const MAZES = 60;
const POINTS = 40;

interface World {
  readonly family: Family;
  readonly mazes: readonly Maze[];
  readonly rng: Rng;
}

/** A family of mazes, and those of its episodes. */
const drawWorld = (run: Run, shared: number, name: string, tick: () => void): World => {
  const rng = run.rng.fork(name);
  const family = createFamily(
    rng.fork('family'),
    numberOf(run.params, 'side'),
    shared,
    numberOf(run.params, 'nearest'),
  );
  const from = rng.fork('mazes');
  const first = family.draw(from);
  const mazes = Array.from({ length: numberOf(run.params, 'episodes') }, (_, i) => {
    tick();
    return i === 0 || shared === 1 ? first : family.draw(from);
  });
  return { family, mazes, rng };
};

const TUNED_ON = ['tuning 1', 'tuning 2'];
/** How many families are learned in. Where everything is shared, a family is a single maze, and mazes differ. */
const worldsOf = (shared: number): number => (shared === 1 ? 9 : 3);

/** The scale and the learning rate that do best in worlds drawn for that. */
const tune = (run: Run, shared: number, plain: Omit<Habits, 'scale' | 'rate'>, tick: () => void): Habits => {
  const bonus = BONUSES[TUNED_AS[run.arm] ?? run.arm] as Bonus;
  const worlds = TUNED_ON.map((name) => drawWorld(run, shared, name, tick));
  let chosen: Habits = { ...plain, scale: 0, rate: RATES[0] };
  let most = -1;
  for (const rate of RATES)
    for (const scale of run.arm === 'none' ? [0] : SCALES) {
      const habits = { ...plain, scale, rate };
      const reached = mean(worlds.map((world) => reach(world, bonus, habits, tick)));
      if (reached > most) [chosen, most] = [habits, reached];
    }
  return chosen;
};

const reach = (
  { family, mazes, rng }: World,
  bonus: Bonus,
  habits: Habits,
  after: (episode: number, there: boolean) => void,
): number => explore(mazes, family.start, bonus, habits, rng.fork('moves'), after);

/** Learns in families of mazes that share as much, and says how often the goal was reached over all of training. */
const learn = (run: Run, shared: number, tick: () => void): number => {
  const episodes = numberOf(run.params, 'episodes');
  const discount = numberOf(run.params, 'discount');
  const plain = { longest: numberOf(run.params, 'moves'), entropy: numberOf(run.params, 'entropy'), discount };
  const habits = tune(run, shared, plain, tick);
  const worlds = Array.from({ length: worldsOf(shared) }, (_, i) => drawWorld(run, shared, `world ${i + 1}`, tick));
  const every = Math.max(1, Math.floor(episodes / POINTS));
  const reachedLately = new Float64Array(Math.ceil(episodes / every));
  const reached = mean(
    worlds.map((world) =>
      reach(world, BONUSES[run.arm] as Bonus, habits, (episode, there) => {
        tick();
        const lately = Math.floor(episode / every);
        if (there) reachedLately[lately] = (reachedLately[lately] as number) + 1;
      }),
    ),
  );
  const plot = shared === 0 ? 'nothing-shared' : shared === 1 ? 'all-shared' : null;
  if (plot !== null)
    for (const [i, count] of reachedLately.entries())
      if ((i + 1) * every <= episodes) run.point(plot, (i + 1) * every, count / every / worlds.length);
  const variance = mean(worlds.map(({ family, rng }) => varianceOfValue(family, rng.fork('values'), discount, MAZES)));
  run.metric('goal rate', reached, shared);
  run.metric('bonus scale', habits.scale, shared);
  run.metric('rate', habits.rate, shared);
  run.metric('variance of value', variance, shared);
  run.point('by-share', shared, reached);
  return reached;
};

/** Across shares, seed by seed: how the lead of one arm over another goes with the variance of value. */
const leadByVariance = (evidence: Evidence, one: string, other: string): Summary => {
  const places = evidence.places('goal rate', one);
  const leads = places.map((at) => evidence.difference('goal rate', one, other, at).values);
  const variances = places.map((at) => evidence.summary('variance of value', other, at).values);
  const seeds = Math.min(...[...leads, ...variances].map(({ length }) => length));
  return summarise(
    Array.from({ length: places.length > 0 ? seeds : 0 }, (_, seed) =>
      correlation(
        variances.map((values) => values[seed] as number),
        leads.map((values) => values[seed] as number),
      ),
    ),
  );
};

export const explorationBonuses: Lab = {
  id: 'exploration-bonuses',
  paper: 'a-study-of-global-and-episodic-bonuses-for-exploration-in-contextual-mdps',
  version: 3,
  title: 'New to whom? Novelty of a lifetime, novelty of an episode',
  about:
    'An agent looks for a goal in mazes, one an episode, that have more or less in common. It is paid a little for what is new: new in its whole life (a global bonus), or new in this episode (an episodic one), or both. How much the mazes share decides which of them helps.',
  fidelity: {
    same: [
      'The question: bonuses counted over all of training against bonuses counted within the episode, on families of worlds from nothing shared to everything shared.',
      'Shared structure is measured as the abstract says: by the variance of the value function across contexts, here of the best policy, exactly.',
    ],
    changed: [
      'Mazes of 7 × 7 cells in place of the paper’s tasks. Every wall, and the goal, is kept from one episode to the next with a chance that can be set.',
      'No network: actor and critic, each the sum of two tables, one by place and one by what is seen from there. What is seen includes which of the neighbouring cells have been entered in this episode; all arms see it.',
      'Both bonuses are counted by the same feature, the place; they are combined by multiplying and by adding, two of the ways to do so that the abstract speaks of without naming them.',
      'Sizes are ours. Goals lie at least 12 moves away since a trial with nearer ones showed them found by chance; a first agent, Q-learning, was given up after it, because any bonus per move held it where it was.',
      'The form of the bonuses, 1 ÷ √(visits) and 1 for a first visit, is from memory of the literature on counts. An episodic bonus of 1 ÷ √(visits in the episode) is shown beside them; no prediction is about it.',
      'Every arm, the one without a bonus too, takes the learning rate, and the scale of its bonus, that do best in two other families that share as much: of three rates and four scales. In version 1 these went from 1 to 10 and from 0.03 to 1; since most arms took the ends, they now go from 3 to 30 and from 0.01 to 1.',
      'What a seed measures is the mean over three families of mazes; over nine where everything is shared and each is a single maze. With three, in versions 1 and 2, the intervals there were too wide to decide anything.',
    ],
    sources: [{ label: 'arXiv:2306.03236', url: 'https://arxiv.org/abs/2306.03236' }],
  },
  params: [
    {
      kind: 'int',
      key: 'shares',
      label: 'Degrees of what is shared',
      help: 'From nothing to everything, in equal steps.',
      min: 2,
      max: 9,
      default: 5,
      costly: true,
    },
    { kind: 'int', key: 'side', label: 'Cells of a maze’s side', min: 5, max: 12, default: 7, costly: true },
    {
      kind: 'int',
      key: 'moves',
      label: 'Moves of an episode',
      help: 'A maze of 49 cells is not seen whole in 30 moves.',
      min: 10,
      max: 200,
      default: 30,
      costly: true,
    },
    {
      kind: 'int',
      key: 'nearest',
      label: 'Moves to the goal, at least',
      help: 'Near goals are found by chance, and no bonus is needed.',
      min: 2,
      max: 20,
      default: 12,
    },
    { kind: 'int', key: 'episodes', label: 'Episodes', min: 20, max: 5_000, default: 1_000, costly: true },
    {
      kind: 'number',
      key: 'entropy',
      label: 'Worth of the policy’s entropy',
      min: 0,
      max: 0.1,
      step: 0.005,
      default: 0.01,
    },
    { kind: 'number', key: 'discount', label: 'Discount', min: 0.8, max: 0.99, step: 0.01, default: 0.95 },
  ],
  presets: {
    smoke: { params: { shares: 2, episodes: 20 }, seeds: 1, seconds: 1 },
    quick: { params: { shares: 3, episodes: 300 }, seeds: 5, seconds: 9 },
    standard: { params: {}, seeds: 16, seconds: 100 },
    full: { params: { shares: 9, episodes: 3_000 }, seeds: 20, seconds: 600 },
  },
  arms: [
    { id: 'episodic', label: 'Episodic bonus', role: 'method' },
    { id: 'fading', label: 'Episodic, 1 ÷ √(visits in the episode)', role: 'method' },
    { id: 'global', label: 'Global bonus', role: 'method' },
    { id: 'product', label: 'Both, multiplied', role: 'method' },
    { id: 'sum', label: 'Both, added', role: 'method' },
    { id: 'none', label: 'No bonus', role: 'baseline' },
    { id: 'forgetful', label: 'Episodic, forgets at every move', role: 'ablation' },
  ],
  plots: [
    {
      id: 'by-share',
      kind: 'line',
      title: 'How often the goal is reached, over all of training',
      x: { label: 'share of the maze that is kept', min: 0, max: 1 },
      y: { label: 'share of episodes', min: 0, max: 1 },
    },
    {
      id: 'nothing-shared',
      kind: 'line',
      title: 'Every maze is new',
      x: { label: 'episode' },
      y: { label: 'goal reached, share of episodes', min: 0, max: 1 },
    },
    {
      id: 'all-shared',
      kind: 'line',
      title: 'Always the same maze',
      x: { label: 'episode' },
      y: { label: 'goal reached, share of episodes', min: 0, max: 1 },
    },
  ],
  claims: [
    {
      id: 'episodic',
      quote: 'episodic bonuses being most effective when there is little shared structure across episodes',
      prediction:
        'Where nothing is shared, the episodic bonus reaches the goal more often over training than the global one, and than none: the 95 % intervals of both differences, seed by seed, lie above 0.',
      test: (evidence) =>
        judge(
          above('Nothing shared, episodic − global', evidence.difference('goal rate', 'episodic', 'global', 0), 0),
          above('Nothing shared, episodic − none', evidence.difference('goal rate', 'episodic', 'none', 0), 0),
        ),
    },
    {
      id: 'global',
      quote: 'global bonuses being effective when more structure is shared',
      prediction:
        'Where everything is shared, the global bonus reaches the goal more often over training than the episodic one, and than none: the 95 % intervals of both differences, seed by seed, lie above 0.',
      test: (evidence) =>
        judge(
          above('All shared, global − episodic', evidence.difference('goal rate', 'global', 'episodic', 1), 0),
          above('All shared, global − none', evidence.difference('goal rate', 'global', 'none', 1), 0),
        ),
    },
    {
      id: 'variance',
      quote:
        'makes this notion of shared structure precise by considering the variance of the value function across contexts',
      prediction:
        'Across the degrees of what is shared, the lead of the episodic bonus over the global one goes with the variance of the value function across mazes: the 95 % interval of their correlation, one a seed, lies above 0.5.',
      test: (evidence) =>
        judge(above('Correlation of lead and variance', leadByVariance(evidence, 'episodic', 'global'), 0.5)),
    },
    {
      id: 'combined',
      quote:
        'combining the two bonuses can lead to more robust performance across different degrees of shared structure',
      prediction:
        'On average over all degrees of what is shared, the product of both reaches the goal more often than either alone (the 95 % intervals of the differences lie above 0); and neither where nothing nor where all is shared is it more than 0.05 behind either.',
      test: (evidence) =>
        judge(
          above(
            'On average, product − episodic',
            evidence.difference('goal rate, on average', 'product', 'episodic'),
            0,
          ),
          above('On average, product − global', evidence.difference('goal rate, on average', 'product', 'global'), 0),
          above(
            'Nothing shared, product − episodic',
            evidence.difference('goal rate', 'product', 'episodic', 0),
            -0.05,
          ),
          above('Nothing shared, product − global', evidence.difference('goal rate', 'product', 'global', 0), -0.05),
          above('All shared, product − episodic', evidence.difference('goal rate', 'product', 'episodic', 1), -0.05),
          above('All shared, product − global', evidence.difference('goal rate', 'product', 'global', 1), -0.05),
        ),
    },
    {
      id: 'minihack',
      quote: 'sets a new state of the art across 16 tasks from the MiniHack suite',
      untestable: 'This needs the MiniHack games, and networks trained on many millions of their moves.',
    },
  ],
  breaks: [
    {
      swaps: { episodic: 'forgetful' },
      broken:
        'What was visited in the episode is forgotten at every move, so that every arrival is paid as a first visit; learning rate and scale stay those of the episodic bonus.',
      verdicts: { episodic: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { global: 'forgetful' },
      broken: 'The global count, too, is forgotten at every move.',
      verdicts: { global: 'does-not-hold-at-this-scale', variance: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { product: 'forgetful' },
      broken: 'What is multiplied is forgotten at every move.',
      verdicts: { combined: 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    const count = numberOf(run.params, 'shares');
    const shares = Array.from({ length: count }, (_, place) => place / (count - 1));
    const combinations = RATES.length * (run.arm === 'none' ? 1 : SCALES.length);
    // Mazes are drawn, and then gone through: by episodes.
    const courses = shares.reduce(
      (sum, shared) => sum + TUNED_ON.length * (1 + combinations) + 2 * worldsOf(shared),
      0,
    );
    const total = courses * numberOf(run.params, 'episodes');
    let done = 0;
    const tick = (): void => {
      if (++done % 64 === 0) run.tick(done, total);
    };
    const rates = shares.map((shared) => learn(run, shared, tick));
    run.metric('goal rate, on average', mean(rates));
  },
};
