import { advantagesOf, blendedAdvantages, type RuleId } from './gaussian-advantages-rules.ts';
import { exp, log } from './kit/det-math.ts';
import type { Rng } from './kit/rng.ts';

/**
 * The prompt bandit: every prompt has its own softmax over some answers, every step draws a group for each. Of one task's
 * prompts one answer is right and rewarded by 1; those of the other score an answer's quality, with noise of heavy tails.
 */
export interface Bandit {
  readonly answers: number;
  readonly group: number;
  /** Of each of the two tasks. */
  readonly prompts: number;
  /** By prompt, those of the first task before those of the second: what each answer is worth, from 0 to 1. */
  readonly worth: Float64Array;
  /** The logits that training begins with, laid out as `worth`. */
  readonly start: Float64Array;
  /** Of the Cauchy noise on the scores. */
  readonly noise: number;
}

/** Chances to be right before training, of the hardest and the easiest prompt. */
const [HARDEST, EASIEST] = [0.003, 0.9];

export const drawBandit = (
  rng: Rng,
  { prompts, group, answers, noise }: Pick<Bandit, 'prompts' | 'group' | 'answers' | 'noise'>,
): Bandit => {
  const worth = new Float64Array(2 * prompts * answers);
  const start = new Float64Array(worth.length);
  for (let prompt = 0; prompt < prompts; prompt++) {
    const right = prompt * answers + rng.int(answers);
    const chance = HARDEST * exp(rng.uniform() * log(EASIEST / HARDEST));
    worth[right] = 1;
    start[right] = log((chance / (1 - chance)) * (answers - 1));
    const order = rng.shuffle(Array.from({ length: answers }, (_, answer) => answer / (answers - 1)));
    worth.set(order, (prompts + prompt) * answers);
  }
  return { answers, group, prompts, worth, start, noise };
};

export type TrainerId = RuleId | 'copo' | 'r3';

export interface Training {
  readonly trainer: TrainerId;
  readonly rate: number;
  readonly steps: number;
  readonly filter: boolean;
}

/** What is expected of the policy at a step, exactly: the mean worth of an answer. */
export interface Standing {
  readonly exact: number;
  readonly scored: number;
}

/** Writes the chances of a prompt's answers to `out`. */
const chancesOf = (logits: Float64Array, from: number, out: Float64Array): void => {
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < out.length; k++) if ((logits[from + k] as number) > top) top = logits[from + k] as number;
  let total = 0;
  for (let k = 0; k < out.length; k++) {
    const value = exp((logits[from + k] as number) - top);
    out[k] = value;
    total += value;
  }
  for (let k = 0; k < out.length; k++) out[k] = (out[k] as number) / total;
};

/** Where a group was all wrong, its last answer gives way to the prompt's last right one, if there was any. */
const replay = (answers: Int32Array, rewards: Float64Array, group: number, remembered: Int32Array): void => {
  for (const [prompt, kept] of remembered.entries()) {
    const [from, last] = [prompt * group, (prompt + 1) * group - 1];
    let found = -1;
    for (let i = from; i <= last; i++) if (rewards[i] === 1) found = answers[i] as number;
    if (found >= 0) remembered[prompt] = found;
    else if (kept >= 0) {
      answers[last] = kept;
      rewards[last] = 1;
    }
  }
};

/**
 * Calls `seen` before the first step and after every one. `useful` is the share of the first task's groups that gave a gradient: of
 * which an advantage was not 0.
 */
export const train = (
  bandit: Bandit,
  { trainer, rate, steps, filter }: Training,
  rng: Rng,
  seen: (step: number, standing: Standing) => void,
): { readonly useful: number } => {
  const { answers: width, group, prompts, worth, noise } = bandit;
  const logits = bandit.start.slice();
  const chances = Float64Array.from({ length: 2 * prompts * width });
  const drawn = new Int32Array(2 * prompts * group);
  const rewards = new Float64Array(drawn.length);
  const remembered = new Int32Array(prompts).fill(-1);
  const half = prompts * group;
  let useful = 0;

  const look = (step: number): void => {
    const sums = [0, 0];
    for (let prompt = 0; prompt < 2 * prompts; prompt++) {
      const from = prompt * width;
      const mine = chances.subarray(from, from + width);
      chancesOf(logits, from, mine);
      let sum = 0;
      for (let k = 0; k < width; k++) sum += (mine[k] as number) * (worth[from + k] as number);
      sums[prompt < prompts ? 0 : 1] = (sums[prompt < prompts ? 0 : 1] as number) + sum;
    }
    seen(step, { exact: (sums[0] as number) / prompts, scored: (sums[1] as number) / prompts });
  };

  const sample = (): void => {
    for (let i = 0; i < drawn.length; i++) {
      const from = Math.floor(i / group) * width;
      let left = rng.uniform();
      let answer = 0;
      while (answer < width - 1 && left >= (chances[from + answer] as number)) {
        left -= chances[from + answer] as number;
        answer++;
      }
      drawn[i] = answer;
      rewards[i] = (worth[from + answer] as number) + (i < half ? 0 : noise * (rng.normal() / rng.normal()));
    }
  };

  const rule: RuleId = trainer === 'copo' || trainer === 'r3' ? 'grpo' : trainer;
  look(0);
  for (let step = 1; step <= steps; step++) {
    sample();
    if (trainer === 'r3') replay(drawn, rewards, group, remembered);
    const [first, second] = [rewards.subarray(0, half), rewards.subarray(half)];
    const advantages = [
      trainer === 'copo'
        ? blendedAdvantages(first, drawn.subarray(0, half), group)
        : advantagesOf(rule, { rewards: first, group, filter }),
      advantagesOf(rule, { rewards: second, group, filter }),
    ] as const;
    for (let from = 0; from < half; from += group)
      if (advantages[0].subarray(from, from + group).some((advantage) => advantage !== 0)) useful++;
    for (let i = 0; i < drawn.length; i++) {
      const pull = (rate / group) * (i < half ? (advantages[0][i] as number) : (advantages[1][i - half] as number));
      if (pull === 0) continue;
      const from = Math.floor(i / group) * width;
      for (let k = 0; k < width; k++)
        logits[from + k] = (logits[from + k] as number) - pull * (chances[from + k] as number);
      logits[from + (drawn[i] as number)] = (logits[from + (drawn[i] as number)] as number) + pull;
    }
    look(step);
  }
  return { useful: useful / (steps * prompts) };
};
