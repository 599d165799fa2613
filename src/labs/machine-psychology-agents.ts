import type { Rng } from './kit/rng.ts';
import { deduce, expectation, fade, induce, REPORTED, revise, type Truth } from './machine-psychology-truth.ts';

export type Operation = 'left' | 'right';
const OPERATIONS: readonly Operation[] = ['left', 'right'];

/** Does something about what it is shown, or nothing; then it may hear whether that was right. */
export interface Agent {
  /**
   * Stimuli in the order in which they are shown, a step each; the goal comes a step after the last. Without a `lesson`, nothing
   * will be heard of it.
   */
  act(stimuli: readonly string[], lesson: boolean): Operation | null;
  /** Said at once after `act`, where something was done. */
  hear(right: boolean): void;
}

export interface NarsWish {
  /** Up to how many stimuli a hypothesis names: none makes it blind to them. */
  readonly stimuli: 0 | 1 | 2;
  /** Chance of trying anything at all. */
  readonly babbling: number;
  /** Confidence that what was foreseen will fail, assumed whenever something is done. */
  readonly anticipation: number;
  /** Whether wrong answers are heard, as a goal of frequency 0. */
  readonly punished: boolean;
}

/** What an implication can start from: one or two stimuli that were there, as a single event. */
interface Context {
  readonly key: string;
  readonly confidence: number;
  /** Of its last stimulus. */
  readonly time: number;
}

const GOAL: Truth = { f: 1, c: REPORTED };
const DECISION = 0.501;
const ANTICIPATED = 0.501;
/** Above this, nothing is tried at random. */
const SURE = 0.55;

const contextsOf = (stimuli: readonly string[], most: NarsWish['stimuli']): readonly Context[] => {
  if (most === 0) return [{ key: 'anything', confidence: REPORTED, time: stimuli.length - 1 }];
  const single = stimuli.map((key, time): Context => ({ key, confidence: REPORTED, time }));
  if (most === 1) return single;
  const pairs = single.flatMap((first) =>
    single
      .filter(({ time }) => time > first.time)
      .map(
        (second): Context => ({
          key: `${first.key}, ${second.key}`,
          confidence: fade(first.confidence, second.time - first.time) * second.confidence,
          time: second.time,
        }),
      ),
  );
  return [...single, ...pairs];
};

/** An agent that keeps hypotheses “after these stimuli and this operation comes what is wanted”, each with its truth. */
export interface Nars extends Agent {
  /** Null where there is no such hypothesis. */
  truthOf(stimuli: string, operation: Operation): Truth | null;
}

export const createNars = (rng: Rng, { stimuli: most, babbling, anticipation, punished }: NarsWish): Nars => {
  const hypotheses = new Map<string, Truth>();
  const nameOf = (context: string, operation: Operation): string => `${context} → ${operation}`;
  let heard: { readonly contexts: readonly Context[]; readonly done: Operation; readonly at: number } | null = null;

  const add = (name: string, found: Truth): void => {
    const known = hypotheses.get(name);
    hypotheses.set(name, known === undefined ? found : revise(known, found));
  };

  /** The operation that most is to be expected of, now. */
  const best = (
    contexts: readonly Context[],
    now: number,
  ): { readonly operation: Operation; readonly desire: number } => {
    let found = { operation: OPERATIONS[0] as Operation, desire: 0 };
    for (const { key, confidence, time } of contexts) {
      const condition = { f: 1, c: fade(confidence, now - time) };
      for (const operation of OPERATIONS) {
        const hypothesis = hypotheses.get(nameOf(key, operation));
        if (hypothesis === undefined) continue;
        const desire = expectation(deduce(deduce(GOAL, hypothesis), condition));
        if (desire > found.desire) found = { operation, desire };
      }
    }
    return found;
  };

  /** Whatever foresees the goal now is held to have failed, a little: what comes true makes up for it by far. */
  const assumeFailure = (contexts: readonly Context[], done: Operation, at: number): void => {
    for (const { key, confidence, time } of contexts) {
      const hypothesis = hypotheses.get(nameOf(key, done));
      if (hypothesis === undefined) continue;
      const now = { f: 1, c: fade(confidence, at - time) * REPORTED };
      if (expectation(deduce(hypothesis, now)) <= ANTICIPATED) continue;
      // As in the program: by the stimulus as it was reported, faded by the one step from operation to outcome.
      add(nameOf(key, done), induce(0, fade(confidence, 1), anticipation));
    }
  };

  return {
    act: (shown) => {
      const contexts = contextsOf(shown, most);
      const now = shown.length;
      const babbled = rng.uniform() < babbling ? rng.choice(OPERATIONS) : null;
      const { operation, desire } = best(contexts, now);
      const done = babbled !== null && desire <= SURE ? babbled : desire >= DECISION ? operation : null;
      heard = done === null ? null : { contexts, done, at: now + 1 };
      if (done !== null) assumeFailure(contexts, done, now + 1);
      return done;
    },
    hear: (right) => {
      if (heard === null || (!right && !punished)) return;
      for (const { key, confidence, time } of heard.contexts) {
        const before = fade(fade(confidence, heard.at - time) * REPORTED, 1);
        add(nameOf(key, heard.done), induce(right ? 1 : 0, before, REPORTED));
      }
    },
    truthOf: (key, operation) => hypotheses.get(nameOf(key, operation)) ?? null,
  };
};

/** Chance of trying the other operation while there is something to hear. */
const EXPLORING = 0.1;

/** Tabular Q-learning of one step: a value for every whole situation and operation, 1 for right and −1 for wrong. */
export const createQ = (rng: Rng, rate: number): Agent => {
  const values = new Map<string, [number, number]>();
  let last: { readonly row: [number, number]; readonly done: 0 | 1 } | null = null;
  return {
    act: (shown, lesson) => {
      const key = shown.join(', ');
      const row = values.get(key) ?? [0, 0];
      values.set(key, row);
      const chance = rng.uniform();
      const coin = rng.int(2) as 0 | 1;
      const greedy = row[0] === row[1] ? coin : row[0] > row[1] ? 0 : 1;
      const done = lesson && chance < EXPLORING ? coin : greedy;
      last = { row, done };
      return OPERATIONS[done] as Operation;
    },
    hear: (right) => {
      if (last === null) return;
      const { row, done } = last;
      row[done] += rate * ((right ? 1 : -1) - row[done]);
    },
  };
};

export const createGuesser = (rng: Rng): Agent => ({ act: () => rng.choice(OPERATIONS), hear: () => {} });
