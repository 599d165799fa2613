import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatQuery, hasWords, parseQuery, QUERY_CAP } from './query.ts';

describe('the query language', () => {
  test('tells words, phrases, exclusions and filters apart', () => {
    const query = parseQuery(
      'video  "knot forcing" -lidar -"point cloud" author:"Yann LeCun" cat:cs.LG org:TongyiLab source:daily-page year:2025 after:2025-01 before:2025-06 models',
    );
    assert.equal(query.text, 'video models');
    assert.deepEqual(query.phrases, ['knot forcing']);
    assert.deepEqual(query.not, ['lidar', 'point cloud']);
    assert.deepEqual(query.authors, ['Yann LeCun']);
    assert.deepEqual(query.categories, ['cs.LG']);
    assert.deepEqual(query.organisations, ['TongyiLab']);
    assert.deepEqual(query.sources, ['daily-page']);
    assert.deepEqual(query.years, [2025]);
    assert.equal(query.after, '2025-01-01');
    assert.equal(query.before, '2025-06-30');
  });

  test('takes what is no operator as words', () => {
    assert.equal(
      parseQuery('note: year:soon after:2025-13 foo:bar 3:1 state-of-the-art C++').text,
      'note: year:soon after:2025-13 foo:bar 3:1 state-of-the-art C++',
    );
    assert.equal(hasWords(parseQuery('- " "" : -- -"" ***')), false);
    assert.deepEqual(parseQuery('"never closed').phrases, ['never closed']);
    assert.deepEqual(parseQuery('author: cat:').authors, []);
  });

  test('takes the narrower of several days', () => {
    const query = parseQuery('after:2024 after:2025-02 before:2026 before:2025-03-04');
    assert.deepEqual([query.after, query.before], ['2025-02-01', '2025-03-04']);
  });

  const pieces = fc.constantFrom(
    '"',
    '-',
    ':',
    'author:',
    'cat:cs.LG',
    'year:2024',
    'after:2024-02',
    ' ',
    'graph',
    '\u0000',
    '\ud800',
    '🙈',
    "'",
    '\\',
    'עברית',
    '"a b"',
    '--',
    '::',
  );
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );

  test('any text is some query, without controls, half characters or empty values', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const query = parseQuery(raw);
        const values = [
          query.text,
          ...query.phrases,
          ...query.not,
          ...query.authors,
          ...query.organisations,
          ...query.categories,
          ...query.sources,
        ];
        for (const value of values) {
          assert.ok(value.isWellFormed());
          // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
          assert.doesNotMatch(value, /[\u0000-\u001f"]/);
        }
        for (const value of values.slice(1)) assert.match(value, /[\p{L}\p{N}]/u);
      }),
      { numRuns: 500 },
    );
  });

  test('is read back the same when it is written down', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const { raw: _, ...query } = parseQuery(raw);
        const { raw: __, ...again } = parseQuery(formatQuery(parseQuery(raw)));
        assert.deepEqual(again, query);
      }),
      { numRuns: 500 },
    );
  });

  test('takes no more time for long or nasty texts', () => {
    const began = performance.now();
    for (const piece of ['"', '-', 'a:', 'cat:"', 'x'.repeat(99), '-"', ' ', '\u0000']) {
      const query = parseQuery(piece.repeat(10_000));
      assert.ok(query.raw.length <= QUERY_CAP);
      assert.ok(query.categories.length <= 16);
    }
    assert.ok(performance.now() - began < 500);
  });
});
