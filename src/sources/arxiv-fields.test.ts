import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arxivId, dayFrom, namesIn, versionsFrom, withoutDumpEscapes } from './arxiv-fields.ts';
import { categoryOfSet, isCategory, setFor } from './arxiv-sets.ts';

test('author lines are taken apart as arXiv prints them', () => {
  for (const [line, names] of [
    ['A. Bee, C. Dee and E. Eff', ['A. Bee', 'C. Dee', 'E. Eff']],
    ['A. Bee, C. Dee, and E. Eff', ['A. Bee', 'C. Dee', 'E. Eff']],
    ['C.N. Pope and T.A Tran', ['C. N. Pope', 'T. A Tran']],
    ['A. Bee (1), C. Dee (1 and 2) ((1) MIT, (2) ETH)', ['A. Bee', 'C. Dee']],
    ['CDF Collaboration: T. Aaltonen, B. Gonzalez', ['CDF Collaboration', 'T. Aaltonen', 'B. Gonzalez']],
    ['Charles L. Webber, Jr., Fernando Ferri', ['Charles L. Webber Jr.', 'Fernando Ferri']],
    ['The LIGO Scientific Collaboration', ['The LIGO Scientific Collaboration']],
    ['Alexandra Anderson', ['Alexandra Anderson']],
    ['A. Bee (unclosed, C. Dee', ['A. Bee']],
    ['', []],
  ] as const)
    assert.deepEqual(namesIn(line), names, line);
});

test('what a dump has escaped is taken back, and TeX is left alone', () => {
  for (const [escaped, meant] of [
    [String.raw`Jos\\'e Mu\\~noz`, String.raw`Jos\'e Mu\~noz`],
    [String.raw`$S(k,\\omega)$`, String.raw`$S(k,\omega)$`],
    [String.raw`a \"quoted\" word`, 'a "quoted" word'],
    [String.raw`Marie-No\\\"elle`, String.raw`Marie-No\"elle`],
    [String.raw`first line.\n  Second line`, 'first line.   Second line'],
    ['$\\ω$ and Lepp\\\\äkangas', '$ω$ and Leppäkangas'],
  ] as const)
    assert.equal(withoutDumpEscapes(escaped), meant);
  for (const tex of [
    String.raw`$\alpha \\ \beta$`,
    String.raw`$\begin{matrix}a\\b\end{matrix}$`,
    String.raw`Schr\"odinger and Erd\H{o}s`,
    String.raw`$\nu$ and \newline`,
    'nothing at all',
  ])
    assert.equal(withoutDumpEscapes(tex), tex);
});

test('long texts of nothing but backslashes take no time to speak of', () => {
  const text = '\\'.repeat(200_000);
  assert.ok(withoutDumpEscapes(`${text}x`).length <= text.length + 1);
  assert.deepEqual(namesIn('('.repeat(200_000)), []);
});

test('ids, days and versions: only what is one', () => {
  assert.deepEqual(arxivId('oai:arXiv.org:math/0309136v2'), { id: 'math/0309136', version: 2 });
  assert.deepEqual(arxivId(' arXiv:2507.08772 '), { id: '2507.08772', version: null });
  assert.equal(arxivId('2507.08772v12345'), null);
  assert.equal(dayFrom('Sun, 22 Nov 2026 00:00:00 -0500'), '2026-11-22');
  assert.equal(dayFrom('2026-02-30'), null);
  fc.assert(
    fc.property(fc.array(fc.record({ version: fc.string(), date: fc.string() })), (items) => {
      const numbers = versionsFrom(items).map(({ n }) => n);
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
    }),
  );
});

test('a category’s set leads back to the category', () => {
  for (const category of ['cs.LG', 'hep-th', 'math.MP', 'physics.optics', 'nlin.CD', 'astro-ph', 'q-fin.TR']) {
    assert.ok(isCategory(category));
    assert.equal(categoryOfSet(setFor(category) ?? ''), category);
  }
  assert.ok(!isCategory('cs:cs:LG') && !isCategory('cmp-lg') && !isCategory('__proto__'));
});
