import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withCorrections } from './corrections.ts';

test('replaces mistyped words, whatever their case, and nothing else', () => {
  const corrected = [['genration', 'generation']] as const;
  assert.equal(
    withCorrections('Part-based 3D Genration, regenration', corrected),
    'Part-based 3D generation, regenration',
  );
  assert.equal(withCorrections('as it was', []), 'as it was');
});
