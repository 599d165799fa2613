import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedSource } from '../../test/support/scripted-source.ts';
import { Fault } from '../kernel/errors.ts';
import type { Source } from '../ports/source.ts';
import { readSchedule } from './schedule.ts';

const TODAY = '2026-11-22';
const { source } = scriptedSource({ pages: 1, size: 1 });
const feeds = scriptedSource({ pages: 1, size: 1, wishes: { set: 'an address' } }).source;
const feed: Source = { ...feeds, id: 'feed', wire: { ...feeds.wire, schedule: null } as NonNullable<Source['wire']> };
const { wire: _, ...file } = source;
const SOURCES: readonly Source[] = [source, feed, { ...file, id: 'file' }];

const planned = (text: string) =>
  readSchedule(text, SOURCES, TODAY).map((plan) => [plan.source.id, plan.wish.set, plan.times]);

test('auto is each source’s own times, off is nothing', () => {
  assert.deepEqual(planned('auto'), [['scripted', null, '30 2 * * * @ UTC']]);
  assert.deepEqual(planned('off'), []);
  assert.deepEqual(planned(' ; '), []);
});

test('entries name a source, perhaps a set, times and a zone', () => {
  assert.deepEqual(
    planned('scripted = 0 9 * * 1-5 @ America/New_York; feed https://a.example/rss?x=1&y=@b = */30 * * * *'),
    [
      ['scripted', null, '0 9 * * 1-5 @ America/New_York'],
      ['feed', 'https://a.example/rss?x=1&y=@b', '*/30 * * * * @ UTC'],
    ],
  );
});

test('auto beside entries stands for the sources that are not named; the same entry twice is one', () => {
  assert.deepEqual(planned('auto; feed x = 0 * * * *; feed x = 0 * * * *'), [
    ['feed', 'x', '0 * * * * @ UTC'],
    ['scripted', null, '30 2 * * * @ UTC'],
  ]);
  assert.deepEqual(planned('auto; scripted = 0 5 * * *'), [['scripted', null, '0 5 * * * @ UTC']]);
});

test('times are those of their zone, through summer and winter', () => {
  const [berlin] = readSchedule('scripted = 0 3 * * * @ Europe/Berlin', SOURCES, TODAY);
  const next = (iso: string): string => new Date(berlin?.next(Date.parse(iso)) ?? 0).toISOString();
  assert.equal(next('2026-07-01T00:00:00Z'), '2026-07-01T01:00:00.000Z');
  assert.equal(next('2026-12-01T00:00:00Z'), '2026-12-01T02:00:00.000Z');
  assert.equal(next('2026-12-01T02:00:00Z'), '2026-12-02T02:00:00.000Z');
});

test('every mistake is told, one sentence each', () => {
  const wrong =
    'nowhere = 0 * * * *; file = 0 * * * *; scripted set = 0 * * * *; scripted = noon; scripted = 0 * * * * @ Mars/Base; scripted';
  assert.throws(
    () => readSchedule(wrong, SOURCES, TODAY),
    (error) => {
      assert.ok(error instanceof Fault && error.code === 'bad-config');
      assert.deepEqual(error.message.split('\n'), [
        'BROADSHEET_HARVEST: “nowhere” cannot be harvested; what can is scripted, feed.',
        'BROADSHEET_HARVEST: “file” cannot be harvested; what can is scripted, feed.',
        'BROADSHEET_HARVEST: “scripted set = 0 * * * *”: scripted has no sets; leave out “set”.',
        'BROADSHEET_HARVEST: “scripted = noon”: “noon” is not a time of five fields, e.g. 30 2 * * * (minute, hour, day, month, weekday).',
        'BROADSHEET_HARVEST: “scripted = 0 * * * * @ Mars/Base”: Mars/Base is not a time zone; write e.g. Europe/Berlin.',
        'BROADSHEET_HARVEST: “scripted” is not written source = cron @ zone, e.g. arxiv-oai = 30 2 * * * @ UTC.',
      ]);
      return true;
    },
  );
});
