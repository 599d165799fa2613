import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { editionKeeper, keepEditions } from '../../src/jobs/editions.ts';
import { addDays, type Day, dayOf } from '../../src/kernel/day.ts';
import { placingScore, type Why } from '../../src/model/placing.ts';
import { correctEdition, recordWithdrawals, setEdition } from '../../src/services/edition.ts';
import { readDay } from '../../src/services/front-page.ts';
import { openSite, type Site } from '../support/app.ts';
import { broadsheet } from '../support/command.ts';

/** Editions make themselves: papers come in, the day rolls over, and what is set stays. */

const clockAt = (iso: string) => {
  let now = Date.parse(iso);
  return { now: () => now, set: (time: string) => (now = Date.parse(time)), pass: (ms: number) => (now += ms) };
};
const HOUR = 3_600_000;
const RULES = { zone: 'UTC', weekends: 'place', size: 80, categories: [] } as const;

let last = 10_000;
/** Papers of one day as lines of the arXiv snapshot. */
const linesOf = (day: Day, n: number, change: object = {}): Record<string, unknown>[] =>
  Array.from({ length: n }, () => {
    const number = ++last;
    return {
      id: `2611.${number}`,
      title: `Herons of pond ${number} counted ${'again '.repeat(number % 7)}`,
      abstract: `In pond ${number} there are herons.`,
      authors: `A${number} Birdwatcher`,
      categories: 'cs.LG stat.ML',
      versions: [{ version: 'v1', created: new Date(`${day}T09:00:00Z`).toUTCString() }],
      ...change,
    };
  });
const idsOf = (lines: readonly object[]): string[] => lines.map((line) => `arxiv:${(line as { id: string }).id}`);
const editionOf = (site: Site, day: Day) => site.app.store.editions.get(day);

test('the day rolls over: the papers of the days before become No. 2, and it stays as it is', async () => {
  const clock = clockAt('2026-11-19T23:00:00Z');
  await using site = await openSite({ clock });
  const { store } = site.app;
  const keeper = editionKeeper(site.app);
  const papers = [...linesOf('2026-11-18', 3), ...linesOf('2026-11-19', 3), ...linesOf('2026-11-01', 2)];
  await keeper.look();
  assert.equal((await store.editions.latest())?.number, 1, 'the papers of the first edition are old: no edition');
  const [favourite = ''] = idsOf(papers);
  await site.take(papers);
  await store.votes.cast({ paperId: favourite, reader: 'a', wish: true, at: clock.now() });

  clock.set('2026-11-20T00:00:00Z');
  for (const _ of [1, 2]) await keeper.look();
  const edition = await editionOf(site, '2026-11-20');
  assert.equal(edition?.number, 2);
  assert.equal(edition.source, 'broadsheet');
  assert.equal(edition.placements[0], favourite);
  assert.deepEqual(edition.placements.toSorted(), idsOf(papers.slice(0, 6)).toSorted());
  const whys = await store.editions.whys('2026-11-20');
  assert.deepEqual([...whys.keys()], edition.placements);
  for (const text of whys.values()) {
    const why: Why = JSON.parse(text);
    assert.equal(placingScore(why, '2026-11-20'), why.score);
  }
  assert.match(await (await site.ask('/')).text(), /No\. 2\b/);
  const page = await readDay(site.app, null, 'a');
  assert.deepEqual(page.ok && page.value.sources, ['arxiv-snapshot'], 'where the papers came in by');

  // Votes and papers that come later are for the editions to come.
  const late = linesOf('2026-11-19', 2);
  await site.take(late);
  const [, , third = ''] = edition.placements;
  for (const reader of ['a', 'b', 'c']) await store.votes.cast({ paperId: third, reader, wish: true, at: clock.now() });
  clock.pass(6 * HOUR);
  for (const again of [keeper, editionKeeper(site.app)]) await again.look();
  assert.deepEqual(await editionOf(site, '2026-11-20'), edition);
  assert.deepEqual(await setEdition(site.app, RULES, '2026-11-20'), { ok: true, value: edition });

  clock.set('2026-11-21T00:10:00Z');
  await keeper.look();
  const next = await editionOf(site, '2026-11-21');
  assert.equal(next?.number, 3);
  assert.deepEqual(next.placements.toSorted(), idsOf(late).toSorted());
  clock.set('2026-11-22T00:10:00Z');
  await keeper.look();
  assert.equal(await editionOf(site, '2026-11-22'), null, 'all papers are placed: no empty edition');
  assert.deepEqual(site.errors, []);
});

