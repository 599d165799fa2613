import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, dayOf } from '../kernel/day.ts';
import { alarmsOf, type Evidence, median, spell, type Watched } from './alarms.ts';
import type { LedgerCell, Run, SourceStanding } from './ledger.ts';

const NOW = Date.parse('2026-11-20T09:00:00Z');
const HOUR = 3_600_000;
const TODAY = dayOf(NOW);

const oai: Watched = { id: 'arxiv-oai', title: 'arXiv', staleAfterHours: 48, group: 'arxiv' };
const feed: Watched = { id: 'arxiv-feed', title: 'arXiv feeds', staleAfterHours: 48, group: 'arxiv' };

const standing = (change: Partial<SourceStanding> = {}): SourceStanding => ({
  source: 'arxiv-oai',
  paused: false,
  nextAt: NOW + HOUR,
  lastSuccessAt: NOW - HOUR,
  lastFailureAt: null,
  lastFailure: null,
  newestDay: addDays(TODAY, -1),
  ...change,
});

const run = (change: Partial<Run> = {}): Run => ({
  id: 'r1',
  source: 'arxiv-oai',
  wish: '',
  startedAt: NOW - HOUR,
  seenAt: NOW - HOUR,
  endedAt: NOW - HOUR,
  outcome: 'complete',
  note: null,
  pages: 1,
  total: null,
  counts: { new: 3, changed: 1, same: 0, rejected: 1, gone: 0 },
  ...change,
});

const cell = (day: string, announced: number, change: Partial<LedgerCell> = {}): LedgerCell => ({
  source: 'arxiv-oai',
  category: 'cs.LG',
  day,
  announced,
  ingested: announced,
  rejected: 0,
  ...change,
});

const given = (change: Partial<Evidence> = {}): readonly string[] =>
  alarmsOf({ now: NOW, sources: [oai, feed], standings: [standing()], runs: [run()], cells: [], ...change }).map(
    ({ kind, source, day }) => [kind, source, ...(day === null ? [] : [day])].join(' '),
  );

test('a source that works raises nothing', () => assert.deepEqual(given(), []));

test('a source without success, or without a new day, for longer than it may is stale', () => {
  assert.deepEqual(given({ standings: [standing({ lastSuccessAt: NOW - 49 * HOUR })] }), ['stale arxiv-oai']);
  assert.deepEqual(given({ standings: [standing({ newestDay: addDays(TODAY, -4) })] }), ['stale arxiv-oai']);
  assert.deepEqual(given({ standings: [standing({ newestDay: addDays(TODAY, -2) })] }), []);
  const never = standing({ lastSuccessAt: null });
  assert.deepEqual(given({ standings: [never], runs: [] }), []);
  assert.deepEqual(given({ standings: [never], runs: [run({ startedAt: NOW - 60 * HOUR, outcome: 'stopped' })] }), [
    'stale arxiv-oai',
  ]);
});

test('only what is scheduled and not paused is watched', () => {
  const bad = { lastSuccessAt: NOW - 900 * HOUR, newestDay: null };
  const runs = [run({ outcome: 'failed' })];
  assert.deepEqual(given({ standings: [standing({ ...bad, paused: true })], runs }), []);
  assert.deepEqual(given({ standings: [standing({ ...bad, nextAt: null })], runs }), []);
  assert.deepEqual(given({ standings: [], runs }), []);
  assert.deepEqual(given({ standings: [standing(bad)], runs }), ['stale arxiv-oai', 'failing arxiv-oai']);
});

test('the last run that ended tells: failed, or short of what the source said', () => {
  const failed = run({ outcome: 'failed', note: 'The archive is shut.' });
  const [alarm] = alarmsOf({ now: NOW, sources: [oai], standings: [standing()], runs: [failed], cells: [] });
  assert.equal(alarm?.says, 'The last run of arXiv failed: The archive is shut.');
  assert.deepEqual(given({ runs: [run({ outcome: 'running' }), failed] }), ['failing arxiv-oai']);
  assert.deepEqual(given({ runs: [run(), failed] }), []);
  assert.deepEqual(given({ runs: [run({ total: 6 })] }), [`short arxiv-oai ${TODAY}`]);
  assert.deepEqual(given({ runs: [run({ total: 5 })] }), []);
  assert.deepEqual(given({ runs: [run({ total: 6, outcome: 'stopped' })] }), []);
});

