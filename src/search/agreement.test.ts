import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreementWith, agreementWithOne } from './agreement.ts';

const query = [
  { hashes: [11], weight: 1 },
  { hashes: [22, 23], weight: 2 },
  { hashes: [33], weight: 3 },
];

test('counts the words a paper has by their weight, and neighbours of the query that stand together', () => {
  const agreement = agreementWith(query);
  assert.equal(agreement(Uint16Array.of(7, 8)), 0);
  assert.ok(Math.abs(agreement(Uint16Array.of(33)) - 3 / 6 / 3) < 1e-12);
  assert.ok(Math.abs(agreement(Uint16Array.of(22, 9, 9, 9, 33)) - 5 / 6 / 3) < 1e-12, 'four words on is too far');
  assert.ok(Math.abs(agreement(Uint16Array.of(23, 9, 9, 33)) - (5 / 6 / 3 + (2 * 2) / 6 / 3)) < 1e-12);
  assert.ok(Math.abs(agreement(Uint16Array.of(23, 0, 33)) - 5 / 6 / 3) < 1e-12, 'another field');
  assert.ok(Math.abs(agreement(Uint16Array.of(33, 22)) - 5 / 6 / 3) < 1e-12, 'the other way round');
});

test('a query of one word agrees as far as the word is there', () => {
  const agreement = agreementWith([{ hashes: [5, 6], weight: 3 }]);
  for (const tokens of [Uint16Array.of(1, 6, 2), Uint16Array.of(5, 5), Uint16Array.of(1, 2)])
    assert.equal(agreement(tokens), agreementWithOne(tokens.includes(5) || tokens.includes(6)));
});

test('long queries agree less', () => {
  const eight = Array.from({ length: 8 }, (_, i) => ({ hashes: [i + 1], weight: 1 }));
  const all = Uint16Array.from({ length: 8 }, (_, i) => i + 1);
  assert.ok(Math.abs(agreementWith(eight)(all) - (1 / 3 + (2 / 3) * (7 / 8)) / 2) < 1e-12);
  assert.ok(agreementWith(eight.slice(0, 4))(all) > agreementWith(eight)(all));
});

test('is within 0 … 1, never falls when a paper goes on, and one query leaves nothing behind for the next', () => {
  const word = fc.record({
    hashes: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }),
    weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
  });
  const tokens = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), tokens, tokens, fc.array(word), (words, paper, more, others) => {
      const agreement = agreementWith(words);
      const before = agreement(Uint16Array.from(paper));
      assert.ok(before >= 0 && before <= 1);
      assert.ok(agreement(Uint16Array.from([...paper, 0, ...more])) >= before - 1e-12);
      agreementWith(others)(Uint16Array.from(more));
      assert.equal(agreement(Uint16Array.from(paper)), before);
    }),
  );
});
