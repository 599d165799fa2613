import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, dayOf } from '../../src/kernel/day.ts';
import { idFromUrl, idInUrl } from '../../src/model/urls.ts';
import { setEdition } from '../../src/services/edition.ts';
import { readDay, readSpan, readTrending } from '../../src/services/front-page.ts';
import { flagRings } from '../../src/services/vote-rings.ts';
import { openSite, type Site } from '../support/app.ts';

/** A hundred accounts that vote as one, wherever votes rank. */

const MOST = 5;
const RING = 100;

const vote = async ({ app }: Site, papers: readonly string[]): Promise<readonly string[]> => {
  const at = app.clock.now() - 60_000;
  const ring = Array.from({ length: RING }, (_, n) => `ring-${n}`);
  for (const [n, id] of ring.entries()) {
    await app.store.accounts.create({ id, handle: id, name: id, email: null, role: 'reader', createdAt: at + n });
    for (const paperId of papers) await app.store.votes.cast({ paperId, reader: id, wish: true, at: at + n });
  }
  return ring;
};

/** A few readers who mean it, so that votes do rank. */
const honest = async ({ app }: Site, papers: readonly string[]): Promise<void> => {
  for (const [n, paperId] of papers.entries())
    for (let reader = 0; reader < n % 4; reader++)
      await app.store.votes.cast({
        paperId,
        reader: `honest-${reader}`,
        wish: true,
        at: app.clock.now() - (n * 7 + reader) * 3_600_000,
      });
};

/** Ids in the order of every list that votes rank. */
const lists = async (site: Site): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { app } = site;
  const latest = (await app.store.editions.latest())?.date ?? '';
  const api = async (query: string): Promise<readonly string[]> => {
    const items = await (await site.ask(`/api/daily_papers?limit=100&${query}`)).json();
    return (items as { paper: { id: string } }[]).map(({ paper }) => idFromUrl(paper.id));
  };
  const found = async (path: string): Promise<readonly string[]> => {
    const page = (await (await site.ask(path)).json()) as { hits: { card: { paper: { id: string } } }[] };
    return page.hits.map(({ card }) => card.paper.id);
  };
  const [day, week, month] = [
    await readDay(app, null, ''),
    await readSpan(app, 'week', '2026-W17', ''),
    await readSpan(app, 'month', '2026-04', ''),
  ];
  assert.ok(day.ok && week.ok && month.ok);
  const inOrder = ({ cards, trending }: typeof day.value) => trending.map((at) => cards[at]?.paper.id ?? '');
  return new Map([
    ['the day’s most talked-about', inOrder(day.value)],
    ['the week', inOrder(week.value)],
    ['the month', inOrder(month.value)],
    ['trending', inOrder(await readTrending(app, ''))],
    ['/api/daily_papers', await api(`date=${latest}`)],
    ['/api/daily_papers?sort=trending', await api(`date=${latest}&sort=trending`)],
    ['/api/daily_papers?week=', await api('week=2026-W17')],
    ['search by votes', await found('/search.json?q=learning&sort=votes')],
  ]);
};

test('a ring of a hundred moves no paper by more than five places on any list, and is flagged; unflagged it would', async () => {
  await using site = await openSite();
  const placed = (await site.app.store.editions.latest())?.placements ?? [];
  await honest(site, placed.slice(0, 12));
  const before = await lists(site);
  // The last of what search finds stands low in the other lists too.
  const target = before.get('search by votes')?.at(-1) ?? '';
  await vote(site, [target, placed[30] ?? '', placed[31] ?? '']);
  const moved = async (): Promise<ReadonlyMap<string, number>> => {
    const after = await lists(site);
    return new Map(
      [...before].map(([name, order]) => {
        assert.ok(order.includes(target), `${name} has the paper`);
        return [name, Math.abs(order.indexOf(target) - (after.get(name)?.indexOf(target) ?? 0))];
      }),
    );
  };
  for (const [name, places] of await moved()) assert.ok(places > MOST, `unflagged it moves by ${places} in ${name}`);
  assert.equal(await flagRings(site.app), RING);
  for (const [name, places] of await moved()) assert.ok(places <= MOST, `${places} places in ${name}`);
  assert.equal((await site.app.store.papers.cards([target], ''))[0]?.votes, RING, 'the tally is shown as it is');
  const [ring] = await site.app.store.moderation.rings();
  assert.equal(ring?.readers.length, RING);
  const shown = await (await site.ask(`/papers/${idInUrl(target)}`)).text();
  assert.ok(shown.includes(`${RING}`));
});

test('rings are looked for before an edition is set, so a fresh one does not place a paper', async () => {
  const place = async (attacked: boolean): Promise<number> => {
    await using site = await openSite({ firstEdition: false });
    const today = dayOf(site.app.clock.now());
    const lines = Array.from({ length: 40 }, (_, n) => ({
      id: `2611.${10_000 + n}`,
      title: `Herons of pond ${n}`,
      abstract: `In pond ${n} there are herons.`,
      authors: `A${n} Birdwatcher`,
      categories: 'cs.LG',
      versions: [{ version: 'v1', created: new Date(`${addDays(today, -1)}T09:00:00Z`).toUTCString() }],
    }));
    await site.take(lines);
    const ids = lines.map(({ id }) => `arxiv:${id}`);
    await honest(site, ids.slice(0, 12));
    const rules = { zone: 'UTC', weekends: 'place', size: 80, categories: [] } as const;
    // The one that stands lowest without the ring: known from the run before.
    if (attacked) await vote(site, [lowest]);
    const set = await setEdition(site.app, rules, today);
    assert.ok(set.ok && set.value !== null);
    assert.equal((await site.app.store.moderation.rings())[0]?.readers.length ?? 0, attacked ? RING : 0);
    if (!attacked) lowest = set.value.placements.at(-1) ?? '';
    return set.value.placements.indexOf(lowest);
  };
  let lowest = '';
  const without = await place(false);
  const withRing = await place(true);
  assert.ok(without > MOST && Math.abs(without - withRing) <= MOST, `from ${without} to ${withRing}`);
});
