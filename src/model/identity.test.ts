import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { areRivals, bestId, type Likeness, plainId, sameWork, titleKey } from './identity.ts';

const authors = (...names: string[]) => names.map((name) => ({ name, key: name.toLowerCase() }));
const work = (rest: Partial<Likeness> = {}): Likeness => ({
  title: 'Attention is all you need, once more',
  authors: authors('Ada Lovelace', 'Emmy Noether', 'Łukasz Kaiser'),
  authorCount: null,
  published: '2026-04-17',
  ...rest,
});

test('a title is the same in other letters, spaces and marks', () => {
  assert.equal(titleKey('  Größe – «of» $x^2$!'), titleKey('grosse OF x2'));
  assert.ok(sameWork(work(), work({ title: 'ATTENTION IS ALL YOU NEED ONCE MORE.' })));
  assert.ok(!sameWork(work(), work({ title: 'Attention is all you need, twice more' })));
});

test('a title that says little proves nothing', () => {
  for (const title of [
    'Introduction',
    'Dale meets Langevin',
    'A b c d e',
    '',
    'Electroencephalography reconsidered thoroughly',
  ])
    assert.ok(!sameWork(work({ title }), work({ title })), title);
});

test('authors: the first agrees, and half of the shorter list', () => {
  const same = (...names: string[]) => sameWork(work(), work({ authors: authors(...names) }));
  assert.ok(same('A. Lovelace', 'E. Noether'));
  assert.ok(same('Lovelace Ada', 'Noether'), 'names turned round');
  assert.ok(same('Ada Lovelace Jr.', 'Lukasz Kaiser'));
  assert.ok(same('Ada Lovelace', 'Bo Brown', 'Emmy Noether', 'Cy Crown'));
  assert.ok(!same('Emmy Noether', 'Ada Lovelace'), 'another first author');
  assert.ok(!same('Ada Lovelace', 'Bo Brown', 'Cy Crown'));
});

test('authors that are only counted, and authors nobody knows', () => {
  const counted = (authorCount: number | null, published: string | null = null) =>
    work({ authors: [], authorCount, published });
  assert.ok(sameWork(work(), counted(3)));
  assert.ok(!sameWork(work(), counted(4, '2026-04-17')));
  assert.ok(sameWork(work(), counted(null, '2027-05-01')));
  assert.ok(!sameWork(work(), counted(null, '2027-06-01')));
  assert.ok(!sameWork(work(), counted(null)));
  const title = `${work().title}, and more`;
  assert.ok(sameWork(work({ title }), { ...counted(null), title }), 'nine words stand alone');
  assert.ok(
    !sameWork(work({ title, published: null }), { ...counted(null, '2026-04-17'), title }),
    'a date is not nothing',
  );
});

test('identifiers have one spelling, one order, and rivals of their own scheme', () => {
  assert.equal(plainId('doi:10.48550/arXiv.2604.00001'), 'arxiv:2604.00001');
  assert.equal(plainId('DOI:10.48550/ARXIV.math/0309136'), 'arxiv:math/0309136');
  assert.equal(plainId('doi:10.1000/ABC'), 'doi:10.1000/abc');
  assert.equal(plainId('arxiv:2604.00001v3'), 'arxiv:2604.00001');
  assert.equal(plainId('openreview:AbC'), 'openreview:AbC');
  assert.equal(bestId(['a-slug', 'x:1', 'openreview:1', 'doi:1', 'arxiv:1']), 'arxiv:1');
  assert.equal(bestId(['a-slug', 'x:1', 'openreview:1']), 'openreview:1');
  assert.ok(areRivals('arxiv:1', 'arxiv:2') && !areRivals('arxiv:1', 'doi:2') && !areRivals('a', 'b'));
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('doi:', 'DOI:', 'arxiv:', 'doi:10.48550/arXiv.', ''), (text, scheme) => {
      assert.equal(plainId(plainId(scheme + text)), plainId(scheme + text));
    }),
  );
});

test('the rule is the same both ways round, and holds for a paper and itself', () => {
  const name = fc.constantFrom(
    'Ada Lovelace',
    'Lovelace Ada',
    'E. Noether',
    'Emmy Noether',
    'Wei Wang',
    'Wang Wei',
    '',
    'Łukasz',
  );
  const any = fc.record({
    title: fc.constantFrom(
      'One title with many words in it',
      'One TITLE with many words, in it',
      'Another title with as many words',
    ),
    authors: fc.array(name, { maxLength: 4 }).map((names) => authors(...names)),
    authorCount: fc.option(fc.integer({ min: 1, max: 4 })),
    published: fc.option(fc.constantFrom('2024-01-01', '2025-01-01', '2026-01-01')),
  });
  let same = 0;
  fc.assert(
    fc.property(any, any, (a, b) => {
      assert.equal(sameWork(a, b), sameWork(b, a));
      if (sameWork(a, b)) same += 1;
      if (a.authors.length > 0 || a.authorCount !== null || a.published !== null) assert.ok(sameWork(a, a), a.title);
    }),
    { numRuns: 500 },
  );
  assert.ok(same > 20, `${same} of 500 pairs were the same`);
});
