import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCollection } from './collection.ts';

const sound = {
  name: 'tiny',
  docs: [{ id: '1', title: 'A', text: 'b' }],
  queries: [{ id: 'q', text: 'c' }],
  qrels: { q: { '1': 2 } },
};

test('reads a collection, and says what is wrong with one', () => {
  assert.deepEqual(parseCollection(JSON.stringify(sound), 'tiny.json').qrels, { q: { '1': 2 } });
  for (const [json, what] of [
    ['{', /not JSON/],
    ['[]', /docs are missing/],
    [JSON.stringify({ ...sound, docs: [{ id: 1, title: 'A', text: 'b' }] }), /docs/],
    [JSON.stringify({ ...sound, queries: null }), /queries/],
    [JSON.stringify({ ...sound, qrels: { q: { '1': 'yes' } } }), /qrels/],
  ] as const)
    assert.throws(() => parseCollection(json, 'tiny.json'), { code: 'bad-input', message: what });
});
