import type { Run } from './contract.ts';
import { drawBandit, type Standing, type TrainerId, train } from './gaussian-advantages-bandit.ts';
import { advantagesOf, keptOf, type RuleId } from './gaussian-advantages-rules.ts';
import { HALF, rewardsOf, TASKS } from './gaussian-advantages-tasks.ts';
import { log, normalQuantile } from './kit/det-math.ts';
import { ksDistance, mean, quantile, sd } from './kit/stats.ts';
import { numberOf } from './params.ts';

/** Of which tasks distances and skewness are said one by one, and which are shown. */
const REPORTED = ['bell', 'heavy', 'even', 'rare'];
const SKEWED = ['skewed', 'rare'];
const SHOWN = ['heavy', 'rare'];
/** Dr. GRPO’s advantages have no bounds. */
export const SHOWN_TO = 4;

/** Distributions are looked at in groups of this size too: fewer, with as many responses in all. */
const LARGE_GROUP = 64;
const ACTIONS = 16;
const OUTLIER = 100;

export const isRule = (arm: string): arm is RuleId => !['copo', 'r3'].includes(arm);

const cube = (x: number): number => x * x * x;

const skewness = (values: Float64Array): number => {
  const [middle, spread] = [mean(values), sd(values)];
  return spread === 0 ? 0 : mean(values.map((value) => cube((value - middle) / spread)));
};

const rms = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * (values[i] as number);
  return Math.sqrt(sum / Math.max(1, values.length));
};

/** Only the advantages of prompts that were kept. */
const keptAdvantages = (rule: RuleId, rewards: Float64Array, group: number, filter: boolean): Float64Array => {
  const batch = { rewards, group, filter };
  const all = advantagesOf(rule, batch);
  return Float64Array.from(keptOf(batch).flatMap((prompt) => [...all.subarray(prompt * group, (prompt + 1) * group)]));
};

/** How the advantages of a task are distributed where all responses are equally good. */
export const distributions = (run: Run, rule: RuleId, tick: () => void): void => {
  const [group, prompts, batches] = ['group', 'prompts', 'batches'].map((key) => numberOf(run.params, key)) as [
    number,
    number,
    number,
  ];
  const filter = run.params.filter === true;
  for (const [size, where] of [
    [group, ''],
    [LARGE_GROUP, ', groups of 64'],
  ] as const) {
    let worst = 0;
    for (const [place, task] of Object.keys(TASKS).entries()) {
      const rng = run.rng.fork(`distribution ${task} ${size}`);
      let [distance, skew, variance] = [0, 0, 0];
      for (let batch = 0; batch < batches; batch++) {
        const responses = size * Math.max(1, Math.round((prompts * group) / size));
        const advantages = keptAdvantages(rule, rewardsOf(task, responses, rng), size, filter);
        distance += advantages.length === 0 ? 1 : (ksDistance(advantages) * Math.sqrt(advantages.length)) / 1.358;
        skew += skewness(advantages);
        variance += sd(advantages) * sd(advantages);
        tick();
        if (batch > 0 || where !== '' || !SHOWN.includes(task) || advantages.length === 0) continue;
        for (let i = 0; i < 40; i++) {
          const at = (i + HALF) / 40;
          run.point(task, normalQuantile(at), Math.max(-SHOWN_TO, Math.min(SHOWN_TO, quantile(advantages, at))));
        }
      }
      if (REPORTED.includes(task)) run.metric(`distance, ${task}${where}`, distance / batches);
      if (where === '' && SKEWED.includes(task)) run.metric(`skew, ${task}`, skew / batches);
      if (where === '') run.metric('variance', variance / batches, place + 1);
      worst = Math.max(worst, distance / batches);
    }
    run.metric(`largest distance${where}`, worst);
  }
};

