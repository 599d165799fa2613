import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitMath } from '../model/math.ts';
import { cleanMathml } from '../model/mathml.ts';
import { openMathWorker, renderMath } from './math.ts';

const TEX = [
  '\\lambda_{\\max}',
  '\\frac{1}{T}\\sum_{t=1}^{T}\\lambda_t',
  '\\mathcal{O}(n\\log n)',
  '\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}',
  '\\left\\{\\begin{array}{cc}a & b\\\\ c & d\\end{array}\\right.',
  '\\begin{aligned}a&=b&c&=d\\\\e&=f\\end{aligned}',
  '\\boxed{x}_2^2',
  '\\genfrac ( ] {0.06em}{0}{a}{b+c}',
  '\\raisebox{-5pt}{text}',
  'x_{y_{\\dfrac{a}{b}}}',
  '<',
  '\\overline{AB}\\stackrel{def}{=}\\sqrt[3]{x^2}',
  '\\text{if }x<0\\text{ and "y"}',
];

test('formulas are set as MathML Core with nothing that runs', async () => {
  await using worker = openMathWorker();
  for (const tex of TEX) {
    const mathml = (await worker.set(tex, false)) ?? '';
    assert.match(mathml, /^<math/, tex);
    assert.doesNotMatch(mathml, /\sstyle=|class="(?!tml-(?:left|right)")|href|<(?!\/?m|semantics)/, tex);
  }
  assert.match((await worker.set('x', true)) ?? '', /^<math display="block"/);
});

test('what cannot be set reads as text', async () => {
  await using worker = openMathWorker();
  for (const bad of [
    '\\foo x',
    '\\frac{1}',
    '\\href{javascript:alert(1)}{x}',
    '\\includegraphics{http://a/b.png}',
    '}{',
    '1\\over 2\\over 3',
    '2\\sqrt',
    '2_\\error',
    '\\url{a}',
  ]) {
    assert.equal(await worker.set(bad, false), null, bad);
  }
  const parts = await renderMath({ worker }, 'A $\\frac{1}$ gap and $x<y$.');
  assert.deepEqual(
    parts.map((part) => part.kind),
    ['text', 'math', 'text', 'math', 'text'],
  );
  assert.ok(parts[1]?.kind === 'math' && parts[1].mathml === null && parts[1].text.length > 0);
  assert.ok(parts[3]?.kind === 'math' && parts[3].mathml?.includes('&lt;'));
});

test('bombs are stopped, and the worker goes on', async () => {
  await using worker = openMathWorker();
  await worker.set('x', false);
  const bombs = [
    'x^2+'.repeat(30_000),
    '\\frac{1}{'.repeat(190),
    '{'.repeat(1_999),
    '\\def\\a{\\a\\a}\\a',
    '\\def\\a{xxxxxxxxxx}\\def\\b{\\a\\a\\a\\a\\a\\a}\\def\\c{\\b\\b\\b\\b\\b\\b}\\def\\d{\\c\\c\\c\\c\\c\\c}\\d\\d\\d\\d\\d\\d',
    `${'\\sqrt{'.repeat(280)}x${'}'.repeat(280)}`,
    '\\rule{9999999em}{9999999em}',
  ];
  for (const bomb of bombs) {
    const began = performance.now();
    const mathml = await worker.set(bomb, false);
    assert.ok(performance.now() - began < 1_500, bomb.slice(0, 20));
    assert.ok((mathml?.length ?? 0) <= worker.limits.maxOutput);
  }
  assert.ok(await worker.set('y', false));
});

test('a formula that takes too long costs its time and no more', async () => {
  await using worker = openMathWorker({
    formulaMs: 1,
    textMs: 5,
    maxInput: 2_000,
    maxOutput: 100_000,
    maxTextOutput: 1_000_000,
  });
  const slow = 'x^2+'.repeat(480);
  assert.equal(await worker.set(slow, false), null);
  const text = Array.from({ length: 60 }, (_, i) => `$${slow}${i}$`).join(' ');
  const parts = await renderMath({ worker }, text);
  assert.ok(parts.every((part) => part.kind === 'text' || part.mathml === null));
});

test('the output of a text is capped as a whole', async () => {
  await using worker = openMathWorker({
    formulaMs: 2_000,
    textMs: 5_000,
    maxInput: 2_000,
    maxOutput: 100_000,
    maxTextOutput: 100,
  });
  const parts = await renderMath({ worker }, '$x$ then $y+z+a+b+c+d+e$');
  assert.deepEqual(
    parts.filter((part) => part.kind === 'math').map((part) => part.mathml === null),
    [false, true],
  );
});

test('text is split at its mathematics and nowhere else', () => {
  assert.deepEqual(splitMath('from $5 to $6 a day'), [{ kind: 'text', text: 'from $5 to $6 a day' }]);
  assert.deepEqual(splitMath('a $x_1$, \\(y\\) and $$z$$'), [
    { kind: 'text', text: 'a ' },
    { kind: 'math', tex: 'x_1', display: false },
    { kind: 'text', text: ', ' },
    { kind: 'math', tex: 'y', display: false },
    { kind: 'text', text: ' and ' },
    { kind: 'math', tex: 'z', display: true },
  ]);
});

test('no text of the split is lost, whatever the input', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('$', '$$', '\\(', '\\)', '\\[', '\\]', '\\$', 'x', ' '));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      let at = 0;
      for (const part of splitMath(text)) {
        const sources =
          part.kind === 'text'
            ? [part.text]
            : part.display
              ? [`$$${part.tex}$$`, `\\[${part.tex}\\]`]
              : [`$${part.tex}$`, `\\(${part.tex}\\)`];
        const source = sources.find((one) => text.startsWith(one, at));
        assert.ok(source !== undefined, `${JSON.stringify(part)} at ${at}`);
        at += source.length;
      }
      assert.equal(at, text.length);
    }),
  );
});

test('MathML from elsewhere is refused or cleaned', () => {
  assert.equal(cleanMathml('<math><script>1</script></math>'), null);
  assert.equal(cleanMathml('<math><mi onclick="x" style="y" href="z">a</mi></math>'), '<math><mi>a</mi></math>');
  assert.equal(cleanMathml('<math><mi>a</mi></math><img src=x onerror=y>'), null);
  assert.equal(cleanMathml('<mi>a</mi>'), null);
});
