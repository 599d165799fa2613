import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { samplePaper } from '../../test/support/papers.ts';
import type { FormerText } from '../model/paper.ts';
import { anchorsOf, readVersions } from './versions.ts';

const former = (n: number, title: string, abstract = title): FormerText => ({
  n,
  title,
  abstract,
  until: `2026-01-0${n}T00:00:00.000Z`,
});

const versions = [1, 2, 3].map((n) => ({ n, date: `2025-07-0${n}` }));
const paper = samplePaper({ title: 'c', abstract: 'c', versions });

const read = async (history: readonly FormerText[]) => {
  const papers = { get: async () => paper, history: async () => history } as never;
  const page = await readVersions({ store: { papers } }, paper.id);
  assert.ok(page.ok);
  return page.value;
};

test('each change leads from the version it was the text of to the next', async () => {
  const { changes, more } = await read([former(2, 'b'), former(1, 'a')]);
  assert.deepEqual(
    changes.map(({ from, to, anchor, title }) => [from, to, anchor, title?.map(({ text }) => text)]),
    [
      [2, 3, 'v3', ['b', 'c']],
      [1, 2, 'v2', ['a', 'b']],
    ],
  );
  assert.equal(more, 0);
});

test('words that change within a version have an address of their own', async () => {
  const { changes } = await read([former(3, 'c2'), former(2, 'b')]);
  assert.deepEqual(
    changes.map(({ from, to, anchor }) => [from, to, anchor]),
    [
      [3, 3, 'v3'],
      [2, 3, 'v3-2'],
    ],
  );
});

test('only so many changes are compared; the others are counted', async () => {
  const { changes, more } = await read(Array.from({ length: 25 }, (_, n) => former(1, `t${n}`)));
  assert.equal(changes.length + more, 25);
  assert.ok(more > 0);
});

test('a paper that is not there is said to be missing', async () => {
  const papers = { get: async () => null, history: async () => [] } as never;
  assert.equal((await readVersions({ store: { papers } }, 'x')).ok, false);
});

test('addresses of changes are never the same, whatever the versions', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 18 }), (ns) => {
      const anchors = anchorsOf(
        paper,
        ns.map((n) => former(n, 'x')),
      ).map(({ anchor }) => anchor);
      assert.deepEqual(anchors, [...new Set(anchors)]);
      assert.equal(anchors.length, ns.length);
    }),
  );
});
