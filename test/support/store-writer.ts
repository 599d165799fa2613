import { openStore } from '../../src/store/open.ts';
import { batchOf } from './drafts.ts';

/** A process of its own: saves batches with their cursor and says after each how far it is. Arguments: URL, papers. */
const [url = '', papers = '0'] = process.argv.slice(2);
await using store = await openStore(url);
await store.migrate();
const edition = { date: '2026-04-20', source: 'daily-page' };
for (let at = (await store.cursors.get('writer'))?.position ?? 0; at < Number(papers); at += 10) {
  await store.papers.save(batchOf(at, 10), {
    now: 0,
    edition,
    cursor: { name: 'writer', position: at + 10, note: null },
  });
  process.stdout.write(`${at + 10}\n`);
}
