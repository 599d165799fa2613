import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { sampleDigest, sampleLinks } from '../../test/support/digest.ts';
import { shapesOf, tagsOf } from '../../test/support/markup.ts';
import { sampleCard } from '../../test/support/papers.ts';
import type { Digest } from '../model/digest.ts';
import { renderDigest } from './digest-mail.ts';

const GOLDEN = new URL('../../test/golden/', import.meta.url);
/** Gmail cuts off what is longer. Bytes. */
const CLIPPED_AT = 102_400;

const asWas = (name: string, made: string): void => {
  const file = new URL(name, GOLDEN);
  const golden = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (made !== golden) writeFileSync(new URL(`${name}-changed`, GOLDEN), made);
  assert.equal(made, golden, `look at test/golden/${name}-changed; when it is right, put it in place of ${name}`);
};

test('the mail is as it was looked at', () => {
  const { subject, html, text } = renderDigest(sampleDigest(), sampleLinks());
  assert.equal(subject, 'Broadsheet, Monday 23 November: 7 papers');
  asWas('digest.html', html);
  asWas('digest.txt', text);
});

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'></style>\${1}&lt;]]>--><!--[if mso]>`;

const hostile = (): Digest => {
  const card = sampleCard({
    id: `${HOSTILE}/../x`,
    title: HOSTILE,
    abstract: HOSTILE,
    authors: [{ name: HOSTILE, key: HOSTILE }],
    organisation: { name: HOSTILE, key: HOSTILE, handle: null },
  });
  return sampleDigest({
    masthead: HOSTILE,
    title: HOSTILE,
    address: HOSTILE,
    parts: [{ part: 'searches', entries: [{ card, reasons: [HOSTILE, HOSTILE] }] }],
    changes: [{ card, what: ['code'], version: 1 }],
    replies: [{ letterId: HOSTILE, paperId: HOSTILE, title: HOSTILE, by: HOSTILE, excerpt: HOSTILE, at: 0 }],
    search: { id: HOSTILE, name: HOSTILE, query: HOSTILE },
  });
};

test('hostile words add no element, and no address leads anywhere but home', () => {
  const known = shapesOf(renderDigest(sampleDigest(), sampleLinks()).html);
  const { html } = renderDigest(hostile(), sampleLinks());
  for (const shape of shapesOf(html)) assert.ok(known.has(shape), shape);
  assert.equal(html.match(/<script|<img|onerror='/g), null);
  const addresses = tagsOf(html).flatMap(({ attributes }) =>
    attributes.flatMap(([name, value]) => (name === 'href' ? [value] : [])),
  );
  assert.ok(addresses.length > 10);
  for (const address of addresses) assert.match(address, /^https:\/\/paper\.example\.org\//);
});

test('nothing is fetched, and nothing needs a script', () => {
  const { html } = renderDigest(sampleDigest(), sampleLinks());
  assert.doesNotMatch(
    html,
    /<(?:img|link|script|iframe|svg|video|form|input|object)\b|\burl\(|@import|\bsrc=|\bbackground="/i,
  );
});

const many = (count: number): Digest => {
  const long = 'Über-lange Wörter und Formeln – “quoted” – '.repeat(60);
  const entries = Array.from({ length: count }, (_, n) => ({
    card: sampleCard({
      id: `doi:10.1234/a-rather-long-identifier-of-a-paper.${n}`,
      title: `${n} ${long}`.slice(0, 180),
      abstract: long,
      authors: Array.from({ length: 20 }, () => ({ name: 'Maximiliane Überlang-Beispielhausen', key: 'm' })),
      organisation: { name: 'A university with a name of its own, and a department', key: 'u', handle: null },
    }),
    reasons: ['By 1,204 votes, 31 upvotes elsewhere and its code, 2 days old', 'Found by “a long search of mine”'],
  }));
  return sampleDigest({
    parts: [{ part: 'trending', entries }],
    changes: entries.slice(0, 12).map(({ card }) => ({ card, what: ['version', 'code'], version: 12 })),
    replies: Array.from({ length: 12 }, (_, n) => ({
      letterId: `letter-${n}`,
      paperId: 'arxiv:2601.00003',
      title: long.slice(0, 180),
      by: 'Maximiliane Überlang-Beispielhausen',
      excerpt: long.slice(0, 240),
      at: 0,
    })),
  });
};

test('thirty papers with all there can be beside them are not clipped', () => {
  const { html } = renderDigest(many(30), sampleLinks());
  assert.ok(Buffer.byteLength(html) < CLIPPED_AT, `${Buffer.byteLength(html)} bytes`);
  assert.equal(html.match(/>Vote</g)?.length, 30);
  const usual = renderDigest({ ...many(30), changes: [], replies: [] }, sampleLinks()).html;
  assert.ok(Buffer.byteLength(usual) < CLIPPED_AT, `${Buffer.byteLength(usual)} bytes`);
  assert.match(usual, /Wörter/);
});

test('lines of plain text are short, and addresses in them whole', () => {
  const { text } = renderDigest(many(30), sampleLinks());
  for (const line of text.split('\n'))
    assert.ok([...line].length <= 72 || /^\s*(?:[A-Z][\w ]+: )?https:\/\/\S+$/.test(line), line);
  assert.equal(text.match(/ Vote: https:/g)?.length, 30);
});

test('an address alone is offered neither vote nor save', () => {
  const { html, text } = renderDigest(sampleDigest({ reader: null }), sampleLinks(undefined, false));
  assert.doesNotMatch(html + text, /\b(?:Vote|Save): /);
});

test('where nothing is new it says so', () => {
  const { html, text } = renderDigest(sampleDigest({ parts: [], changes: [], replies: [] }), sampleLinks());
  for (const one of [html, text]) assert.match(one, /There is nothing new for you today\./);
  assert.doesNotMatch(html, /<h2/);
});

test('an alert is headed by the name of its search', () => {
  const { html, text } = renderDigest(
    sampleDigest({
      kind: 'alert',
      parts: sampleDigest().parts.filter(({ part }) => part === 'searches'),
      search: { id: 's', name: 'Crystals & growth', query: 'crystal growth' },
    }),
    sampleLinks(),
  );
  assert.match(html, /New in “Crystals &amp; growth”/);
  assert.match(text, /NEW IN “CRYSTALS & GROWTH”\n-{26}\n/);
});
