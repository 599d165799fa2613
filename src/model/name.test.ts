import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nameFrom, nameInOrder, namesIn } from './name.ts';

test('names of bibliographies are put in the order they are spoken', () => {
  for (const [written, spoken] of [
    ['Vaswani, Ashish', 'Ashish Vaswani'],
    ['van der Maaten, Laurens', 'Laurens van der Maaten'],
    ['Webber, Jr., Charles L.', 'Charles L. Webber Jr.'],
    ['Webber, Charles L., Jr.', 'Charles L. Webber Jr.'],
    ['Ashish Vaswani', 'Ashish Vaswani'],
    ['{Barnes and Noble, Inc.}', '{Barnes and Noble, Inc.}'],
    ['Plato', 'Plato'],
  ] as const)
    assert.equal(nameInOrder(written), spoken);
  assert.equal(nameFrom({ given: 'L.', particle: 'van der', family: 'Maaten', suffix: '' }), 'L. van der Maaten');
});

test('`and` parts names, but not inside braces, and others are nobody', () => {
  assert.deepEqual(namesIn('Vaswani, Ashish and {Barnes and Noble}\n and  Alexander and others'), [
    'Vaswani, Ashish',
    '{Barnes and Noble}',
    'Alexander',
  ]);
});

test('no word of a name is lost', () => {
  const word = fc.stringMatching(/^[A-Za-z]{1,8}$/).filter((text) => !/^(?:and|others)$/i.test(text));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 5 }), (names) => {
      const field = names.map(([given, particle, family]) => `${particle} ${family}, ${given}`).join(' and ');
      assert.deepEqual(
        namesIn(field).map(nameInOrder),
        names.map(([given, particle, family]) => `${given} ${particle} ${family}`),
      );
    }),
  );
});
