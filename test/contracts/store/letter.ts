import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Letter } from '../../../src/model/letter.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const NOW = 1_790_000_000_000;
const ADA = { id: 'ada-id', handle: 'ada', name: 'Ada Example', isAuthorOfPaper: false };
const BO = { id: 'bo-id', handle: 'bo', name: 'Bo', isAuthorOfPaper: false };

/** Letters: every change once however often it is asked for, counted as they stand, kept word for word. */
export const letters = (open: () => Promise<Store>): void => {
  const openWithPaper = async (): Promise<{ store: Store; paperId: string }> => {
    const store = await open();
    const [saved] = await store.papers.save([incomingOf('2601.00001')], { now: NOW });
    return { store, paperId: saved?.id ?? '' };
  };
  const wish = (paperId: string, id: string, change: Partial<Letter> = {}) => ({
    id,
    paperId,
    groupId: null,
    parentId: null,
    author: ADA,
    body: `Letter ${id}, with *stars* and $x^2$.`,
    at: NOW,
    ...change,
  });
  const counted = async (store: Store, paperId: string): Promise<number | undefined> =>
    (await store.papers.cards([paperId], ''))[0]?.letters;

  test('a letter sent many times at once is one letter', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    const revision = await store.revision();
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.letters.add(wish(paperId, 'a'))));
    assert.equal(answers.filter(({ isNew }) => isNew).length, 1);
    await store.letters.add(wish(paperId, 'a', { body: 'Something else' }));
    const expected: Letter = {
      id: 'a',
      paperId,
      groupId: null,
      parentId: null,
      author: ADA,
      body: 'Letter a, with *stars* and $x^2$.',
      createdAt: NOW,
      editedAt: null,
      edits: 0,
      state: 'open',
      stateAt: null,
      reason: null,
    };
    assert.deepEqual(await store.letters.get('a'), expected);
    assert.deepEqual(await store.letters.ofPaper(paperId), [expected]);
    assert.deepEqual(await store.letters.wordings('a'), [{ n: 1, body: expected.body, at: NOW }]);
    assert.equal(await counted(store, paperId), 1);
    assert.notEqual(await store.revision(), revision);
  });

  test('letters of a paper come oldest first, those of a group apart and not counted', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    await store.letters.add(wish(paperId, 'b', { at: NOW + 2 } as object));
    await store.letters.add(wish(paperId, 'c', { at: NOW + 1, parentId: 'b', author: BO } as object));
    await store.letters.add(wish(paperId, 'd', { groupId: 'lab' }));
    const ids = (all: readonly Letter[]): readonly string[] => all.map(({ id }) => id);
    assert.deepEqual(ids(await store.letters.ofPaper(paperId)), ['c', 'b']);
    assert.deepEqual(ids(await store.letters.ofPaper(paperId, 'lab')), ['d']);
    assert.deepEqual(ids(await store.letters.ofAuthor('ada-id', 9)), ['b', 'd']);
    assert.deepEqual((await store.letters.get('c'))?.author, BO);
    assert.equal(await counted(store, paperId), 2);
    await assert.rejects(store.letters.add(wish('arxiv:9901.00001', 'e')), { name: 'Fault', code: 'not-found' });
    assert.equal(await store.letters.get('e'), null);
  });

  test('a limit counts the letters and wordings that are written at once, and what it refuses is not there', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    const within = {
      since: NOW - 1,
      check: (times: readonly number[]): void => {
        if (times.length >= 3) throw new Error('enough');
      },
    };
    await store.letters.add({ ...wish(paperId, 'old'), at: NOW - 1 });
    const ids = Array.from({ length: 12 }, (_, n) => `at-once-${n}`);
    const sent = await Promise.allSettled(ids.map((id) => store.letters.add({ ...wish(paperId, id), within })));
    assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 3);
    assert.equal((await store.letters.ofPaper(paperId)).length, 4);
    assert.equal(await counted(store, paperId), 4);
    await store.letters.add({ ...wish(paperId, 'bo'), author: BO, within });
    const bodies = Array.from({ length: 12 }, (_, n) => `Wording ${n}`);
    const edited = await Promise.allSettled(
      bodies.map((body) => store.letters.edit({ id: 'bo', body, at: NOW, within })),
    );
    assert.equal(edited.filter(({ status }) => status === 'fulfilled').length, 2);
    assert.equal((await store.letters.wordings('bo')).length, 3);
  });

  test('every wording is kept, the same one twice is one', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    await store.letters.add(wish(paperId, 'a', { body: 'one' }));
    for (const body of ['two', 'two', 'three']) await store.letters.edit({ id: 'a', body, at: NOW + 5 });
    await Promise.all([1, 2, 3].map(() => store.letters.edit({ id: 'a', body: 'four', at: NOW + 9 })));
    const letter = await store.letters.get('a');
    assert.deepEqual([letter?.body, letter?.edits, letter?.editedAt], ['four', 3, NOW + 9]);
    assert.deepEqual(await store.letters.wordings('a'), [
      { n: 1, body: 'one', at: NOW },
      { n: 2, body: 'two', at: NOW + 5 },
      { n: 3, body: 'three', at: NOW + 5 },
      { n: 4, body: 'four', at: NOW + 9 },
    ]);
    assert.deepEqual(await store.letters.times('ada-id', NOW), [NOW + 5, NOW + 5, NOW + 9]);
    assert.equal(await store.letters.edit({ id: 'none', body: 'x', at: NOW }), null);
  });

  test('a letter is deleted once, brought back once, and counted as it stands', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    await store.letters.add(wish(paperId, 'a'));
    const turn = (from: 'open' | 'deleted', to: 'open' | 'deleted', at: number, since?: number) =>
      store.letters.turn({ id: 'a', from: [from], to, by: 'ada-id', reason: null, at, ...(since ? { since } : {}) });
    const gone = await Promise.all([1, 2, 3].map(() => turn('open', 'deleted', NOW + 1)));
    assert.equal(gone.filter(Boolean).length, 1);
    assert.equal(await counted(store, paperId), 0);
    assert.equal(await store.letters.edit({ id: 'a', body: 'late', at: NOW }), null);
    assert.equal(await turn('deleted', 'open', NOW + 2, NOW + 1), false);
    assert.equal(await turn('deleted', 'open', NOW + 2, NOW), true);
    assert.equal(await turn('deleted', 'open', NOW + 2), false);
    assert.equal(await counted(store, paperId), 1);
  });

  test('hidden and removed letters say why, and the words of deleted ones are forgotten in the end', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    for (const id of ['a', 'b']) await store.letters.add(wish(paperId, id));
    await store.letters.edit({ id: 'b', body: 'second', at: NOW });
    await store.letters.turn({
      id: 'a',
      from: ['open', 'hidden'],
      to: 'removed',
      by: 'mo',
      reason: 'An advert.',
      at: NOW,
    });
    await store.letters.turn({ id: 'b', from: ['open'], to: 'deleted', by: 'ada-id', reason: null, at: NOW });
    await store.letters.sweep(NOW);
    assert.equal((await store.letters.get('b'))?.body, 'second');
    for (const _twice of [1, 2]) await store.letters.sweep(NOW + 1);
    const [a, b] = await Promise.all([store.letters.get('a'), store.letters.get('b')]);
    assert.deepEqual([a?.state, a?.reason, a?.body], ['removed', 'An advert.', 'Letter a, with *stars* and $x^2$.']);
    assert.deepEqual([b?.state, b?.body], ['deleted', '']);
    assert.deepEqual(
      (await store.letters.wordings('b')).map(({ body }) => body),
      ['', ''],
    );
  });

  test('a reader reports a letter once; what is gone needs no look', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    for (const id of ['a', 'b']) await store.letters.add(wish(paperId, id));
    const report = (letterId: string, reader: string, reason: string, at: number) =>
      store.letters.report({ letterId, reader, reason, at });
    await report('a', 'bo-id', 'An advert', NOW);
    await report('a', 'bo-id', 'Again', NOW + 1);
    await report('b', 'cy-id', 'Rude', NOW + 2);
    const first = { letterId: 'a', reader: 'bo-id', reason: 'An advert', at: NOW };
    assert.deepEqual(await store.letters.reports(9), [
      first,
      { letterId: 'b', reader: 'cy-id', reason: 'Rude', at: NOW + 2 },
    ]);
    await store.letters.turn({ id: 'b', from: ['open'], to: 'removed', by: 'mo', reason: 'Rude', at: NOW });
    assert.deepEqual(await store.letters.reports(9), [first]);
  });

  test('a letter’s author is marked as an author of the paper', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    await store.letters.add(wish(paperId, 'a'));
    assert.equal((await store.letters.get('a'))?.author.isAuthorOfPaper, false);
    const claim = {
      paperId,
      reader: 'ada-id',
      authorKey: 'ada',
      evidence: '',
      requestedAt: NOW,
      decidedBy: 'mo',
      decidedAt: NOW,
    };
    await store.claims.put({ ...claim, state: 'granted' });
    await store.claims.put({ ...claim, reader: 'bo-id', state: 'granted' });
    assert.equal((await store.letters.get('a'))?.author.isAuthorOfPaper, true);
    assert.equal((await store.letters.ofPaper(paperId))[0]?.author.isAuthorOfPaper, true);
    await store.claims.remove(paperId, 'ada-id');
    assert.equal((await store.letters.get('a'))?.author.isAuthorOfPaper, false);
  });

  test('one who left leaves their letters, and no name in them', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    for (const id of ['a', 'b']) await store.letters.add(wish(paperId, id, id === 'b' ? { author: BO } : {}));
    await store.letters.report({ letterId: 'b', reader: 'ada-id', reason: 'Rude', at: NOW });
    const own = [{ letterId: 'b', reader: 'ada-id', reason: 'Rude', at: NOW }];
    assert.deepEqual(await store.letters.reportsBy('ada-id'), own);
    for (const _twice of [1, 2]) await store.letters.unname('ada-id');
    const [a, b] = await Promise.all([store.letters.get('a'), store.letters.get('b')]);
    assert.deepEqual([a?.author.id, a?.author.handle, a?.author.name, a?.state], ['ada-id', '', '', 'open']);
    assert.equal(b?.author.name, 'Bo');
    assert.deepEqual(await store.letters.reports(9), []);
  });

  test('letters go along when two papers prove to be one', async () => {
    await using store = await open();
    const second = { id: 'openreview:letters', title: 'Quite another title', doi: null, authors: [] };
    const [a, b] = await store.papers.save([incomingOf('2601.00001'), incomingOf('letters', second, 'openreview')], {
      now: NOW,
    });
    assert.notEqual(a?.id, b?.id);
    await store.letters.add(wish(a?.id ?? '', 'a'));
    await store.letters.add(wish(b?.id ?? '', 'b'));
    await store.papers.save([incomingOf('letters', { ...second, doi: '10.1000/2601.00001' }, 'openreview')], {
      now: NOW,
    });
    const id = (await store.papers.resolve('openreview:letters')) ?? '';
    assert.equal(id, await store.papers.resolve('arxiv:2601.00001'));
    assert.deepEqual(
      (await store.letters.ofPaper(id)).map((one) => one.id),
      ['a', 'b'],
    );
    assert.equal(await counted(store, id), 2);
  });

  test('hostile text comes back as text, without what a database cannot hold', async () => {
    const { store, paperId } = await openWithPaper();
    await using _ = store;
    const body = "'; DROP TABLE letter; -- \u202e𝕏 <script>";
    await store.letters.add(wish(paperId, "a'\0b", { body: `${body}\0\ud800`, author: { ...ADA, name: 'A\0da' } }));
    const letter = await store.letters.get("a'\0b");
    assert.equal(letter?.body, `${body}\ufffd`);
    assert.equal(letter.author.name, 'Ada');
  });
};
