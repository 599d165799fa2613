import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { feedAt, feedOf, feedViewOf, withKey, xmlText } from './feed.ts';
import { followableOf } from './opml.ts';

const ORIGIN = 'https://papers.example';
const at = (address: string) => followableOf(address, ORIGIN);

test('feeds of ours and of arXiv are what they are of; all others are nothing', () => {
  assert.deepEqual(at(`${ORIGIN}/authors/ada-lovelace.atom`), [{ kind: 'author', key: 'ada-lovelace' }]);
  assert.deepEqual(at(`${ORIGIN}/categories/cs.LG.rss`), [{ kind: 'category', key: 'cs.LG' }]);
  assert.deepEqual(at(`${ORIGIN}/search.feed.json?q=a%20cat:cs.LG`), [{ kind: 'search', key: 'a cat:cs.LG' }]);
  assert.deepEqual(at(`${ORIGIN}/readers/Ada.atom?list=votes`), [{ kind: 'reader', key: 'ada' }]);
  assert.deepEqual(at('https://rss.arxiv.org/rss/cs.LG+math.NT'), [
    { kind: 'category', key: 'cs.LG' },
    { kind: 'category', key: 'math.NT' },
  ]);
  assert.deepEqual(at('http://export.arxiv.org/api/query?search_query=cat:cs.CL&sortBy=submittedDate'), [
    { kind: 'category', key: 'cs.CL' },
  ]);
  for (const none of [
    'https://elsewhere.example/authors/ada-lovelace.atom',
    'http://export.arxiv.org/api/query?search_query=cat:cs.CL+AND+ti:x',
    `${ORIGIN}/papers.atom`,
    `${ORIGIN}/search.atom`,
    `${ORIGIN}/%E0%A4%A.atom`,
    'javascript:alert(1)',
    'no address',
  ])
    assert.deepEqual(at(none), [], none);
});

test('an address of a feed leads back to its page and form', () => {
  for (const page of ['/papers', '/papers/date/2026-04-20', '/authors/x', '/papers/10.1000/a.b/letters'])
    for (const form of ['atom', 'rss', 'json'] as const) assert.deepEqual(feedAt(feedOf(page, form)), { page, form });
  assert.equal(feedOf('/search?q=a', 'rss'), '/search.rss?q=a');
  assert.equal(feedOf('/', 'atom'), '/papers.atom');
  assert.equal(withKey('/search.rss?q=a', 'b c'), '/search.rss?q=a&key=b%20c');
  assert.equal(feedAt('/search.json'), null);
  assert.deepEqual(feedViewOf('/papers/10.1000/a.b/letters'), { kind: 'letters', paper: '10.1000/a.b' });
  assert.equal(feedViewOf('/papers/10.1000/a.b'), null);
});

test('what XML cannot say is left out, and nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const said = xmlText(text);
      // Char of XML 1.0, 2.2
      assert.match(said, /^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
      assert.equal(xmlText(said), said);
    }),
  );
  assert.equal(xmlText('a\u0000\ud800b\r\nc\t😀 \u202Eשלום'), 'a\ufffdb\nc\t😀 \u202Eשלום');
});
