import { exp } from './exp-log.ts';
import type { Rng } from './rng.ts';
import { step, type World } from './worlds.ts';

/** A number for every state and action: `state × actions + action`. */
export type Table = Float64Array;

const rowOf = (world: World, table: Table, state: number): Table =>
  table.subarray(state * world.actions, (state + 1) * world.actions);

/** The first of the largest. */
export const best = (values: ArrayLike<number>): number => {
  let top = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[top] as number)) top = i;
  return top;
};

/** e to every preference, divided by their sum. */
export const softmaxOf = (preferences: ArrayLike<number>): Float64Array => {
  const top = preferences[best(preferences)] as number;
  const out = Float64Array.from({ length: preferences.length }, (_, i) => exp((preferences[i] as number) - top));
  let total = 0;
  for (const value of out) total += value;
  return out.map((value) => value / total);
};

/** The value of every action where each later one is the best: by sweeps until nothing moves more than `within`. */
export const optimalValues = (world: World, discount: number, within = 1e-10): Table =>
  sweep(world, discount, within, (row) => row[best(row)] as number);

/** The value of every action under the softmax of the preferences. */
export const policyValues = (world: World, preferences: Table, discount: number, within = 1e-10): Table =>
  sweep(world, discount, within, (row, state) => {
    const chances = softmaxOf(rowOf(world, preferences, state));
    let value = 0;
    for (let a = 0; a < row.length; a++) value += (chances[a] as number) * (row[a] as number);
    return value;
  });

const sweep = (world: World, discount: number, within: number, worth: (row: Table, state: number) => number): Table => {
  const table = new Float64Array(world.states * world.actions);
  for (let moved = within + 1, sweeps = 0; moved > within && sweeps < 100_000; sweeps++) {
    moved = 0;
    for (let state = 0; state < world.states; state++)
      for (let action = 0; action < world.actions; action++) {
        let value = 0;
        for (const { chance, state: next, reward, done } of world.outcomes(state, action))
          value += chance * (reward + (done ? 0 : discount * worth(rowOf(world, table, next), next)));
        const place = state * world.actions + action;
        moved = Math.max(moved, Math.abs(value - (table[place] as number)));
        table[place] = value;
      }
  }
  return table;
};

export interface Visit {
  readonly state: number;
  readonly action: number;
  readonly reward: number;
}

/** Goes on as `act` says until the episode ends, or `longest` actions are done. */
export const episode = (world: World, act: (state: number) => number, rng: Rng, longest = 1_000): Visit[] => {
  const visits: Visit[] = [];
  for (let state = world.start; visits.length < longest; ) {
    const action = act(state);
    const outcome = step(world, state, action, rng);
    visits.push({ state, action, reward: outcome.reward });
    if (outcome.done) break;
    state = outcome.state;
  }
  return visits;
};

interface Learning {
  readonly rate: number;
  readonly discount: number;
  readonly longest?: number;
}

/**
 * One episode of Q-learning (C. Watkins, 1989), the best action but for a share `epsilon` drawn evenly: Q(s, a) moves by
 * `rate` × (r + discount × max Q(s′, ·) − Q(s, a)). Returns the sum of the rewards.
 */
export const learnQ = (
  world: World,
  table: Table,
  rng: Rng,
  { rate, discount, epsilon, longest = 1_000 }: Learning & { readonly epsilon: number },
): number => {
  let total = 0;
  let state = world.start;
  for (let i = 0; i < longest; i++) {
    const row = rowOf(world, table, state);
    const action = rng.uniform() < epsilon ? rng.int(world.actions) : best(row);
    const { state: next, reward, done } = step(world, state, action, rng);
    const ahead = rowOf(world, table, next);
    const target = reward + (done ? 0 : discount * (ahead[best(ahead)] as number));
    row[action] = (row[action] as number) + rate * (target - (row[action] as number));
    total += reward;
    if (done) break;
    state = next;
  }
  return total;
};

/** Adds `amount` × the gradient of ln π(action | state) to the preferences of a softmax policy. */
export const reinforce = (
  world: World,
  preferences: Table,
  { state, action }: Pick<Visit, 'state' | 'action'>,
  amount: number,
): void => {
  const row = rowOf(world, preferences, state);
  const chances = softmaxOf(row);
  for (let a = 0; a < row.length; a++)
    row[a] = (row[a] as number) + amount * ((a === action ? 1 : 0) - (chances[a] as number));
};

/** An action of the softmax policy, drawn. */
export const draw = (world: World, preferences: Table, state: number, rng: Rng): number =>
  rng.weighted(softmaxOf(rowOf(world, preferences, state)));

/** One episode of REINFORCE (R. J. Williams, 1992): each action by its discounted return, less `baseline`. Returns the first. */
export const learnReinforce = (
  world: World,
  preferences: Table,
  rng: Rng,
  { rate, discount, longest, baseline = 0 }: Learning & { readonly baseline?: number },
): number => {
  const visits = episode(world, (state) => draw(world, preferences, state, rng), rng, longest);
  const returns = new Float64Array(visits.length);
  let later = 0;
  for (let i = visits.length - 1; i >= 0; i--) {
    later = (visits[i] as Visit).reward + discount * later;
    returns[i] = later;
  }
  for (const [i, visit] of visits.entries())
    reinforce(world, preferences, visit, rate * ((returns[i] as number) - baseline));
  return later;
};

/**
 * One episode of actor and critic: values [states] and preferences both move by the error r + discount × V(s′) − V(s). Returns the
 * sum of the rewards.
 */
export const learnActorCritic = (
  world: World,
  preferences: Table,
  values: Float64Array,
  rng: Rng,
  { rate, discount, criticRate, longest = 1_000 }: Learning & { readonly criticRate: number },
): number => {
  let total = 0;
  let state = world.start;
  for (let i = 0; i < longest; i++) {
    const action = draw(world, preferences, state, rng);
    const { state: next, reward, done } = step(world, state, action, rng);
    const error = reward + (done ? 0 : discount * (values[next] as number)) - (values[state] as number);
    values[state] = (values[state] as number) + criticRate * error;
    reinforce(world, preferences, { state, action }, rate * error);
    total += reward;
    if (done) break;
    state = next;
  }
  return total;
};
