import { exp, log } from './kit/det-math.ts';
import { best } from './kit/rl.ts';
import type { Rng } from './kit/rng.ts';
import type { World } from './kit/worlds.ts';

/** What an agent did, as counts: how often an action was taken in a state and the reward came in the end, or did not. */
export interface Data {
  readonly states: number;
  readonly actions: number;
  /** `(state × actions + action) × 2 + return`, the return 0 or 1. */
  readonly counts: Float64Array;
  /**
   * How often an action in a state led to which, where the return was 0 and where it was 1: `counts’ place × (states + 2) + next`;
   * after the states stand the two ends, without and with the reward.
   */
  readonly moves: Float64Array;
}

/** The chance of every action in every state: `state × actions + action`. */
export type Chances = Float64Array;

/** Episodes of a behaviour, each of at most `longest` actions; only the last reward counts, as 0 or 1. */
export const collect = (world: World, behaviour: Chances, episodes: number, longest: number, rng: Rng): Data => {
  const { states, actions, start } = world;
  const counts = new Float64Array(states * actions * 2);
  const moves = new Float64Array(counts.length * (states + 2));
  const nexts = new Int32Array(longest);
  const visited = new Int32Array(longest);
  for (let episode = 0; episode < episodes; episode++) {
    let [state, steps, earned, done] = [start, 0, 0, false];
    while (!done && steps < longest) {
      const place = state * actions + rng.weighted(behaviour.subarray(state * actions, (state + 1) * actions));
      const outcomes = world.outcomes(state, place % actions);
      const outcome = outcomes[rng.weighted(outcomes.map(({ chance }) => chance))] as (typeof outcomes)[number];
      visited[steps++] = place;
      ({ state, done } = outcome);
      earned = outcome.reward > 0 ? 1 : 0;
      nexts[steps - 1] = done ? states + earned : state;
    }
    for (let step = 0; step < steps; step++) {
      const place = (visited[step] as number) * 2 + earned;
      counts[place] = (counts[place] as number) + 1;
      const move = place * (states + 2) + (nexts[step] as number);
      moves[move] = (moves[move] as number) + 1;
    }
  }
  return { states, actions, counts, moves };
};

/** How likely the policy earns the reward within `longest` actions. */
export const chanceOfReward = (world: World, policy: Chances, longest: number): number => {
  let values = new Float64Array(world.states);
  for (let left = 0; left < longest; left++) {
    const before = new Float64Array(world.states);
    for (let state = 0; state < world.states; state++)
      for (let action = 0; action < world.actions; action++) {
        const taken = policy[state * world.actions + action] as number;
        if (taken === 0) continue;
        for (const { chance, state: next, reward, done } of world.outcomes(state, action))
          before[state] = (before[state] as number) + taken * chance * (done ? reward : (values[next] as number));
      }
    values = before;
  }
  return values[world.start] as number;
};

/** Rows that add up to 1; even where nothing was counted. */
export const normalise = (weights: Float64Array, actions: number): Chances => {
  const out = new Float64Array(weights.length);
  for (let from = 0; from < weights.length; from += actions) {
    let total = 0;
    for (let i = from; i < from + actions; i++) total += weights[i] as number;
    for (let i = from; i < from + actions; i++) out[i] = total > 0 ? (weights[i] as number) / total : 1 / actions;
  }
  return out;
};

/** The first of the likeliest actions everywhere. */
export const likeliest = (chances: Float64Array, actions: number): Chances => {
  const out = new Float64Array(chances.length);
  for (let from = 0; from < out.length; from += actions) out[from + best(chances.subarray(from, from + actions))] = 1;
  return out;
};

/** What was done where the return was as asked; where it never was, what was done at all. */
export const conditioned = ({ counts, actions }: Data, earned: 0 | 1): Chances => {
  const weights = Float64Array.from({ length: counts.length / 2 }, (_, i) => counts[2 * i + earned] as number);
  for (let from = 0; from < weights.length; from += actions) {
    let total = 0;
    for (let i = from; i < from + actions; i++) total += weights[i] as number;
    if (total > 0) continue;
    for (let i = from; i < from + actions; i++) weights[i] = (counts[2 * i] as number) + (counts[2 * i + 1] as number);
  }
  return normalise(weights, actions);
};

/** What was done. */
export const imitated = ({ counts, actions }: Data): Chances =>
  normalise(
    Float64Array.from(
      { length: counts.length / 2 },
      (_, i) => (counts[2 * i] as number) + (counts[2 * i + 1] as number),
    ),
    actions,
  );

/** The best actions by the transitions that were seen: value iteration; an action never taken is worth nothing. */
export const planned = ({ states, actions, moves }: Data, discount = 0.99): Chances => {
  const worth = new Float64Array(states * actions);
  const values = new Float64Array(states + 2);
  values[states + 1] = 1;
  for (let sweep = 0; sweep < 500; sweep++) {
    for (let place = 0; place < worth.length; place++) {
      let [total, sum] = [0, 0];
      for (let next = 0; next < states + 2; next++) {
        const lost = moves[2 * place * (states + 2) + next] as number;
        const seen = lost + (moves[(2 * place + 1) * (states + 2) + next] as number);
        total += seen;
        sum += seen * (values[next] as number) * (next < states ? discount : 1);
      }
      worth[place] = total > 0 ? sum / total : 0;
    }
    for (let state = 0; state < states; state++) {
      const row = worth.subarray(state * actions, (state + 1) * actions);
      values[state] = row[best(row)] as number;
    }
  }
  return likeliest(worth, actions);
};

