/** One who sends digests until killed: `worker.ts DATABASE SMTP NOW LEASE_MS IN_FLIGHT`. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../../src/kernel/log.ts';
import { openMailer } from '../../src/mailers/registry.ts';
import type { SearchIndex } from '../../src/ports/search-index.ts';
import { fillOutbox, type OutboxDeps, sendDue } from '../../src/services/outbox.ts';
import { openStore } from '../../src/store/open.ts';
import { renderDigest } from '../../src/views/digest-mail.ts';

const [, , database = '', mailUrl = '', from = '', leaseMs = '', inFlight = ''] = process.argv;
await using store = await openStore(database);
// Subscribers of the first edition are due at a day of its own time; leases run by the seconds that pass.
const began = Date.now();
const clock = { now: () => Number(from) + Date.now() - began };
const mailer = openMailer({ mailUrl, mailFrom: 'paper@papers.example.org', operatorMail: '' });
assert.ok(mailer);
const unused = new Proxy({} as SearchIndex, {
  get: (_, name) => () => {
    throw new Error(`The index is not asked here, but was for ${String(name)}.`);
  },
});
const deps: OutboxDeps = {
  store,
  clock,
  log: silentLog,
  index: unused,
  embedder: null,
  config: {
    masthead: 'Broadsheet',
    publicUrl: 'https://papers.example.org',
    mailFrom: 'paper@papers.example.org',
    mailPerMinute: {},
  },
  replies: async () => [],
};
process.send?.('ready');
for (;;) {
  await fillOutbox(deps);
  await sendDue(deps, {
    mailer,
    render: renderDigest,
    owner: `worker ${process.pid}`,
    leaseMs: Number(leaseMs),
    inFlight: Number(inFlight),
  });
  const { waiting } = await store.outbox.counts();
  if (waiting === 0) break;
  await sleep(50);
}
process.send?.('done');
process.disconnect?.();
