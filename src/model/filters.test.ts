import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { between, filtersOf, toggled, typedIn, unreadIn } from './filters.ts';
import { parseQuery } from './query.ts';

const PARTS = [
  'video',
  'diffusion',
  '"world model"',
  '-toys',
  '-"two words"',
  'author:lecun',
  'author:"Yann LeCun"',
  'org:"Tongyi Lab"',
  'cat:cs.LG',
  'source:daily-page',
  'year:2025',
  'after:2025-01',
  'before:2025-06-30',
  'has:code',
  'in:library',
  '-cat:cs.CL',
  '-author:x',
  '-org:y',
  '-source:z',
  '-has:code',
  '-in:library',
];
const queries = fc.subarray(PARTS).map((parts) => parseQuery(parts.join(' ')));

test('a query without one of its filters has all the others, and none more', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const filters = filtersOf(query);
      const named = filters.map(({ kind, value, excludes }) => `${excludes} ${kind} ${value}`);
      for (const [i, { rest }] of filters.entries()) {
        const left = filtersOf(parseQuery(rest)).map(({ kind, value, excludes }) => `${excludes} ${kind} ${value}`);
        assert.deepEqual(left, named.toSpliced(i, 1));
      }
    }),
  );
});

test('a facet switched twice is as before', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const on = parseQuery(toggled(query, 'cat', 'cs.RO'));
      assert.deepEqual(on.categories, [...query.categories, 'cs.RO']);
      assert.deepEqual(parseQuery(toggled(on, 'cat', 'cs.RO')).categories, query.categories);
      assert.equal(toggled(on, 'year', '2025').includes('year:2025'), !query.years.includes(2025));
    }),
  );
});

test('a phrase taken out leaves its words', () => {
  assert.deepEqual(
    filtersOf(parseQuery('video "world model"')).map(({ rest }) => rest),
    ['video world model'],
  );
});

test('a span of days takes the place of the one before', () => {
  assert.equal(between(parseQuery('x after:2020'), '2025-01-02', null), 'x after:2025-01-02');
  assert.equal(between(parseQuery('x after:2020 before:2021'), null, null), 'x');
});

test('what looks like an operator and is none is told', () => {
  assert.deepEqual(unreadIn(parseQuery('a in:library in:thesis has:video year:soon cat:cs.LG http://x.org b:c')), [
    'in:thesis',
    'has:video',
    'year:soon',
  ]);
});

test('the word being typed is the last of the free words, and only at the end', () => {
  assert.equal(typedIn('video diff'), 'diff');
  for (const raw of ['', 'video ', 'video "dif', 'video cat:cs', 'video -dif', 'video author:x', '"a b"'])
    assert.equal(typedIn(raw), null, raw);
});
