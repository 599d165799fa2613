import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '../../../src/kernel/clock.ts';
import {
  type Action,
  DEEDS,
  type ModerationEntry,
  submissionTarget,
  type TargetKind,
} from '../../../src/model/moderation.ts';
import type { Reader } from '../../../src/model/reader.ts';
import { type Deed, moderate, undoModeration } from '../../../src/services/moderation.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

/** Every deed that moderators have, done and taken back: what can be seen is then what it was. */

const AT = 1_790_000_000_000;
const DAY = '2026-09-21';
const READERS = ['ada', 'bo', 'cy', 'di', 'ed'];

const OPERATOR: Reader = { id: 'op', handle: 'op', name: 'Op', role: 'operator', createdAt: 0 };

interface World {
  readonly store: Store;
  readonly paper: string;
  /** Seconds go by, so that nothing happens at the same time. */
  readonly act: (parts: Omit<Deed, 'actor' | 'reason'>) => Promise<ModerationEntry | null>;
  readonly undo: (id: number) => Promise<void>;
}

const build = async (store: Store): Promise<World> => {
  const [first] = await store.papers.save([incomingOf('2609.00001', { published: DAY }), incomingOf('2609.00002')], {
    now: AT,
  });
  assert.ok(first);
  const paper = first.id;
  for (const id of [...READERS, 'op']) {
    const role = id === 'op' ? 'operator' : 'reader';
    await store.accounts.create({ id, handle: id, name: id, email: null, role, createdAt: AT });
    await store.votes.cast({ paperId: paper, reader: id, wish: true, at: AT });
  }
  const chair = { reader: 'ada', handle: 'ada', name: 'Ada' };
  const group = {
    handle: 'g',
    name: 'G',
    about: '',
    visibility: 'public',
    windowDays: 30,
    createdBy: 'ada',
    createdAt: AT,
  } as const;
  await store.groups.create({ ...group, madeAs: 'f', chair });
  await store.groups.vote({ group: 'g', paperId: paper, reader: 'ada', wish: true, at: AT });
  for (const [n, groupId] of [null, null, 'g'].entries())
    await store.letters.add({
      id: `letter-${n}`,
      paperId: paper,
      groupId,
      parentId: null,
      body: `Words ${n}`,
      author: { id: 'ada', handle: 'ada', name: 'Ada' },
      at: AT + n,
    });
  await store.letters.report({ letterId: 'letter-0', reader: 'bo', reason: 'Rude.', at: AT + 9 });
  await store.submissions.add([{ paperId: paper, reader: 'ada', day: DAY, at: AT, note: 'Read it.' }], null);
  const draft = { id: 'draft', reader: 'bo', at: AT, note: 'Read it too.', body: '{}' } as const;
  await store.submissions.drafts.put({ ...draft, state: 'waiting', decidedBy: null, decidedAt: null });
  const claim = { paperId: paper, reader: 'ada', authorKey: 'ada-lovelace', evidence: 'Ask me.' } as const;
  await store.claims.put({ ...claim, state: 'requested', requestedAt: AT, decidedBy: null, decidedAt: null });
  await store.moderation.flagRing({ id: 'ring', readers: READERS, at: AT });
  let at = AT + 1_000;
  const deps = () => {
    at += 1_000;
    return { store, clock: fixedClock(new Date(at).toISOString()) };
  };
  return {
    store,
    paper,
    act: async (parts) => {
      const done = await moderate(deps(), { actor: OPERATOR, reason: `Because of ${parts.action}.`, ...parts });
      assert.ok(done.ok, JSON.stringify(done));
      return done.value;
    },
    undo: async (id) => {
      const done = await undoModeration(deps(), { actor: OPERATOR, id });
      assert.ok(done.ok && done.value !== null, JSON.stringify(done));
      const again = await undoModeration(deps(), { actor: OPERATOR, id });
      assert.ok(again.ok && again.value === null, 'undone twice is undone once');
    },
  };
};

/** All that readers and moderators are shown of it; when a letter came to its state is not. */
const seen = async ({ store, paper }: World): Promise<object> => {
  const letters = await Promise.all(
    [0, 1, 2].map(async (n) => {
      const letter = await store.letters.get(`letter-${n}`);
      return { state: letter?.state, reason: letter?.reason, body: letter?.body };
    }),
  );
  return {
    letters,
    paper: await store.papers.get(paper),
    found: await store.papers.resolve('doi:10.1000/2609.00001'),
    hold: await store.papers.hold(paper),
    cards: await store.papers.cards([paper], 'ada'),
    listed: await store.browse.category('cs.LG', { limit: 9, offset: 0 }),
    author: await store.browse.author('ada-lovelace', { limit: 9, offset: 0 }),
    all: (await Array.fromAsync(store.papers.all())).map(({ id }) => id),
    count: await store.papers.count(),
    unplaced: await store.papers.unplaced({ first: DAY, last: DAY, limit: 9 }),
    submissions: [...(await store.submissions.of([paper]))],
    draft: await store.submissions.drafts.get('draft'),
    claim: await store.claims.get(paper, 'ada'),
    authors: await store.claims.granted(paper),
    justIn: await store.submissions.between(DAY, DAY),
    account: await store.accounts.get('ada'),
    votes: await store.votes.of('ada'),
    group: await store.groups.tallies({ group: 'g', reader: 'ada' }),
    rings: await store.moderation.rings(),
    ringVotes: await store.moderation.ringVotes([paper]),
    settled: [...(await store.moderation.settled('letter', ['letter-0']))],
  };
};

