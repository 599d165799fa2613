import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SavedSearch } from '../../../src/model/saved-search.ts';
import type { Store } from '../../../src/store/store.ts';

const search = (id: string, change: Partial<SavedSearch> = {}): SavedSearch => ({
  reader: 'ada',
  id,
  name: `“${id}” 🗞`,
  query: 'video "world model" -cat:cs.CL',
  createdAt: 1_790_000_000_000,
  seenAt: 1_790_000_000_000,
  removedAt: null,
  ...change,
});

/** Saved searches: one a reader and id, kept for a while when removed. */
export const savedSearches = (open: () => Promise<Store>): void => {
  test('a saved search is one however often it is saved, and each reader has their own', async () => {
    await using store = await open();
    const [first, second] = [search('b'), search('a', { createdAt: 1_790_000_000_001 })];
    for (const one of [second, first, first, search('a', { reader: 'bo' })]) await store.savedSearches.put(one);
    assert.deepEqual(await store.savedSearches.of('ada'), [first, second]);
    assert.deepEqual(await store.savedSearches.of('nobody'), []);
    assert.deepEqual(await store.savedSearches.get('bo', 'a'), search('a', { reader: 'bo' }));
    assert.equal(await store.savedSearches.get('bo', 'b'), null);
  });

  test('a search is renamed and looked at; when it was made stays', async () => {
    await using store = await open();
    await store.savedSearches.put(search('a'));
    await store.savedSearches.put(search('a', { name: 'New', seenAt: 1_790_000_000_009, createdAt: 5 }));
    assert.deepEqual(await store.savedSearches.of('ada'), [search('a', { name: 'New', seenAt: 1_790_000_000_009 })]);
  });

  test('what was removed is out of the list, can come back, and is swept in the end', async () => {
    await using store = await open();
    await store.savedSearches.put(search('a'));
    await store.savedSearches.put(search('a', { removedAt: 100 }));
    assert.deepEqual(await store.savedSearches.of('ada'), []);
    await store.savedSearches.sweep(100);
    assert.equal((await store.savedSearches.get('ada', 'a'))?.removedAt, 100);
    await store.savedSearches.put(search('a'));
    await store.savedSearches.sweep(1_000);
    assert.deepEqual(await store.savedSearches.of('ada'), [search('a')]);
    await store.savedSearches.put(search('a', { removedAt: 100 }));
    await store.savedSearches.sweep(101);
    assert.equal(await store.savedSearches.get('ada', 'a'), null);
  });

  test('hostile names and queries come back as text, without what a database cannot hold', async () => {
    await using store = await open();
    await store.savedSearches.put(search('a\0', { name: "'; DROP TABLE saved_search; --\0", query: 'x\ud800y' }));
    const [kept] = await store.savedSearches.of('ada');
    assert.equal(kept?.name, "'; DROP TABLE saved_search; --");
    assert.equal(kept?.query, 'x\ufffdy');
  });
};
