import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { slugOf } from './slug.ts';

test('a title becomes a slug that is no page of its own', () => {
  assert.equal(slugOf('Dale meets Langevin'), 'dale-meets-langevin');
  assert.equal(slugOf('Über-große Modelle'), 'uber-grosse-modelle');
  assert.equal(slugOf('Trending'), 'trending-paper');
  assert.notEqual(slugOf(''), slugOf('…!'));
});

test('any title gives a slug of 1 to 90 letters, digits and hyphens, always the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (title) => {
      const slug = slugOf(title);
      assert.match(slug, /^[\p{L}\p{N}-]{1,90}$/u);
      assert.equal(slugOf(title), slug);
    }),
  );
});
