import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedPerDay, NOTE_CAP, noteInLine, noteOf } from './submission.ts';

test('what a role may submit a day is its own figure, else that of the next below; moderators any number', () => {
  const perDay = { reader: 5, trusted: 50 };
  assert.deepEqual(
    (['reader', 'trusted', 'moderator', 'operator'] as const).map((role) => allowedPerDay(perDay, role)),
    [5, 50, null, null],
  );
  assert.equal(allowedPerDay({ reader: 5 }, 'trusted'), 5);
  assert.equal(allowedPerDay({ reader: 0, moderator: 9 }, 'moderator'), 9);
  assert.equal(allowedPerDay({ reader: 0 }, 'reader'), 0);
  assert.equal(allowedPerDay({}, 'reader'), null);
});

test('notes are kept short and well-formed', () => {
  assert.equal(noteOf('  a\r\nb\0 '), 'a\nb');
  assert.equal(noteOf('x'.repeat(NOTE_CAP + 5)).length, NOTE_CAP);
  assert.ok(noteOf(`${'x'.repeat(NOTE_CAP - 1)}😀`).isWellFormed());
});

test('a note in a line has no marks of Markdown, and keeps its formulas', () => {
  assert.equal(
    noteInLine('# Why\n\nRead the *appendix*, **all** of [it](https://a.example/x): $a*b*c$, `code`.\n- 2 * 3'),
    'Why Read the appendix, all of it: $a*b*c$, code. 2 * 3',
  );
});