/** A latent variable of `latents` values, told by state, action and return: `((state × actions + action) × 2 + return) × latents`. */
export interface Latent {
  readonly latents: number;
  readonly logits: Float64Array;
  readonly chances: Float64Array;
}

const TINY = 1e-12;
const safeLog = (x: number): number => log(Math.max(x, TINY));

/** The chances from the logits. */
const refresh = ({ latents, logits, chances }: Latent): void => {
  for (let from = 0; from < logits.length; from += latents) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + latents; i++) top = Math.max(top, logits[i] as number);
    let total = 0;
    for (let i = from; i < from + latents; i++) {
      chances[i] = exp((logits[i] as number) - top);
      total += chances[i] as number;
    }
    for (let i = from; i < from + latents; i++) chances[i] = (chances[i] as number) / total;
  }
};

/** What a latent variable says of every state, as chances of the data. */
export interface Reading {
  /** P(z | s): `state × latents + z`. */
  readonly prior: Float64Array;
  /** P(a | s, z): `(state × latents + z) × actions + a`. */
  readonly policy: Float64Array;
  /** P(return = 1 | s, z): `state × latents + z`. */
  readonly value: Float64Array;
  /** P(z | s, a): `(state × actions + a) × latents + z`. */
  readonly byAction: Float64Array;
  /** P(a, return | s), in the places of the counts. */
  readonly shares: Float64Array;
  /** How often every state was met. */
  readonly met: Float64Array;
}

/** What may not be told of: the return in the end, or what the world does next: where one goes, and whether that pays. */
export type Luck = 'return' | 'next';

/** By place of the counts and z: how much more likely z is for what the world did than for state and action, as a logarithm. */
const luckOf = (
  { states, counts, moves }: Data,
  { latents, chances }: Latent,
  { byAction }: Reading,
  luck: Luck,
): Float64Array => {
  const out = new Float64Array(chances.length);
  const told = new Float64Array(latents);
  for (let pair = 0; pair < counts.length; pair += 2) {
    const usual = (pair / 2) * latents;
    if (luck === 'return') {
      for (let i = pair * latents; i < (pair + 2) * latents; i++)
        out[i] = safeLog(chances[i] as number) - safeLog(byAction[usual + (i % latents)] as number);
      continue;
    }
    for (let next = 0; next < states + 2; next++) {
      const [lost, won] = [
        moves[pair * (states + 2) + next] as number,
        moves[(pair + 1) * (states + 2) + next] as number,
      ];
      if (lost + won === 0) continue;
      for (let z = 0; z < latents; z++) {
        const mixed =
          lost * (chances[pair * latents + z] as number) + won * (chances[(pair + 1) * latents + z] as number);
        told[z] = safeLog(mixed / (lost + won)) - safeLog(byAction[usual + z] as number);
      }
      for (let earned = 0; earned < 2; earned++) {
        const seen = earned === 0 ? lost : won;
        const share = seen === 0 ? 0 : seen / (counts[pair + earned] as number);
        for (let z = 0; z < latents; z++) {
          const at = (pair + earned) * latents + z;
          out[at] = (out[at] as number) + share * (told[z] as number);
        }
      }
    }
  }
  return out;
};

/** Policy and value that fit the data best where z is as the latent variable says: both are counts. */
export const readLatent = ({ states, actions, counts }: Data, { latents, chances }: Latent): Reading => {
  const prior = new Float64Array(states * latents);
  const value = new Float64Array(states * latents);
  const policy = new Float64Array(states * latents * actions);
  const byAction = new Float64Array(states * actions * latents);
  const shares = new Float64Array(counts.length);
  const met = new Float64Array(states);
  for (let i = 0; i < counts.length; i++) {
    const state = Math.floor(i / (2 * actions));
    met[state] = (met[state] as number) + (counts[i] as number);
  }
  for (let i = 0; i < counts.length; i++) {
    const place = Math.floor(i / 2);
    const state = Math.floor(place / actions);
    if (counts[i] === 0) continue;
    shares[i] = (counts[i] as number) / (met[state] as number);
    for (let z = 0; z < latents; z++) {
      const joint = (shares[i] as number) * (chances[i * latents + z] as number);
      const at = state * latents + z;
      prior[at] = (prior[at] as number) + joint;
      if (i % 2 === 1) value[at] = (value[at] as number) + joint;
      const action = at * actions + (place % actions);
      policy[action] = (policy[action] as number) + joint;
      byAction[place * latents + z] = (byAction[place * latents + z] as number) + joint;
    }
  }
  for (let at = 0; at < prior.length; at++) {
    const total = Math.max(prior[at] as number, TINY);
    value[at] = (value[at] as number) / total;
    for (let a = 0; a < actions; a++) policy[at * actions + a] = (policy[at * actions + a] as number) / total;
  }
  for (let place = 0; place < states * actions; place++) {
    const total = Math.max((shares[2 * place] as number) + (shares[2 * place + 1] as number), TINY);
    for (let z = 0; z < latents; z++) byAction[place * latents + z] = (byAction[place * latents + z] as number) / total;
  }
  return { prior, policy, value, byAction, shares, met };
};

