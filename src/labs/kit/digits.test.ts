import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDigits } from './digits.ts';

test('the digits are those of the UCI repository', () => {
  const { count, pixels, labels } = readDigits();
  const raw = Buffer.alloc(65 * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 64; j++) raw[65 * i + j] = 16 * (pixels[64 * i + j] as number);
    raw[65 * i + 64] = labels[i] as number;
  }
  const readme = readFileSync(join(import.meta.dirname, '../../../assets/digits/README.md'), 'utf8');
  const [, expected] = /unpacked bytes with sha256 `([0-9a-f]{64})`/.exec(readme.replaceAll('\n', ' ')) ?? [];
  assert.equal(createHash('sha256').update(raw).digest('hex'), expected);
});
