import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_WISHES, DIGEST_PARTS, PAPER_PARTS, type PaperPart } from './digest.ts';
import { type Candidate, changesOf, selectParts } from './digest-select.ts';
import { wishesOf } from './digest-wishes.ts';

const ids = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 15 });
const candidates = fc
  .record(Object.fromEntries(PAPER_PARTS.map((part) => [part, ids])) as Record<PaperPart, typeof ids>)
  .map(
    (parts) =>
      new Map<PaperPart, readonly Candidate[]>(
        PAPER_PARTS.map((part) => [part, parts[part].map((n) => ({ paperId: `p${n}`, reason: `${part} ${n}` }))]),
      ),
  );

test('a digest holds nothing that was sent, each paper once with all its reasons, and as many as there is room for', () => {
  fc.assert(
    fc.property(candidates, ids, fc.integer({ min: 1, max: 30 }), (all, told, limit) => {
      const sent = new Set(told.map((n) => `p${n}`));
      const entries = selectParts(all, { sent, limit }).flatMap(({ entries }) => entries);
      const chosen = entries.map(({ paperId }) => paperId);
      assert.equal(new Set(chosen).size, chosen.length);
      assert.ok(chosen.every((id) => !sent.has(id)));
      const news = new Set([...all.values()].flat().map(({ paperId }) => paperId)).difference(sent);
      assert.equal(chosen.length, Math.min(limit, news.size));
      for (const { paperId, reasons } of entries) {
        const given = [...all.values()].flat().filter((one) => one.paperId === paperId);
        assert.deepEqual(new Set(reasons), new Set(given.map(({ reason }) => reason)));
      }
    }),
  );
});

test('a paper stands under what is nearest to its reader, and a long part leaves room for the others', () => {
  const list = (part: string, ...names: string[]) =>
    names.map((paperId) => ({ paperId, reason: `${part} ${paperId}` }));
  const parts = selectParts(
    new Map([
      ['trending', list('trending', 'a', 'b', 'c', 'd', 'e')],
      ['followed', list('followed', 'c')],
      ['personal', list('personal', 'x', 'c')],
    ]),
    { sent: new Set(['b']), limit: 4 },
  );
  assert.deepEqual(
    parts.map(({ part, entries }) => [part, ...entries.map(({ paperId }) => paperId)]),
    [
      ['trending', 'a', 'd'],
      ['personal', 'x'],
      ['followed', 'c'],
    ],
  );
  assert.deepEqual(parts.at(-1)?.entries[0]?.reasons, ['followed c', 'personal c', 'trending c']);
});

test('what changed is told of, but not what was found when watching began, nor a number where none was known', () => {
  const state = { version: 1, withdrawn: false, code: false };
  assert.deepEqual(changesOf(undefined, { version: 3, withdrawn: true, code: true }), []);
  assert.deepEqual(changesOf(state, state), []);
  assert.deepEqual(changesOf(state, { version: 2, withdrawn: true, code: true }), ['withdrawn', 'version', 'code']);
  assert.deepEqual(changesOf({ ...state, version: 0 }, { ...state, version: 2 }), []);
  assert.deepEqual(changesOf({ ...state, withdrawn: true, code: true }, state), []);
});

test('wishes are put in order, and what cannot be is said in a sentence', () => {
  const wish = { ...DEFAULT_WISHES, days: [7, 1, 1, 9], parts: [...DIGEST_PARTS].reverse() };
  const kept = wishesOf(wish, { reader: true });
  assert.ok(kept.ok);
  assert.deepEqual([kept.value.days, kept.value.parts], [[1, 7], DIGEST_PARTS]);
  const weekly = wishesOf({ ...wish, rhythm: 'weekly' }, { reader: false });
  assert.ok(weekly.ok);
  assert.deepEqual([weekly.value.days, weekly.value.parts], [[1], ['trending']]);
  const wrong = [
    { hour: 24 },
    { hour: 1.5 },
    { zone: 'Nowhere' },
    { papers: 0 },
    { papers: 1000 },
    { days: [] },
    { parts: [] },
  ];
  for (const change of wrong) assert.ok(!wishesOf({ ...DEFAULT_WISHES, ...change }, { reader: true }).ok);
  assert.ok(
    !wishesOf({ ...DEFAULT_WISHES, parts: ['personal'] }, { reader: false }).ok,
    'an address alone has no library',
  );
});
