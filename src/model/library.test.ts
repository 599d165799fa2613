import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  changedEntry,
  EVERYTHING,
  folderName,
  formatLibraryFilter,
  holdsWords,
  LIBRARY_CAPS,
  LIBRARY_SORTS,
  type LibraryEntry,
  type LibraryFilter,
  librarySorter,
  noteText,
  parseLibraryFilter,
  passes,
  renamed,
  STATES,
  tagName,
  tagsIn,
  within,
} from './library.ts';

const TEXT = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({
    unit: fc.constantFrom('a', 'Ä', 'İ', 'ﬀ', '#', ',', ';', '/', ' ', '"', ':', '-', '\0', '\ud800', '\u200f', '½'),
    maxLength: 90,
  }),
);
const TAG = TEXT.map(tagName).filter((tag) => tag !== '');
const FOLDER = TEXT.map(folderName).filter((name) => name !== '');

test('a tag has one spelling', () => {
  for (const text of ['#Deep  Learning', 'deep learning', ' DEEP\nLEARNING ', '##deep\u00a0learning,'])
    assert.equal(tagName(text), 'deep learning');
  assert.equal(tagName(' #, '), '');
  assert.deepEqual(tagsIn('b, a; B\n, ,c'), ['a', 'b', 'c']);
});

test('names of tags and folders are settled: naming twice is naming once, whatever the text', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const [tag, folder] = [tagName(text), folderName(text)];
      assert.equal(tagName(tag), tag);
      assert.equal(folderName(folder), folder);
      assert.ok(tag.length <= 3 * LIBRARY_CAPS.tag && folder.length <= LIBRARY_CAPS.folder);
      assert.ok(tag.isWellFormed() && folder.isWellFormed());
      assert.doesNotMatch(tag, /[",;\0]|^\s|\s$|^#/);
      assert.doesNotMatch(folder, /["\0]|^\/|\/$|\/\//);
    }),
    { numRuns: 2_000 },
  );
});

test('a folder lies in those it is named after, and moves with them', () => {
  assert.equal(folderName(' thesis // chapter  2/ '), 'thesis/chapter 2');
  assert.ok(within('a/b', 'a') && within('a', 'a') && !within('ab', 'a') && !within('a', 'a/b'));
  assert.equal(renamed('a/b/c', 'a/b', 'x'), 'x/c');
  assert.equal(renamed('ab', 'a', 'x'), 'ab');
  fc.assert(
    fc.property(FOLDER, FOLDER, (from, to) => {
      assert.equal(renamed(from, from, to), to);
      assert.ok(within(renamed(`${from}/x`.slice(0, LIBRARY_CAPS.folder), from, 'y'), 'y') || from.length > 150);
    }),
  );
});

test('notes keep what was written, within bounds', () => {
  assert.equal(noteText('a\r\nb\r\0c  \n'), 'a\nb\nc');
  assert.equal(noteText('x'.repeat(30_000)).length, LIBRARY_CAPS.note);
});

test('what is typed becomes filters', () => {
  assert.deepEqual(
    parseLibraryFilter('tag:RAG in:"Thesis / one" state:later graph "long words" -survey folder:x is:read'),
    {
      words: ['graph', 'long words'],
      not: ['survey'],
      tags: ['rag'],
      folders: ['Thesis/one', 'x'],
      states: ['later', 'read'],
    },
  );
  assert.deepEqual(parseLibraryFilter('state:soon'), { ...EVERYTHING, words: ['state:soon'] });
  assert.deepEqual(parseLibraryFilter(' - ! tag: "" in:'), EVERYTHING);
});

const WORDS = fc.stringMatching(/^[a-zé]{1,8}( [a-z]{1,5})?$/);
const list = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { maxLength: 3 });
const FILTER: fc.Arbitrary<LibraryFilter> = fc.record({
  words: list(WORDS),
  not: list(WORDS),
  tags: list(TAG.filter((tag) => tag.length < 20)),
  folders: list(FOLDER.filter((name) => name.length < 30)),
  states: list(fc.constantFrom(...STATES)),
});

test('a filter written out is read back', () => {
  fc.assert(
    fc.property(FILTER, (filter) => assert.deepEqual(parseLibraryFilter(formatLibraryFilter(filter)), { ...filter })),
    { numRuns: 1_000 },
  );
});

test('any text is some filter, and written out it stays the same', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const once = parseLibraryFilter(text);
      assert.deepEqual(parseLibraryFilter(formatLibraryFilter(once)), once);
    }),
    { numRuns: 1_000 },
  );
});

const entry = (rest: Partial<LibraryEntry> = {}): LibraryEntry => ({
  paperId: 'arxiv:1',
  savedAt: 1,
  changedAt: 1,
  state: 'unread',
  folders: ['thesis/one'],
  tags: ['a', 'b'],
  note: '',
  rating: null,
  ...rest,
});

test('an entry passes where every kind of filter holds', () => {
  const pass = (rest: Partial<LibraryFilter>): boolean => passes(entry(), { ...EVERYTHING, ...rest });
  assert.ok(
    pass({}) && pass({ tags: ['a', 'b'] }) && pass({ folders: ['x', 'Thesis'] }) && pass({ states: ['unread'] }),
  );
  assert.ok(!pass({ tags: ['a', 'c'] }) && !pass({ folders: ['thes'] }) && !pass({ states: ['read', 'later'] }));
  assert.ok(!pass({ tags: ['a'], states: ['read'] }));
});

test('words are held whatever their accents and case', () => {
  const says = (words: string[], not: string[] = []): boolean =>
    holdsWords('Über Graphs\n and  Łukasz', { words, not });
  assert.ok(says(['uber', 'graphs and']) && says(['LUKASZ']) && says([]));
  assert.ok(!says(['uber', 'tree']) && !says(['graphs'], ['lukasz']));
});

test('every order is total: no two entries stand equal, and turning them round changes nothing', () => {
  const one = fc.record({
    savedAt: fc.nat(3),
    changedAt: fc.nat(3),
    rating: fc.option(fc.nat(5)),
    paperId: fc.string({ maxLength: 3 }),
  });
  const sortable = fc.record({
    entry: one,
    title: fc.string({ maxLength: 3 }),
    published: fc.option(fc.constantFrom('2020-01-01', '2021-01-01')),
  });
  const many = fc.uniqueArray(sortable, { maxLength: 8, selector: ({ entry }) => entry.paperId });
  fc.assert(
    fc.property(many, fc.constantFrom(...LIBRARY_SORTS), (all, sort) => {
      const order = librarySorter(sort);
      assert.deepEqual([...all].sort(order), [...all].reverse().sort(order));
    }),
  );
});

test('a change made twice is one, and no change leaves the entry itself', () => {
  const change = fc.record(
    {
      state: fc.constantFrom(...STATES),
      rating: fc.option(fc.integer({ min: 1, max: 5 })),
      note: fc.string(),
      tags: list(TAG),
      addTags: list(TAG),
      dropTags: list(fc.constantFrom('a', 'b', 'c')),
      addFolders: list(FOLDER),
      dropFolders: fc.constant(['thesis/one']),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(change, (made) => {
      const before = entry();
      const once = changedEntry(before, made, 5);
      assert.equal(changedEntry(once, made, 9), once);
      assert.ok(once === before || once.changedAt === 5);
      assert.equal(changedEntry(before, {}, 5), before);
    }),
  );
});
