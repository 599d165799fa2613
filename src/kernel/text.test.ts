import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainFormula, plainMath } from './plain-math.ts';
import { cleanText, decodeEntities, foldLetters, slug } from './text.ts';

/** TeX in pieces, put together at random: the shapes that real texts have, and the broken ones. */
const tex = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '\\',
        '{',
        '}',
        '$',
        '$$',
        '\\$',
        '\\(',
        '\\)',
        '\\[',
        '\\]',
        '^',
        '_',
        '~',
        '`',
        "'",
        '-',
        '--',
        '&',
        '&amp;',
        '&lt;',
        '&#92;',
        '&#36;',
        ';',
        '\\emph',
        '\\textbf',
        '\\it',
        '\\alpha',
        '\\frac',
        '\\sqrt',
        '\\mathbb',
        '\\url',
        '\\href',
        '\\cite',
        '\\c',
        '\\b',
        "\\'",
        '\\"',
        '\\i',
        '\\,',
        '\\%',
        '\\left',
        '\\not',
        '\\hat',
        '\\unknown',
        '\\begin',
        ' ',
        '\n',
        'a',
        'x',
        '1',
        '5',
        'million',
        'https://a.b/c_d',
        '[',
        ']',
        '\ufeff',
        '\u202e',
      ),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(''));

test('cleaning is total, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(tex, (text) => {
      const once = cleanText(text);
      assert.equal(cleanText(once), once);
      assert.ok(once.isWellFormed() && once === once.trim() && !/[\n\t]| {2}/.test(once));
    }),
    { numRuns: 3_000 },
  );
});

test('outside math no backslash is left but that of a literal dollar', () => {
  fc.assert(
    fc.property(tex, (text) => {
      const rest = cleanText(text)
        .replace(/\$\$[^$]*\$\$|(?<!\\)\$(?:\\.|[^$\\])+\$/gs, '')
        .replaceAll('\\$', '');
      assert.ok(!rest.includes('$'), rest);
      assert.ok(!rest.includes('\\'), rest);
    }),
    { numRuns: 3_000 },
  );
});

test('plain math is total and leaves no dollars of math', () => {
  fc.assert(
    fc.property(tex, (text) => {
      plainFormula(text);
      const clean = cleanText(text);
      const dollars = clean.split('\\$').length - 1;
      const inMath = [...clean.matchAll(/\$\$[^$]*\$\$|(?<!\\)\$((?:\\.|[^$\\])+)\$/gs)].map(([math]) => math).join('');
      assert.ok(plainMath(clean).split('$').length - 1 <= dollars + inMath.split('$').length);
    }),
    { numRuns: 2_000 },
  );
});

test('time grows with length, not with nesting or missing ends', () => {
  const hostile = [
    '{',
    '$',
    '\\(',
    '\\[',
    '\\emph{',
    '^{',
    '``',
    '\\frac{',
    '&amp;',
    '&&#97;mp;',
    '$x$',
    '\\textbackslash ',
    '--',
    '\\c{',
    '$$',
    '{\\it ',
    '\\href{',
    '\\cite[',
  ];
  for (const piece of hostile) {
    const text = piece.repeat(Math.floor(100_000 / piece.length));
    const started = performance.now();
    const clean = cleanText(text);
    plainMath(clean);
    plainFormula(text);
    // A quadratic reading of these takes minutes; the bound only has to tell the two apart on a slow machine.
    assert.ok(performance.now() - started < 5_000, `${piece}: ${Math.round(performance.now() - started)} ms`);
  }
});

const cleaned = (raw: string, expected: string): void => {
  test(`${raw} is shown as ${expected}`, () => assert.equal(cleanText(raw), expected));
};

