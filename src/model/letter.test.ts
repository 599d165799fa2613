import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BODY_CAP,
  bodyOf,
  DEEPEST,
  inOrder,
  type Letter,
  mentionsIn,
  quoteOf,
  rightsOf,
  threadsOf,
  UNDO_MS,
  withoutGone,
} from './letter.ts';
import { handlesIn, papersIn } from './letter-words.ts';

const NOW = 1_790_000_000_000;

const letter = (id: string, change: Partial<Letter> = {}): Letter => ({
  id,
  paperId: 'arxiv:2507.08772',
  groupId: null,
  parentId: null,
  author: { id: 'ada', handle: 'ada', name: 'Ada', isAuthorOfPaper: false },
  body: 'Well put.',
  createdAt: NOW,
  editedAt: null,
  edits: 0,
  state: 'open',
  stateAt: null,
  reason: null,
  ...change,
});

const letters: fc.Arbitrary<readonly Letter[]> = fc
  .array(fc.record({ parent: fc.option(fc.nat(29)), at: fc.nat(5), deleted: fc.boolean() }), { maxLength: 30 })
  .map((all) =>
    all.map(({ parent, at, deleted }, n) =>
      letter(`l${n}`, {
        parentId: parent === null ? null : `l${parent}`,
        createdAt: NOW + at,
        state: deleted ? 'deleted' : 'open',
      }),
    ),
  );

test('threads hold every letter once, whoever answers whom', () => {
  fc.assert(
    fc.property(letters, (all) => {
      const placed = inOrder(threadsOf(all));
      assert.deepEqual(placed.map((one) => one.letter.id).sort(), all.map(({ id }) => id).sort());
      for (const { letter: one, depth, answers } of placed) {
        assert.ok(depth >= 1 && depth <= DEEPEST);
        for (const [n, answer] of answers.entries()) {
          assert.ok(depth === DEEPEST - 1 || answer.letter.parentId === one.id, 'under what it answers');
          assert.ok(n === 0 || answer.letter.createdAt >= (answers[n - 1]?.letter.createdAt ?? 0), 'oldest first');
          assert.equal(answer.depth, depth + 1);
        }
      }
    }),
  );
});

test('threads do not depend on the order they come in', () => {
  fc.assert(
    fc.property(letters, (all) => {
      assert.deepEqual(threadsOf([...all].reverse()), threadsOf(all));
    }),
  );
});

test('an answer stands under what it answers until it is too deep', () => {
  const chain = Array.from({ length: 7 }, (_, n) =>
    letter(`l${n}`, { parentId: n === 0 ? null : `l${n - 1}`, createdAt: NOW + n }),
  );
  assert.deepEqual(
    inOrder(threadsOf(chain)).map(({ letter: { id }, depth }) => [id, depth]),
    [
      ['l0', 1],
      ['l1', 2],
      ['l2', 3],
      ['l3', 4],
      ['l4', 4],
      ['l5', 4],
      ['l6', 4],
    ],
  );
});

test('deleted letters leave, except where they are answered or kept', () => {
  fc.assert(
    fc.property(letters, (all) => {
      const open = all.filter(({ state }) => state === 'open').map(({ id }) => id);
      const left = inOrder(withoutGone(threadsOf(all), () => false));
      const ids = new Set(left.map((one) => one.letter.id));
      assert.ok(open.every((id) => ids.has(id)));
      assert.ok(left.every((one) => one.letter.state === 'open' || one.answers.length > 0));
      assert.equal(inOrder(withoutGone(threadsOf(all), () => true)).length, all.length);
    }),
  );
});

test('every line of a quotation is quoted, and quoting mentions only the one quoted', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80, unit: fc.constantFrom('a', '\n', '\r', '@bo ', '>', ' ', '`') }), (body) => {
      const [head, gap, ...lines] = quoteOf({ author: letter('a').author, body }).split('\n');
      assert.deepEqual([head, gap], ['@ada wrote:', '']);
      assert.deepEqual(lines.slice(-2), ['', '']);
      assert.ok(lines.slice(0, -2).every((line) => line === '>' || line.startsWith('> ')));
      assert.deepEqual(mentionsIn(quoteOf({ author: letter('a').author, body })), ['ada']);
    }),
  );
});