/**
 * The loss of dichotomy of control, in nats, on average over states: the entropy of the action told z, that of the return told
 * z, and `weight` times what z tells of luck where state and action are known, I(luck; z | s, a). Its gradient by the logits
 * of z goes to `gradient`, each state's as if it were the only one. Policy and value are the best there are: their own gradient
 * is zero.
 */
export const lossOf = (
  data: Data,
  latent: Latent,
  { weight, luck }: { readonly weight: number; readonly luck: Luck },
  gradient: Float64Array,
): { readonly loss: number; readonly information: number } => {
  const { states, actions, counts } = data;
  const { latents, chances } = latent;
  const read = readLatent(data, latent);
  const { policy, value, shares } = read;
  const lucky = luckOf(data, latent, read, luck);
  let [loss, information, seen] = [0, 0, 0];
  for (let state = 0; state < states; state++) {
    let met = 0;
    for (let i = state * actions * 2; i < (state + 1) * actions * 2; i++) {
      const share = shares[i] as number;
      met += share;
      if (counts[i] === 0) continue;
      const place = Math.floor(i / 2);
      let mean = 0;
      for (let z = 0; z < latents; z++) {
        const at = state * latents + z;
        const chance = chances[i * latents + z] as number;
        const told = value[at] as number;
        const fit =
          -safeLog(policy[at * actions + (place % actions)] as number) - safeLog(i % 2 === 1 ? told : 1 - told);
        const more = lucky[i * latents + z] as number;
        loss += share * chance * (fit + weight * more);
        information += share * chance * more;
        gradient[i * latents + z] = fit + weight * more;
        mean += chance * (fit + weight * more);
      }
      for (let z = 0; z < latents; z++) {
        const at = i * latents + z;
        gradient[at] = share * (chances[at] as number) * ((gradient[at] as number) - mean);
      }
    }
    if (met > 0) seen++;
  }
  return { loss: loss / Math.max(1, seen), information: information / Math.max(1, seen) };
};

/** A latent variable begun at random and learned by Adam (D. Kingma and J. Ba, 2015). `tell` hears of every step. */
export const learnLatent = (
  data: Data,
  { latents, weight, luck, rate, steps }: { latents: number; weight: number; luck: Luck; rate: number; steps: number },
  rng: Rng,
  tell: (step: number, information: number) => void,
): Latent => {
  const logits = Float64Array.from({ length: data.counts.length * latents }, () => 0.1 * rng.normal());
  const latent = { latents, logits, chances: new Float64Array(logits.length) };
  const [gradient, first, second] = [0, 0, 0].map(() => new Float64Array(logits.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [left1, left2] = [1, 1];
  refresh(latent);
  for (let step = 0; step < steps; step++) {
    tell(step, lossOf(data, latent, { weight, luck }, gradient).information);
    left1 *= 0.9;
    left2 *= 0.999;
    for (let i = 0; i < logits.length; i++) {
      const slope = gradient[i] as number;
      first[i] = 0.9 * (first[i] as number) + 0.1 * slope;
      second[i] = 0.999 * (second[i] as number) + 0.001 * slope * slope;
      const size = Math.sqrt((second[i] as number) / (1 - left2)) + 1e-8;
      logits[i] = (logits[i] as number) - (rate * (first[i] as number)) / (1 - left1) / size;
    }
    refresh(latent);
  }
  tell(steps, lossOf(data, latent, { weight, luck }, gradient).information);
  return latent;
};

/** A value of z less likely than that is not found by looking at some hundred drawn from the prior. */
const RARE = 0.01;

/** In every state the value of z that promises most, and what is done then; `promise` is that of the first state. */
export const chosen = (
  data: Data,
  latent: Latent,
  start: number,
): { readonly policy: Chances; readonly promise: number } => {
  const { states, actions } = data;
  const { latents } = latent;
  const read = readLatent(data, latent);
  const policy = new Float64Array(states * actions);
  let promise = 0;
  for (let state = 0; state < states; state++) {
    let top = -1;
    for (let at = state * latents; at < (state + 1) * latents; at++) {
      if ((read.prior[at] as number) < RARE) continue;
      if (top < 0 || (read.value[at] as number) > (read.value[top] as number)) top = at;
    }
    for (let a = 0; a < actions; a++)
      policy[state * actions + a] = top < 0 ? 1 / actions : (read.policy[top * actions + a] as number);
    if (state === start && top >= 0) promise = read.value[top] as number;
  }
  return { policy, promise };
};
