import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRng } from './kit/rng.ts';
import { createNars, createQ, type NarsWish } from './machine-psychology-agents.ts';
import { confidenceOf, deduce, evidenceFor, expectation, fade, induce, revise } from './machine-psychology-truth.ts';

const near = (found: number, expected: number, by = 1e-9): void =>
  assert.ok(Math.abs(found - expected) <= by, `${found} is not within ${by} of ${expected}`);

const WISH: NarsWish = { stimuli: 2, babbling: 1, anticipation: 0, punished: true };
const truth = fc.record({
  f: fc.double({ min: 0, max: 1, noNaN: true }),
  c: fc.double({ min: 0, max: 0.9, noNaN: true }),
});

test('evidence and confidence are one another’s inverse', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 50, noNaN: true }), (w) => near(evidenceFor(confidenceOf(w)), w, 1e-6)),
  );
});

test('revision adds evidence, whichever comes first, and lies between the two', () => {
  near(revise({ f: 0.98, c: 0.41 }, { f: 0, c: 0.19 }).f, 0.73, 0.01);
  near(revise({ f: 0.98, c: 0.41 }, { f: 0, c: 0.19 }).c, 0.48, 0.01);
  fc.assert(
    fc.property(truth, truth, (a, b) => {
      const [one, other] = [revise(a, b), revise(b, a)];
      if (a.c > 0 && b.c > 0) near(one.f, other.f, 1e-6);
      assert.ok(one.c >= Math.max(a.c, b.c) && one.c <= 0.99);
      assert.ok(one.f >= Math.min(a.f, b.f) - 1e-9 && one.f <= Math.max(a.f, b.f) + 1e-9);
    }),
  );
});

test('what nothing is known of is expected by half, and deduction never makes more certain', () => {
  near(expectation({ f: 1, c: 0 }), 0.5);
  near(expectation({ f: 0, c: 0.9 }), 0.05);
  near(fade(0.9, 2), 0.576);
  fc.assert(fc.property(truth, truth, (a, b) => assert.ok(deduce(a, b).c <= Math.min(a.c, b.c))));
});

/** Shows `stimuli` until `operation` is done. */
const until = (agent: ReturnType<typeof createNars>, stimuli: readonly string[], operation: string): void => {
  for (let tries = 0; tries < 1_000; tries++) if (agent.act(stimuli, true) === operation) return;
  assert.fail(`${operation} is never done`);
};

test('a single reward makes hypotheses of what was there, weaker the longer ago', () => {
  // Confidences that OpenNARS for Applications prints after one reward: 0.21 for a stimulus three steps back, 0.19 for four.
  const agent = createNars(createRng('reward'), WISH);
  until(agent, ['A', 'B'], 'left');
  agent.hear(true);
  near(agent.truthOf('B', 'left')?.c ?? 0, 0.213712, 1e-6);
  near(agent.truthOf('A', 'left')?.c ?? 0, 0.187, 1e-3);
  assert.equal(agent.truthOf('A, B', 'left')?.f, 1);
  assert.equal(agent.truthOf('A', 'right'), null);
  assert.equal(agent.truthOf('B, A', 'left'), null);
});

test('what failed counts against the hypothesis, unless it is not heard', () => {
  for (const punished of [true, false]) {
    const agent = createNars(createRng('punished'), { ...WISH, punished });
    until(agent, ['A'], 'left');
    agent.hear(true);
    until(agent, ['A'], 'left');
    agent.hear(false);
    near(agent.truthOf('A', 'left')?.f ?? 0, punished ? 0.5 : 1);
  }
});

test('doing something costs the hypothesis behind it a little, where failure is assumed', () => {
  const of = (anticipation: number): number => {
    const agent = createNars(createRng('assumed'), { ...WISH, anticipation });
    until(agent, ['A'], 'left');
    agent.hear(true);
    until(agent, ['A'], 'left');
    return agent.truthOf('A', 'left')?.f ?? 0;
  };
  near(of(0), 1);
  // A reward in the step after next of A, by an operation in the one between; against it A, one step back.
  const rewarded = induce(1, 0.9 * 0.8 * 0.8 * 0.9 * 0.8, 0.9);
  near(of(0.01), revise(rewarded, induce(0, 0.9 * 0.8, 0.01)).f);
  assert.ok(of(0.5) < of(0.01));
});

test('without babbling nothing is done that was never heard of; sure of something, nothing is babbled', () => {
  const still = createNars(createRng('still'), { ...WISH, babbling: 0 });
  assert.equal(still.act(['A'], true), null);
  const sure = createNars(createRng('sure'), WISH);
  for (let time = 0; time < 5; time++) {
    until(sure, ['A'], 'right');
    sure.hear(true);
  }
  for (let time = 0; time < 200; time++) assert.equal(sure.act(['A'], false), 'right');
});

test('hypotheses name as many stimuli as they may', () => {
  for (const [stimuli, known] of [
    [0, 'anything'],
    [1, 'A'],
    [2, 'A, B'],
  ] as const) {
    const agent = createNars(createRng('names'), { ...WISH, stimuli });
    until(agent, ['A', 'B'], 'left');
    agent.hear(true);
    assert.notEqual(agent.truthOf(known, 'left'), null);
    assert.equal(agent.truthOf('A, B', 'left') === null, stimuli < 2);
    assert.equal(agent.truthOf('A', 'left') === null, stimuli < 1);
  }
});

test('Q-learning turns to what was right, and tries nothing in a test', () => {
  const agent = createQ(createRng('q'), 0.5);
  for (let time = 0; time < 50; time++) agent.hear(agent.act(['A'], true) === 'right');
  for (let time = 0; time < 200; time++) assert.equal(agent.act(['A'], false), 'right');
});