/** What each task weighs in a common update of one policy: its advantages, and the gradient they give. */
export const weights = (run: Run, rule: RuleId, tick: () => void): void => {
  const [group, prompts] = [numberOf(run.params, 'group'), numberOf(run.params, 'prompts')];
  const filter = run.params.filter === true;
  const batches = numberOf(run.params, 'batches');
  const [sizes, lengths] = [new Float64Array(7), new Float64Array(7)];
  for (const [place, task] of Object.keys(TASKS).entries()) {
    const rng = run.rng.fork(`weight ${task}`);
    for (let batch = 0; batch < batches; batch++) {
      const actions = Array.from({ length: group * prompts }, () => rng.int(ACTIONS));
      const qualities = actions.map((action) => action / (ACTIONS - 1));
      const rewards = rewardsOf(task, actions.length, rng, qualities);
      const advantages = advantagesOf(rule, { rewards, group, filter });
      const kept = keptOf({ rewards, group, filter }).length * group;
      const gradient = new Float64Array(ACTIONS);
      for (const [i, action] of actions.entries()) {
        const advantage = (advantages[i] as number) / Math.max(1, kept);
        for (let k = 0; k < ACTIONS; k++) gradient[k] = (gradient[k] as number) - advantage / ACTIONS;
        gradient[action] = (gradient[action] as number) + advantage;
      }
      tick();
      const size = rms(advantages) * Math.sqrt(advantages.length / Math.max(1, kept));
      sizes[place] = (sizes[place] as number) + size / batches;
      lengths[place] = (lengths[place] as number) + (rms(gradient) * Math.sqrt(ACTIONS)) / batches;
    }
    run.metric('gradient', lengths[place] as number, place + 1);
  }
  run.metric('log ratio of sizes', log(Math.max(...sizes) / Math.min(...sizes)));
  run.metric('log ratio of gradients', log(Math.max(...lengths) / Math.min(...lengths)));
};

/** How well the other responses of a group are still told apart once one reward lies far off. */
export const outliers = (run: Run, rule: RuleId): void => {
  const [group, prompts] = [numberOf(run.params, 'group'), numberOf(run.params, 'prompts')];
  const rewards = rewardsOf('bell', group * prompts, run.rng.fork('outliers'));
  const apart = (): number => {
    const advantages = advantagesOf(rule, { rewards, group, filter: true });
    return mean(Array.from({ length: prompts }, (_, p) => sd(advantages.subarray(p * group, (p + 1) * group - 1))));
  };
  const before = apart();
  for (let last = group - 1; last < rewards.length; last += group) rewards[last] = OUTLIER;
  run.metric('told apart', apart() / before);
};

export const RATES = [1, 3, 10, 30, 100] as const;
const POINTS = 50;

/** The mean over training of both tasks, the last standing, and the deepest fall of their mean from its best so far. */
const learn = (
  run: Run,
  world: string,
  rate: number,
  tick: () => void,
  seen?: (step: number, standing: Standing) => void,
) => {
  const rng = run.rng.fork(world);
  const bandit = drawBandit(rng.fork('bandit'), {
    prompts: Math.floor(numberOf(run.params, 'prompts') / 2),
    group: numberOf(run.params, 'group'),
    answers: ACTIONS,
    noise: numberOf(run.params, 'noise'),
  });
  const steps = numberOf(run.params, 'steps');
  let [exact, scored, best, fall] = [0, 0, 0, 0];
  const { useful } = train(
    bandit,
    { trainer: run.arm as TrainerId, rate, steps, filter: run.params.filter === true },
    rng.fork('answers'),
    (step, standing) => {
      exact += standing.exact / (steps + 1);
      scored += standing.scored / (steps + 1);
      const both = (standing.exact + standing.scored) / 2;
      best = Math.max(best, both);
      fall = Math.max(fall, best - both);
      seen?.(step, standing);
      tick();
    },
  );
  return { exact, scored, fall, useful };
};

/** Every arm takes the rate of the same few that does best on bandits drawn for that, and is measured on another. */
export const bandits = (run: Run, tick: () => void): void => {
  const steps = numberOf(run.params, 'steps');
  let [chosen, most]: [number, number] = [RATES[0], Number.NEGATIVE_INFINITY];
  for (const rate of RATES) {
    const one = learn(run, 'tuning 1', rate, tick);
    const other = learn(run, 'tuning 2', rate, tick);
    const sum = one.exact + one.scored + other.exact + other.scored;
    if (sum > most) [chosen, most] = [rate, sum];
  }
  const { exact, scored, fall, useful } = learn(run, 'world', chosen, tick, (step, standing) => {
    if (step % Math.max(1, Math.floor(steps / POINTS)) > 0) return;
    run.point('exact', step, standing.exact);
    run.point('scored', step, standing.scored);
  });
  run.metric('exact, over training', exact);
  run.metric('scored, over training', scored);
  run.metric('both, over training', (exact + scored) / 2);
  run.metric('deepest fall', fall);
  run.metric('groups that say something', useful);
  run.metric('rate', chosen);
};
