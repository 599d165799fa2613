import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftOf } from '../../test/support/drafts.ts';
import { scriptedSource } from '../../test/support/scripted-source.ts';
import { fixedClock } from '../kernel/clock.ts';
import type { Entry, Source } from '../ports/source.ts';
import { openStore } from '../store/open.ts';
import { replay } from './replay.ts';

const clock = fixedClock('2026-11-22T06:00:00Z');

/** Reads `{"id", "title"}`; the old parser did not know titles in capitals, the new one does. */
const reader = (better: boolean): Source => ({
  ...scriptedSource({ pages: 1, size: 1 }).source,
  async *parse(bytes): AsyncGenerator<Entry> {
    const raw = Buffer.concat(await Array.fromAsync(bytes)).toString('utf8');
    const { id, title } = JSON.parse(raw) as { id: string; title: string };
    const place = { line: 1, position: 1, raw };
    if (title === title.toUpperCase() && !better) yield { ...place, kind: 'rejected', reason: 'the title shouts' };
    else
      yield { ...place, kind: 'paper', draft: draftOf(id, { title: better ? `${title}.` : title, titleRaw: title }) };
  },
});

test('a better parser is a replay: all that was kept is read again, what was rejected too', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const old = reader(false);
  const raws = ['2611.00001', '2611.00002'].map((id) => JSON.stringify({ id, title: `On ${id}` }));
  const shouting = JSON.stringify({ id: '2611.00003', title: 'LOUD' });
  await store.papers.save(
    ['2611.00001', '2611.00002'].map((id, i) => ({ source: old.id, draft: draftOf(id), raw: raws[i] ?? '' })),
    {
      now: clock.now(),
      rejections: [{ source: old.id, day: null, category: null, reason: 'the title shouts', raw: shouting }],
    },
  );
  const deps = { store, clock, sources: [reader(true)] };
  const first = await replay(deps, { source: old.id });
  assert.ok(first.ok, first.ok ? '' : first.message);
  assert.deepEqual(
    { ...first.value, seconds: 0 },
    { source: old.id, read: 3, new: 1, changed: 2, same: 0, gone: 0, unread: 0, seconds: 0 },
  );
  const titles = (await Array.fromAsync(store.papers.all())).map(({ title }) => title);
  assert.deepEqual(titles, ['On 2611.00001.', 'On 2611.00002.', 'LOUD.']);
  assert.deepEqual(await store.ledger.rejections({ limit: 9 }), []);
  const days = await store.ledger.days({ first: '2000-01-01', last: '2100-01-01' });
  assert.deepEqual(
    days.map(({ ingested, rejected }) => [ingested, rejected]),
    [[3, 0]],
  );
  const again = await replay(deps, { source: old.id });
  assert.ok(again.ok);
  assert.deepEqual([again.value.new, again.value.changed], [0, 0]);
});

test('records that cannot be read now either are counted; where none can, and for an unknown source, that is told', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const source = reader(false);
  const keep = (id: string, title: string) =>
    store.papers.save([{ source: source.id, draft: draftOf(id), raw: JSON.stringify({ id, title }) }], {
      now: clock.now(),
    });
  await keep('2611.00009', 'X');
  const none = await replay({ store, clock, sources: [source] }, { source: source.id });
  assert.deepEqual(none, {
    ok: false,
    code: 'bad-input',
    message:
      'None of the 1 records kept of scripted can be read by itself: bring its files in again with broadsheet import --restart.',
  });
  await keep('2611.00010', 'On 2611.00010');
  const done = await replay({ store, clock, sources: [source] }, { source: source.id });
  assert.ok(done.ok);
  assert.deepEqual([done.value.read, done.value.unread], [2, 1]);
  const unknown = await replay({ store, clock, sources: [source] }, { source: 'gazette' });
  assert.ok(!unknown.ok && unknown.code === 'bad-usage');
});

test('of what was said of a paper again and again, the last stands', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const source = reader(false);
  const wordings = Array.from({ length: 8 }, (_, i) => `Wording ${i}`);
  for (const [i, title] of wordings.entries()) {
    const raw = JSON.stringify({ id: '2611.00001', title });
    const draft = draftOf('2611.00001', { title, titleRaw: title });
    await store.papers.save([{ source: source.id, draft, raw }], { now: clock.now() + i });
  }
  const done = await replay({ store, clock, sources: [reader(true)] }, { source: source.id });
  assert.ok(done.ok);
  assert.deepEqual([done.value.read, done.value.changed], [1, 1]);
  assert.equal((await store.papers.get('arxiv:2611.00001'))?.title, 'Wording 7.');
});

test('one process at a time', async () => {
  await using store = await openStore('sqlite::memory:');
  await store.migrate();
  const source = reader(false);
  await store.jobs.enqueue({ kind: 'replay:scripted', key: 'replay:scripted', payload: '', at: clock.now() });
  assert.ok(await store.jobs.claim('replay:scripted', { owner: 'other', now: clock.now(), leaseMs: 10_000 }));
  const refused = await replay({ store, clock, sources: [source] }, { source: source.id });
  assert.ok(!refused.ok && refused.code === 'busy');
});
