import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { authorNamed, namesAgree } from './claim.ts';

test('names agree where they may be one person’s', () => {
  for (const [a, b] of [
    ['Ada Lovelace', 'A. Lovelace'],
    ['Ada M. Lovelace', 'Ada Lovelace'],
    ['Ada M. Lovelace', 'A. Mary Lovelace'],
    ['Łukasz Kaiser', 'Lukasz Kaiser'],
    ['Wang Wei', 'Wei Wang'],
    ['Charles L. Webber Jr.', 'Charles Webber'],
    ['Laurens van der Maaten', 'L. van der Maaten'],
  ] as const) {
    assert.ok(namesAgree(a, b), `${a}, ${b}`);
    assert.ok(namesAgree(b, a), `${b}, ${a}`);
  }
});

test('names disagree where they contradict each other, or say too little', () => {
  for (const [a, b] of [
    ['Ada Lovelace', 'Anne Lovelace'],
    ['Ada M. Lovelace', 'Ada K. Lovelace'],
    ['Lovelace', 'Ada Lovelace'],
    ['A. L.', 'Ada L.'],
    ['', ''],
    ['Ada Lovelace', 'Ada Noether'],
  ] as const)
    assert.ok(!namesAgree(a, b), `${a}, ${b}`);
});

test('agreement is the same both ways round, and a full name agrees with itself', () => {
  const word = fc.constantFrom('Ada', 'A.', 'Mary', 'M', 'Lovelace', 'Wei', 'Wang', 'de', 'Jr.');
  const name = fc.array(word, { maxLength: 5 }).map((words) => words.join(' '));
  fc.assert(fc.property(name, name, (a, b) => assert.equal(namesAgree(a, b), namesAgree(b, a))));
});

test('an author is named only where one alone agrees', () => {
  const authors = ['Ada Lovelace', 'Emmy Noether', 'Alan Lovelace'].map((name) => ({ name, key: name }));
  assert.equal(authorNamed(authors, 'Emmy Noether')?.name, 'Emmy Noether');
  assert.equal(authorNamed(authors, 'Ada Lovelace')?.name, 'Ada Lovelace');
  assert.equal(authorNamed(authors, 'A. Lovelace'), null);
  assert.equal(authorNamed(authors, 'Kurt Gödel'), null);
});
