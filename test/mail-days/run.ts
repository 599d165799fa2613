/**
 * Ten thousand subscribers in five time zones live through every change of the clocks of a year, on a clock of our own:
 * `npm run test:mail-days -- --subscribers 10000`. Each has exactly one digest a local day.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../../src/store/open.ts';
import { liveThrough } from '../support/mail-days.ts';

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '10000' },
    database: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'broadsheet-mail-days-'));
try {
  await using store = await openStore(values.database ?? `sqlite:${join(folder, 'broadsheet.db')}`);
  await store.migrate();
  const began = performance.now();
  const sent = await liveThrough(store, { subscribers: Number(values.subscribers), seed: Number(values.seed) });
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${values.subscribers} subscribers: ${sent} mails in ${Math.round(seconds)} s, each the only one of its local day; none is missing`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
