import { above, below, judge, within } from './claims.ts';
import type { Lab } from './contract.ts';
import { bandits, distributions, isRule, outliers, RATES, SHOWN_TO, weights } from './gaussian-advantages-measures.ts';
import { TASKS } from './gaussian-advantages-tasks.ts';
import { numberOf } from './params.ts';

const shown = (id: string, title: string): Lab['plots'][number] => ({
  id,
  kind: 'line',
  title,
  x: { label: 'quantile of N(0, 1)' },
  y: { label: `quantile of the advantages, up to ${SHOWN_TO}`, min: -SHOWN_TO, max: SHOWN_TO },
});

const TASK_NAMES = Object.fromEntries(Object.keys(TASKS).map((name, i) => [i + 1, name]));

export const gaussianAdvantages: Lab = {
  id: 'gaussian-advantages',
  paper: 'openvlthinkerv2-a-generalist-multimodal-reasoning-model-for-multi-domain-visual',
  version: 2,
  title: 'Ranks for rewards: what a normal distribution of advantages buys',
  about:
    'Group-based reinforcement learning turns the rewards of a few responses to one prompt into advantages. G²RPO does so by rank, so that every task’s advantages look as if drawn from a normal distribution. Here rewards of seven kinds are turned into advantages by that rule and by those of its rivals; then policies learn by each of them, on prompts of two tasks at once.',
  fidelity: {
    same: [
      'The rule, as notes on the published code have it: the normal score of (rank − ½) ÷ n within the group of a prompt, then once more over all responses of a task; equal rewards share the mean of their scores.',
      'Prompts whose responses were all rewarded the same are left out, as the published training script does for accuracies below 0.01 or above 0.99. It can be switched off.',
      'GRPO: z-scores within the group. Dr. GRPO: the mean taken off. COPO (arXiv:2508.04138): its published code’s global score and its blending by entropy.',
    ],
    changed: [
      'No language model: every prompt has a softmax over 16 answers, and every step is one plain policy gradient, so that clipping never acts. No penalty for leaving the first policy.',
      'The rewards are seven made-up kinds: a bell curve, the same a hundred times as large, heavy tails (Cauchy), skewed (log-normal), an overlap that is zero half of the time, even chances of 0 and 1, and rare ones.',
      'COPO’s global score and R³’s replay act on the task with right and wrong answers alone; on the other these two are GRPO. Of R³ (its rewards for replayed successes are from memory of the abstract) only the replay is here: no reflection, no ranking by entropy.',
      'Every arm takes the best of five learning rates, found on other bandits; in version 1 they ended at 30, which Dr. GRPO took most often. The shaping of response length and of entropy is left out.',
    ],
    sources: [
      { label: 'arXiv:2604.08539', url: 'https://arxiv.org/abs/2604.08539' },
      { label: 'Code of OpenVLThinkerV2', url: 'https://github.com/uclanlp/openvlthinker' },
      { label: 'Code of COPO', url: 'https://github.com/hijih/copo-code' },
    ],
  },
  params: [
    { kind: 'int', key: 'group', label: 'Responses to a prompt', min: 4, max: 32, default: 8, costly: true },
    { kind: 'int', key: 'prompts', label: 'Prompts in a batch', min: 8, max: 128, step: 2, default: 64, costly: true },
    {
      kind: 'int',
      key: 'batches',
      label: 'Batches that distributions are averaged over',
      min: 1,
      max: 200,
      default: 20,
      costly: true,
    },
    { kind: 'int', key: 'steps', label: 'Steps of training', min: 10, max: 1_000, default: 150, costly: true },
    {
      kind: 'number',
      key: 'noise',
      label: 'Noise of the scores',
      help: 'The width of the Cauchy noise; the scores themselves go from 0 to 1.',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.1,
    },
    {
      kind: 'bool',
      key: 'filter',
      label: 'Leave prompts out whose responses were all rewarded the same',
      help: 'Without it, the second ranking gives an advantage to responses of which none was better than another.',
      default: true,
    },
  ],
  presets: {
    smoke: { params: { prompts: 16, batches: 1, steps: 10 }, seeds: 1, seconds: 1 },
    quick: { params: { batches: 4, steps: 60 }, seeds: 4, seconds: 4 },
    standard: { params: {}, seeds: 8, seconds: 11 },
    full: { params: { batches: 100, steps: 400 }, seeds: 20, seconds: 160 },
  },
  arms: [
    { id: 'g2rpo', label: 'G²RPO', role: 'method' },
    { id: 'grpo', label: 'GRPO', role: 'baseline' },
    { id: 'drgrpo', label: 'Dr. GRPO', role: 'baseline' },
    { id: 'copo', label: 'COPO', role: 'baseline' },
    { id: 'r3', label: 'GRPO with R³’s replay', role: 'baseline' },
    { id: 'linear', label: 'G²RPO, linear', role: 'ablation' },
  ],
  plots: [
    shown('heavy', 'Advantages beside a normal distribution, for rewards with heavy tails'),
    shown('rare', 'Advantages beside a normal distribution, for rare successes'),
    {
      id: 'exact',
      kind: 'line',
      title: 'Right answers, where rewards are 0 and 1',
      x: { label: 'step' },
      y: { label: 'chance to be right', min: 0, max: 1 },
    },
    {
      id: 'scored',
      kind: 'line',
      title: 'Quality of the answers, where scores have heavy tails',
      x: { label: 'step' },
      y: { label: 'expected quality', min: 0, max: 1 },
    },
    {
      id: 'gradient',
      kind: 'bars',
      metric: 'gradient',
      title: 'Length of the gradient, by task',
      places: TASK_NAMES,
      x: { label: 'length', log: true },
      y: { label: 'task' },
    },
    {
      id: 'variance',
      kind: 'bars',
      metric: 'variance',
      title: 'Variance of the advantages, which ought to be 1, by task',
      places: TASK_NAMES,
      x: { label: 'variance', log: true },
      y: { label: 'task' },
    },
    {
      id: 'useful',
      kind: 'bars',
      metric: 'groups that say something',
      title: 'Prompts with right and wrong answers that give a gradient, over training',
      x: { label: 'share', min: 0, max: 1 },
      y: { label: 'rule' },
    },
  ],
  claims: [
    {
      id: 'normal',
      quote:
        'mathematically forcing the advantage distribution of any given task to strictly converge to a standard normal distribution, N(0,1)',
      prediction:
        'For each of the seven kinds of rewards, the advantages of a batch lie no farther from N(0, 1) than nineteen in twenty samples of that size from N(0, 1) itself: the 95 % interval of the largest of the seven Kolmogorov–Smirnov distances, times √n ÷ 1.358, lies below 1. With groups of the size set (8), and with groups of 64. The same for the bell curve alone.',
      test: (evidence) =>
        judge(
          below('Worst of seven', evidence.summary('largest distance', 'g2rpo'), 1),
          below('Worst of seven, groups of 64', evidence.summary('largest distance, groups of 64', 'g2rpo'), 1),
          below('Bell curve', evidence.summary('distance, bell', 'g2rpo'), 1),
          below('Bell curve, groups of 64', evidence.summary('distance, bell, groups of 64', 'g2rpo'), 1),
        ),
    },
    {
      id: 'equity',
      quote: 'theoretically ensures inter-task gradient equity',
      prediction:
        'Of the seven tasks, no one’s advantages are more than 1.25 times as large as another’s (root mean square), and no one’s gradient more than 1.25 times as long: the 95 % intervals of the logarithms of both ratios lie below log 1.25 = 0.223. And the ratio of the gradients is smaller than GRPO’s: the interval of the difference, seed by seed, lies below 0.',
      test: (evidence) =>
        judge(
          below('Sizes of advantages, log ratio', evidence.summary('log ratio of sizes', 'g2rpo'), 0.223),
          below('Lengths of gradients, log ratio', evidence.summary('log ratio of gradients', 'g2rpo'), 0.223),
          below('Gradients, G²RPO − GRPO', evidence.difference('log ratio of gradients', 'g2rpo', 'grpo'), 0),
        ),
    },
    {
      id: 'outliers',
      quote: 'mitigates vulnerabilities to heavy-tail outliers',
      prediction:
        'With one reward in every group far off, the spread of the others’ advantages stays above 0.8 of what it was, and below 0.2 under GRPO. And where scores have heavy tails, the answers’ quality over training lies above GRPO’s. All by 95 % intervals.',
      test: (evidence) =>
        judge(
          above('The others told apart, G²RPO', evidence.summary('told apart', 'g2rpo'), 0.8),
          below('The others told apart, GRPO', evidence.summary('told apart', 'grpo'), 0.2),
          above('Quality, G²RPO − GRPO', evidence.difference('scored, over training', 'g2rpo', 'grpo'), 0),
        ),
    },
    {
      id: 'symmetry',
      quote: 'offers symmetric update for positive and negative rewards',
      prediction:
        'For rewards that are skewed, and for rare successes, the 95 % interval of the advantages’ skewness lies from −0.1 to 0.1.',
      test: (evidence) =>
        judge(
          within('Skewed rewards', evidence.summary('skew, skewed', 'g2rpo'), -0.1, 0.1),
          within('Rare successes', evidence.summary('skew, rare', 'g2rpo'), -0.1, 0.1),
        ),
    },
    {
      id: 'stability',
      quote: 'the enhanced training stability provided by G^2RPO',
      clean: 'the enhanced training stability provided by G²RPO',
      prediction:
        'Trained on both tasks at once, G²RPO is ahead of GRPO over training (the mean of both tasks), and so it is of COPO and of GRPO with replay; and what it has reached it loses less of than GRPO: the 95 % interval of the difference of their deepest falls lies below 0.',
      test: (evidence) =>
        judge(
          above('Over training, G²RPO − GRPO', evidence.difference('both, over training', 'g2rpo', 'grpo'), 0),
          above('Over training, G²RPO − COPO', evidence.difference('both, over training', 'g2rpo', 'copo'), 0),
          above('Over training, G²RPO − replay', evidence.difference('both, over training', 'g2rpo', 'r3'), 0),
          below('Deepest fall, G²RPO − GRPO', evidence.difference('deepest fall', 'g2rpo', 'grpo'), 0),
        ),
    },
    {
      id: 'benchmarks',
      quote: 'Extensive evaluations across 18 diverse benchmarks demonstrate its superior performance',
      untestable: 'This needs the trained model, of several billion weights, and a graphics card.',
    },
  ],
  breaks: [
    {
      swaps: { g2rpo: 'linear' },
      broken: 'Both rankings are replaced by z-scores: the same two stages, but linear.',
      verdicts: { symmetry: 'does-not-hold-at-this-scale' },
    },
    {
      swaps: { g2rpo: 'drgrpo' },
      broken: 'Rewards are only centred within their group: neither ranked nor scaled.',
      verdicts: {
        normal: 'does-not-hold-at-this-scale',
        equity: 'does-not-hold-at-this-scale',
        stability: 'inconclusive',
      },
    },
    {
      swaps: { g2rpo: 'grpo', grpo: 'g2rpo' },
      broken: 'Both rules change places.',
      verdicts: { outliers: 'inconclusive' },
    },
  ],
  run: (run) => {
    const { arm } = run;
    const tasks = Object.keys(TASKS).length;
    const looked = isRule(arm) ? 3 * tasks * numberOf(run.params, 'batches') : 0;
    const total = looked + (2 * RATES.length + 1) * (numberOf(run.params, 'steps') + 1);
    let done = 0;
    const tick = (): void => run.tick(++done, total);
    if (isRule(arm)) {
      distributions(run, arm, tick);
      weights(run, arm, tick);
      outliers(run, arm);
    }
    bandits(run, tick);
  },
};
