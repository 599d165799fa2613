import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_HERE, notHere } from './not-here.ts';
import { LABS } from './registry.ts';

test('sixteen papers are said not to run here, each once and none with a lab', () => {
  const papers = NOT_HERE.map(({ paper }) => paper);
  assert.equal(papers.length, 16);
  assert.equal(new Set(papers).size, 16);
  for (const { paper } of LABS) assert.equal(notHere([paper]), null);
  for (const { reason, needs } of NOT_HERE) {
    assert.match(reason, /^[A-Z].+\.$/);
    assert.ok(needs.length > 0);
  }
});
