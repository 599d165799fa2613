import assert from 'node:assert/strict';
import { silentLog } from '../../src/kernel/log.ts';
import { DEFAULT_WISHES } from '../../src/model/digest.ts';
import type { Mailer } from '../../src/ports/mailer.ts';
import type { SearchIndex } from '../../src/ports/search-index.ts';
import { fillOutbox, type OutboxDeps, sendDue } from '../../src/services/outbox.ts';
import type { Store } from '../../src/store/store.ts';

const HOUR_MS = 3_600_000;
export const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Niue',
] as const;
/** Two days each, around every change of the clocks that these zones have in 2026: of an hour, and of half an hour. */
const CHANGES = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];

/** Mulberry32. */
const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

const localTime = new Map(
  ZONES.map((zone) => [
    zone,
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }),
  ]),
);

/**
 * Lets subscribers of five zones and all hours live through every change of the clocks, with two processes that send, on a
 * clock that is wrong by up to two hours now and then. Asserts that each has exactly one mail a local day; returns how many were sent.
 */
export const liveThrough = async (
  store: Store,
  { subscribers, seed = 1 }: { readonly subscribers: number; readonly seed?: number },
): Promise<number> => {
  const random = randomFrom(seed);
  let now = Date.parse('2026-03-07T00:00:00Z');
  let wrong = 0;
  const clock = { now: () => now + wrong };
  const who = Array.from({ length: subscribers }, (_, n) => ({
    id: `s${n}`,
    zone: ZONES[n % ZONES.length] ?? 'Europe/Berlin',
    hour: Math.floor(n / ZONES.length) % 24,
  }));
  for (const { id, zone, hour } of who)
    await store.subscriptions.create({
      ...DEFAULT_WISHES,
      id,
      zone,
      hour,
      parts: ['trending'],
      whenEmpty: 'note',
      address: `${id}@example.org`,
      reader: null,
      state: 'active',
      createdAt: now,
      confirmedAt: now,
      nextAt: now,
      secret: id,
    });
  const sent = new Map<string, number>();
  const send: Mailer['send'] = async ({ to, subject }) => {
    await Promise.resolve();
    const mail = `${to.split('@')[0]} ${subject}`;
    sent.set(mail, (sent.get(mail) ?? 0) + 1);
  };
  const mailer: Mailer = { id: 'kept', send, run: () => ({ send, [Symbol.dispose]: () => {} }), check: async () => {} };
  const deps: OutboxDeps = {
    store,
    clock,
    log: silentLog,
    index: {} as SearchIndex,
    embedder: null,
    config: { masthead: 'Broadsheet', publicUrl: 'https://example.org', mailFrom: '', mailPerMinute: {} },
    replies: async () => [],
  };
  const worker = async (owner: string): Promise<void> => {
    await fillOutbox(deps);
    const render = ({ localDay }: { readonly localDay: string }) => ({ subject: localDay, html: '', text: '' });
    await sendDue(deps, { mailer, owner, render });
  };
  const expected = new Set<string>();
  for (const change of CHANGES) {
    const [from, to] = [Date.parse(change) - 24 * HOUR_MS, Date.parse(change) + 48 * HOUR_MS];
    for (now = from; now < to; now += HOUR_MS) {
      wrong = random() < 0.2 ? Math.round((random() - 0.5) * 4 * HOUR_MS) : 0;
      // Whoever has reached their hour of a local day well inside has the mail of that day in the end.
      if (now > from + 12 * HOUR_MS && now < to - 6 * HOUR_MS)
        for (const { id, zone, hour } of who.slice(0, 24 * ZONES.length)) {
          const [day = '', time = ''] = (localTime.get(zone)?.format(now) ?? '').split(' ');
          if (Number(time.slice(0, 2)) === hour) expected.add(`${id} ${day}`);
        }
      await Promise.all([worker('one'), worker('two')]);
    }
    wrong = 0;
    await worker('one');
  }
  for (const [mail, times] of sent) assert.equal(times, 1, `${mail} came ${times} times`);
  for (const mail of expected) assert.ok(sent.has(mail), `${mail} is missing`);
  // The subscribers beyond the first of each zone and hour live as those do.
  const daysOf = Map.groupBy(sent.keys(), (mail) => mail.split(' ')[0] ?? '');
  const first = 24 * ZONES.length;
  for (let n = first; n < subscribers; n++) {
    const days = (id: number) => (daysOf.get(`s${id}`) ?? []).map((mail) => mail.split(' ')[1]).sort();
    assert.deepEqual(days(n), days(n % first), `s${n}`);
  }
  assert.ok(expected.size > Math.min(subscribers, first) * CHANGES.length);
  const { waiting } = await store.outbox.counts();
  assert.equal(waiting, 0);
  return sent.size;
};
