import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING, type LibraryChange } from '../../../src/model/library.ts';
import type { Store } from '../../../src/store/store.ts';
import { batchOf, incomingOf } from '../../support/drafts.ts';

const ID = (n: number): string => `arxiv:2604.${String(n).padStart(5, '0')}`;
const AT = 1_790_000_000_000;

/** A reader's shelf: what is in it, how it is tagged and filed, and what comes back. */
export const library = (open: () => Promise<Store>): void => {
  const filled = async (papers = 6): Promise<Store> => {
    const store = await open();
    await store.papers.save(batchOf(0, papers), { now: AT });
    return store;
  };
  const saver =
    (store: Store, reader = 'ada') =>
    (ids: readonly string[], change: LibraryChange = {}, at = AT) =>
      store.library.change({ reader, ids, change, at, saving: true });

  test('a paper saved twice is one entry, and each reader has their own', async () => {
    await using store = await filled();
    const save = saver(store);
    const entry = {
      paperId: ID(1),
      savedAt: AT,
      changedAt: AT,
      state: 'unread',
      folders: [],
      tags: [],
      note: '',
      rating: null,
    };
    assert.deepEqual(await save([ID(1)]), [entry]);
    assert.deepEqual(await save([ID(1), ID(1), 'arxiv:none'], {}, AT + 5), [entry]);
    await saver(store, 'bo')([ID(1)], { state: 'read' });
    assert.deepEqual([...(await store.library.get('ada', [ID(1), ID(2)])).values()], [entry]);
    assert.deepEqual(
      (await store.papers.cards([ID(1), ID(2)], 'ada')).map(({ saved }) => saved),
      [true, false],
    );
    assert.equal((await store.library.counts('ada')).total, 1);
    assert.equal((await store.library.counts('cy')).total, 0);
  });

  test('a change is written once however often it is made; without saving it leaves other papers alone', async () => {
    await using store = await filled();
    const save = saver(store);
    await save([ID(1)]);
    const change = { state: 'later', rating: 4, tags: ['B', 'a '], addFolders: ['x/ y'], note: 'One *note*' } as const;
    const by = { reader: 'ada', ids: [ID(1), ID(2)], change, at: AT + 1, saving: false };
    const first = await store.library.change(by);
    assert.deepEqual(first, [
      {
        paperId: ID(1),
        savedAt: AT,
        changedAt: AT + 1,
        state: 'later',
        folders: ['x/y'],
        tags: ['a', 'b'],
        note: 'One *note*',
        rating: 4,
      },
    ]);
    assert.deepEqual(await store.library.change({ ...by, at: AT + 2 }), first);
    assert.deepEqual([...(await store.library.get('ada', [ID(1), ID(2)])).values()], first);
    assert.deepEqual(await store.library.notes('ada', ID(1)), []);
    await store.library.change({ ...by, change: { note: 'Two', rating: null }, at: AT + 3 });
    assert.deepEqual(await store.library.notes('ada', ID(1)), [{ until: AT + 3, body: 'One *note*' }]);
    assert.equal((await store.library.get('ada', [ID(1)])).get(ID(1))?.rating, null);
  });

  test('500 papers are tagged in one change, and counted', async () => {
    await using store = await filled(500);
    const ids = Array.from({ length: 500 }, (_, n) => ID(n));
    const save = saver(store);
    for (const _ of [1, 2]) assert.equal((await save(ids, { addTags: ['thesis'], addFolders: ['a/b'] })).length, 500);
    await save(ids.slice(0, 3), { state: 'read', addTags: ['three'], dropFolders: ['a/b'] });
    const counts = await store.library.counts('ada');
    assert.equal(counts.total, 500);
    assert.deepEqual(counts.states, { unread: 497, later: 0, reading: 0, read: 3, 'not-interested': 0 });
    assert.deepEqual(counts.tags, [
      { name: 'thesis', papers: 500 },
      { name: 'three', papers: 3 },
    ]);
    assert.deepEqual(counts.folders, [{ name: 'a/b', papers: 497 }]);
    const list = async (filter: Partial<typeof EVERYTHING>): Promise<number> =>
      (await store.library.list('ada', { ...EVERYTHING, ...filter })).length;
    assert.equal(await list({}), 500);
    assert.equal(await list({ tags: ['thesis', 'three'] }), 3);
    assert.equal(await list({ folders: ['a'] }), 497);
    assert.equal(await list({ folders: ['a/b/c'] }), 0);
    assert.equal(await list({ folders: ['none', 'A/B'], states: ['read', 'unread'] }), 497);
    assert.equal(await list({ folders: ['a'], states: ['read'] }), 0);
  });

  test('what is taken out comes back as it was, until it is swept', async () => {
    await using store = await filled();
    await saver(store)([ID(1), ID(2)], { tags: ['kept'], note: 'N', folders: ['f'] });
    const before = await store.library.get('ada', [ID(1), ID(2)]);
    assert.equal(await store.library.remove({ reader: 'ada', ids: [ID(1), ID(2), ID(3)], at: AT + 9 }), 2);
    assert.equal(await store.library.remove({ reader: 'ada', ids: [ID(1)], at: AT + 10 }), 0);
    assert.equal((await store.library.get('ada', [ID(1)])).size, 0);
    assert.deepEqual(await store.library.list('ada', EVERYTHING), []);
    const counts = await store.library.counts('ada');
    assert.deepEqual([counts.total, counts.tags, counts.folders], [0, [], [{ name: 'f', papers: 0 }]]);
    assert.equal((await store.papers.cards([ID(1)], 'ada'))[0]?.saved, false);
    assert.equal(
      (await store.library.change({ reader: 'ada', ids: [ID(1)], change: {}, at: AT, saving: false })).length,
      0,
    );
    assert.equal(await store.library.restore({ reader: 'bo', removedAt: AT + 9 }), 0);
    assert.equal(await store.library.restore({ reader: 'ada', removedAt: AT + 9 }), 2);
    assert.equal(await store.library.restore({ reader: 'ada', removedAt: AT + 9 }), 0);
    assert.deepEqual(await store.library.get('ada', [ID(1), ID(2)]), before);
    await store.library.remove({ reader: 'ada', ids: [ID(1)], at: AT + 11 });
    await store.library.sweep(AT + 11);
    assert.deepEqual(
      (await saver(store)([ID(1)], {}, AT + 12)).map(({ tags }) => tags),
      [['kept']],
    );
    await store.library.remove({ reader: 'ada', ids: [ID(1)], at: AT + 13 });
    await store.library.sweep(AT + 14);
    assert.deepEqual(
      (await saver(store)([ID(1)], {}, AT + 15)).map(({ tags, note, savedAt }) => [tags, note, savedAt]),
      [[[], '', AT + 15]],
    );
  });

  test('folders are made, renamed with what lies in them, joined and deleted; the papers stay', async () => {
    await using store = await filled();
    const save = saver(store);
    const folders = async () => (await store.library.counts('ada')).folders.map(({ name, papers }) => [name, papers]);
    for (const _ of [1, 2]) await store.library.createFolder({ reader: 'ada', name: ' empty ', at: AT });
    await save([ID(1)], { folders: ['thesis', 'thesis/one'] });
    await save([ID(2)], { folders: ['thesis/one', 'thesis2', 'old'] });
    const rename = (from: string, to: string) => store.library.renameFolder({ reader: 'ada', from, to, at: AT });
    assert.equal(await rename('thesis', 'book'), true);
    assert.equal(await rename('thesis', 'book'), false);
    assert.equal(await rename('book', ' / '), false);
    assert.deepEqual(await folders(), [
      ['book', 1],
      ['book/one', 2],
      ['empty', 0],
      ['old', 1],
      ['thesis2', 1],
    ]);
    assert.equal(await rename('old', 'book/one'), true);
    assert.equal(await rename('book', 'book/deep'), true);
    assert.deepEqual(await folders(), [
      ['book/deep', 1],
      ['book/deep/one', 2],
      ['empty', 0],
      ['thesis2', 1],
    ]);
    for (const there of [true, false])
      assert.equal(await store.library.deleteFolder({ reader: 'ada', name: 'book' }), there);
    assert.deepEqual(await folders(), [
      ['empty', 0],
      ['thesis2', 1],
    ]);
    assert.equal((await store.library.list('ada', EVERYTHING)).length, 2);
  });

  test('changes of one reader at once lose none of each other', async () => {
    await using store = await filled();
    await Promise.all(Array.from({ length: 20 }, (_, n) => saver(store)([ID(1), ID(2)], { addTags: [`t${n}`] })));
    for (const entry of (await store.library.get('ada', [ID(1), ID(2)])).values()) assert.equal(entry.tags.length, 20);
  });

  test('papers that prove to be one are one entry, with the notes and tags of both', async () => {
    await using store = await open();
    const work = (id: string, title: string) => incomingOf(id, { id, doi: null, title });
    await store.papers.save([work('openreview:1', 'One'), work('doi:10.1000/2', 'Other')], { now: AT });
    await saver(store)(['openreview:1'], { tags: ['a'], note: 'First', state: 'read' });
    await saver(store)(['doi:10.1000/2'], { tags: ['b'], note: 'Second', folders: ['f'] }, AT + 1);
    await store.seen.add({ reader: 'ada', ids: ['openreview:1', 'doi:10.1000/2'], at: AT, place: 'following' });
    const proof = incomingOf('7', { doi: null, title: 'One', aliases: ['openreview:1', 'doi:10.1000/2'] });
    for (const now of [AT + 2, AT + 3]) await store.papers.save([proof], { now });
    const [entry, ...others] = await store.library.list('ada', EVERYTHING);
    assert.equal(others.length, 0);
    const kept = (await store.library.get('ada', [entry?.paperId ?? ''])).get(entry?.paperId ?? '');
    assert.deepEqual([kept?.tags, kept?.folders, kept?.savedAt, kept?.paperId], [['a', 'b'], ['f'], AT, 'arxiv:7']);
    assert.deepEqual(kept?.note.split('\n\n').sort(), ['First', 'Second']);
    assert.equal((await store.seen.all('ada')).length, 1);
  });

  test('hostile names and notes come back as text', async () => {
    await using store = await filled();
    const reader = "o'; DROP TABLE library; --\0".repeat(20);
    const change = { note: "'\0; <b>\ud800 ", tags: ["x'; --", '\u0000'], folders: ['../..', 'a\0b'] };
    await saver(store, reader)([ID(1), '\0'], change);
    const entry = (await store.library.get(reader, [ID(1)])).get(ID(1));
    assert.deepEqual(entry?.tags, ["x' --"]);
    assert.deepEqual(entry?.folders, ['../..', 'a b']);
    assert.equal(entry?.note, "'; <b>\ufffd");
    await store.library.forget(reader);
    assert.equal((await store.library.counts(reader)).total, 0);
  });
};
