import { above, below, judge } from './claims.ts';
import type { Lab, Run } from './contract.ts';
import { learn, type World, worldsOf } from './sequential-turns-update.ts';

const RATES = [3, 10, 30, 100] as const;
const TUNED_ON = 2;

/** How many updates of policies a setting takes. */
const workOf = ({ trees, updates }: World): number => (RATES.length * TUNED_ON + trees) * updates;

/** Every arm takes the rate of the same few that does best on trees drawn for that, and is measured on others. */
const compare = (run: Run, world: World, place: number, tick: () => void): void => {
  const { trees, updates } = world;
  let [chosen, least]: [number, number] = [RATES[0], Number.POSITIVE_INFINITY];
  for (const rate of RATES) {
    let sum = 0;
    for (let i = 0; i < TUNED_ON; i++)
      sum += learn(run, world, run.rng.fork(`${world.name}, tuning ${i}`), rate, tick).meanGap;
    if (sum < least) [chosen, least] = [rate, sum];
  }
  const course = new Float64Array(updates + 1);
  let [gap, meanGap, falls, largest, depth] = [0, 0, 0, 0, 0];
  for (let i = 0; i < trees; i++) {
    const found = learn(run, world, run.rng.fork(`${world.name}, tree ${i}`), chosen, (step, left) => {
      course[step] = (course[step] as number) + left / trees;
      tick();
    });
    gap += found.gap / trees;
    meanGap += found.meanGap / trees;
    falls += found.falls / trees;
    largest = Math.max(largest, found.largest);
    depth += found.depth / trees;
  }
  // What goes downhill on purpose would set the scale of every picture.
  if (run.arm !== 'down') {
    for (let step = 1; step <= updates; step += Math.max(1, Math.floor(updates / 60)))
      run.point(world.name, step, course[step] as number);
    run.metric('falls', falls, place);
  }
  run.metric(`falls, ${world.name}`, falls);
  run.metric(`largest fall, ${world.name}`, largest);
  run.metric(`depth, ${world.name}`, depth);
  run.metric(`gap, ${world.name}`, gap);
  run.metric(`mean gap, ${world.name}`, meanGap);
  run.metric(`rate, ${world.name}`, chosen);
};

