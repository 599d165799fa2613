import { above, below, judge } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import {
  type Chances,
  chanceOfReward,
  chosen,
  collect,
  conditioned,
  type Data,
  imitated,
  type Luck,
  learnLatent,
  likeliest,
  planned,
} from './dichotomy-of-control-latent.ts';
import { optimalValues } from './kit/rl.ts';
import { createBandit, createGridworld, type World } from './kit/worlds.ts';
import { numberOf } from './params.ts';

/** How much chance there is: of the bandit the share of pulls that are lucky or unlucky, of the lake how often one slips. */
const LUCK = [0.1, 0.2, 0.3, 0.4] as const;
const SLIPS = [0, 0.2, 0.4, 0.6] as const;
/** Where there is much of it. */
const STOCHASTIC = [0.2, 0.3, 0.4] as const;
const SLIPPERY = [0.2, 0.4, 0.6] as const;

/** The map of FrozenLake: pits are holes in the ice. */
const LAKE = ['S...', '.X.X', '...X', 'X..G'] as const;
const LONGEST = 100;

interface Setting {
  readonly name: 'bandit' | 'lake';
  readonly level: number;
  readonly world: World;
  readonly behaviour: Chances;
  readonly longest: number;
  readonly optimal: Chances;
}

/** Arm 0 pays 1 − p of the time and arm 1 p; whoever collected the data took arm 0 only p of the time. */
const bandit = (luck: number): Setting => ({
  name: 'bandit',
  level: luck,
  world: createBandit([1 - luck, luck]),
  behaviour: Float64Array.of(luck, 1 - luck),
  longest: 1,
  optimal: Float64Array.of(1, 0),
});

/** Whoever collected the data went the best way there is, but for a share of actions drawn evenly. */
const lake = (slip: number, careless: number): Setting => {
  const world = createGridworld(LAKE, { slip, pit: 0 });
  const optimal = likeliest(optimalValues(world, 0.99), world.actions);
  const behaviour = optimal.map((chance) => (1 - careless) * chance + careless / world.actions);
  return { name: 'lake', level: slip, world, behaviour, longest: LONGEST, optimal };
};

interface Learned {
  readonly policy: Chances;
  /** The return it was conditioned on, if it was. */
  readonly promise: number | null;
}

/** Told what share of a setting's work is done. */
type Tell = (share: number) => void;

const latentPolicy = (run: Run, { name, level, world }: Setting, data: Data, weight: number, tell: Tell): Learned => {
  const steps = numberOf(run.params, 'steps');
  const every = Math.max(1, Math.floor(steps / 50));
  const shown = level === 0.4;
  const latent = learnLatent(
    data,
    { latents: 2 * world.actions, weight, luck: run.params.luck as Luck, rate: numberOf(run.params, 'rate'), steps },
    run.rng.fork(`${name} ${level}: latent`),
    (step, information) => {
      if (shown && step % every === 0) run.point('luck', step, information, name);
      if (shown && step === steps) run.metric(`luck, ${name}`, information);
      if (step % 20 === 0) tell(step / (steps + 1));
    },
  );
  return chosen(data, latent, world.start);
};

const learnPolicy = (run: Run, setting: Setting, data: Data, tell: Tell): Learned => {
  const { actions } = setting.world;
  switch (run.arm) {
    case 'doc':
      return latentPolicy(run, setting, data, numberOf(run.params, 'weight'), tell);
    case 'free':
      return latentPolicy(run, setting, data, 0, tell);
    case 'dt':
      return { policy: conditioned(data, 1), promise: 1 };
    case 'dt-mode':
      return { policy: likeliest(conditioned(data, 1), actions), promise: 1 };
    case 'bc':
      return { policy: imitated(data), promise: null };
    case 'values':
      return { policy: planned(data), promise: null };
    default:
      return { policy: setting.optimal, promise: null };
  }
};

const tryOut = (run: Run, setting: Setting, episodes: number, tell: Tell): void => {
  const { name, level, world, behaviour, longest } = setting;
  const data = collect(world, behaviour, episodes, longest, run.rng.fork(`${name} ${level}: data`));
  const { policy, promise } = learnPolicy(run, setting, data, tell);
  const earned = chanceOfReward(world, policy, longest);
  run.metric(`return, ${name}`, earned, level);
  run.metric(`share of the best, ${name}`, earned / chanceOfReward(world, setting.optimal, longest), level);
  run.point(name, level, earned);
  if (promise === null) return;
  run.metric(`off, ${name}`, Math.abs(earned - promise), level);
  run.metric(`kept, ${name}`, earned - promise, level);
  run.point('promise', promise, earned, name);
};

const percent = (level: number): string => `${Math.round(100 * level)} %`;

