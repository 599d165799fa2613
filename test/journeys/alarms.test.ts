import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepAlarms, raiseAlarms } from '../../src/jobs/alarms.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { Fault } from '../../src/kernel/errors.ts';
import { silentLog } from '../../src/kernel/log.ts';
import type { Letter, Mailer } from '../../src/ports/mailer.ts';
import { openSite } from '../support/app.ts';
import { fillLedger, WIRED } from '../support/ledger.ts';

const DAY_MS = 86_400_000;

/** A site with two alarms (stale, failing) and a mailer that keeps letters, or refuses them while `down`. */
const alarmed = async () => {
  let now = Date.parse('2026-11-22T09:00:00Z');
  const clock: Clock = { now: () => now };
  const site = await openSite({
    firstEdition: false,
    sources: WIRED,
    clock,
    env: { BROADSHEET_OPERATOR_MAIL: 'operator@example.org', BROADSHEET_PUBLIC_URL: 'https://papers.example.org' },
  });
  await fillLedger(site.app.store, { now });
  const letters: Letter[] = [];
  const state = { down: false };
  const mailer: Mailer = {
    id: 'kept',
    check: async () => {},
    async send(letter) {
      await Promise.resolve();
      if (state.down) throw new Fault('mail-unavailable', 'The mail server is down.');
      letters.push(letter);
    },
    run: () => ({ send: mailer.send, [Symbol.dispose]: () => {} }),
  };
  const warnings: string[] = [];
  const app = {
    ...site.app,
    mailer,
    log: { ...silentLog, warn: (_: object, says: string) => void warnings.push(says) },
  };
  return {
    app,
    letters,
    warnings,
    state,
    pass: (ms: number) => {
      now += ms;
    },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
};

test('each alarm is mailed once a day and logged once a day, whoever looks and however often', async () => {
  await using world = await alarmed();
  const [mine, theirs] = [new Set<string>(), new Set<string>()];
  for (let turn = 0; turn < 3; turn += 1)
    await Promise.all([raiseAlarms(world.app, mine, 'one'), raiseAlarms(world.app, theirs, 'other')]);
  assert.deepEqual(world.letters.map(({ messageId }) => messageId).sort(), [
    'alarm-failing-hf-daily-2026-11-22@papers.example.org',
    'alarm-stale-hf-daily-2026-11-22@papers.example.org',
  ]);
  assert.equal(world.warnings.length, 4, 'two alarms, two processes');
  assert.ok(world.letters.every(({ to }) => to === 'operator@example.org'));
  assert.match(world.letters[0]?.text ?? '', /https:\/\/papers\.example\.org\/ledger/);
  await raiseAlarms(world.app, new Set(), 'after a restart');
  assert.equal(world.letters.length, 2);
  world.pass(DAY_MS);
  await raiseAlarms(world.app, mine, 'one');
  const tomorrow = world.letters.map(({ messageId }) => messageId).filter((id) => id.includes('2026-11-23'));
  assert.ok(tomorrow.length >= 2);
  assert.equal(new Set(world.letters.map(({ messageId }) => messageId)).size, world.letters.length);
});

test('a letter that was not taken is sent later, once', async () => {
  await using world = await alarmed();
  world.state.down = true;
  await raiseAlarms(world.app, new Set(), 'one');
  assert.equal(world.letters.length, 0);
  assert.ok(world.warnings.some((says) => says.includes('could not be mailed')));
  world.state.down = false;
  for (let turn = 0; turn < 3; turn += 1) {
    world.pass(6 * 60_000);
    await raiseAlarms(world.app, new Set(), 'one');
  }
  assert.equal(world.letters.length, 2);
});

test('without an address or a mailer nothing is queued', async () => {
  await using world = await alarmed();
  await raiseAlarms({ ...world.app, mailer: null }, new Set(), 'one');
  assert.equal(
    await world.app.store.jobs.claim('alarm-mail', { owner: 'x', now: world.app.clock.now(), leaseMs: 1 }),
    null,
  );
  assert.ok(world.warnings.length > 0, 'it is still logged');
});

test('looking after the wires ends when it is told to', async () => {
  await using world = await alarmed();
  const stop = new AbortController();
  const kept = keepAlarms(world.app, { signal: stop.signal });
  while (world.letters.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await kept;
});
