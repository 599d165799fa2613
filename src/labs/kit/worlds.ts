import type { Rng } from './rng.ts';

/** One thing that may come of an action. */
export interface Outcome {
  readonly chance: number;
  readonly state: number;
  readonly reward: number;
  /** Whether the episode ends. */
  readonly done: boolean;
}

/** A small Markov decision process, all of it known: states and actions are numbers from 0. */
export interface World {
  readonly states: number;
  readonly actions: number;
  readonly start: number;
  /** Their chances add up to 1. */
  outcomes(state: number, action: number): readonly Outcome[];
}

/** What happens, drawn. */
export const step = (world: World, state: number, action: number, rng: Rng): Outcome => {
  const outcomes = world.outcomes(state, action);
  if (outcomes.length === 1) return outcomes[0] as Outcome;
  return outcomes[rng.weighted(outcomes.map(({ chance }) => chance))] as Outcome;
};

/** One state, and arms that pay 1 with their chance: an episode is one pull. */
export const createBandit = (chances: readonly number[]): World => ({
  states: 1,
  actions: chances.length,
  start: 0,
  outcomes: (_, action) => {
    const chance = chances[action] as number;
    return [
      { chance, state: 0, reward: 1, done: true },
      { chance: 1 - chance, state: 0, reward: 0, done: true },
    ];
  },
});

/** Up, right, down, left. */
export const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/**
 * A map of equally long lines: `#` wall, `S` start, `G` goal (reward 1, the end), `X` pit (reward `pit`, the end), anything else
 * free. A move goes to either side instead with the chance `slip`; each costs `cost`. States are places, row by row. Throws
 * RangeError where the map has no start.
 */
export const createGridworld = (
  map: readonly string[],
  { slip = 0, cost = 0, pit = -1 }: { readonly slip?: number; readonly cost?: number; readonly pit?: number } = {},
): World => {
  const width = map[0]?.length ?? 0;
  const at = (x: number, y: number): string => map[y]?.[x] ?? '#';
  const start = map.join('').indexOf('S');
  if (start < 0 || map.some((line) => line.length !== width))
    throw new RangeError('a map needs a start and lines as long');
  const moved = (state: number, move: number, chance: number): Outcome => {
    const [dx, dy] = MOVES[move] as (typeof MOVES)[number];
    const [x, y] = [state % width, Math.floor(state / width)];
    const free = at(x + dx, y + dy) !== '#';
    const there = free ? state + dx + dy * width : state;
    const kind = free ? at(x + dx, y + dy) : '';
    return {
      chance,
      state: there,
      reward: (kind === 'G' ? 1 : kind === 'X' ? pit : 0) - cost,
      done: kind === 'G' || kind === 'X',
    };
  };
  return {
    states: width * map.length,
    actions: 4,
    start,
    outcomes: (state, action) =>
      slip === 0
        ? [moved(state, action, 1)]
        : [
            moved(state, action, 1 - slip),
            moved(state, (action + 1) % 4, slip / 2),
            moved(state, (action + 3) % 4, slip / 2),
          ],
  };
};

/** A tree of `turns` choices among `actions`, whose leaves pay what `reward` says of their number, from 0. State 0 is the root. */
export const createTree = (turns: number, actions: number, reward: (leaf: number) => number): World => {
  let inner = 0;
  let layer = 1;
  for (let turn = 0; turn < turns; turn++) {
    inner += layer;
    layer *= actions;
  }
  return {
    states: inner,
    actions,
    start: 0,
    outcomes: (state, action) => {
      const child = state * actions + action + 1;
      const done = child >= inner;
      return [{ chance: 1, state: done ? state : child, reward: done ? reward(child - inner) : 0, done }];
    },
  };
};
