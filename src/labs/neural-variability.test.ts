import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from './kit/rng.ts';
import {
  createLearner,
  dealDigits,
  type Images,
  mislabel,
  permutePixels,
  type Remedy,
} from './neural-variability-net.ts';

test('wrong labels: as many as asked for, another digit, and by direction where they are asymmetric', () => {
  const rng = createRng('labels');
  let wrong = 0;
  for (let i = 0; i < 5_000; i++) {
    const said = mislabel(i % 10, 'symmetric', 0.4, rng);
    assert.ok(said >= 0 && said < 10);
    if (said !== i % 10) wrong++;
  }
  assert.ok(Math.abs(wrong / 5_000 - 0.4) < 0.03, `${wrong}`);
  assert.deepEqual(
    Array.from({ length: 10 }, (_, label) => mislabel(label, 'asymmetric', 1, rng)),
    [2, 1, 2, 3, 9, 6, 6, 1, 3, 9],
  );
  assert.equal(mislabel(7, 'none', 1, rng), 7);
});

test('digits: parts share no order, the last one is rightly labelled; pixels in another order are the same pixels', () => {
  const [taught, test] = dealDigits([50, 40], 'symmetric', 1, createRng('deal')) as [Images, Images];
  assert.deepEqual([taught.count, test.count], [50, 40]);
  for (const [i, said] of taught.said.entries()) assert.notEqual(said, taught.labels[i]);
  assert.deepEqual(test.said, test.labels);
  const other = permutePixels(test, createRng('order'));
  assert.notDeepEqual(other.pixels, test.pixels);
  assert.deepEqual(other.pixels.slice(64, 128).toSorted(), test.pixels.slice(64, 128).toSorted());
});

/** Steps on few images with a remedy: the share of them right, and one after it. */
const learned = (remedy: Remedy, strength: number, steps = 60): { right: number; others: number } => {
  const [taught, test] = dealDigits([60, 200], 'none', 0, createRng('few')) as [Images, Images];
  const learner = createLearner({ remedy, strength, rate: 0.1, hidden: 24, batch: 20, rng: createRng('net') });
  for (let i = 0; i < steps; i++) learner.step(taught, 1);
  return { right: learner.right(taught, taught.said), others: learner.right(test, test.labels) };
};

test('every remedy learns; without strength it is plain descent; noise that stays does harm', () => {
  const plain = learned('none', 0);
  assert.ok(plain.right > 0.95, `${plain.right}`);
  for (const [remedy, strength] of [
    ['nvrm', 0.01],
    ['decay', 1e-4],
    ['dropout', 0.2],
    ['sam', 0.05],
  ] as const) {
    assert.ok(learned(remedy, strength).right > 0.9, remedy);
    assert.deepEqual(learned(remedy, 0), plain, remedy);
  }
  assert.ok(learned('left', 0.3).others < learned('nvrm', 0.3).others);
});
