import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { elementsOf, parseXml, textOf, type XmlNode } from '../kernel/xml.ts';
import { type Feed, type FeedItem, NO_WAYS, xmlText } from '../model/feed.ts';
import { feedDocument } from './feed.ts';

const FRAME = {
  masthead: 'Broadsheet',
  version: '1',
  origin: 'https://papers.example',
  self: '/papers.atom',
  id: 'urn:uuid:0',
  key: null,
  hub: '',
};

const feedWith = (text: string, address: string): Feed => {
  const item: FeedItem = {
    id: 'urn:uuid:1',
    title: text,
    page: '/papers/x',
    elsewhere: address,
    published: '2026-01-01T00:00:00.000Z',
    updated: '2026-01-02T00:00:00.000Z',
    authors: [{ name: text, page: '/authors/x' }],
    categories: [{ code: text, label: text }],
    abstract: text,
    html: null,
    notes: [text],
    pdf: address,
  };
  const ways = { ...NO_WAYS, next: '/papers?p=2' };
  return { title: text, about: text, page: '/papers', ways, archive: true, private: false, items: [item] };
};

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ']]>',
        '<![CDATA[',
        '<!--',
        '&amp;',
        '&#0;',
        '\u0000',
        '\n  ',
        '</title>',
        '😀',
        '\u202e',
        '<b>',
        '"',
        "'",
      ),
    )
    .map((parts) => parts.join('')),
);

const folded = (text: string): string => xmlText(text).replace(/\s+/g, ' ').trim() || 'Untitled';
const child = (node: XmlNode | undefined, name: string): XmlNode | undefined => elementsOf(node?.[name])[0];

test('whatever stands in a paper, a feed is well-formed XML, and its title is read back as it is', () => {
  fc.assert(
    fc.property(HOSTILE, fc.oneof(fc.webUrl(), HOSTILE), (text, address) => {
      const feed = feedWith(text, address);
      const atom = feedDocument(feed, FRAME, 'atom');
      const rss = feedDocument(feed, FRAME, 'rss');
      assert.equal(XMLValidator.validate(atom), true);
      assert.equal(XMLValidator.validate(rss), true);
      const entry = child(child(parseXml(atom), 'feed'), 'entry');
      const item = child(child(child(parseXml(rss), 'rss'), 'channel'), 'item');
      assert.equal(textOf(entry?.['title']).trim(), folded(text));
      assert.equal(textOf(item?.['title']).trim(), folded(text));
      const json = JSON.parse(feedDocument(feed, FRAME, 'json')) as { items: { title: string }[] };
      assert.equal(json.items[0]?.title, folded(text));
    }),
    { numRuns: 300 },
  );
});

test('a feed without entries is a feed', () => {
  const feed: Feed = { ...feedWith('x', 'https://x.example'), items: [] };
  assert.match(feedDocument(feed, FRAME, 'atom'), /<updated>1970-01-01T00:00:00\.000Z<\/updated>/);
  assert.equal(XMLValidator.validate(feedDocument(feed, FRAME, 'rss')), true);
  assert.deepEqual((JSON.parse(feedDocument(feed, FRAME, 'json')) as { items: unknown[] }).items, []);
});

test('a hub is named where everybody may read, and a key goes along with every page of a private feed', () => {
  const feed = feedWith('x', 'https://x.example');
  const hub = { ...FRAME, hub: 'https://hub.example/' };
  assert.match(feedDocument(feed, hub, 'atom'), /<link href="https:\/\/hub\.example\/" rel="hub"\/>/);
  assert.doesNotMatch(feedDocument({ ...feed, private: true }, hub, 'atom'), /rel="hub"/);
  const keyed = feedDocument({ ...feed, private: true }, { ...FRAME, key: 'bs_1' }, 'rss');
  assert.match(keyed, /\/papers\.rss\?p=2&amp;key=bs_1" rel="next"/);
});
