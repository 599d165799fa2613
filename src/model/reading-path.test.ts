import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, nextStep, sharedBetween } from './reading-path.ts';

const candidate: fc.Arbitrary<Candidate> = fc.record({
  id: fc.constantFrom(...'abcdefghij'),
  day: fc.option(fc.integer({ min: 10_000, max: 20_500 })),
  cosine: fc.double({ min: 0, max: 1, noNaN: true }),
});
const candidates = fc.uniqueArray(candidate, { selector: ({ id }) => id, maxLength: 10 });
const ways = fc.constantFrom(-1 as const, 1 as const);

const walk = (all: readonly Candidate[], start: number, way: -1 | 1): readonly Candidate[] => {
  const taken = new Set<string>();
  const steps: Candidate[] = [];
  for (let from = start; ; ) {
    const step = nextStep(all, { from, way, taken });
    if (step === null) return steps;
    steps.push(step);
    taken.add(step.id);
    from = step.day ?? Number.NaN;
  }
};

test('a path goes strictly one way in time, never twice to a paper, and ends only where there is none left', () => {
  fc.assert(
    fc.property(candidates, ways, (all, way) => {
      const steps = walk(all, 15_000, way);
      let last = 15_000;
      for (const { day } of steps) {
        assert.ok(day !== null && way * (day - last) > 0);
        last = day;
      }
      assert.equal(new Set(steps.map(({ id }) => id)).size, steps.length);
      assert.ok(!all.some(({ id, day }) => day !== null && way * (day - last) > 0 && !steps.some((s) => s.id === id)));
    }),
  );
});

test('the same step is taken whatever the order of the candidates', () => {
  fc.assert(
    fc.property(
      candidates.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ways,
      ([all, shuffled], way) => {
        const at = { from: 15_000, way, taken: new Set<string>() };
        assert.deepEqual(nextStep(shuffled, at), nextStep(all, at));
      },
    ),
  );
});

test('of two papers of one day the nearer is taken, and no distance in time makes up for being much less near', () => {
  fc.assert(
    fc.property(
      candidate,
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 0.8, noNaN: true }),
      (one, days, less) => {
        const near = { id: 'near', day: 15_000 + days, cosine: 0.2 + one.cosine * 0.8 };
        const far = { id: 'far', day: 15_000 + days, cosine: near.cosine * less };
        const at = { from: 15_000, way: 1 as const, taken: new Set<string>() };
        assert.equal(nextStep([far, near], at), near);
        assert.equal(nextStep([{ ...far, day: 20_000 }, near], at), near);
      },
    ),
  );
});

const paper = (title: string, rest: Partial<Parameters<typeof sharedBetween>[0]> = {}) => ({
  title,
  abstract: '',
  authors: [],
  categories: [],
  published: null,
  ...rest,
});

test('what two papers share: days, people, categories, and words that tell something', () => {
  const ada = { name: 'Ada', key: 'ada' };
  const earlier = paper('A novel method for panoramic LiDAR generation', {
    abstract: 'We propose diffusion.',
    authors: [ada, { name: 'Bo', key: 'bo' }],
    categories: ['cs.CV', 'cs.RO'],
    published: '2025-01-01',
  });
  const later = paper('Panoramas from novel methods: LiDAR by diffusions', {
    authors: [{ name: 'Cy', key: 'cy' }, ada],
    categories: ['cs.RO', 'cs.LG'],
    published: '2025-03-02',
  });
  assert.deepEqual(sharedBetween(earlier, later), {
    days: 60,
    authors: [ada],
    categories: ['cs.RO'],
    words: ['LiDAR', 'diffusions'],
  });
  assert.deepEqual(sharedBetween(paper('x'), paper('y')), { days: null, authors: [], categories: [], words: [] });
});