const yesterday = addDays(TODAY, -1);
const weeks = (n: number, announced: number): readonly LedgerCell[] =>
  Array.from({ length: n }, (_, week) => cell(addDays(yesterday, -7 * (week + 1)), announced));

test('a day far below its weekday diverges, once there are four weeks to judge by', () => {
  assert.deepEqual(given({ cells: [...weeks(4, 100), cell(yesterday, 33)] }), [`diverges arxiv-oai ${yesterday}`]);
  assert.deepEqual(given({ cells: [...weeks(4, 100), cell(yesterday, 34)] }), []);
  assert.deepEqual(given({ cells: weeks(4, 100) }), [`diverges arxiv-oai ${yesterday}`]);
  assert.deepEqual(given({ cells: [...weeks(3, 100), cell(yesterday, 3)] }), []);
  assert.deepEqual(given({ cells: [...weeks(4, 19), cell(yesterday, 0)] }), []);
  const silent = [standing({ newestDay: addDays(TODAY, -2) })];
  assert.deepEqual(given({ standings: silent, cells: weeks(4, 100) }), [], 'a day not reached is not judged');
});

test('two wires of one archive must agree within a tenth on what both cover', () => {
  const standings = [standing(), standing({ source: 'arxiv-feed' })];
  const both = (a: number, b: number, category = 'cs.LG'): readonly LedgerCell[] => [
    cell(yesterday, a),
    cell(yesterday, b, { source: 'arxiv-feed', category }),
  ];
  assert.deepEqual(given({ standings, cells: both(100, 89) }), [`diverges arxiv-oai ${yesterday}`]);
  assert.deepEqual(given({ standings, cells: both(100, 90) }), []);
  assert.deepEqual(given({ standings, cells: both(100, 50) }), [`diverges arxiv-oai ${yesterday}`]);
  assert.deepEqual(given({ standings, cells: both(100, 49) }), [], 'cross-lists only');
  assert.deepEqual(given({ standings, cells: both(100, 80, 'cs.CL') }), []);
  assert.deepEqual(given({ standings, cells: both(19, 10) }), []);
  const apart = { ...feed, group: 'another' };
  assert.deepEqual(given({ sources: [oai, apart], standings, cells: both(100, 80) }), []);
});

test('the median is a middle: between the extremes, and half lie on either side', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1 }), (numbers) => {
      const middle = median(numbers);
      assert.ok(numbers.filter((n) => n < middle).length <= numbers.length / 2);
      assert.ok(numbers.filter((n) => n > middle).length <= numbers.length / 2);
      assert.equal(median(numbers.toReversed()), middle);
    }),
  );
});

test('waiting longer never ends staleness, and pausing always does', () => {
  const hours = fc.integer({ min: 0, max: 2_000 });
  fc.assert(
    fc.property(hours, hours, fc.option(hours), (success, more, day) => {
      const at = standing({
        lastSuccessAt: NOW - success * HOUR,
        newestDay: day === null ? null : dayOf(NOW - day * HOUR),
      });
      const isStale = (now: number, one = at): boolean =>
        alarmsOf({ now, sources: [oai], standings: [one], runs: [], cells: [] }).some(({ kind }) => kind === 'stale');
      if (isStale(NOW)) assert.ok(isStale(NOW + more * HOUR));
      assert.ok(!isStale(NOW + more * HOUR, { ...at, paused: true }));
      if (success > 48) assert.ok(isStale(NOW));
    }),
  );
});

test('more announced on the judged day never brings an alarm about', () => {
  const count = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(fc.array(count, { minLength: 4, maxLength: 4 }), count, count, (before, announced, more) => {
      const past = before.map((n, week) => cell(addDays(yesterday, -7 * (week + 1)), n));
      const alarms = (n: number): number => given({ cells: [...past, cell(yesterday, n)] }).length;
      assert.ok(alarms(announced + more) <= alarms(announced));
    }),
  );
});

test('lengths of time are said in hours, then in days', () => {
  assert.deepEqual(
    [0, 1, 50, 71, 72, 100].map((hours) => spell(hours * HOUR)),
    ['0 hours', '1 hour', '50 hours', '71 hours', '3 days', '4 days'],
  );
});
