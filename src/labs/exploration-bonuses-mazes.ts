import type { Rng } from './contract.ts';
import { mean } from './kit/stats.ts';
import { MOVES } from './kit/worlds.ts';

/** What an episode takes place in: which of the four moves are open at every cell (a bit each, as in `MOVES`), and the goal. */
export interface Maze {
  readonly side: number;
  readonly open: Uint8Array;
  readonly goal: number;
}

/** Mazes that have more or less in common. */
export interface Family {
  readonly side: number;
  readonly start: number;
  draw(rng: Rng): Maze;
}

/** Where each move leads, cell by cell: `cell × 4 + move`; −1 off the board. */
export const neighboursOf = (side: number): Int32Array =>
  Int32Array.from({ length: 4 * side * side }, (_, i) => {
    const cell = i >> 2;
    const [dx, dy] = MOVES[i & 3] as (typeof MOVES)[number];
    const [x, y] = [(cell % side) + dx, Math.floor(cell / side) + dy];
    return x < 0 || y < 0 || x >= side || y >= side ? -1 : y * side + x;
  });

/** Steps from a cell to every other one. */
export const distancesFrom = (
  { side, open }: Pick<Maze, 'side' | 'open'>,
  from: number,
  neighbours = neighboursOf(side),
): Int32Array => {
  const found = new Int32Array(side * side).fill(-1);
  const queue = [from];
  found[from] = 0;
  for (const cell of queue)
    for (let move = 0; move < 4; move++) {
      const next = neighbours[4 * cell + move] as number;
      if (((open[cell] as number) & (1 << move)) === 0 || (found[next] as number) >= 0) continue;
      found[next] = (found[cell] as number) + 1;
      queue.push(next);
    }
  return found;
};

/** The tree that joins all cells by the walls of least weight (J. B. Kruskal, 1956). A wall is `2 × cell` to the right, or + 1 down. */
export const carve = (side: number, weights: Float64Array): Uint8Array => {
  const open = new Uint8Array(side * side);
  const group = Int32Array.from({ length: side * side }, (_, cell) => cell);
  const rootOf = (cell: number): number => {
    let root = cell;
    while (group[root] !== root) {
      group[root] = group[group[root] as number] as number;
      root = group[root] as number;
    }
    return root;
  };
  const walls: number[] = [];
  for (let cell = 0; cell < side * side; cell++) {
    if (cell % side < side - 1) walls.push(2 * cell);
    if (cell < side * (side - 1)) walls.push(2 * cell + 1);
  }
  walls.sort((a, b) => (weights[a] as number) - (weights[b] as number) || a - b);
  for (const wall of walls) {
    const [cell, down] = [wall >> 1, wall & 1];
    const other = down ? cell + side : cell + 1;
    const [one, two] = [rootOf(cell), rootOf(other)];
    if (one === two) continue;
    group[one] = two;
    open[cell] = (open[cell] as number) | (down ? 4 : 2);
    open[other] = (open[other] as number) | (down ? 1 : 8);
  }
  return open;
};

/**
 * Every wall keeps its weight from one episode to the next with the chance `shared`, and so does the goal its cell; what is not
 * kept is drawn anew. A goal lies at least `nearest` steps from the start where it is drawn.
 */
export const createFamily = (rng: Rng, side: number, shared: number, nearest: number): Family => {
  const start = Math.floor(side / 2) * side + Math.floor(side / 2);
  const neighbours = neighboursOf(side);
  const goalIn = (open: Uint8Array, from: Rng): number => {
    const far: number[] = [];
    for (const [cell, steps] of distancesFrom({ side, open }, start, neighbours).entries())
      if (steps >= nearest) far.push(cell);
    return far.length > 0 ? from.choice(far) : start === 0 ? 1 : 0;
  };
  const base = Float64Array.from({ length: 2 * side * side }, () => rng.uniform());
  const goal = goalIn(carve(side, base), rng);
  const weights = new Float64Array(base.length);
  return {
    side,
    start,
    draw: (from) => {
      for (let wall = 0; wall < base.length; wall++) {
        const fresh = from.uniform();
        weights[wall] = from.uniform() < shared ? (base[wall] as number) : fresh;
      }
      const open = carve(side, weights);
      const fresh = goalIn(open, from);
      return { side, open, goal: from.uniform() < shared ? goal : fresh };
    },
  };
};

/**
 * How much the value of a cell depends on the episode: the variance across mazes of the best discounted value, discount^steps to
 * the goal, averaged over cells, as a share of the variance over cells and mazes together. 0 where all mazes are the same.
 */
export const varianceOfValue = (family: Family, rng: Rng, discount: number, mazes: number): number => {
  const cells = family.side * family.side;
  const neighbours = neighboursOf(family.side);
  const powers = new Float64Array(cells);
  for (let i = 0, value = 1; i < cells; i++, value *= discount) powers[i] = value;
  const values = Array.from({ length: mazes }, () => {
    const maze = family.draw(rng);
    return Float64Array.from(distancesFrom(maze, maze.goal, neighbours), (steps) => powers[steps] as number);
  });
  const spread = (of: readonly number[]): number => {
    const middle = mean(of);
    return mean(of.map((value) => (value - middle) * (value - middle)));
  };
  const all = spread(values.flatMap((row) => [...row]));
  const within = mean(Array.from({ length: cells }, (_, cell) => spread(values.map((row) => row[cell] as number))));
  return all === 0 ? 0 : within / all;
};
