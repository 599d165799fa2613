import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PUSH_BYTES, searchNote, trialNote } from './push.ts';
import { SEARCH_TOLD, waysToTell, wayToTell } from './saved-search.ts';

const SEARCH = { id: '0123456789abcdef', name: 'otters awake' };

test('one paper leads to itself, several to the search, and a few are named', () => {
  const paper = (n: number) => ({ id: `arxiv:2604.1000${n}`, title: `Paper ${n} of $\\alpha_${n}$` });
  assert.deepEqual(searchNote(SEARCH, [paper(1)], 't'), {
    title: 'New in “otters awake”',
    body: 'Paper 1 of α₁',
    path: '/papers/2604.10001',
    tag: 't',
  });
  const several = searchNote(SEARCH, [1, 2, 3, 4, 5].map(paper), 't');
  assert.equal(several.body, '5 papers: Paper 1 of α₁; Paper 2 of α₂; Paper 3 of α₃; and 2 more');
  assert.equal(several.path, '/searches#s-0123456789abcdef');
});

test('whatever is searched for and found, a note fits into a message and leads to a path of ours', () => {
  const text = fc.string({ unit: 'binary', maxLength: 2_000 });
  const papers = fc.array(fc.record({ id: text, title: text }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(text, papers, (name, found) => {
      const note = searchNote({ id: SEARCH.id, name }, found, 'x'.repeat(32));
      assert.ok(Buffer.byteLength(JSON.stringify(note)) <= PUSH_BYTES);
      assert.ok(JSON.stringify(note).isWellFormed());
      assert.match(note.path, /^\/(?:papers|searches)/);
      assert.equal(new URL(note.path, 'https://papers.example').origin, 'https://papers.example');
    }),
  );
  assert.ok(Buffer.byteLength(JSON.stringify(trialNote('🗞'.repeat(400), 't'))) <= PUSH_BYTES);
});

test('a reader is told as they chose, or by the first way there is', () => {
  const both = { mail: true, devices: true };
  assert.deepEqual(waysToTell(both), SEARCH_TOLD);
  assert.deepEqual(waysToTell({ mail: false, devices: true }), ['push', 'off']);
  assert.deepEqual(waysToTell({ mail: false, devices: false }), ['off']);
  assert.equal(wayToTell(undefined, both), 'digest');
  assert.equal(wayToTell('push', both), 'push');
  assert.equal(wayToTell('push', { mail: true, devices: false }), 'digest');
  assert.equal(wayToTell('mail', { mail: false, devices: true }), 'push');
  for (const mail of [true, false])
    for (const devices of [true, false]) assert.equal(wayToTell('off', { mail, devices }), 'off');
});