export const dichotomyOfControl: Lab = {
  id: 'dichotomy-of-control',
  paper: 'dichotomy-of-control-separating-what-you-can-control-from-what-you-cannot',
  version: 1,
  title: 'Asking for a high return, without asking for luck',
  about:
    'Two slot machines, one of which mostly pays, and a frozen lake on which one slips. From what others did there, policies are learned that act as those did who got the reward. But some of those were only lucky. Dichotomy of control conditions on a latent variable in place of the return, one that may not tell luck.',
  fidelity: {
    same: [
      'As in the published code for tabular problems: a posterior of the latent variable told by state, action and return, as many values as actions times returns; the cross-entropies of action and return told the latent variable, and a term for what it tells of luck. Learned by Adam.',
      'Acting: in every state, the value of the latent variable that promises most.',
      'The comparison: the policy conditioned on the highest return, which is what a decision transformer learns where everything is a table.',
    ],
    changed: [
      'The mutual information is penalised, as the abstract says, and worked out exactly. The code estimates it by an energy, whose contrastive loss the posterior lowers too: as it stands there, that rewards telling luck.',
      'Expectations are exact where the code draws (straight-through); policy and value are the best for the posterior, by counting. Values of the latent variable that come less than once in a hundred are left out.',
      'The weight of the constraint is 2, where the code has 1: with the return’s cross-entropy one gains just what a weight of 1 costs where an action’s luck can be told in one step. Set it to 1 on the bandit to see that. On the lake, tried with one seed: four times as many steps change nothing, and a weight of 8 leaves less than 0.01 nats of luck, but earns less.',
      'Every step is taken by itself: the latent variable tells of one action and the return in the end, where the code has the reward of that step, and may not tell what the world does next. Of luck farther ahead it still tells what the return does. With “return” as luck it may tell none of that either, but nothing of the agent’s own later choices, and the best it can do on the lake is to improve the behaviour by one step in every state.',
      'Imitation of the best episodes alone is no arm of its own: returns are 0 or 1, so that it is DT. No rival has anything to tune here; dichotomy of control keeps one learning rate and one weight throughout.',
      'The sizes of the data, the behaviours, the levels of chance and the learning rate are ours. The paper’s further environments are left out.',
    ],
    sources: [
      { label: 'arXiv:2210.13435', url: 'https://arxiv.org/abs/2210.13435' },
      {
        label: 'Code of Dichotomy of Control',
        url: 'https://github.com/google-research/google-research/tree/master/dichotomy_of_control',
      },
    ],
  },
  params: [
    { kind: 'int', key: 'pulls', label: 'Pulls in the bandit’s data', min: 50, max: 20_000, step: 50, default: 2_000 },
    {
      kind: 'int',
      key: 'episodes',
      label: 'Episodes in the lake’s data',
      min: 50,
      max: 20_000,
      step: 50,
      default: 5_000,
      costly: true,
    },
    {
      kind: 'number',
      key: 'weight',
      label: 'Weight of the constraint',
      help: 'How much it costs the latent variable to tell of luck. At 1, nothing in all.',
      min: 0,
      max: 10,
      step: 0.5,
      default: 2,
    },
    {
      kind: 'choice',
      key: 'luck',
      label: 'What counts as luck',
      help: 'What the world does next: where one goes, and whether that pays. Or the return in the end, with the agent’s own later choices.',
      options: ['next', 'return'],
      default: 'next',
    },
    {
      kind: 'number',
      key: 'careless',
      label: 'Actions drawn evenly in the lake’s data',
      min: 0.1,
      max: 1,
      step: 0.1,
      default: 0.5,
    },
    {
      kind: 'int',
      key: 'steps',
      label: 'Steps of training',
      min: 10,
      max: 10_000,
      step: 10,
      default: 1_000,
      costly: true,
    },
    {
      kind: 'number',
      key: 'rate',
      label: 'Learning rate',
      min: 0.01,
      max: 0.2,
      step: 0.01,
      default: 0.03,
    },
  ],
  presets: {
    smoke: { params: { pulls: 100, episodes: 50, steps: 50 }, seeds: 1, seconds: 1 },
    quick: { params: { episodes: 2_000, steps: 500 }, seeds: 5, seconds: 5 },
    standard: { params: {}, seeds: 10, seconds: 14 },
    full: { params: { episodes: 20_000, pulls: 20_000, steps: 5_000 }, seeds: 30, seconds: 300 },
  },
  arms: [
    { id: 'doc', label: 'Dichotomy of control', role: 'method' },
    { id: 'dt', label: 'Conditioned on the highest return (DT)', role: 'baseline' },
    { id: 'dt-mode', label: 'The same, always the likeliest action', role: 'baseline' },
    { id: 'bc', label: 'Imitation', role: 'baseline' },
    { id: 'values', label: 'Values planned from the same data', role: 'baseline' },
    { id: 'best', label: 'The best there is', role: 'oracle' },
    { id: 'free', label: 'Dichotomy of control without the constraint', role: 'ablation' },
  ],
  plots: [
    {
      id: 'bandit',
      kind: 'line',
      title: 'Return of the bandit, by how much of it is luck',
      x: { label: 'chance that the better arm does not pay' },
      y: { label: 'expected return', min: 0, max: 1 },
    },
    {
      id: 'lake',
      kind: 'line',
      title: 'Return on the lake, by how slippery it is',
      x: { label: 'chance to slip' },
      y: { label: 'expected return', min: 0, max: 1 },
    },
    {
      id: 'promise',
      kind: 'scatter',
      title: 'What was asked for, and what came of it',
      x: { label: 'return conditioned on', min: 0, max: 1 },
      y: { label: 'expected return', min: 0, max: 1 },
    },
    {
      id: 'luck',
      kind: 'line',
      title: 'What the latent variable tells of luck, at 0.4',
      x: { label: 'step' },
      y: { label: 'I(luck; z | state, action), nats', min: 0 },
    },
  ],
  claims: [
    {
      id: 'inconsistent',
      quote:
        'when conditioning on a specific desired return, leads to a distribution of real returns that is wildly different than desired',
      prediction:
        'The policy conditioned on the return 1 misses it by more than 0.3: the 95 % interval of the difference of asked and expected return lies above 0.3, at a level of chance of 0.4 on the bandit as on the lake.',
      test: (evidence) =>
        judge(
          above('Off by, DT, bandit', evidence.summary('off, bandit', 'dt', 0.4), 0.3),
          above('Off by, DT, lake', evidence.summary('off, lake', 'dt', 0.4), 0.3),
        ),
    },
    {
      id: 'consistent',
      quote:
        'ensuring that conditioning a learned policy on a desired high-return future outcome will correctly induce high-return behavior',
      prediction:
        'Dichotomy of control earns what it was conditioned on: the 95 % interval of expected less promised return lies above −0.05, on the bandit and on the lake, at levels of chance of 0.2 and 0.4. And it is nearer to what was promised than DT: the interval of the difference of how far both are off, seed by seed, lies below 0. On the bandit it earns more than 0.95 of the best there is.',
      test: (evidence) =>
        judge(
          ...(['bandit', 'lake'] as const).flatMap((world) =>
            [0.2, 0.4].flatMap((level) => [
              above(
                `Expected less promised, ${world}, ${percent(level)}`,
                evidence.summary(`kept, ${world}`, 'doc', level),
                -0.05,
              ),
              below(
                `Off by, DoC − DT, ${world}, ${percent(level)}`,
                evidence.difference(`off, ${world}`, 'doc', 'dt', level),
                0,
              ),
            ]),
          ),
          ...[0.2, 0.4].map((level) =>
            above(
              `Share of the best, bandit, ${percent(level)}`,
              evidence.summary('share of the best, bandit', 'doc', level),
              0.95,
            ),
          ),
        ),
    },
    {
      id: 'performance',
      quote:
        'DoC is able to achieve significantly better performance than DT on environments that have highly stochastic rewards and transition',
      prediction:
        'Dichotomy of control earns more than DT wherever there is much chance: the 95 % interval of the difference, seed by seed, lies above 0 at 0.2, 0.3 and 0.4 on the bandit and at 0.2, 0.4 and 0.6 on the lake. On the lake also above DT with the likeliest action always, at 0.4.',
      test: (evidence) =>
        judge(
          ...STOCHASTIC.map((level) =>
            above(`DoC − DT, bandit, ${percent(level)}`, evidence.difference('return, bandit', 'doc', 'dt', level), 0),
          ),
          ...SLIPPERY.map((level) =>
            above(`DoC − DT, lake, ${percent(level)}`, evidence.difference('return, lake', 'doc', 'dt', level), 0),
          ),
          above(
            'DoC − DT, likeliest action, lake, 40 %',
            evidence.difference('return, lake', 'doc', 'dt-mode', 0.4),
            0,
          ),
        ),
    },
    {
      id: 'constraint',
      quote:
        'a mutual information constraint that removes any information from the latent variable associated with randomness in the environment',
      prediction:
        'Where state and action are known, the latent variable tells less than 0.01 nats of what the world does next, on the bandit and on the lake at a level of chance of 0.4: by the 95 % intervals.',
      test: (evidence) =>
        judge(
          below('Told of luck, bandit', evidence.summary('luck, bandit', 'doc'), 0.01),
          below('Told of luck, lake', evidence.summary('luck, lake', 'doc'), 0.01),
        ),
    },
  ],
  breaks: [
    {
      swaps: { doc: 'free' },
      broken: 'The mutual information costs nothing, so that the latent variable may tell who was lucky.',
      verdicts: { constraint: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { doc: 'dt' },
      broken: 'The policy is conditioned on the return itself, as DT is, and not on a latent variable.',
      verdicts: { consistent: 'does-not-hold-at-this-scale', performance: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { dt: 'doc' },
      broken: 'The Decision Transformer is conditioned on the latent variable that knows nothing of chance.',
      verdicts: { inconsistent: 'holds-in-part' },
    },
  ],
  run: (run) => {
    const careless = numberOf(run.params, 'careless');
    const settings = [...LUCK.map(bandit), ...SLIPS.map((slip) => lake(slip, careless))];
    for (const [place, setting] of settings.entries()) {
      const tell: Tell = (share) => run.tick(place + share, settings.length);
      tryOut(run, setting, numberOf(run.params, setting.name === 'bandit' ? 'pulls' : 'episodes'), tell);
      tell(1);
    }
  },
};
