import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACCOUNT_NAME_CAP, foldEmail, handleFrom, isHandle, nameOf } from './account.ts';
import { onwardOf } from './onward.ts';

test('a handle made of any name is a handle, or the word that gets something added', () => {
  assert.equal(handleFrom('Émilie du Châtelet'), 'emilie-du-chatelet');
  assert.equal(handleFrom('李白'), 'reader');
  assert.equal(handleFrom('admin'), 'reader');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => isHandle(handleFrom(name))));
});

test('a name is one line, well-formed and not too long, and is left alone the second time', () => {
  assert.equal(nameOf(' Ada\u202e\n Lovelace\0 '), 'Ada Lovelace');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const name = nameOf(text);
      assert.ok(name.isWellFormed() && name.length <= ACCOUNT_NAME_CAP && !/[\p{Cc}\p{Cf}]/u.test(name));
      assert.equal(nameOf(name), name);
    }),
  );
});

test('addresses are compared without case and spaces', () => {
  assert.equal(foldEmail(' Ada@Example.ORG '), 'ada@example.org');
});

test('only a path of ours is gone on to', () => {
  for (const path of ['/', '/papers/2604.00001?view=wire', '/a/b?c=d&e=%2F']) assert.equal(onwardOf(path), path);
  for (const odd of [
    '',
    'x',
    '//evil',
    '/\\evil',
    'https://evil/',
    '/ a',
    '/\t/evil',
    `/${'x'.repeat(3_000)}`,
    undefined,
  ])
    assert.equal(onwardOf(odd, '/home'), '/home', String(odd));
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(new URL(onwardOf(`/${text}`), 'https://here.example').host, 'here.example');
    }),
  );
});
