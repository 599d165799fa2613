import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MOST_CHARACTERS, type WordChange, wordDiff } from './word-diff.ts';

const told = (before: string, after: string): string =>
  (wordDiff(before, after) ?? [])
    .map(({ kind, text }) => (kind === 'same' ? text : `${kind === 'added' ? '+' : '-'}[${text}]`))
    .join('');

const side = (parts: readonly WordChange[], gone: WordChange['kind']): string =>
  parts
    .filter(({ kind }) => kind !== gone)
    .map(({ text }) => text)
    .join('');

test('changes are told in words', () => {
  assert.equal(told('We show a bound.', 'We prove a bound.'), 'We -[show]+[prove] a bound.');
  assert.equal(told('a b', 'a b c'), 'a b+[ c]');
  assert.equal(told('one two three', 'four five three'), '-[one two]+[four five] three');
  assert.equal(told('by 1.2 points.', 'by 0.9 points.'), 'by -[1.2]+[0.9] points.');
  assert.equal(told('新的方法', '新方法'), '新-[的]方法');
  assert.equal(told('same', 'same'), 'same');
  assert.deepEqual(wordDiff('', ''), []);
});

test('both texts can be read back from what changed', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.constantFrom('a', 'bound', 'of', ' ', '  ', 'n²', '。', '法', ',', '\n'), { maxLength: 60 })
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = wordDiff(before, after);
      assert.ok(parts !== null);
      assert.equal(side(parts, 'added'), before);
      assert.equal(side(parts, 'removed'), after);
      assert.ok(parts.every((part) => part.text !== ''));
      if (before === after) assert.ok(parts.every(({ kind }) => kind === 'same'));
    }),
  );
});

test('texts too long or too unlike are not compared', () => {
  const words = (prefix: string): string => Array.from({ length: 5_000 }, (_, n) => `${prefix}${n}`).join(' ');
  assert.equal(wordDiff(words('a'), words('b')), null);
  assert.equal(wordDiff('x'.repeat(MOST_CHARACTERS + 1), 'y'), null);
  assert.notEqual(wordDiff(words('a'), `${words('a')} more`), null);
});
