import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleDigest, sampleLinks } from '../../test/support/digest.ts';
import { intrusionsOf, shapesOf } from '../../test/support/markup.ts';
import { sampleCard, sampleFrame } from '../../test/support/papers.ts';
import {
  DEFAULT_WISHES,
  type Digest,
  type OutboxRow,
  SUBSCRIPTION_STATES,
  type Subscription,
} from '../model/digest.ts';
import type { PreferencesPage } from '../model/subscribe-page.ts';
import { renderDigest } from './digest-mail.ts';
import { digestCopyView, digestPreviewView } from './digest-page.ts';
import { actView, noDigestView, preferencesView, unsubscribeView } from './digest-preferences.ts';
import { confirmLetter, subscribedLetter } from './letter-subscribe.ts';
import { confirmSubscriptionView, subscribeBox, subscribeSentView, subscribeView } from './subscribe.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>\${1}&lt;]]>-->`;
const READER = { id: 'ada', handle: 'ada', name: 'Ada', role: 'reader', createdAt: 0 } as const;

const subscription = (word: string, change: Partial<Subscription> = {}): Subscription => ({
  ...DEFAULT_WISHES,
  id: word,
  address: word,
  reader: 'ada',
  state: 'active',
  createdAt: 0,
  confirmedAt: 0,
  nextAt: Date.parse('2026-11-23T05:00:00Z'),
  secret: 'never shown',
  ...change,
});
const row = (word: string): OutboxRow => ({
  id: word,
  subscriptionId: word,
  localDay: '2026-11-22',
  about: '',
  messageId: word,
  state: 'sent',
  attempts: 1,
  dueAt: 0,
  plan: null,
  sentAt: 0,
  error: null,
});
const preferences = (word: string, change: Partial<Subscription> = {}): PreferencesPage => ({
  subscription: subscription(word, change),
  action: '/mail/x',
  copies: '/mail/x/digests',
  sent: [row(word)],
  said: { says: word, wrong: true },
});

const digest = (word: string): Digest => {
  const card = sampleCard({ id: `${word}/x`, title: word, abstract: word, authors: [{ name: word, key: word }] });
  return sampleDigest({
    title: word,
    address: word,
    parts: [{ part: 'searches', entries: [{ card, reasons: [word] }] }],
    changes: [{ card, what: ['version'], version: 2 }],
    replies: [{ letterId: word, paperId: word, title: word, by: word, excerpt: word, at: 0 }],
    search: { id: word, name: word, query: word },
  });
};

const frame = sampleFrame({ byMail: true, accounts: true, reader: READER });
const pagesOf = (word: string): readonly string[] => [
  subscribeView({ byMail: true, problem: word, zone: 'Europe/Berlin' }, frame),
  subscribeSentView({ email: word }, frame),
  confirmSubscriptionView({ token: word }, frame),
  preferencesView(preferences(word), frame),
  noDigestView({ address: word, byMail: true }, frame),
  unsubscribeView({ address: word, ended: false, action: '/mail/x/unsubscribe', preferences: '/mail/x' }, frame),
  unsubscribeView({ address: word, ended: true, action: '/mail/x/unsubscribe', preferences: '/mail/x' }, frame),
  actView({ verb: 'vote', title: word, paperId: word, asked: word, done: false, action: '/mail/x' }, frame),
  digestCopyView({ digest: digest(word), links: sampleLinks() }, frame),
  digestPreviewView({ digest: digest(word), mail: renderDigest(digest(word), sampleLinks()) }, frame),
];

test('hostile words stay words on every page of the morning mail', () => {
  const plain = pagesOf('words');
  for (const [n, page] of pagesOf(HOSTILE).entries())
    assert.deepEqual(intrusionsOf(page, shapesOf(plain[n] ?? '')), [], `page ${n}`);
});

test('each standing of a subscription says what it is, and offers what leads on; the secret is on no page', () => {
  const says = {
    active:
      /The next one comes to <strong>a@example\.org<\/strong> on Monday 23 November 2026, 06:00 \(Europe\/Berlin\)/,
    paused: /Take it up again/,
    bounced: /came back[\s\S]*subscribe anew/,
    ended: /Subscribe again/,
  };
  for (const state of SUBSCRIPTION_STATES) {
    const page = preferencesView(preferences('a@example.org', { state, zone: 'Europe/Berlin' }), frame);
    assert.match(page, says[state]);
    assert.doesNotMatch(page, /never shown/);
  }
});

test('an address alone is offered no parts that need a reader', () => {
  const page = preferencesView(preferences('a@example.org', { reader: null }), frame);
  assert.doesNotMatch(page, /Replies to your letters/);
  assert.match(page, /<input type="hidden" name="part" value="trending">/);
});

test('the box on the front page is for those who can use it', () => {
  assert.match(String(subscribeBox({ ...frame, reader: null })), /action="\/subscribe"/);
  assert.equal(String(subscribeBox(frame)), '');
  assert.equal(String(subscribeBox({ ...frame, reader: null, byMail: false })), '');
});

test('who subscribes can say where they are, and without a script chooses it or is where the editions are made', () => {
  const page = subscribeView({ byMail: true, problem: null, zone: 'Asia/Tokyo' }, { ...frame, reader: null });
  assert.match(page, /<select name="zone" data-zone>[\s\S]*<option value="Asia\/Tokyo" selected>/);
  for (const form of [
    String(subscribeBox({ ...frame, reader: null })),
    noDigestView({ address: 'a@example.org', byMail: true }, frame),
  ])
    assert.match(form, /<input type="hidden" name="zone" data-zone>/);
  assert.doesNotMatch(preferencesView(preferences('a@example.org'), frame), /data-zone/, 'chosen already');
});

test('the letters escape what they are told, and end in what to do when it was not you', () => {
  for (const letter of [confirmLetter, subscribedLetter]) {
    const { html, text } = letter({ masthead: HOSTILE, to: HOSTILE, address: 'https://paper.example.org/x?t=1' });
    assert.doesNotMatch(html, /<script|<img/);
    assert.match(text, /it was not you[^\n]*\n$/);
    assert.match(text, /\nhttps:\/\/paper\.example\.org\/x\?t=1\n/);
  }
});
