import type { Calculator, Worked } from './calculator.ts';
import { plainNumber } from './claims.ts';
import type { Params } from './contract.ts';
import { mean } from './kit/stats.ts';
import { numberOf } from './params.ts';

/** What an answer can be: right or wrong, its segment enough to answer from or not. */
const KINDS = [
  { key: 'both', label: 'Right, from a segment that shows it', answer: 1, evidence: 1 },
  { key: 'lucky', label: 'Right, from a segment that does not show it', answer: 1, evidence: 0 },
  { key: 'missed', label: 'Wrong, though the segment shows it', answer: 0, evidence: 1 },
  { key: 'neither', label: 'Wrong, and the segment does not show it', answer: 0, evidence: 0 },
] as const;

/**
 * GRPO's advantage of every answer of a group: (r − mean) / sd, with the sd of all (n), and 0 where all rewards are the same (Shao et
 * al., DeepSeekMath, 2024).
 */
export const groupAdvantages = (rewards: readonly number[]): readonly number[] => {
  const middle = mean(rewards);
  const spread = Math.sqrt(mean(rewards.map((reward) => (reward - middle) * (reward - middle))));
  return rewards.map((reward) => (spread === 0 ? 0 : (reward - middle) / spread));
};

const work = (params: Params): Worked => {
  const weight = numberOf(params, 'weight');
  const group = KINDS.flatMap((kind) => Array.from({ length: numberOf(params, kind.key) }, () => kind));
  const alone = groupAdvantages(group.map(({ answer }) => answer));
  const both = groupAdvantages(group.map(({ answer, evidence }) => answer + weight * evidence));
  const of = (key: string, all: readonly number[]): number | null =>
    all[group.findIndex((one) => one.key === key)] ?? null;
  const cell = (value: number | null): string => (value === null ? '–' : plainNumber(value));
  const [good, lucky] = [of('both', both), of('lucky', both)];
  const says =
    group.length < 2
      ? ['A group of fewer than two answers has nothing to be compared with.']
      : [
          alone.every((value) => value === 0)
            ? both.every((value) => value === 0)
              ? 'All answers earn the same either way: nothing is learned from this group.'
              : 'By the answer alone all earn the same, and nothing is learned; the reward for the segment still tells them apart.'
            : 'By the answer alone, a lucky answer earns what one with the right segment earns.',
          ...(good !== null && lucky !== null && weight > 0
            ? [
                `With the segment’s reward, an answer from the right segment leads a lucky one by ${plainNumber(good - lucky)}.`,
              ]
            : []),
          ...(lucky !== null && lucky > 0 ? ['A lucky answer is still encouraged in this group.'] : []),
        ];
  return {
    says,
    head: ['An answer that is', 'How many', 'Reward', 'Advantage, answer alone', 'Advantage, with the segment'],
    rows: KINDS.map(({ key, label, answer, evidence }) => [
      label,
      String(numberOf(params, key)),
      plainNumber(answer + weight * evidence),
      cell(of(key, alone)),
      cell(of(key, both)),
    ]),
  };
};

const howMany = (key: string, label: string, count: number) =>
  ({ kind: 'int', key, label, min: 0, max: 16, default: count }) as const;

export const segmentReward: Calculator = {
  id: 'segment-reward',
  paper: 'revisor-beyond-textual-reflection-towards-multimodal-introspective-reasoning-in',
  title: 'What a reward for the right segment changes',
  about:
    'A model is asked about a long video: it picks a segment, looks again, and answers. A group of its answers is compared with itself. Is the answer alone rewarded, or also whether the segment shows what was asked?',
  quote: "this mechanism enforces causal alignment between the model's reasoning and the selected video evidence",
  formula: [
    'r = a + w · s, with a = 1 for a right answer, s = 1 for a segment from which the question can be answered, else 0',
    'advantage = (r − mean of the group) / standard deviation of the group; 0 where all rewards are the same',
  ],
  ours: [
    'The abstract names the Dual Attribution Decoupled Reward and that it goes into GRPO; it gives no formula. That it counts answer and segment apart and adds them up with a weight is our reading.',
    'The second line is GRPO’s advantage as it is commonly written; there is no clipping and no penalty here.',
    'Whether a segment “shows it” is given here. To find that out is the hard part, and takes the model.',
  ],
  params: [
    { kind: 'number', key: 'weight', label: 'Weight of the segment, w', min: 0, max: 2, step: 0.1, default: 0.5 },
    howMany('both', 'Right, right segment', 3),
    howMany('lucky', 'Right, wrong segment', 2),
    howMany('missed', 'Wrong, right segment', 1),
    howMany('neither', 'Wrong, wrong segment', 2),
  ],
  work,
};