export const sequentialTurns: Lab = {
  id: 'sequential-turns',
  paper: 'seeupo-sequence-level-agentic-rl-with-convergence-guarantees',
  version: 3,
  title: 'Turn by turn, the last one first: does every update help?',
  about:
    'An agent acts for a few turns, and only the end pays. Small trees of this kind can be worked out exactly, so that one sees after every update whether the policy really earns more. SeeUPO, which updates one turn after another from the last to the first, is compared with algorithms that update all turns at once.',
  fidelity: {
    same: [
      'What is compared: REINFORCE and PPO with advantages relative to a group (GRAE), PPO with a critic, and SeeUPO: turns updated one after another in reverse, the advantage multiplied by the ratios of the turns already updated. Undiscounted; the reward comes at the end.',
      'Worked out, not taken from the paper: where turns before it are unchanged, the objective of one turn, so weighted, is the expected reward but for a constant, and PPO’s clipping can only lower it. An update that raises the one raises the other.',
    ],
    changed: [
      'No language model: trees of three turns with three actions each, and a softmax over actions wherever the policy can tell two situations apart. Either it sees all earlier actions and rewards are drawn at random; or it sees none of them, and four fifths of the reward are for doing as the turn before did.',
      'The setting in which turns have to agree, begun nearly undecided, was looked for: in random trees alone, with ε = 0.2, no exact update of any arm was seen to make a policy worse.',
      'Equations are from memory of the abstract and derived: the paper’s text was not read.',
      'Expectations are exact, except where groups are drawn. Every clipped objective is climbed by gradient steps that are halved until they do not lower it, so that what is measured is the objective and not the optimiser. REINFORCE makes as many plain steps, each with fresh expectations.',
      'The critic is perfect: it knows the values of the policy (λ = 0). No penalty for leaving the first policy.',
      'Every arm takes the best of four learning rates, from 3 to 100, found on other trees; in version 1 they went from 1 to 30, and 30 was what most arms took. Of the greater steps, too, many arms take the greatest, and come no nearer to the optimum with them.',
    ],
    sources: [{ label: 'arXiv:2602.06554', url: 'https://arxiv.org/abs/2602.06554' }],
  },
  params: [
    { kind: 'int', key: 'turns', label: 'Turns', min: 2, max: 5, default: 3, costly: true },
    { kind: 'int', key: 'actions', label: 'Actions in every turn', min: 2, max: 4, default: 3, costly: true },
    { kind: 'int', key: 'updates', label: 'Updates', min: 5, max: 500, default: 100, costly: true },
    { kind: 'int', key: 'steps', label: 'Gradient steps in an update', min: 1, max: 40, default: 10, costly: true },
    {
      kind: 'number',
      key: 'clip',
      label: 'Clipping ε',
      help: 'How far an update may change the chance of an action before its objective stops rewarding that.',
      min: 0.05,
      max: 1,
      step: 0.05,
      default: 0.2,
    },
    {
      kind: 'number',
      key: 'wide',
      label: 'Clipping ε of the wide steps',
      min: 0.05,
      max: 2,
      step: 0.05,
      default: 1,
    },
    {
      kind: 'number',
      key: 'agreement',
      label: 'How much of the reward is for agreeing',
      help: 'With the turn before; the rest of a reward is chance.',
      min: 0,
      max: 1,
      step: 0.1,
      default: 0.8,
    },
    {
      kind: 'int',
      key: 'memory',
      label: 'Earlier actions that a turn sees, where turns have to agree',
      min: 0,
      max: 4,
      default: 0,
    },
    {
      kind: 'number',
      key: 'spread',
      label: 'How decided the first policy is',
      help: 'The spread of its logits; at 0 it takes every action alike.',
      min: 0,
      max: 3,
      step: 0.1,
      default: 1,
    },
    { kind: 'int', key: 'group', label: 'Trajectories in a drawn group', min: 4, max: 256, default: 32 },
    { kind: 'int', key: 'trees', label: 'Trees for every seed', min: 1, max: 50, default: 12, costly: true },
  ],
  presets: {
    smoke: { params: { turns: 3, updates: 8, steps: 3, trees: 1 }, seeds: 1, seconds: 1 },
    quick: { params: { updates: 60, trees: 5 }, seeds: 4, seconds: 3 },
    standard: { params: {}, seeds: 10, seconds: 10 },
    full: { params: { updates: 300, trees: 20 }, seeds: 20, seconds: 75 },
  },
  arms: [
    { id: 'seeupo', label: 'SeeUPO: one turn after another, the last first', role: 'method' },
    { id: 'ppo-grae', label: 'PPO & GRAE: all turns at once', role: 'baseline' },
    { id: 'ppo-gae', label: 'PPO with a perfect critic', role: 'baseline' },
    { id: 'reinforce', label: 'REINFORCE & GRAE', role: 'baseline' },
    { id: 'forward', label: 'One turn after another, the first first', role: 'baseline' },
    { id: 'blind', label: 'SeeUPO without the ratios of updated turns', role: 'ablation' },
    { id: 'down', label: 'PPO with a perfect critic, the wrong way', role: 'ablation' },
  ],
  plots: [
    {
      id: 'everything',
      kind: 'line',
      title: 'Way left to the optimum, where a turn sees everything',
      x: { label: 'update' },
      y: { label: 'share of the way left', min: 0, max: 1 },
    },
    {
      id: 'agree',
      kind: 'line',
      title: 'The same, where turns have to agree and do not see each other',
      x: { label: 'update' },
      y: { label: 'share of the way left', min: 0, max: 1 },
    },
    {
      id: 'wide',
      kind: 'line',
      title: 'Turns that have to agree, with wide steps',
      x: { label: 'update' },
      y: { label: 'share of the way left', min: 0, max: 1 },
    },
    {
      id: 'drawn',
      kind: 'line',
      title: 'Seeing everything, with drawn groups in place of exact expectations',
      x: { label: 'update' },
      y: { label: 'share of the way left', min: 0, max: 1 },
    },
    {
      id: 'falls',
      kind: 'bars',
      metric: 'falls',
      title:
        'Updates that made the policy worse: 1 seeing everything, 2 having to agree, 3 the same with wide steps, 4 drawn groups',
      x: { label: 'share of updates', min: 0 },
      y: { label: 'setting' },
    },
  ],
  claims: [
    {
      id: 'reinforce',
      quote:
        'REINFORCE with Group Relative Advantage Estimation (GRAE) can converge to the globally optimal under undiscounted conditions',
      prediction:
        'REINFORCE & GRAE, with exact expectations and seeing everything, comes to the optimum: the 95 % interval of the share of the way that is left at the end lies below 0.02.',
      test: (evidence) =>
        judge(below('Way left, REINFORCE & GRAE', evidence.summary('gap, everything', 'reinforce'), 0.02)),
    },
    {
      id: 'ppo-grae',
      quote: "the combination of PPO & GRAE breaks PPO's original monotonic improvement property",
      prediction:
        'With exact expectations some updates of PPO & GRAE make the policy worse: the 95 % interval of their share lies above 0, where a turn sees everything, where turns have to agree, and where they do with wide steps. And none of PPO with a perfect critic do: the interval of its largest fall lies below 10⁻⁹ in all three.',
      test: (evidence) =>
        judge(
          above('Falls, PPO & GRAE, seeing everything', evidence.summary('falls, everything', 'ppo-grae'), 0),
          above('Falls, PPO & GRAE, having to agree', evidence.summary('falls, agree', 'ppo-grae'), 0),
          above('Falls, PPO & GRAE, wide steps', evidence.summary('falls, wide', 'ppo-grae'), 0),
          below(
            'Largest fall, PPO with a critic, everything',
            evidence.summary('largest fall, everything', 'ppo-gae'),
            1e-9,
          ),
          below('Largest fall, PPO with a critic, agree', evidence.summary('largest fall, agree', 'ppo-gae'), 1e-9),
          below('Largest fall, PPO with a critic, wide steps', evidence.summary('largest fall, wide', 'ppo-gae'), 1e-9),
        ),
    },
    {
      id: 'monotonic',
      quote: 'it ensures monotonic improvement',
      prediction:
        'With exact expectations no update of SeeUPO makes the policy worse: the 95 % interval of the largest fall lies below 10⁻⁹, where a turn sees everything, where turns have to agree, and where they do with wide steps.',
      test: (evidence) =>
        judge(
          below('Largest fall, seeing everything', evidence.summary('largest fall, everything', 'seeupo'), 1e-9),
          below('Largest fall, having to agree', evidence.summary('largest fall, agree', 'seeupo'), 1e-9),
          below('Largest fall, wide steps', evidence.summary('largest fall, wide', 'seeupo'), 1e-9),
        ),
    },
    {
      id: 'optimum',
      quote: 'convergence to global optimal solution via backward induction',
      prediction:
        'With exact expectations and seeing everything, SeeUPO comes to the optimum: the 95 % interval of the share of the way that is left at the end lies below 0.02. And the order matters: averaged over training, less of the way is left in reverse than with the first turn first; the interval of the difference, seed by seed, lies below 0.',
      test: (evidence) =>
        judge(
          below('Way left, SeeUPO', evidence.summary('gap, everything', 'seeupo'), 0.02),
          below('Way left, reverse − forward', evidence.difference('mean gap, everything', 'seeupo', 'forward'), 0),
        ),
    },
    {
      id: 'improvements',
      quote: "SeeUPO's substantial improvements over existing backbone algorithms",
      prediction:
        'With groups drawn, SeeUPO has less of the way left at the end than PPO & GRAE and than REINFORCE & GRAE, and falls less deep below its best than PPO & GRAE: the 95 % intervals of all three differences, seed by seed, lie below 0.',
      test: (evidence) =>
        judge(
          below('Way left, SeeUPO − PPO & GRAE', evidence.difference('gap, drawn', 'seeupo', 'ppo-grae'), 0),
          below('Way left, SeeUPO − REINFORCE & GRAE', evidence.difference('gap, drawn', 'seeupo', 'reinforce'), 0),
          below('Deepest fall, SeeUPO − PPO & GRAE', evidence.difference('depth, drawn', 'seeupo', 'ppo-grae'), 0),
        ),
    },
    {
      id: 'impossible',
      quote:
        'mainstream backbone RL algorithms cannot simultaneously achieve both critic-free and convergence guarantees in multi-turn scenarios',
      untestable: 'No experiment shows what algorithms cannot do; this takes a proof.',
    },
    {
      id: 'language-models',
      quote: 'relative gains of 43.3%-54.6% on Qwen3-14B',
      untestable: 'This needs language models of 14 billion weights, and graphics cards to train them.',
    },
  ],
  breaks: [
    {
      swaps: { seeupo: 'blind' },
      broken: 'Turns are updated one after another, but none knows of those updated before it.',
      verdicts: { monotonic: 'holds-in-part' },
    },
    {
      swaps: { seeupo: 'forward', reinforce: 'forward' },
      broken: 'Turns are updated the first one first.',
      verdicts: { reinforce: 'inconclusive', optimum: 'inconclusive', improvements: 'inconclusive' },
    },
    {
      swaps: { 'ppo-grae': 'seeupo', 'ppo-gae': 'down' },
      broken: 'PPO & GRAE updates one turn after another, and the critic’s advantages have the wrong sign.',
      verdicts: { 'ppo-grae': 'does-not-hold-at-this-scale' },
    },
  ],
  run: (run) => {
    const worlds = worldsOf(run.params);
    const total = worlds.reduce((sum, world) => sum + workOf(world), 0);
    let done = 0;
    const tick = (): void => run.tick(++done, total);
    for (const [i, world] of worlds.entries()) compare(run, world, i + 1, tick);
  },
};
