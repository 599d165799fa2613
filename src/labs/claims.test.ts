import assert from 'node:assert/strict';
import { test } from 'node:test';
import { above, below, evaluate, evaluateBroken, judge, within } from './claims.ts';
import type { Claim, Lab, Metric, Summary } from './contract.ts';
import { evidenceOf } from './evidence.ts';
import { metricsHash } from './metrics-hash.ts';
import { outOfContext } from './out-of-context.ts';
import { readParams, seedsOf } from './params.ts';

const summary = (low: number, high: number, n = 5): Summary => ({
  n,
  mean: (low + high) / 2,
  sd: 1,
  ci95: [low, high],
  values: [],
});

const metric = (arm: string, seed: number, value: number): Metric => ({ name: 'm', arm, seed, at: null, value });

const lab: Lab = {
  ...outOfContext,
  claims: [
    {
      id: 'c',
      quote: 'q',
      prediction: 'p',
      test: (evidence) => judge(above('a less b', evidence.difference('m', 'a', 'b'), 0)),
    },
    { id: 'u', quote: 'q', untestable: 'It needs a robot.' },
  ],
  breaks: [{ swaps: { a: 'broken' }, broken: '', verdicts: { c: 'does-not-hold-at-this-scale' } }],
};

test('a check passes, fails or is not decided by the whole interval', () => {
  assert.equal(above('', summary(1, 2), 0.5).passes, true);
  assert.equal(above('', summary(0, 2), 0.5).passes, null);
  assert.equal(above('', summary(0, 0.5), 0.5).passes, false);
  assert.equal(below('', summary(0, 0.4), 0.5).passes, true);
  assert.equal(below('', summary(0.5, 1), 0.5).passes, false);
  assert.equal(within('', summary(0, 1), 0, 1).passes, true);
  assert.equal(within('', summary(2, 3), 0, 1).passes, false);
  assert.equal(above('', summary(1, 2, 2), 0.5).passes, null, 'two seeds decide nothing');
});

test('all checks, some, none', () => {
  const [yes, no, open] = [above('', summary(1, 2), 0), above('', summary(-2, -1), 0), above('', summary(-1, 1), 0)];
  assert.equal(judge(yes, yes).verdict, 'holds');
  assert.equal(judge(yes, no).verdict, 'holds-in-part');
  assert.equal(judge(yes, open).verdict, 'holds-in-part');
  assert.equal(judge(no, no).verdict, 'does-not-hold-at-this-scale');
  assert.equal(judge(no, open).verdict, 'inconclusive');
  assert.equal(judge().verdict, 'inconclusive');
});

test('differences are paired by seed, whatever the order; seeds that one lacks are left out', () => {
  const shuffled = [metric('b', 2, 20), metric('a', 1, 11), metric('a', 2, 22), metric('b', 1, 10), metric('a', 3, 9)];
  assert.deepEqual(evidenceOf(shuffled).difference('m', 'a', 'b').values, [1, 2]);
  assert.equal(evidenceOf(shuffled).summary('m', 'none').n, 0);
});

test('fewer than three seeds are inconclusive whatever the lab’s own test says, and nothing measured is not run', () => {
  const careless: Lab = {
    ...lab,
    claims: [
      {
        id: 'c',
        quote: '',
        prediction: '',
        test: (e) => ({ verdict: e.summary('m', 'a') ? 'holds' : 'not-run', says: [] }),
      },
    ],
  };
  const at = (seeds: number): readonly Metric[] => seedsOf(seeds).map((seed) => metric('a', seed, 1));
  assert.equal(evaluate(careless, at(2)).c?.verdict, 'inconclusive');
  assert.equal(evaluate(careless, at(3)).c?.verdict, 'holds');
  assert.equal(evaluate(careless, []).c?.verdict, 'not-run');
  assert.equal(evaluate(careless, [metric('b', 1, 1)]).c?.verdict, 'not-run');
});

test('with the mechanism broken, its arm stands in the place of the method', () => {
  const metrics = seedsOf(4).flatMap((seed) => [
    metric('a', seed, 5 + seed / 10),
    metric('b', seed, 3),
    metric('broken', seed, 1 + seed / 10),
  ]);
  assert.equal(evaluate(lab, metrics).c?.verdict, 'holds');
  assert.equal(evaluate(lab, metrics).u?.verdict, 'cannot-be-tested-here');
  const claim = (id: string, name: string): Claim => ({
    id,
    quote: '',
    prediction: '',
    test: (evidence) => judge(above('', evidence.summary(name, 'a'), 0)),
  });
  const more = { ...lab, claims: [...lab.claims, claim('also', 'm'), claim('unmeasured', 'alone')] };
  const alone = seedsOf(4).map((seed): Metric => ({ ...metric('a', seed, 1), name: 'alone' }));
  assert.equal(evaluate(more, [...metrics, ...alone]).unmeasured?.verdict, 'holds');
  const broken = evaluateBroken(more, [...metrics, ...alone]);
  assert.deepEqual(Object.keys(broken), ['c', 'also']);
  assert.equal(broken.c?.verdict, 'does-not-hold-at-this-scale');
  assert.equal(broken.also?.verdict, 'holds');
});

test('the hash is of the metrics in any order, and of their last bit', () => {
  const some = [metric('a', 1, 0.1), metric('b', 1, 0.2)];
  assert.equal(metricsHash(some), metricsHash(some.toReversed()));
  assert.notEqual(metricsHash(some), metricsHash([metric('a', 1, 0.1 + 2 ** -56), metric('b', 1, 0.2)]));
  assert.match(metricsHash([]), /^[0-9a-f]{16}$/);
});

test('parameters are brought into range, and unknown ones left out', () => {
  const read = readParams(outOfContext, { share: '0.3', subjects: '1e9', steps: 'many', classes: '3.6', alien: '1' });
  assert.deepEqual([read.share, read.subjects, read.steps, read.classes, 'alien' in read], [0.3, 120, 3_000, 4, false]);
});