type Kind = TargetKind;
type Does = Exclude<Action, 'undo'>;

/** What each is done to, and what comes before it so that it can be done. */
const TARGETS = (paper: string): Readonly<Record<Kind, string>> => ({
  letter: 'letter-0',
  paper,
  submission: submissionTarget({ paperId: paper, reader: 'ada' }),
  reader: 'ada',
  ring: 'ring',
  draft: 'draft',
  claim: submissionTarget({ paperId: paper, reader: 'ada' }),
});
const FIRST: Partial<Record<Does, Does>> = { restore: 'remove', unban: 'ban', reopen: 'grant' };

export const deeds = (open: () => Promise<Store>): void => {
  for (const kind of Object.keys(DEEDS) as Kind[])
    for (const action of DEEDS[kind] as readonly Does[])
      test(`${action} a ${kind}: seen at once, logged once, and undone exactly`, async () => {
        await using store = await open();
        const world = await build(store);
        const through = action === 'accept' ? { through: { papers: [world.paper], day: DAY, body: '{}' } } : {};
        const target = TARGETS(world.paper)[kind];
        const deed = { kind, target, role: 'moderator', letters: true, ...through } as const;
        const first = FIRST[action];
        if (first !== undefined) await world.act({ ...deed, action: first });
        const before = await seen(world);
        const entry = await world.act({ ...deed, action });
        assert.ok(entry);
        assert.notDeepEqual(await seen(world), before);
        assert.equal(await world.act({ ...deed, action }), null, 'done twice is done once');
        const logged = await store.moderation.log({ limit: 9 });
        assert.equal(logged.length, first === undefined ? 1 : 2);
        assert.deepEqual([logged[0]?.action, logged[0]?.kind, logged[0]?.actor], [action, kind, 'op']);
        await world.undo(entry.id);
        assert.deepEqual(await seen(world), before);
        assert.equal((await store.moderation.get(entry.id))?.undoneBy, entry.id + 1);
      });

  test('a decision on a claim or a submission is undone to the one before it, with who made that, and made anew', async () => {
    await using store = await open();
    const world = await build(store);
    const { paper } = world;
    const orcid = { evidence: '', state: 'granted', requestedAt: AT, decidedBy: 'orcid', decidedAt: AT } as const;
    await store.claims.put({ paperId: paper, reader: 'bo', authorKey: 'emmy-noether', ...orcid });
    const claim = { kind: 'claim', target: submissionTarget({ paperId: paper, reader: 'bo' }) } as const;
    const [by, draft] = [await store.claims.get(paper, 'bo'), await store.submissions.drafts.get('draft')];
    const refused = await world.act({ ...claim, action: 'refuse' });
    assert.equal((await store.claims.get(paper, 'bo'))?.decidedBy, 'op');
    await world.act({ ...claim, action: 'reopen' });
    const early = await undoModeration({ store, clock: fixedClock(DAY) }, { actor: OPERATOR, id: refused?.id ?? 0 });
    assert.deepEqual(early.ok ? '' : early.code, 'bad-input', 'the later change first');
    await world.undo((refused?.id ?? 0) + 1);
    await world.undo(refused?.id ?? 0);
    assert.deepEqual(await store.claims.get(paper, 'bo'), by);

    const to = { kind: 'draft', target: 'draft' } as const;
    const through = { papers: [paper], day: DAY, body: '{"n":1}' };
    const no = await world.act({ ...to, action: 'refuse' });
    const refusal = await store.submissions.drafts.get('draft');
    const yes = await world.act({ ...to, action: 'accept', through });
    assert.deepEqual(
      (await store.submissions.of([paper]))
        .get(paper)
        ?.map(({ reader }) => reader)
        .sort(),
      ['ada', 'bo'],
    );
    await world.undo(yes?.id ?? 0);
    assert.deepEqual({ ...(await store.submissions.drafts.get('draft')), body: '{}' }, refusal);
    await world.undo(no?.id ?? 0);
    assert.deepEqual({ ...(await store.submissions.drafts.get('draft')), body: '{}' }, draft);
    await world.act({ ...to, action: 'accept', through });
    assert.equal((await store.submissions.of([paper])).get(paper)?.[1]?.note, 'Read it too.');
  });

  test('a paper taken down is in no list, and its index is told; what is harvested reaches it, and it comes back with that', async () => {
    await using store = await open();
    const world = await build(store);
    const { paper } = world;
    await world.act({ kind: 'paper', target: paper, action: 'remove' });
    assert.equal(await store.papers.get(paper), null);
    assert.deepEqual(await store.papers.cards([paper], ''), []);
    assert.equal(await store.papers.resolve(paper), null);
    assert.equal(await store.papers.resolve('doi:10.1000/2609.00001'), null);
    assert.equal(await store.papers.count(), 1);
    assert.deepEqual(await store.papers.unplaced({ first: DAY, last: DAY, limit: 9 }), []);
    assert.equal((await store.browse.category('cs.LG', { limit: 9, offset: 0 })).total, 1);
    assert.equal((await store.papers.hold('doi:10.1000/2609.00001'))?.id, paper);
    assert.deepEqual(
      (await store.papers.held(9)).map(({ id, state, reason, title }) => ({ id, state, reason, title })),
      [{ id: paper, state: 'removed', reason: 'Because of remove.', title: 'On 2609.00001' }],
    );
    const last = await store.changes.last();
    assert.equal((await store.changes.since(last - 1, 9))[0]?.paperId, paper);

    const newer = incomingOf('2609.00001', { title: 'On it, again', published: DAY, categories: ['stat.ML'] });
    await store.papers.save([newer], { now: AT + 5 });
    assert.equal(await store.papers.get(paper), null);
    assert.equal(await store.papers.count(), 1);
    assert.equal((await store.browse.category('stat.ML', { limit: 9, offset: 0 })).total, 0);
    await world.act({ kind: 'paper', target: paper, action: 'restore' });
    assert.equal((await store.papers.get(paper))?.title, 'On it, again');
    assert.equal((await store.browse.category('stat.ML', { limit: 9, offset: 0 })).total, 1);
    assert.equal((await store.browse.category('cs.LG', { limit: 9, offset: 0 })).total, 1);
    assert.equal(await store.papers.count(), 2);
  });

  test('a paper taken down stays down when it proves to be another, and the log can still be undone', async () => {
    await using store = await open();
    const [one] = await store.papers.save(
      [incomingOf('o1', { id: null, doi: null, title: 'A long and telling title of a paper' }, 'openreview')],
      { now: AT },
    );
    assert.ok(one);
    const deps = { store, clock: fixedClock('2026-09-22T00:00:00Z') };
    const to = { actor: OPERATOR, kind: 'paper', target: one.id, reason: 'No.' } as const;
    const entry = await moderate(deps, { ...to, action: 'hide' });
    assert.ok(entry.ok && entry.value !== null);
    const title = 'A long and telling title of a paper';
    const [two] = await store.papers.save([incomingOf('2609.00009', { title, doi: null })], { now: AT });
    assert.notEqual(two?.id, one.id);
    assert.equal(await store.papers.get(two?.id ?? ''), null);
    assert.equal(await store.papers.count(), 0);
    assert.ok((await undoModeration(deps, { actor: OPERATOR, id: entry.value.id })).ok);
    assert.equal((await store.papers.get(two?.id ?? ''))?.title, title);
    assert.equal(await store.papers.count(), 1);
  });

  test('a ban takes votes along in groups too, refuses those on their way, and leaves what moderators hid before', async () => {
    await using store = await open();
    const world = await build(store);
    const reader = { kind: 'reader', target: 'ada', letters: true } as const;
    await world.act({ kind: 'letter', target: 'letter-1', action: 'hide' });
    await world.act({ ...reader, action: 'ban' });
    const states = async () => Promise.all([0, 1, 2].map(async (n) => (await store.letters.get(`letter-${n}`))?.state));
    assert.deepEqual(await states(), ['hidden', 'hidden', 'hidden']);
    assert.deepEqual(await store.groups.tallies({ group: 'g', reader: '' }), []);
    assert.deepEqual(await store.submissions.between(DAY, DAY), [], 'nor does what they submitted stand ahead');
    await store.groups.vote({ group: 'g', paperId: world.paper, reader: 'ada', wish: false, at: AT });
    assert.equal((await store.papers.cards([world.paper], ''))[0]?.letters, 0);
    await world.act({ ...reader, action: 'unban' });
    assert.deepEqual(await states(), ['open', 'hidden', 'open']);
    assert.equal((await store.groups.tallies({ group: 'g', reader: '' }))[0]?.votes, 1);
    assert.equal((await store.papers.cards([world.paper], ''))[0]?.letters, 1);
    assert.equal((await store.submissions.between(DAY, DAY)).length, 1);
  });
};
