import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withoutMarkup } from './markup.ts';
import { cleanText } from './text.ts';

const clean = (text: string): string => cleanText(withoutMarkup(text));

test('JATS and HTML leave their text', () => {
  for (const [marked, text] of [
    [
      '<jats:title>Abstract</jats:title><jats:p>One <jats:italic>E. coli</jats:italic>.</jats:p><jats:p>Two.</jats:p>',
      'One E. coli. Two.',
    ],
    ['&lt;p&gt;Escaped once more, p &amp;lt; 0.05&lt;/p&gt;', 'Escaped once more, p < 0.05'],
    ['The <i>uses</i> of <span class="nocase">iPS</span> cells', 'The uses of iPS cells'],
    ['H<sub>2</sub>O and Ca<sup>2+</sup>', 'H₂O and Ca²⁺'],
    ['for n<m and a > b, <unknown> stays', 'for n<m and a > b, <unknown> stays'],
    [
      'with <jats:inline-formula><jats:alternatives><jats:tex-math>\\documentclass{minimal} \\begin{document}$$x^2$$\\end{document}</jats:tex-math><mml:math xmlns:mml="x"><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></jats:alternatives></jats:inline-formula> left',
      'with $x^2$ left',
    ],
    ['<mml:math><mml:mi>x</mml:mi></mml:math>', 'x'],
    [
      '<p>One</p><!-- <p>c</p> --><script>alert("<p>x</p>")</script><td>two</td><td title="a > b">three</td>',
      'One two three',
    ],
    [
      '<jats:sec><jats:label>1</jats:label><jats:title>Aims</jats:title><jats:p>Both.</jats:p></jats:sec>',
      '1 Aims Both.',
    ],
    ['x<MML:mi>y</MML:mi><mml:annotation>y</mml:annotation>', 'xy y'],
    ['', ''],
  ] as const)
    assert.equal(clean(marked), text);
});

test('text without markup stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!/[<&]/.test(text));
      assert.equal(withoutMarkup(text), text);
    }),
  );
});
