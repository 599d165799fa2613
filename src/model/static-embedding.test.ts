import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { openStaticTable } from './static-embedding.ts';

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const table = openStaticTable(
  readFileSync(at('assets/models/static256/static256.bin')),
  readFileSync(at('assets/models/static256/vocab.txt'), 'utf8'),
);
const golden: readonly { text: string; rows: readonly number[]; first16: readonly number[] }[] = readFileSync(
  at('test/fixtures/static256/golden.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

test('every golden text has its rows and its vector', () => {
  assert.ok(golden.length > 10);
  for (const { text, rows, first16 } of golden) {
    assert.deepEqual(table.rows(text), rows, text.slice(0, 80));
    const vector = table.embed(text);
    for (const [i, value] of first16.entries())
      assert.ok(Math.abs((vector[i] ?? 0) - value) < 2e-6, `${text.slice(0, 80)} ${i}`);
  }
});

test('any text has a unit vector or none, the same every time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const vector = table.embed(text);
      const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
      assert.ok(table.rows(text).length === 0 ? norm === 0 : Math.abs(norm - 1) < 1e-5);
      assert.deepEqual(table.embed(text), vector);
    }),
  );
});

test('other bytes are no table', () => {
  assert.throws(() => openStaticTable(new Uint8Array(64), ''), /not a table/);
});
