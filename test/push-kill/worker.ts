/** One who sends notifications until killed, or until none are left: `worker.ts DATABASE HOST LEASE_MS`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/kernel/clock.ts';
import { silentLog } from '../../src/kernel/log.ts';
import { pushSender } from '../../src/services/push-send.ts';
import { openStore } from '../../src/store/open.ts';

const [, , database = '', host = '', leaseMs = ''] = process.argv;
await using store = await openStore(database);
const config = { fetchAllow: [host], contact: '', publicUrl: '' };
const sender = pushSender({ store, clock: systemClock, log: silentLog, config });
process.send?.('ready');
while ((await store.pushOutbox.counts()).waiting > 0) {
  await sender.send({ owner: `worker ${process.pid}`, leaseMs: Number(leaseMs) });
  await sleep(50);
}
process.disconnect?.();
