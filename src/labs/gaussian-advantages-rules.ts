import { log, normalQuantile, sigmoid } from './kit/det-math.ts';
import { mean, sd } from './kit/stats.ts';

/**
 * How rewards become advantages. A batch is one task's: `rewards` of prompt after prompt, `group` of them each. A group whose
 * rewards are all the same says nothing: with `filter` it is left out before a task is looked at as a whole.
 */
export interface Batch {
  readonly rewards: Float64Array;
  readonly group: number;
  readonly filter: boolean;
}

export type RuleId = 'grpo' | 'drgrpo' | 'g2rpo' | 'linear';

/** As in the published code of both GRPO and COPO. */
const EPSILON = 1e-6;

const tables = new Map<number, Float64Array>();

/** Φ⁻¹((i − ½) ÷ n) for i from 1 to n, each computed once. */
const normalScores = (n: number): Float64Array => {
  const known = tables.get(n);
  if (known !== undefined) return known;
  const table = Float64Array.from({ length: n }, (_, i) => normalQuantile((i + 0.5) / n));
  tables.set(n, table);
  return table;
};

/** Every value's normal score by its rank; equal values get the mean of theirs. One value alone gets 0. */
export const matchNormal = (values: Float64Array): Float64Array => {
  const n = values.length;
  const out = new Float64Array(n);
  const scores = normalScores(n);
  const order = Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  for (let from = 0; from < n; ) {
    const value = values[order[from] as number];
    let to = from;
    let sum = 0;
    while (to < n && values[order[to] as number] === value) {
      sum += scores[to] as number;
      to++;
    }
    for (let i = from; i < to; i++) out[order[i] as number] = sum / (to - from);
    from = to;
  }
  return out;
};

/** (x − mean) ÷ (sd + 10⁻⁶), the standard deviation of the sample. */
export const standardise = (values: Float64Array): Float64Array => {
  const [middle, spread] = [mean(values), sd(values) + EPSILON];
  return values.map((value) => (value - middle) / spread);
};

/** x − mean: Dr. GRPO’s. */
const centre = (values: Float64Array): Float64Array => {
  const middle = mean(values);
  return values.map((value) => value - middle);
};

/** Whether the rewards of a group tell its responses apart. */
export const speaks = (rewards: ArrayLike<number>): boolean => {
  for (let i = 1; i < rewards.length; i++) if (rewards[i] !== rewards[0]) return true;
  return false;
};

const RULES = {
  grpo: { within: standardise, across: null },
  drgrpo: { within: centre, across: null },
  g2rpo: { within: matchNormal, across: matchNormal },
  linear: { within: standardise, across: standardise },
} as const;

/** The prompts of a batch that are kept. */
export const keptOf = ({ rewards, group, filter }: Batch): readonly number[] => {
  const kept: number[] = [];
  for (let from = 0; from < rewards.length; from += group)
    if (!filter || speaks(rewards.subarray(from, from + group))) kept.push(from / group);
  return kept;
};

/** An advantage for every response; 0 for those of the prompts left out. */
export const advantagesOf = (rule: RuleId, batch: Batch): Float64Array => {
  const { within, across } = RULES[rule];
  const { rewards, group } = batch;
  const kept = keptOf(batch);
  const scores = new Float64Array(kept.length * group);
  for (const [place, prompt] of kept.entries())
    scores.set(within(rewards.subarray(prompt * group, (prompt + 1) * group)), place * group);
  const matched = across === null ? scores : across(scores);
  const out = new Float64Array(rewards.length);
  for (const [place, prompt] of kept.entries())
    out.set(matched.subarray(place * group, (place + 1) * group), prompt * group);
  return out;
};

/** The entropy of a group's answers, in bits. */
export const entropyOf = (answers: ArrayLike<number>): number => {
  let bits = 0;
  for (let i = 0; i < answers.length; i++) {
    let [earlier, same] = [false, 0];
    for (let j = 0; j < answers.length; j++) {
      if (answers[j] !== answers[i]) continue;
      if (j < i) earlier = true;
      same++;
    }
    const share = same / answers.length;
    if (!earlier) bits -= share * (log(share) / Math.LN2);
  }
  return bits;
};

/**
 * COPO's: the group's own z-scores blended with one score a prompt, the standing among all prompts of accuracy × (1 − λ H), for
 * λ = (1 − 1 ÷ group) ÷ log₂ group and H the entropy of the answers. The own ones weigh σ(H − ½), and nothing where all answers
 * were rewarded the same ("soft with forced", k = 1, b = 0.5 of the published code).
 */
export const blendedAdvantages = (rewards: Float64Array, answers: ArrayLike<number>, group: number): Float64Array => {
  const prompts = rewards.length / group;
  const lambda = (1 - 1 / group) / (log(group) / Math.LN2);
  const entropies = Float64Array.from({ length: prompts }, (_, prompt) =>
    entropyOf(Array.from({ length: group }, (_, i) => answers[prompt * group + i] as number)),
  );
  const standing = standardise(
    entropies.map(
      (entropy, prompt) => mean(rewards.subarray(prompt * group, (prompt + 1) * group)) * (1 - lambda * entropy),
    ),
  );
  const out = advantagesOf('grpo', { rewards, group, filter: true });
  for (let i = 0; i < out.length; i++) {
    const prompt = Math.floor(i / group);
    const own = speaks(rewards.subarray(prompt * group, (prompt + 1) * group))
      ? sigmoid((entropies[prompt] as number) - 0.5)
      : 0;
    out[i] = own * (out[i] as number) + (1 - own) * (standing[prompt] as number);
  }
  return out;
};
