import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incomingOf } from '../../test/support/drafts.ts';
import type { NewAccounts } from '../kernel/rate-settings.ts';
import type { Reader } from '../model/reader.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { deleteLetter, editLetter, readHistory, readLetter, readLetters, writeLetter } from './letters.ts';

const START = 1_790_000_000_000;
const MINUTE = 60_000;

const readerOf = (id: string, role: Reader['role'] = 'reader'): Reader => ({
  id,
  handle: id,
  name: id,
  role,
  createdAt: 0,
});

interface World extends AsyncDisposable {
  readonly store: Store;
  readonly clock: { now(): number; wait(ms: number): void };
  readonly markdown: { render(text: string): Promise<{ html: string; asWritten: boolean }> };
  readonly config: { readonly newAccounts: NewAccounts };
  readonly paperId: string;
}

const openWorld = async (newAccounts: Partial<NewAccounts> = {}): Promise<World> => {
  const store = await openStore('sqlite::memory:');
  await store.migrate();
  const [saved] = await store.papers.save([incomingOf('2601.00001')], { now: START });
  let now = START;
  return {
    store,
    clock: {
      now: () => now,
      wait: (ms) => {
        now += ms;
      },
    },
    markdown: { render: async (text) => ({ html: `<p>${text}</p>`, asWritten: false }) },
    config: { newAccounts: { hours: 0, letters: 0, submissions: 0, votes: 0, ...newAccounts } },
    paperId: saved?.id ?? '',
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
};

const write = (
  world: World,
  reader: Reader,
  body: string,
  rest: { parentId?: string; key?: string; groupId?: string } = {},
) =>
  writeLetter(world, {
    paperId: world.paperId,
    parentId: rest.parentId ?? null,
    key: rest.key ?? body,
    body,
    reader,
    groupId: rest.groupId ?? null,
  });

test('a reader writes ten letters at once, then one every two minutes; retries, and moderators, are not counted', async () => {
  await using world = await openWorld();
  const ada = readerOf('ada');
  for (let n = 0; n < 10; n++) assert.ok((await write(world, ada, `Letter ${n}`)).ok);
  const refused = { name: 'Fault', code: 'too-many', retryAfter: 120, message: /in 2 minutes/ };
  await assert.rejects(write(world, ada, 'One more'), refused);
  assert.ok((await write(world, ada, 'Letter 3')).ok, 'sent again');
  await assert.rejects(async () => {
    const first = await write(world, ada, 'Letter 0');
    await editLetter(world, { id: first.ok ? first.value.id : '', reader: ada, body: 'Other words' });
  }, refused);
  const gone = await write(world, ada, 'Letter 1');
  await deleteLetter(world, { id: gone.ok ? gone.value.id : '', reader: ada });
  await assert.rejects(write(world, ada, 'One more'), refused);
  world.clock.wait(2 * MINUTE);
  assert.ok((await write(world, ada, 'One more')).ok);
  await assert.rejects(write(world, ada, 'And one'), refused);
  assert.ok((await write(world, readerOf('bo'), 'By another')).ok);
  const mo = readerOf('mo', 'moderator');
  for (let n = 0; n < 40; n++) assert.ok((await write(world, mo, `Note ${n}`)).ok);
});

test('an answer belongs to the paper and the group of the letter it answers', async () => {
  await using world = await openWorld();
  const ada = readerOf('ada');
  const open = await write(world, ada, 'For all');
  const apart = await write(world, ada, 'For the lab', { groupId: 'lab' });
  assert.ok(open.ok && apart.ok);
  assert.ok((await write(world, ada, 'Within', { parentId: apart.value.id, groupId: 'lab' })).ok);
  assert.equal((await write(world, ada, 'Out of it', { parentId: apart.value.id })).ok, false);
  assert.equal((await write(world, ada, 'Into it', { parentId: open.value.id, groupId: 'lab' })).ok, false);
  const [other] = await world.store.papers.save([incomingOf('2601.00002')], { now: START });
  const elsewhere = { paperId: other?.id ?? '', parentId: open.value.id, key: 'k', body: 'x', reader: ada };
  assert.equal((await writeLetter(world, elsewhere)).ok, false);
});

test('letters of a group are on no public page', async () => {
  await using world = await openWorld();
  const ada = readerOf('ada');
  const apart = await write(world, ada, 'For the lab', { groupId: 'lab' });
  assert.ok(apart.ok);
  for (const reader of [ada, null, readerOf('op', 'operator')]) {
    assert.equal((await readLetter(world, { id: apart.value.id, reader })).ok, false);
    assert.equal((await readHistory(world, { id: apart.value.id, reader })).ok, false);
    assert.deepEqual(await readLetters(world, { paperId: world.paperId, reader }), { threads: [], count: 0 });
  }
  assert.equal((await readLetters(world, { paperId: world.paperId, reader: ada, groupId: 'lab' })).count, 1);
});

test('words that are not shown are in nothing that is handed out', async () => {
  await using world = await openWorld();
  const ada = readerOf('ada');
  const letter = await write(world, ada, 'Buy my thing');
  assert.ok(letter.ok);
  const { id } = letter.value;
  await write(world, ada, 'In answer', { parentId: id });
  await world.store.letters.turn({ id, from: ['open'], to: 'hidden', by: 'mo', reason: 'Spam?', at: START });
  for (const reader of [ada, null]) {
    const page = JSON.stringify([
      await readLetters(world, { paperId: world.paperId, reader }),
      await readHistory(world, { id, reader }),
      await readLetter(world, { id, reader }),
    ]);
    assert.ok(!page.includes('Buy my thing') && page.includes('Spam?'));
  }
  const moderator = await readLetter(world, { id, reader: readerOf('mo', 'moderator') });
  assert.ok(moderator.ok && moderator.value.rendered?.html.includes('Buy my thing'));
});

test('a new account writes fewer letters a day, until one of them has stood for a day', async () => {
  await using world = await openWorld({ hours: 24, letters: 2 });
  const ada = readerOf('ada');
  for (const body of ['One', 'Two']) assert.ok((await write(world, ada, body)).ok);
  const refused = { name: 'Fault', code: 'too-many', retryAfter: 12 * 60 * 60 };
  await assert.rejects(write(world, ada, 'Three'), refused);
  assert.ok((await write(world, ada, 'Two')).ok, 'what is there already is said again');
  assert.ok((await write(world, readerOf('bo', 'trusted'), 'Hear hear')).ok);
  world.clock.wait(12 * 60 * MINUTE);
  assert.ok((await write(world, ada, 'Three')).ok);
  await assert.rejects(write(world, ada, 'Four'), { code: 'too-many' });
  world.clock.wait(12 * 60 * MINUTE);
  for (const body of ['Four', 'Five', 'Six']) assert.ok((await write(world, ada, body)).ok, body);
});

test('letters that were taken down make no account older', async () => {
  await using world = await openWorld({ hours: 24, letters: 1 });
  const ada = readerOf('ada');
  const first = await write(world, ada, 'One');
  const turn = { id: first.ok ? first.value.id : '', by: 'op', reason: 'Spam', at: START, from: ['open'] as const };
  await world.store.letters.turn({ ...turn, to: 'removed' });
  world.clock.wait(24 * 60 * MINUTE);
  assert.ok((await write(world, ada, 'Two')).ok);
  await assert.rejects(write(world, ada, 'Three'), { code: 'too-many' });
});

test('letters that are sent at once are no more than those sent one by one', async () => {
  await using world = await openWorld({ hours: 24, letters: 4 });
  const sent = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => write(world, readerOf('ada'), `Letter ${n}`)),
  );
  assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 4);
  assert.equal((await world.store.letters.times('ada', 0)).length, 4);
  const bo = readerOf('bo', 'trusted');
  const letter = await write(world, bo, 'Nought');
  const id = letter.ok ? letter.value.id : '';
  await Promise.allSettled(
    Array.from({ length: 60 }, (_, n) => editLetter(world, { id, reader: bo, body: `Wording ${n}` })),
  );
  assert.equal((await world.store.letters.times('bo', 0)).length, 30);
});