test('an instance that slept sets today’s edition only, and one without papers waits for them', async () => {
  const clock = clockAt('2026-11-16T12:00:00Z');
  await using site = await openSite({ clock });
  const keeper = editionKeeper(site.app);
  await keeper.look();
  clock.set('2026-11-19T12:00:00Z');
  await site.take([...linesOf('2026-11-15', 2), ...linesOf('2026-11-17', 2)]);
  await keeper.look();
  assert.deepEqual(await site.app.store.editions.dates(), ['2026-04-20', '2026-11-19']);
  assert.equal((await editionOf(site, '2026-11-19'))?.placements.length, 4);
});

test('weekends that are skipped stand in Monday’s edition', async () => {
  const clock = clockAt('2026-11-20T00:05:00Z');
  await using site = await openSite({ clock, env: { BROADSHEET_EDITION_WEEKENDS: 'skip' } });
  const keeper = editionKeeper(site.app);
  const taken: string[] = [];
  for (let day = '2026-11-20'; day <= '2026-11-23'; day = addDays(day, 1)) {
    const lines = linesOf(addDays(day, -1), 2);
    taken.push(...idsOf(lines));
    await site.take(lines);
    clock.set(`${day}T00:05:00Z`);
    for (const _ of [1, 2]) await keeper.look();
  }
  assert.deepEqual(await site.app.store.editions.dates(), ['2026-04-20', '2026-11-20', '2026-11-23']);
  const monday = await editionOf(site, '2026-11-23');
  assert.deepEqual([monday?.number, monday?.placements.toSorted()], [3, taken.slice(2).toSorted()]);
});

test('the edition is set at its time in its time zone', async () => {
  const clock = clockAt('2026-11-20T00:30:00Z');
  const env = { BROADSHEET_EDITION_AT: '20:00', BROADSHEET_EDITION_ZONE: 'America/New_York' };
  await using site = await openSite({ clock, env });
  const keeper = editionKeeper(site.app);
  await site.take(linesOf('2026-11-18', 2));
  await keeper.look();
  const latest = await site.app.store.editions.latest();
  assert.deepEqual([latest?.date, latest?.number], ['2026-11-18', 2], 'half past seven in New York: still yesterday’s');
  await site.take(linesOf('2026-11-19', 2));
  clock.set('2026-11-20T01:00:00Z');
  await keeper.look();
  assert.equal((await site.app.store.editions.latest())?.date, '2026-11-19');
  const early = await setEdition(site.app, site.app.config.edition, '2026-11-20');
  assert.deepEqual(early.ok ? null : early.code, 'bad-usage');
});

test('a harvest that goes on is waited for, but not for ever, and a dead one not at all', async () => {
  const clock = clockAt('2026-11-20T00:00:00Z');
  await using site = await openSite({ clock });
  const { store } = site.app;
  const keeper = editionKeeper(site.app);
  await site.take(linesOf('2026-11-19', 1));
  const counts = { new: 0, changed: 0, same: 0, rejected: 0, gone: 0 };
  const running = {
    id: 'r',
    source: 'arxiv-oai',
    wish: '',
    startedAt: clock.now(),
    seenAt: clock.now(),
    endedAt: null,
    outcome: 'running',
    note: null,
    pages: 1,
    total: null,
    counts,
  } as const;
  await store.runs.put(running);
  await keeper.look();
  assert.equal(await editionOf(site, '2026-11-20'), null);
  await site.take(linesOf('2026-11-19', 1));
  clock.pass(HOUR / 4);
  await keeper.look();
  assert.equal((await editionOf(site, '2026-11-20'))?.placements.length, 2, 'no sign of life for a quarter of an hour');
  await site.take(linesOf('2026-11-20', 1));
  clock.set('2026-11-21T00:00:00Z');
  for (let hours = 0; hours < 2; hours++) {
    await store.runs.put({ ...running, seenAt: clock.now() });
    await keeper.look();
    assert.equal(await editionOf(site, '2026-11-21'), null);
    clock.pass(HOUR);
  }
  await store.runs.put({ ...running, seenAt: clock.now() });
  await keeper.look();
  assert.equal((await editionOf(site, '2026-11-21'))?.number, 3);
});

test('an edition has its size and its categories; withdrawn papers are left out', async () => {
  const clock = clockAt('2026-11-20T01:00:00Z');
  await using site = await openSite({
    clock,
    env: { BROADSHEET_EDITION_SIZE: '5', BROADSHEET_EDITION_CATEGORIES: 'cs,math.PR' },
  });
  const flood = linesOf('2026-11-19', 9);
  const wished = [
    ...linesOf('2026-11-19', 2, { categories: 'math.PR' }),
    ...linesOf('2026-11-19', 1, { categories: 'cs' }),
  ];
  const comments = 'This paper has been withdrawn by the author due to an error.';
  await site.take([...flood, ...wished, ...linesOf('2026-11-19', 4, { categories: 'hep-th math.PRX' })]);
  await site.take(linesOf('2026-11-19', 1, { categories: 'cs.DL', comments }));
  await editionKeeper(site.app).look();
  const placements = (await editionOf(site, '2026-11-20'))?.placements ?? [];
  assert.equal(placements.length, 5);
  assert.deepEqual(placements.filter((id) => !idsOf(flood).includes(id)).toSorted(), idsOf(wished).toSorted());
});

