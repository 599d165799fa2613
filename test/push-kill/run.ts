/**
 * Two processes hand notifications to a push service that keeps what it is handed, and are killed with SIGKILL again and
 * again: `npm run test:push-kill -- --kills 50`. In the end every device has its notification; no more came twice than were
 * under way when a process died, and those as the same note.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { deviceIdOf } from '../../src/services/push-device.ts';
import { PUSHES_IN_FLIGHT } from '../../src/services/push-send.ts';
import { openStore } from '../../src/store/open.ts';
import { startPushServer } from '../support/push-server.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    devices: { type: 'string', default: '3000' },
    database: { type: 'string' },
  },
});
const [kills, count] = [Number(values.kills), Number(values.devices)];
assert.ok(Number.isInteger(kills) && kills > 0, '--kills is how many times to kill');
const WORKERS = 2;
const LEASE_MS = 3_000;
const LONGEST_LIFE_MS = 1_000;

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-push-kill-'));
const database = values.database ?? `sqlite:${join(folder, 'broadsheet.db')}`;
await using server = await startPushServer();

const start = async (): Promise<{ readonly child: ChildProcess; readonly ended: Promise<void> }> => {
  const args = [database, server.host, String(LEASE_MS)];
  const child = fork(join(import.meta.dirname, 'worker.ts'), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([ended, new Promise<void>((resolve) => child.once('message', () => resolve()))]);
  return { child, ended };
};

try {
  await using store = await openStore(database);
  await store.migrate();
  const devices = Array.from({ length: count }, (_, n) => server.subscribe(`${n}`));
  for (const [n, { subscription }] of devices.entries()) {
    const { endpoint, keys } = subscription;
    const [reader, tag] = [`r${n}`, `tag-${n}`];
    const device = { id: deviceIdOf(endpoint), reader, session: '', endpoint, ...keys, name: '', createdAt: 1 };
    await store.pushDevices.put(device, { most: 1 });
    const note = { title: 'New in “x”', body: 'One', path: '/', tag };
    await store.pushOutbox.fill({ reader, note, papers: ['p'], at: Date.now() });
  }
  console.log(`${count} devices, ${WORKERS} workers, ${kills} kills`);
  let killed = 0;
  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      while (killed < kills) {
        const { child, ended } = await start();
        const [from, until] = [server.messages.length, Date.now() + LONGEST_LIFE_MS];
        const more = Math.random() * 40;
        while (server.messages.length < from + more && Date.now() < until) await sleep(Math.random() * 8);
        assert.ok(child.kill('SIGKILL'), 'the work ended before the kills: give more devices');
        killed++;
        await ended;
        if (killed % 10 === 0) console.log(`killed ${killed} times, ${server.messages.length} messages came`);
      }
    }),
  );
  await Promise.all(Array.from({ length: WORKERS }, async () => (await start()).ended));
  const tags = devices.map((device) => device.notes().map(({ tag }) => tag));
  const missed = tags.filter((all) => all.length === 0).length;
  const again = tags.reduce((sum, all) => sum + Math.max(0, all.length - 1), 0);
  const unlike = tags.filter((all, n) => all.some((tag) => tag !== `tag-${n}`)).length;
  const bound = killed * PUSHES_IN_FLIGHT;
  console.log(`${killed} kills: ${missed} missed, ${again} came again of at most ${bound}, ${unlike} as another note`);
  assert.equal(missed, 0);
  assert.equal(unlike, 0);
  assert.ok(again <= bound);
  assert.deepEqual(await store.pushOutbox.counts(), { waiting: 0, sent: count, failed: 0 });
} finally {
  await rm(folder, { recursive: true, force: true });
}
