import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  ACTIONS,
  type Action,
  applies,
  DEEDS,
  type ModerationEntry,
  mayModerate,
  mayUndo,
  outcomeOf,
  submissionIn,
  submissionTarget,
} from './moderation.ts';
import { ROLES } from './reader.ts';

const role = fc.constantFrom(...ROLES.slice(1)) as fc.Arbitrary<'reader' | 'trusted' | 'moderator' | 'operator'>;
const someone = fc.record({ id: fc.constantFrom('a', 'b', 'c'), role });
const deed = fc.constantFrom(...ACTIONS.filter((one) => one !== 'undo')) as fc.Arbitrary<Exclude<Action, 'undo'>>;

const aboutOthers: readonly Action[] = ['settle', 'accept', 'grant', 'refuse', 'reopen'];

const entryOf = (parts: Partial<ModerationEntry>): ModerationEntry => ({
  id: 1,
  actor: 'a',
  actorRole: 'moderator',
  action: 'hide',
  kind: 'letter',
  target: 'l',
  reason: 'Rude.',
  at: 0,
  before: 'open',
  after: 'hidden',
  undoes: null,
  undoneBy: null,
  ...parts,
});

suite('who may moderate whom', () => {
  test('readers nobody; moderators nobody of their rank or above; roles are the operator’s', () => {
    fc.assert(
      fc.property(someone, deed, someone, (actor, action, target) => {
        const may = mayModerate(actor, action, target);
        if (actor.role === 'reader' || actor.role === 'trusted') assert.equal(may, false);
        if (
          !aboutOthers.includes(action) &&
          actor.role === 'moderator' &&
          (target.role === 'moderator' || target.role === 'operator')
        )
          assert.equal(may, false);
        if (action === 'role' && actor.role !== 'operator') assert.equal(may, false);
        if (aboutOthers.includes(action) && actor.role === 'moderator') assert.equal(may, actor.id !== target.id);
        if (['ban', 'unban', 'role', 'clear'].includes(action) && actor.id === target.id) assert.equal(may, false);
        if (actor.role === 'operator' && actor.id !== target.id) assert.equal(may, true);
      }),
    );
    const moderator = { id: 'm', role: 'moderator' } as const;
    for (const lower of ['reader', 'trusted'] as const)
      assert.equal(mayModerate(moderator, 'ban', { id: 'r', role: lower }), true);
  });

  test('more rank never takes a right away', () => {
    fc.assert(
      fc.property(someone, deed, someone, (actor, action, target) => {
        if (mayModerate(actor, action, target)) assert.ok(mayModerate({ ...actor, role: 'operator' }, action, target));
      }),
    );
  });

  test('what one above has done stays; what was undone is not undone again', () => {
    const [moderator, operator, reader] = [
      { id: 'm', role: 'moderator' },
      { id: 'o', role: 'operator' },
      { id: 'r', role: 'reader' },
    ] as const;
    assert.equal(mayUndo(moderator, entryOf({}), reader), true);
    assert.equal(mayUndo(moderator, entryOf({ actorRole: 'operator' }), reader), false);
    assert.equal(mayUndo(operator, entryOf({ actorRole: 'operator' }), reader), true);
    assert.equal(mayUndo(operator, entryOf({ undoneBy: 2 }), reader), false);
    assert.equal(mayUndo(operator, entryOf({ action: 'undo', undoes: 1 }), reader), false);
    assert.equal(mayUndo(moderator, entryOf({}), operator), false);
  });
});

test('every action but undoing is a deed on something; submissions are named so that their paper’s id may be anything', () => {
  const deeds = new Set<string>(Object.values(DEEDS).flat());
  assert.deepEqual([...deeds].sort(), ACTIONS.filter((one) => one !== 'undo').sort());
  assert.ok(applies('ring', 'clear') && !applies('paper', 'ban'));
  fc.assert(
    fc.property(fc.stringMatching(/^[^ ]+$/), fc.string(), (reader, paperId) => {
      assert.deepEqual(submissionIn(submissionTarget({ reader, paperId })), { reader, paperId });
    }),
  );
});

test('a decision leads from what waits, and back by another', () => {
  for (const [action, state, after] of [
    ['accept', 'waiting', 'done'],
    ['accept', 'refused', 'done'],
    ['accept', 'done', null],
    ['accept', 'open', null],
    ['refuse', 'waiting', 'refused'],
    ['refuse', 'done', null],
    ['grant', 'requested', 'granted'],
    ['refuse', 'granted', 'refused'],
    ['reopen', 'refused', 'requested'],
    ['reopen', 'requested', null],
  ] as const)
    assert.equal(outcomeOf(action, state), after, `${action} from ${state}`);
});

test('an action that applies changes the state, and one leads back', () => {
  const states = ['open', 'hidden', 'removed', 'deleted', 'banned'];
  fc.assert(
    fc.property(
      fc.constantFrom('hide', 'remove', 'restore', 'ban', 'unban'),
      fc.constantFrom(...states),
      (action, state) => {
        const after = outcomeOf(action, state);
        if (after === null) return;
        assert.notEqual(after, state);
        assert.ok(
          (['hide', 'remove', 'restore', 'ban', 'unban'] as const).some((back) => outcomeOf(back, after) !== null),
        );
      },
    ),
  );
  assert.equal(outcomeOf('restore', 'deleted'), null);
  assert.equal(outcomeOf('hide', 'removed'), null);
});
