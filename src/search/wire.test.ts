import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packEvidence, packFound, unpackEvidence, unpackFound } from './wire.ts';

const number = fc.option(fc.double({ noNaN: true }), { nil: null });
const evidence = fc.array(
  fc.record(
    {
      id: fc.string({ unit: 'binary' }),
      words: number,
      coarse: number,
      agreement: fc.double({ noNaN: true }),
      day: fc.option(fc.integer(), { nil: null }),
    },
    { noNullPrototype: true },
  ),
);

test('evidence comes out as it went in', () => {
  fc.assert(fc.property(evidence, (all) => assert.deepEqual(unpackEvidence(structuredClone(packEvidence(all))), all)));
});

test('and so does what else was found', () => {
  const facets = { total: 1, year: [{ value: '2026', count: 1 }], cat: [], source: [] };
  const found = { evidence: [], corrected: [['lidr', 'lidar'] as const], completed: [], facets };
  assert.deepEqual(unpackFound(structuredClone(packFound(found))), found);
});
