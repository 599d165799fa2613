import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_WISHES, type DigestPlan, type Subscription } from '../../../src/model/digest.ts';
import type { Store } from '../../../src/store/store.ts';

const one = (id: string, change: Partial<Subscription> = {}): Subscription => ({
  ...DEFAULT_WISHES,
  id,
  address: `${id}@Example.org`,
  reader: null,
  state: 'active',
  createdAt: 1,
  confirmedAt: 2,
  nextAt: 1_000,
  secret: `secret of ${id}`,
  ...change,
});

const PLAN: DigestPlan = {
  edition: { date: '2026-04-20', number: 7 },
  parts: [{ part: 'trending', entries: [{ paperId: 'arxiv:1', reasons: ['“why” 🗞'] }] }],
  changes: [],
  replies: [],
  watched: [{ paperId: 'arxiv:2', version: 3, withdrawn: true, code: false }],
  search: null,
};

const row = (subscription: Subscription, localDay = '2026-04-20', nextAt: number | null = 2_000) => ({
  subscription,
  row: { localDay, about: '', messageId: `${subscription.id}.${localDay}@example.org` },
  nextAt,
});
const wish = { owner: 'a', now: 1_000, leaseMs: 100, limit: 10, without: [] };

/** The morning mail: subscriptions, the outbox, what was sent, what came back. */
export const digests = (open: () => Promise<Store>): void => {
  test('a subscription is one an address, however it is written, and one a reader', async () => {
    await using store = await open();
    const ada = one('ada', { reader: 'r1' });
    assert.deepEqual(await store.subscriptions.create(ada), ada);
    assert.equal(await store.subscriptions.create(one('other', { address: ' ADA@example.ORG ' })), null);
    assert.equal(await store.subscriptions.create(one('third', { reader: 'r1' })), null);
    assert.deepEqual(await store.subscriptions.byAddress('ada@example.org'), ada);
    assert.deepEqual(await store.subscriptions.byReader('r1'), ada);
    const bo = one('bo');
    await store.subscriptions.create(bo);
    assert.equal(await store.subscriptions.change('bo', { address: 'Ada@example.org' }), null);
    assert.equal(await store.subscriptions.change('bo', { reader: 'r1' }), null);
    assert.equal(await store.subscriptions.change('nobody', { state: 'ended' }), null);
    const changed = { ...bo, state: 'paused', hour: 23, parts: ['trending'] } as const;
    assert.deepEqual(
      await store.subscriptions.change('bo', { state: 'paused', hour: 23, parts: ['trending'] }),
      changed,
    );
    assert.deepEqual(await store.subscriptions.get('bo'), changed);
    assert.deepEqual(await store.subscriptions.counts(), { active: 1, paused: 1, bounced: 0, ended: 0 });
  });

  test('those are looked at who are active and due, or whose time a wrong clock set', async () => {
    await using store = await open();
    const all = [one('a'), one('b', { nextAt: 900 }), one('late', { nextAt: 5_000 }), one('p', { state: 'paused' })];
    for (const each of [...all, one('far', { nextAt: 1_000 + 40 * 86_400_000 })])
      await store.subscriptions.create(each);
    const due = await store.subscriptions.due({ now: 1_000, limit: 9 });
    assert.deepEqual(
      due.map(({ id }) => id),
      ['b', 'a', 'far'],
    );
  });

  test('a local day has one row, whoever fills it however often', async () => {
    await using store = await open();
    const ada = one('ada');
    await store.subscriptions.create(ada);
    const filled = await Promise.all([1, 2, 3].map(() => store.outbox.fill([row(ada)], 1_000)));
    assert.deepEqual(filled.toSorted(), [0, 0, 1]);
    assert.equal((await store.subscriptions.get('ada'))?.nextAt, 2_000);
    assert.equal(await store.outbox.fill([row({ ...ada, nextAt: 2_000 })], 1_500), 0);
    await store.outbox.fill([row(ada, '2026-04-21', 9_000)], 1_000);
    assert.equal((await store.subscriptions.get('ada'))?.nextAt, 2_000, 'who changed the hour meanwhile keeps it');
    assert.equal((await store.outbox.of('ada', 9)).length, 2);
  });

  test('a row is leased by one at a time, and again when the lease is over', async () => {
    await using store = await open();
    const all = Array.from({ length: 30 }, (_, i) => one(`s${i}`));
    for (const each of all) await store.subscriptions.create(each);
    await store.outbox.fill(
      all.map((each) => row(each)),
      1_000,
    );
    const leases = await Promise.all(['a', 'b', 'c'].map((owner) => store.outbox.lease({ ...wish, owner, limit: 30 })));
    const taken = leases.flat().map((leased) => leased.row.id);
    assert.equal(new Set(taken).size, taken.length, 'none is held twice');
    assert.equal(taken.length, 30);
    assert.deepEqual(await store.outbox.lease({ ...wish, now: 1_099 }), []);
    assert.equal((await store.outbox.lease({ ...wish, now: 1_100, limit: 50 })).length, 30);
  });

  test('what was composed is kept by who holds it; what was sent is sent', async () => {
    await using store = await open();
    const ada = one('ada');
    await store.subscriptions.create(ada);
    await store.outbox.fill([row(ada)], 1_000);
    const [leased] = await store.outbox.lease(wish);
    assert.ok(leased);
    assert.deepEqual([leased.subscription.id, leased.row.plan, leased.row.attempts], ['ada', null, 0]);
    const { id } = leased.row;
    const lease = { now: 1_050, leaseMs: 100 };
    assert.deepEqual(await store.outbox.composed('b', [{ id, plan: PLAN }], lease), new Set());
    assert.deepEqual(await store.outbox.composed('a', [{ id, plan: PLAN }], lease), new Set([id]));
    assert.deepEqual(
      await store.outbox.lease({ ...wish, owner: 'b', now: 1_120 }),
      [],
      'composing makes the lease longer',
    );
    assert.deepEqual((await store.outbox.get(id))?.plan, PLAN);
    await store.outbox.giveBack('a', [{ id, at: 1_200, error: 'The server is down.' }]);
    assert.deepEqual(await store.outbox.lease({ ...wish, now: 1_199 }), []);
    const [again] = await store.outbox.lease({ ...wish, owner: 'b', now: 1_200 });
    assert.deepEqual([again?.row.attempts, again?.row.error, again?.row.plan], [1, 'The server is down.', PLAN]);
    const settled = { id, at: 1_210, papers: ['arxiv:1', 'x'.repeat(300)], watched: PLAN.watched };
    await store.outbox.settle([{ ...settled, state: 'sent' }]);
    await store.outbox.settle([{ ...settled, state: 'sent' }]);
    await store.outbox.settle([{ ...settled, state: 'failed', at: 9_999 }]);
    await store.outbox.giveBack('b', [{ id, at: 1, error: null }]);
    const sent = await store.outbox.get(id);
    assert.deepEqual([sent?.state, sent?.sentAt], ['sent', 1_210]);
    assert.deepEqual(
      await store.outbox.sent('ada', ['arxiv:1', 'arxiv:9', 'x'.repeat(300)]),
      new Set(['arxiv:1', 'x'.repeat(300)]),
    );
    assert.deepEqual(await store.outbox.sent('bo', ['arxiv:1']), new Set());
    assert.deepEqual(
      await store.outbox.watched('ada'),
      new Map([['arxiv:2', { version: 3, withdrawn: true, code: false }]]),
    );
    assert.deepEqual(await store.outbox.lease({ ...wish, now: 99_999 }), []);
    assert.deepEqual(await store.outbox.counts(), { waiting: 0, sent: 1, empty: 0, failed: 0, dropped: 0 });
    await store.outbox.sweep(1_211);
    assert.equal((await store.outbox.get(id))?.plan, null);
    await store.subscriptions.forget('ada');
    assert.equal(await store.outbox.get(id), null);
    assert.deepEqual(await store.outbox.sent('ada', ['arxiv:1']), new Set());
  });

  test('what was sent to an address alone is forgotten when it is old, but for what is to be kept; what readers were sent never', async () => {
    await using store = await open();
    const people = [one('ada'), one('bo', { reader: 'r1' }), one('cy')];
    for (const each of people) await store.subscriptions.create(each);
    const days = ['2026-04-20', '2026-04-21'];
    for (const [n, day] of days.entries()) {
      await store.outbox.fill(
        people.map((each) => row(each, day)),
        n,
      );
      const due = await store.outbox.lease({ ...wish, now: 1_000 + n, limit: 3 });
      await store.outbox.settle(
        due.map(({ row: { id } }) => ({
          id,
          state: 'sent',
          at: 100 + n,
          papers: Array.from({ length: 600 }, (_, at) => `${day}:${at}`),
          watched: [],
        })),
      );
    }
    const asked = ['2026-04-20:0', '2026-04-20:599', '2026-04-21:0'];
    assert.equal(await store.outbox.sweepSent({ before: 100, keep: [] }), 0);
    assert.equal(await store.outbox.sweepSent({ before: 101, keep: ['2026-04-20:599'] }), 2 * 599);
    for (const id of ['ada', 'cy']) assert.deepEqual(await store.outbox.sent(id, asked), new Set(asked.slice(1)));
    assert.deepEqual(await store.outbox.sent('bo', asked), new Set(asked));
    assert.equal(await store.outbox.sweepSent({ before: 101, keep: ['2026-04-20:599'] }), 0);
  });

  test('what did not go is told of with why, what was given up first; what was settled is counted from a time on', async () => {
    await using store = await open();
    const all = ['a', 'b', 'c', 'd'].map((id) => one(id));
    for (const each of all) await store.subscriptions.create(each);
    await store.outbox.fill(
      all.map((each) => row(each)),
      1_000,
    );
    const ids = new Map(
      (await store.outbox.lease(wish)).map(({ row: { id }, subscription }) => [subscription.id, id] as const),
    );
    const settled = (id: string) => ({ id: ids.get(id) ?? '', papers: [], watched: [] });
    assert.deepEqual(await store.outbox.troubles(9), []);
    await store.outbox.settle([
      { ...settled('a'), state: 'sent', at: 1_500 },
      { ...settled('b'), state: 'failed', at: 1_600, error: 'No such “box”.' },
      { ...settled('d'), state: 'failed', at: 1_700, error: 'Refused.' },
    ]);
    await store.outbox.giveBack('a', [{ id: ids.get('c') ?? '', at: 9_000, error: 'Later.' }]);
    const trouble = { localDay: '2026-04-20', attempts: 0 };
    const told = [
      { ...trouble, state: 'failed', address: 'd@Example.org', at: 1_700, error: 'Refused.' },
      { ...trouble, state: 'failed', address: 'b@Example.org', at: 1_600, error: 'No such “box”.' },
      { ...trouble, state: 'waiting', address: 'c@Example.org', attempts: 1, at: 9_000, error: 'Later.' },
    ];
    assert.deepEqual(await store.outbox.troubles(9), told);
    assert.deepEqual(await store.outbox.troubles(2), told.slice(0, 2));
    const none = { waiting: 0, sent: 0, empty: 0, failed: 0, dropped: 0 };
    assert.deepEqual(await store.outbox.counts(1_500), { ...none, sent: 1, failed: 2 });
    assert.deepEqual(await store.outbox.counts(1_501), { ...none, failed: 2 });
    assert.deepEqual(await store.outbox.counts(), { ...none, sent: 1, failed: 2, waiting: 1 });
  });

  test('domains that take nothing now are left out', async () => {
    await using store = await open();
    const all = [one('a'), one('b', { address: 'b@Slow.example' })];
    for (const each of all) await store.subscriptions.create(each);
    await store.outbox.fill(
      all.map((each) => row(each)),
      1_000,
    );
    const leased = await store.outbox.lease({ ...wish, without: ['slow.example'] });
    assert.deepEqual(
      leased.map(({ subscription }) => subscription.id),
      ['a'],
    );
  });

  test('a mail that came back is known by its Message-ID, and counted once', async () => {
    await using store = await open();
    const ada = one('ada');
    await store.subscriptions.create(ada);
    await store.outbox.fill([row(ada)], 1_000);
    const bounce = {
      kind: 'soft',
      messageId: 'ada.2026-04-20@example.org',
      status: '4.2.2',
      says: 'Full',
      at: 50,
    } as const;
    assert.equal(await store.bounces.record({ ...bounce, messageId: 'guessed@example.org' }), null);
    assert.equal((await store.bounces.record(bounce))?.subscriptionId, 'ada');
    assert.equal(await store.bounces.record({ ...bounce, at: 60 }), null);
    assert.deepEqual(await store.bounces.of('ada', 50), [bounce]);
    assert.deepEqual(await store.bounces.of('ada', 51), []);
    const suppressed = { address: 'ADA@example.org', why: 'hard', says: 'Nobody', at: 9 } as const;
    await store.suppressions.put(suppressed);
    assert.deepEqual(await store.suppressions.get('ada@EXAMPLE.org'), { ...suppressed, address: 'ada@example.org' });
    assert.equal(await store.suppressions.count(), 1);
    await store.suppressions.remove('Ada@example.org');
    assert.equal(await store.suppressions.get('ada@example.org'), null);
  });

  test('searches that are told of at once are read page by page', async () => {
    await using store = await open();
    const alert = (reader: string, searchId: string, way: 'mail' | 'digest') => ({ reader, searchId, way, toldAt: 5 });
    const all = [alert('a', '1', 'mail'), alert('a', '2', 'digest'), alert('a', '3', 'mail'), alert('b', '1', 'mail')];
    for (const each of all.toReversed()) await store.searchAlerts.put(each);
    const first = await store.searchAlerts.atOnce({ after: null, limit: 2 });
    assert.deepEqual(first, [all[0], all[2]]);
    assert.deepEqual(await store.searchAlerts.atOnce({ after: first[1] ?? null, limit: 2 }), [all[3]]);
    await store.searchAlerts.put({ ...alert('a', '1', 'digest'), toldAt: 9 });
    assert.deepEqual(await store.searchAlerts.get('a', '1'), { ...alert('a', '1', 'digest'), toldAt: 9 });
    assert.equal((await store.searchAlerts.of('a')).length, 3);
  });
};