test('a placed paper that is withdrawn gets a correction, once, and the edition stays as it is', async () => {
  const clock = clockAt('2026-11-20T01:00:00Z');
  await using site = await openSite({ clock });
  const { store } = site.app;
  const keeper = editionKeeper(site.app);
  const [one = {}, other = {}] = linesOf('2026-11-19', 2);
  await site.take([one, other]);
  await keeper.look();
  const before = await editionOf(site, '2026-11-20');
  assert.deepEqual(await recordWithdrawals(site.app), []);
  await site.take([{ ...one, comments: 'This paper has been withdrawn by the author due to an error.' }]);
  clock.pass(HOUR);
  for (const _ of [1, 2]) await keeper.look();
  const says = 'This paper was withdrawn after it was placed.';
  const [paperId = ''] = idsOf([one]);
  const withdrawn = { date: '2026-11-20', paperId, kind: 'withdrawn', says, at: clock.now() } as const;
  assert.deepEqual(await store.editions.corrections('2026-11-20'), [withdrawn]);
  clock.pass(HOUR);
  assert.deepEqual(await recordWithdrawals(site.app), []);

  const [name = ''] = idsOf([other]);
  const note = { date: '2026-11-20', says: ' The count was\n37. ', paper: name };
  for (const _ of [1, 2]) assert.ok((await correctEdition(site.app, note)).ok);
  const told = await store.editions.corrections('2026-11-20');
  assert.deepEqual(
    told.map((correction) => [correction.kind, correction.says]),
    [
      ['withdrawn', says],
      ['note', 'The count was 37.'],
    ],
  );
  assert.deepEqual(await editionOf(site, '2026-11-20'), before);
  for (const wrong of [{ date: '2026-11-25' }, { paper: 'arxiv:1' }, { says: '  ' }])
    assert.equal((await correctEdition(site.app, { ...note, ...wrong })).ok, false);
});

test('two workers set one edition, and the job ends when it is told to', async () => {
  await using site = await openSite({ clock: clockAt('2026-11-20T01:00:00Z') });
  const papers = linesOf('2026-11-19', 40);
  await site.take(papers);
  const set = await Promise.all([1, 2, 3].map(() => setEdition(site.app, RULES, '2026-11-20')));
  for (const one of set) assert.deepEqual(one, set[0]);
  const stop = new AbortController();
  const working = [1, 2].map(() => keepEditions(site.app, { signal: stop.signal }));
  stop.abort();
  await Promise.all(working);
  assert.equal((await editionOf(site, '2026-11-20'))?.placements.length, 40);
  assert.deepEqual(await site.app.store.editions.dates(), ['2026-04-20', '2026-11-20']);
});

test('the command sets the edition of a day, shows it and records a correction', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-edition-'));
  const run = (...args: readonly string[]) => broadsheet(folder, args, { env: { BROADSHEET_EMBED: 'off' } });
  const runWith = (input: string) =>
    broadsheet(folder, ['import', '-', '--source', 'arxiv-snapshot'], { env: { BROADSHEET_EMBED: 'off' }, input });
  try {
    const none = await run('edition');
    assert.equal(none.code, 66, none.err);
    assert.match(none.err, /^There is no edition of \d{4}-\d{2}-\d{2}:/);
    const today = dayOf(Date.now());
    const lines = linesOf(addDays(today, -2), 2);
    await runWith(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const day = addDays(today, -1);
    const set = await run('edition', day);
    assert.equal(set.code, 0, set.err);
    assert.match(set.out, new RegExp(`^No\\. 1 · ${day} · 2 papers · broadsheet\n`));
    assert.match(set.err, /Set now/);
    const [id = ''] = idsOf(lines);
    const corrected = await run('edition', 'correct', day, '--says', 'A name was misspelt.', '--paper', id);
    assert.equal(corrected.code, 0, corrected.err);
    const again = await run('edition', day);
    assert.match(again.err, /It was set before/);
    assert.equal(again.out, `${set.out}Corrections\n  ${id}: A name was misspelt.\n`);
    assert.equal((await run('edition', '2026-13-01')).code, 64);
    assert.equal((await run('edition', 'correct', day)).code, 64);
    assert.equal((await run('edition', 'correct', '2020-01-01', '--says', 'x')).code, 66);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
