import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerSamples } from '../../test/support/ledger-samples.ts';
import { sampleFrame } from '../../test/support/papers.ts';
import type { AdminPage } from '../model/admin-page.ts';
import { adminView } from './admin.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>`;
const NOW = Date.parse('2026-11-22T09:00:00Z');
const NO_MAIL = { waiting: 0, sent: 0, empty: 0, failed: 0, dropped: 0 } as const;

const pageWith = (text: string, change: Partial<AdminPage> = {}): AdminPage => ({
  now: NOW,
  users: {
    q: text,
    accounts: [
      {
        id: text,
        handle: text,
        name: text,
        role: 'reader',
        createdAt: NOW,
        email: text,
        disabledAt: NOW,
        disabledWhy: text,
        leavingAt: null,
        leftAt: null,
      },
    ],
    total: 120,
    page: 2,
    pages: 3,
  },
  queue: { letters: 1, rings: 2, submissions: 0, claims: 1 },
  sources: ledgerSamples(text).sources,
  jobs: [{ kind: text, key: `${text}2`, dueAt: NOW + 60_000, leaseUntil: 0, attempts: 2, error: text }],
  nextEdition: { day: '2026-11-23', at: NOW + 3_600_000 },
  today: [{ id: text, title: text, announced: 3, ingested: 2, rejected: 1 }],
  mail: {
    by: text,
    subscriptions: { active: 1, paused: 0, bounced: 0, ended: 0 },
    outbox: NO_MAIL,
    lately: NO_MAIL,
    suppressed: 0,
    troubles: [{ state: 'failed', address: text, localDay: '2026-11-22', at: NOW, attempts: 1, error: text }],
  },
  reading: { first: { read: 4, total: 10 }, second: null },
  labs: {
    total: 2,
    runs: [{ lab: text, title: text, version: 1, preset: text, seeds: 3, ranAt: NOW, current: true }],
  },
  health: [{ what: 'index', state: 'ill', says: text, mend: text, code: 'index-unavailable' }],
  settings: [{ name: text, value: text, from: text, says: text }],
  ...change,
});

const render = (page: AdminPage): string =>
  adminView(page, {
    ...sampleFrame(),
    reader: { id: 'o', handle: 'o', name: 'O', role: 'operator', createdAt: 0 },
  });

test('what comes from elsewhere stands on the operator’s page as text', () => {
  const html = render(pageWith(HOSTILE));
  assert.ok(html.includes('&lt;script&gt;alert(1)'));
  assert.doesNotMatch(html, /<script>alert|<img src=x/);
});

test('both ways of reading show how far they are, and whether anyone reads', () => {
  const second = { model: 'm@1', embedded: 25, total: 100, perSecond: null, etaSeconds: null };
  const part = (reading: AdminPage['reading']): string =>
    /<section[^>]*"reading">([\s\S]*?)<\/section>/.exec(render(pageWith('x', { reading })))?.[1] ?? '';
  const slow = part({ first: { read: 4, total: 10 }, second });
  assert.match(slow, /<progress aria-label="Read by the table" max="10" value="4">/);
  assert.match(slow, /<progress aria-label="Read by the model" max="100" value="25">/);
  assert.match(slow, /nobody reads at the moment/);
  const busy = part({ first: { read: 10, total: 10 }, second: { ...second, perSecond: 5, etaSeconds: 15 } });
  assert.equal(busy.match(/<progress/g)?.length, 1);
  assert.match(busy, /25 of 100 papers, 5\.0\/s/);
  assert.doesNotMatch(busy, /nobody reads/);
  const done = part({ first: { read: 10, total: 10 }, second: { ...second, embedded: 100 } });
  assert.doesNotMatch(done, /<progress|nobody reads/);
  assert.match(part({ first: null, second: null }), /does not answer[\s\S]*None reads here/);
});
