import type { Rng } from './contract.ts';
import { type Maze, neighboursOf } from './exploration-bonuses-mazes.ts';
import { exp, log } from './kit/det-math.ts';

/** What arriving at a cell is worth beyond the reward: `ever` and `now` count arrivals there, this one included. */
export type Bonus = (ever: number, now: number) => number;

export interface Habits {
  /** Of the bonus, where the goal pays 1. */
  readonly scale: number;
  /** How far preferences and values move. */
  readonly rate: number;
  /** What a policy’s entropy is worth, so that it stays open for a while. */
  readonly entropy: number;
  /** Moves an episode has. */
  readonly longest: number;
  readonly discount: number;
}

/** Each side is closed, leads where one has been in this episode, or where one has not; and the last move, or none. */
const SIGHTS = 81 * 5;
/** How far back an error reaches, as a share kept at every move. */
const TRACE = 0.9;
const CRITIC_RATE = 0.3;

/**
 * Actor and critic with generalised advantages (J. Schulman et al., 2015), learned from after each episode. Preferences and values
 * are each the sum of two tables: one by place, for what stays the same from episode to episode, and one by what is seen from
 * there, for what holds in every maze. Every maze is one episode, begun at `start`; `after` hears how each ended. Returns the
 * share that reached the goal.
 */
export const explore = (
  mazes: readonly Maze[],
  start: number,
  bonus: Bonus,
  { scale, rate, entropy, longest, discount }: Habits,
  moves: Rng,
  after: (episode: number, reached: boolean) => void = () => {},
): number => {
  const side = mazes[0]?.side ?? 0;
  const cells = side * side;
  const neighbours = neighboursOf(side);
  const [likedByPlace, likedBySight] = [new Float64Array(4 * cells), new Float64Array(4 * SIGHTS)];
  const [worthByPlace, worthBySight] = [new Float64Array(cells), new Float64Array(SIGHTS)];
  const [ever, now] = [new Int32Array(cells), new Int32Array(cells)];
  const [places, sights] = [new Int32Array(longest + 1), new Int32Array(longest + 1)];
  const [taken, gains, chances] = [new Int32Array(longest), new Float64Array(longest), new Float64Array(4 * longest)];
  let open: Uint8Array = new Uint8Array(0);

  const see = (cell: number, last: number): number => {
    let code = 0;
    for (let move = 0; move < 4; move++) {
      const free = ((open[cell] as number) & (1 << move)) !== 0;
      code = 3 * code + (free ? (now[neighbours[4 * cell + move] as number] === 0 ? 2 : 1) : 0);
    }
    return 5 * code + last;
  };
  const arrive = (t: number, cell: number, last: number): void => {
    now[cell] = (now[cell] as number) + 1;
    ever[cell] = (ever[cell] as number) + 1;
    places[t] = cell;
    sights[t] = see(cell, last);
  };
  /** Draws an open move by the softmax of the preferences, and keeps the chances. */
  const act = (t: number): number => {
    const [place, sight] = [places[t] as number, sights[t] as number];
    const free = open[place] as number;
    let top = Number.NEGATIVE_INFINITY;
    for (let move = 0; move < 4; move++) {
      if ((free & (1 << move)) === 0) continue;
      const liked = (likedByPlace[4 * place + move] as number) + (likedBySight[4 * sight + move] as number);
      chances[4 * t + move] = liked;
      if (liked > top) top = liked;
    }
    let total = 0;
    for (let move = 0; move < 4; move++) {
      const chance = free & (1 << move) ? exp((chances[4 * t + move] as number) - top) : 0;
      chances[4 * t + move] = chance;
      total += chance;
    }
    let left = moves.uniform();
    let found = -1;
    for (let move = 0; move < 4; move++) {
      const chance = (chances[4 * t + move] as number) / total;
      chances[4 * t + move] = chance;
      if (chance > 0 && (found < 0 || left >= 0)) found = move;
      left -= chance;
    }
    return found;
  };
  const worth = (t: number): number =>
    (worthByPlace[places[t] as number] as number) + (worthBySight[sights[t] as number] as number);
  /** Moves the preferences up the gradient of advantage × ln π(taken) + entropy. */
  const prefer = (t: number, advantage: number): void => {
    const [place, sight] = [places[t] as number, sights[t] as number];
    let open = 0;
    for (let move = 0; move < 4; move++) {
      const chance = chances[4 * t + move] as number;
      if (chance > 0) open -= chance * log(chance);
    }
    for (let move = 0; move < 4; move++) {
      const chance = chances[4 * t + move] as number;
      if (chance === 0) continue;
      const slope = advantage * ((move === taken[t] ? 1 : 0) - chance) - entropy * chance * (log(chance) + open);
      likedByPlace[4 * place + move] = (likedByPlace[4 * place + move] as number) + (rate / 2) * slope;
      likedBySight[4 * sight + move] = (likedBySight[4 * sight + move] as number) + (rate / 2) * slope;
    }
  };

  let reachedOf = 0;
  for (const [episode, maze] of mazes.entries()) {
    open = maze.open;
    now.fill(0);
    let cell = start;
    arrive(0, cell, 4);
    let length = 0;
    while (length < longest && cell !== maze.goal) {
      const move = act(length);
      cell = neighbours[4 * cell + move] as number;
      taken[length++] = move;
      arrive(length, cell, move);
      const found = bonus(ever[cell] as number, now[cell] as number);
      gains[length - 1] = (cell === maze.goal ? 1 : 0) + scale * found;
    }
    const reached = cell === maze.goal;
    let ahead = reached ? 0 : worth(length);
    let advantage = 0;
    for (let t = length - 1; t >= 0; t--) {
      const here = worth(t);
      advantage = (gains[t] as number) + discount * ahead - here + discount * TRACE * advantage;
      ahead = here;
      prefer(t, advantage);
      const [place, sight] = [places[t] as number, sights[t] as number];
      worthByPlace[place] = (worthByPlace[place] as number) + (CRITIC_RATE / 2) * advantage;
      worthBySight[sight] = (worthBySight[sight] as number) + (CRITIC_RATE / 2) * advantage;
    }
    if (reached) reachedOf++;
    after(episode, reached);
  }
  return reachedOf / mazes.length;
};
