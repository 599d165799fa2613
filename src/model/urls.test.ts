import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { href, idFromUrl, idInUrl } from './urls.ts';

const digits = (n: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{${n}}$`));
const arxiv = fc.oneof(
  fc.tuple(digits(4), digits(5)).map(([month, n]) => `arxiv:${month}.${n}`),
  fc.tuple(digits(4), digits(4)).map(([month, n]) => `arxiv:${month}.${n}`),
  fc
    .tuple(fc.constantFrom('math', 'hep-th', 'cond-mat', 'math.NT'), digits(7))
    .map(([field, n]) => `arxiv:${field}/${n}`),
);
const other = fc
  .string({ unit: 'binary', minLength: 1 })
  .map((text) => text.toWellFormed())
  .chain((text) => fc.constantFrom(`doi:${text}`, `openreview:${text}`, `slug-${text}`));

const decoded = (address: string): string => address.split('/').map(decodeURIComponent).join('/');

test('an id comes back from its address', () => {
  fc.assert(fc.property(fc.oneof(arxiv, other), (id) => assert.equal(idFromUrl(decoded(idInUrl(id))), id)));
});

test('an id in an address is only letters that an address may have, and adds no query or fragment', () => {
  fc.assert(
    fc.property(fc.oneof(arxiv, other), (id) => {
      assert.match(idInUrl(id), /^[\w.~!*'():,%/-]+$/);
      const url = new URL(`/at/${idInUrl(id)}`, 'http://localhost');
      assert.equal(url.search + url.hash, '');
    }),
  );
});

test('arXiv ids stand bare, with their slash', () => {
  assert.equal(href.paper('arxiv:2507.08772'), '/papers/2507.08772');
  assert.equal(href.paper('arxiv:math/0309136'), '/papers/math/0309136');
  assert.equal(href.paperMarkdown('arxiv:math/0309136'), '/papers/math/0309136.md');
  assert.equal(href.vote('doi:10.1000/182'), '/papers/doi:10.1000/182/vote');
});

test('a version is dropped from an arXiv id, and from nothing else', () => {
  assert.equal(idFromUrl('2507.08772v3'), 'arxiv:2507.08772');
  assert.equal(idFromUrl('hep-th/9901001v12'), 'arxiv:hep-th/9901001');
  assert.equal(idFromUrl('a-paper-v2'), 'a-paper-v2');
  assert.equal(idFromUrl('doi:10.1/2507.08772v3'), 'doi:10.1/2507.08772v3');
});

test('keys and queries stay one segment and one parameter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (raw) => {
      const text = raw.toWellFormed();
      for (const address of [href.author(text), href.organisation(text), href.category(text)])
        assert.equal(address.split('/').length, 3);
      const url = new URL(href.search(text), 'http://localhost');
      assert.equal(url.searchParams.get('q') ?? '', text);
      assert.equal(url.pathname, '/search');
    }),
  );
});
