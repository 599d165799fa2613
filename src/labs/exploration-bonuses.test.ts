import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explore } from './exploration-bonuses-agent.ts';
import { carve, createFamily, distancesFrom, type Maze, varianceOfValue } from './exploration-bonuses-mazes.ts';
import { createRng } from './kit/rng.ts';

const doors = (open: Uint8Array): number =>
  open.reduce((all, bits) => all + (bits.toString(2).match(/1/g) ?? []).length, 0);

test('a maze is a tree: all cells are joined, by one wall fewer than there are cells', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.string(), (side, seed) => {
      const rng = createRng(seed);
      const open = carve(side, Float64Array.from({ length: 2 * side * side }, rng.uniform));
      assert.ok(distancesFrom({ side, open }, 0).every((steps) => steps >= 0));
      assert.equal(doors(open), 2 * (side * side - 1));
    }),
  );
});

/** A corridor of three cells, above others that nothing leads to: 0 1 2. */
const corridor: Maze = { side: 3, open: Uint8Array.from([2, 10, 8, 0, 0, 0, 0, 0, 0]), goal: 2 };

test('distances are counted in moves', () => {
  assert.deepEqual([...distancesFrom(corridor, 2)].slice(0, 4), [2, 1, 0, -1]);
});

test('what is shared is kept, and the value varies as little as it is', () => {
  const variance = (shared: number): number =>
    varianceOfValue(createFamily(createRng('family'), 6, shared, 5), createRng('values'), 0.9, 60);
  const family = createFamily(createRng('family'), 6, 1, 5);
  const [one, other] = [family.draw(createRng(1)), family.draw(createRng(2))];
  assert.deepEqual(one, other);
  assert.ok((distancesFrom(one, family.start)[one.goal] as number) >= 5);
  assert.ok(Math.abs(variance(1)) < 1e-12);
  assert.ok(variance(0) > variance(0.7) && variance(0) > 0.8 && variance(0) <= 1);
});

const HABITS = { scale: 0, rate: 1, entropy: 0, longest: 4, discount: 0.9 };

test('a way that pays is taken ever more often', () => {
  const ends: boolean[] = [];
  const mazes = Array.from({ length: 400 }, () => corridor);
  const share = explore(
    mazes,
    1,
    () => 0,
    { ...HABITS, longest: 1 },
    createRng('moves'),
    (_, there) => ends.push(there),
  );
  assert.equal(share, ends.filter(Boolean).length / 400);
  const late = ends.slice(300).filter(Boolean).length / 100;
  assert.ok(ends.slice(0, 10).some((there) => !there) && late > 0.9, String(late));
});

test('a bonus hears how often one has arrived, ever and in the episode', () => {
  const heard: (readonly [number, number])[] = [];
  const closed = { ...corridor, goal: 8 };
  explore(
    [closed, closed],
    0,
    (ever, now) => {
      heard.push([ever, now]);
      return 0;
    },
    { ...HABITS, longest: 1 },
    createRng('moves'),
  );
  assert.deepEqual(heard, [
    [1, 1],
    [2, 1],
  ]);
});