test('mentions are handles that stand for themselves, outside code and quotations', () => {
  const body =
    '@Ada and (@bo), see @ada again; mail@host.org, https://x.org/@cy, @@dee\n> @eve\n`@fay` ``a ` @gus``\n```\n@hal\n```\n@ivy-\n@jo-1.';
  assert.deepEqual(mentionsIn(body), ['ada', 'bo', 'jo-1']);
  assert.deepEqual(mentionsIn('```\n@ada'), []);
  assert.deepEqual(mentionsIn(Array.from({ length: 40 }, (_, n) => `@r${n}r`).join(' ')).length, 20);
});

test('handles and papers are found where they stand', () => {
  const piece = fc.constantFrom(
    '@ada',
    ' ',
    '2507.08772v2',
    'arXiv:',
    'doi:10.1000/a(b)',
    '.',
    ',',
    '(',
    ')',
    'x',
    '10.5',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join('');
      for (const { at, length, handle } of handlesIn(text))
        assert.equal(text.slice(at, at + length).toLowerCase(), `@${handle}`);
      let end = 0;
      for (const { at, length, id } of papersIn(text)) {
        assert.ok(at >= end && length > 0 && at + length <= text.length);
        assert.match(id, /^(?:arxiv|doi):/);
        end = at + length;
      }
    }),
  );
  const ids = (text: string): readonly string[] => papersIn(text).map(({ id }) => id);
  assert.deepEqual(ids('See 2507.08772v3, arXiv: math/0309136 (and doi:10.1000/x(1)).'), [
    'arxiv:2507.08772',
    'arxiv:math/0309136',
    'doi:10.1000/x(1)',
  ]);
  assert.deepEqual(ids('on 2024.12345 or 1234/5678901, 3.14159, https://x.org/2507.08772'), []);
});

test('a letter is kept as it was written, but for its ends', () => {
  assert.equal(bodyOf('\r\n  \n    code\r\nmore\r \n\n'), '    code\nmore');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(0xffff), fc.nat(0x7f)), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
      (text) => {
        const body = bodyOf(text);
        assert.equal(bodyOf(body), body);
        assert.ok(body.isWellFormed() && !body.includes('\0') && !body.includes('\r'));
        assert.equal(body.replace(/\s/g, ''), text.toWellFormed().replace(/[\s\0]/g, ''));
      },
    ),
  );
  assert.ok(BODY_CAP > 0);
});

test('who may do what', () => {
  const one = letter('a');
  const ada = { id: 'ada', role: 'reader' } as const;
  const bo = { id: 'bo', role: 'reader' } as const;
  const mo = { id: 'mo', role: 'moderator' } as const;
  const granted = (rights: ReturnType<typeof rightsOf>): readonly string[] =>
    Object.entries(rights).flatMap(([name, is]) => (is ? [name] : []));
  assert.deepEqual(granted(rightsOf(one, null, NOW)), ['read']);
  assert.deepEqual(granted(rightsOf(one, ada, NOW)), ['read', 'answer', 'edit', 'delete']);
  assert.deepEqual(granted(rightsOf(one, bo, NOW)), ['read', 'answer', 'report']);
  const gone = letter('a', { state: 'deleted', stateAt: NOW });
  assert.deepEqual(granted(rightsOf(gone, ada, NOW + UNDO_MS - 1)), ['undo']);
  assert.deepEqual(granted(rightsOf(gone, ada, NOW + UNDO_MS)), []);
  for (const reader of [bo, mo, null]) assert.deepEqual(granted(rightsOf(gone, reader, NOW)), []);
  const hidden = letter('a', { state: 'hidden', stateAt: NOW, reason: 'Spam.' });
  assert.deepEqual(granted(rightsOf(hidden, ada, NOW)), []);
  assert.deepEqual(granted(rightsOf(hidden, mo, NOW)), ['read']);
});
