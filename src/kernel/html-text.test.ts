import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOfHtml } from './html-text.ts';
import { foldSpace } from './text.ts';

const text = (html: string, known = false): string => foldSpace(textOfHtml(html, { known }));

test('tags go, words stay apart, entities are decoded once', () => {
  assert.equal(text('<p>One</p><p>t<b>w</b>o &amp;amp; &lt;3</p>'), 'One two &amp; <3');
  assert.equal(text('a<br/>b<img src="x" alt="a > b">c'), 'a b c');
});

test('scripts, styles and comments are left out, closed or not', () => {
  assert.equal(text('a<script>alert("<p>x</p>")</script>b<!-- <p>c</p> -->d'), 'a bd');
  assert.equal(text('a <style>p { }'), 'a');
  assert.equal(text('a <!-- b'), 'a <!-- b');
});

test('what may be no markup keeps what is no element of HTML', () => {
  assert.equal(text('if n<k and j>d, x <y> z < 1 <i>e</i>', true), 'if n<k and j>d, x <y> z < 1 e');
  assert.equal(text('x <y> z < 1 <new-element a="1">e</new-element>'), 'x z < 1 e');
});

test('a formula stands as one word in its line', () => {
  for (const known of [true, false])
    assert.equal(text('so <math><mi>x</mi><mo>=</mo><mn>1</mn></math>, and', known), 'so x=1, and');
});

test('text that was escaped comes back whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (words) => {
      const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      assert.equal(textOfHtml(escaped), words);
      assert.equal(textOfHtml(`<p>${escaped}</p>`), ` ${words} `);
    }),
  );
});