cleaned('a  b\n c\t', 'a b c');
cleaned('A&amp;amp;B &lt;b&gt; &#65;', 'A&B <b> A');
cleaned(
  String.raw`Gr\"{u}nwald Sz\'{e}kely Csörg\H{o} \v{S}penko P\u{a}tra\c{s}cu`,
  'Grünwald Székely Csörgő Špenko Pătraşcu',
);
cleaned(String.raw`S\o rensen, na\"\i ve, {\L}ukasz, \ss, \AA ngstr\"om`, 'Sørensen, naïve, Łukasz, ß, Ångström');
cleaned(String.raw`\b{eta}-Ga2O3 and \c{hi}`, 'β-Ga2O3 and χ');
cleaned(String.raw`{\it neural} \emph{very \textbf{bold}} {\em x}`, 'neural very bold x');
cleaned(String.raw`\url{https://a.b/c_d-e.`, 'https://a.b/c_d-e.');
cleaned(String.raw`\href{https://a.b/c}{the site} \textcolor{blue}{red}`, 'the site (https://a.b/c) red');
cleaned(String.raw`44.7\%, K\&K, \_x\_, \#1`, '44.7%, K&K, _x_, #1');
cleaned("pages 1--20 --- ``quoted'' --flag", 'pages 1–20 — “quoted” --flag');
cleaned('Fig.~3 is ~10 at https://x.edu/~me', 'Fig. 3 is ~10 at https://x.edu/~me');
cleaned('HumanEval^{+}, fb^{-1}, T_{RH}, x_{1}', 'HumanEval⁺, fb⁻¹, T_RH, x₁');
cleaned(String.raw`\(x^2\) and \[ y \] and $ z $`, '$x^2$ and $$y$$ and $z$');
cleaned('$5 million and $6 million', String.raw`\$5 million and \$6 million`);
cleaned(String.raw`costs \$5; $x$; a lone $`, String.raw`costs \$5; $x$; a lone \$`);
cleaned('$\\sim$10 and $a$$b$', '$\\sim$10 and $a$ $b$');
cleaned(String.raw`$\text{if $x$}$`, String.raw`$\text{if x}$`);
cleaned(String.raw`360{\deg} {\gamma} \alpha particles`, '360° γ α particles');
cleaned('The set {0, 1} stays', 'The set {0, 1} stays');

const plain = (math: string, expected: string): void => {
  test(`${math} reads ${expected} in lists`, () => assert.equal(plainMath(cleanText(math)), expected));
};

plain(String.raw`$\sim 5-6$`, '∼5–6');
plain(String.raw`$10^{6\pm0.5}$ K`, '10^(6±0.5) K');
plain(String.raw`$\mathbb{R}^n \to \mathbb{C}$`, 'ℝⁿ → ℂ');
plain(String.raw`$\mathcal{O}(n \log n)$`, '𝒪(n log n)');
plain(String.raw`$\frac{a+b}{2}$, $\sqrt[3]{x}$`, '(a+b)/2, ³√x');
plain(String.raw`$\bar B^0 \to K^{*0}\mu^+\mu^-$`, 'B̄⁰ → K*⁰μ⁺μ⁻');
plain(String.raw`$H_0 = 70~{\rm km\,s^{-1}}$`, 'H₀ = 70 km s⁻¹');
plain(String.raw`$\left( \frac12 \right)$ and \$5`, '(1/2) and $5');
plain(String.raw`$D^{\infty}$-modules, $\not= x$, $T_{\rm crit}$`, 'D^∞-modules, ≠ x, T_crit');
plain(String.raw`$\epsilon < 10^{-6}$, $\epsilon< 10^{-6}$, $\epsilon<10^{-6}$`, 'ϵ < 10⁻⁶, ϵ < 10⁻⁶, ϵ<10⁻⁶');
plain(String.raw`$\alpha - \beta$, $\alpha =3$, $\sigma \in S$, $-\beta$`, 'α − β, α=3, σ∈S, −β');
plain(String.raw`$f: \Omega \to X$, $\alpha <= 5$, $p \ne q$, $<5$`, 'f: Ω→X, α <= 5, p ≠ q, <5');
plain('no math at all', 'no math at all');

test('entities need their semicolon', () => assert.equal(decodeEntities('AT&T &copy &copy;'), 'AT&T &copy ©'));

test('slugs are stable, never empty, and hold letters of any script', () => {
  assert.equal(slug('Veila: Panoramic LiDAR'), 'veila-panoramic-lidar');
  assert.equal(slug('Łukasz Kaiser'), 'lukasz-kaiser');
  assert.equal(slug('论文 标题'), '论文-标题');
  assert.equal(slug('one two three', 8), 'one-two');
  assert.equal(foldLetters('ÉCOLE Straße'), 'ecole strasse');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const name = slug(text);
      assert.ok(name !== '' && name.length <= 80);
      assert.match(name, /^[\p{L}\p{N}-]+$/u);
      assert.equal(slug(name), name);
    }),
    { numRuns: 2_000 },
  );
});

test('plain ASCII is folded as all text is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      assert.equal(`${foldLetters(text)}e`, foldLetters(`${text}é`));
      assert.equal(slug(`x ${text}`, 500), slug(`x ${text} é`, 500).replace(/-e$/, ''));
    }),
  );
});
