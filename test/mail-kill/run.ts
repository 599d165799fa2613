/**
 * Two processes send digests to a mail server that keeps what it is handed, and are killed with SIGKILL again and again:
 * `npm run test:mail-kill -- --kills 50`. In the end every subscriber has the mail of the day; no more came twice than were under
 * way when a process died, and those under the same Message-ID.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApp } from '../../src/app.ts';
import { HOME, readConfig } from '../../src/config.ts';
import { fixedClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { DEFAULT_WISHES } from '../../src/model/digest.ts';
import { importFirstEdition } from '../../src/services/first-edition.ts';
import { openStore } from '../../src/store/open.ts';
import { startMailServer } from '../support/mail-server.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    subscribers: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    database: { type: 'string' },
  },
});
const [kills, subscribers] = [Number(values.kills), Number(values.subscribers)];
assert.ok(Number.isInteger(kills) && kills > 0, '--kills is how many times to kill');
const WORKERS = 2;
const IN_FLIGHT = 10;
const LEASE_MS = 1_500;
const NOW = Date.parse('2026-04-21T07:00:00Z');

/** Mulberry32, so that a run can be had again by its seed. */
const random = ((seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
})(Number(values.seed));

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-mail-kill-'));
const database = values.database ?? `sqlite:${join(folder, 'broadsheet.db')}`;
/** Who has what: Message-IDs by address, one entry a mail. */
const received = new Map<string, string[]>();
let held = 0;
await using server = await startMailServer({
  onData(stream, { envelope }, done) {
    let raw = '';
    stream.on('data', (chunk: Buffer) => (raw += chunk.toString('latin1')));
    stream.on('end', async () => {
      held++;
      // As slow as mail servers are, so that many are under way when a process dies.
      await sleep(random() * 20);
      held--;
      const id = /^Message-ID: <([^>]+)>/im.exec(raw)?.[1] ?? '';
      for (const { address } of envelope.rcptTo) received.set(address, [...(received.get(address) ?? []), id]);
      done();
    });
  },
});

const start = (): ChildProcess =>
  fork(
    join(import.meta.dirname, 'worker.ts'),
    [database, server.url, String(NOW), String(LEASE_MS), String(IN_FLIGHT)],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );

try {
  {
    const env = { BROADSHEET_DATA_DIR: folder, BROADSHEET_DATABASE_URL: database, BROADSHEET_EMBED: 'off' };
    await using app = await createApp(readConfig(env), { clock: fixedClock('2026-04-21T05:00:00Z'), log: silentLog });
    const taken = await importFirstEdition(app, { file: join(HOME, 'assets/first-edition/daily-papers-page.txt') });
    assert.ok(taken?.ok);
    for (let n = 0; n < subscribers; n++)
      await app.store.subscriptions.create({
        ...DEFAULT_WISHES,
        papers: 5,
        parts: ['trending'],
        id: `s${n}`,
        address: `reader${n}@example.org`,
        reader: null,
        state: 'active',
        createdAt: 1,
        confirmedAt: 1,
        nextAt: Date.parse('2026-04-21T06:00:00Z'),
        secret: `secret ${n}`,
      });
  }
  console.log(`${subscribers} subscribers, ${WORKERS} workers, ${kills} kills, seed ${values.seed}`);
  const began = performance.now();
  let [killed, bound, idle] = [0, 0, 0];
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (killed < kills) {
        const child = start();
        const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        await new Promise<void>((resolve) => child.once('message', () => resolve()));
        // Now before it has sent any, mostly while it does.
        const [from, more, until] = [received.size, random() * 60, Date.now() + 1_000 + random() * 3_000];
        while (received.size < from + more && Date.now() < until && child.exitCode === null) await sleep(random() * 8);
        const under = held;
        if (!child.kill('SIGKILL')) {
          idle++;
          break;
        }
        killed++;
        bound += IN_FLIGHT;
        await ended;
        if (killed % 10 === 0)
          console.log(`killed ${killed} times, ${received.size} readers have their mail, ${under} were under way`);
      }
    }),
  );
  const last = Array.from({ length: WORKERS }, start);
  await Promise.all(last.map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve()))));
  const missed = subscribers - received.size;
  const twice = [...received.values()].reduce((sum, ids) => sum + ids.length - 1, 0);
  const unlike = [...received.values()].filter((ids) => new Set(ids).size !== 1).length;
  await using store = await openStore(database);
  const { sent, waiting, failed } = await store.outbox.counts();
  console.log(
    `${killed} kills in ${Math.round((performance.now() - began) / 1000)} s: ${missed} missed, ${twice} came twice (at most ${bound} were under way), ${unlike} of those under another Message-ID`,
  );
  assert.equal(idle, 0, 'the work ended before the kills: give more subscribers');
  assert.equal(missed, 0);
  assert.equal(unlike, 0);
  assert.ok(twice <= bound, `${twice} came twice`);
  assert.deepEqual([sent, waiting, failed], [subscribers, 0, 0]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
