import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim } from '../../../src/model/claim.ts';
import { submissionTarget } from '../../../src/model/moderation.ts';
import { emptyProfile } from '../../../src/model/profile.ts';
import type { Submission, SubmissionDraft } from '../../../src/model/submission.ts';
import type { Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

const NOW = 1_790_000_000_000;
const DAY = '2026-11-22';

const submission = (paperId: string, change: Partial<Submission> = {}): Submission => ({
  paperId,
  reader: 'ada',
  day: DAY,
  at: NOW,
  note: 'Read the *appendix*.',
  ...change,
});

const waiting = (id: string, change: Partial<SubmissionDraft> = {}): SubmissionDraft => ({
  id,
  reader: 'ada',
  at: NOW,
  state: 'open',
  note: '',
  body: '{}',
  decidedBy: null,
  decidedAt: null,
  ...change,
});

const claim = (paperId: string, change: Partial<Claim> = {}): Claim => ({
  paperId,
  reader: 'ada',
  authorKey: 'ada-lovelace',
  evidence: 'My page at the university says so.',
  state: 'requested',
  requestedAt: NOW,
  decidedBy: null,
  decidedAt: null,
  ...change,
});

/** What readers bring in, say they wrote, and say of themselves. */
export const submissions = (open: () => Promise<Store>): void => {
  test('a paper submitted twice by one reader is one submission and keeps its note; by two it is two', async () => {
    await using store = await open();
    assert.deepEqual(await store.submissions.add([submission('p1')], null), ['p1']);
    assert.deepEqual(await store.submissions.add([submission('p1', { note: 'other', at: NOW + 1 })], null), []);
    assert.deepEqual(await store.submissions.add([submission('p1', { reader: 'bo', at: NOW + 2 })], null), ['p1']);
    const found = await store.submissions.of(['p1', 'p2']);
    assert.deepEqual([...found], [['p1', [submission('p1'), submission('p1', { reader: 'bo', at: NOW + 2 })]]]);
    assert.equal(await store.submissions.remove({ paperId: 'p1', reader: 'ada' }), true);
    assert.equal(await store.submissions.remove({ paperId: 'p1', reader: 'ada' }), false);
    assert.deepEqual(await store.submissions.by('ada', 9), []);
    assert.equal((await store.submissions.by('bo', 9)).length, 1);
  });

  test('a limit a day holds however many are sent at once, and repeats do not count', async () => {
    await using store = await open();
    const sent = Array.from({ length: 24 }, (_, n) => store.submissions.add([submission(`p${n % 12}`)], 5));
    const taken = (await Promise.all(sent)).flatMap((added) => added ?? []);
    assert.equal(taken.length, 5);
    assert.equal(new Set(taken).size, 5);
    assert.equal(await store.submissions.countOn('ada', DAY), 5);
    assert.deepEqual(await store.submissions.add([submission(taken[0] ?? '')], 5), []);
    assert.equal(await store.submissions.add([submission('other')], 5), null);
    assert.deepEqual(await store.submissions.add([submission('other', { reader: 'bo' })], 5), ['other']);
    assert.deepEqual(await store.submissions.add([submission('other', { day: '2026-11-23' })], 5), ['other']);
    assert.equal(await store.submissions.add([submission('x'), submission('y', { reader: 'ada' })], 5), null);
  });

  test('what is taken back counts on its day all the same, and may be made anew; what is taken down is not taken back', async () => {
    await using store = await open();
    const which = { paperId: 'p1', reader: 'ada' };
    await store.submissions.add([submission('p1'), submission('p2')], 2);
    assert.equal(await store.submissions.remove(which), true);
    assert.equal(await store.submissions.state(which), null);
    assert.deepEqual([...(await store.submissions.of(['p1']))], []);
    assert.deepEqual(await store.submissions.held(9), []);
    assert.equal(await store.submissions.countOn('ada', DAY), 2);
    assert.equal(await store.submissions.add([submission('p3')], 2), null);
    assert.deepEqual(await store.submissions.add([submission('p1', { note: 'again' })], 2), ['p1']);
    assert.deepEqual((await store.submissions.of(['p1'])).get('p1'), [submission('p1', { note: 'again' })]);
    const hide = { action: 'hide', kind: 'submission', reason: 'x', at: NOW, undoes: null } as const;
    const as = { actor: 'mo', actorRole: 'moderator', before: 'open', after: 'hidden' } as const;
    assert.notEqual(await store.moderation.act({ ...hide, ...as, target: submissionTarget(which) }), null);
    assert.equal(await store.submissions.remove(which), false);
    assert.equal(await store.submissions.state(which), 'hidden');
    assert.deepEqual(await store.submissions.add([submission('p1')], null), []);
    assert.equal(await store.submissions.state(which), 'hidden');
  });

  test('papers come in with their submissions, all or none: what is over the limit is not taken in', async () => {
    await using store = await open();
    const [here] = await store.papers.save([incomingOf('here')], { now: NOW });
    const { paperId: _, ...by } = submission('');
    const bring = (names: readonly string[], known: readonly string[] = []) =>
      store.submissions.bringIn({ ...by, incoming: names.map((name) => incomingOf(name)), known, most: 3 });
    const sent = await Promise.all(Array.from({ length: 8 }, (_, n) => bring([`new ${n} one`, `new ${n} two`])));
    assert.deepEqual(sent.map((papers) => papers?.length ?? null).sort(), [
      2,
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    assert.equal(await store.papers.count(), 3);
    assert.equal(await store.changes.last(), 3);
    const [first, second] = sent.find((papers) => papers !== null) ?? [];
    assert.deepEqual(await bring([], [first ?? '', second ?? '']), [first, second], 'twice is once');
    const third = await bring([], [here?.id ?? '']);
    assert.deepEqual(third, [here?.id]);
    assert.equal(await bring(['one more']), null);
    assert.equal(await store.papers.count(), 3);
    assert.equal(await store.submissions.countOn('ada', DAY), 3);
  });

  test('submissions of a span of days come oldest first', async () => {
    await using store = await open();
    await store.submissions.add([submission('b', { at: NOW + 1 }), submission('a', { at: NOW })], null);
    await store.submissions.add([submission('c', { day: '2026-11-25' })], null);
    const of = async (first: string, last: string) =>
      (await store.submissions.between(first, last)).map(({ paperId }) => paperId);
    assert.deepEqual(await of(DAY, '2026-11-24'), ['a', 'b']);
    assert.deepEqual(await of('2026-11-23', '2026-11-25'), ['c']);
  });

  test('drafts wait, are decided, are counted, and are swept unless they wait or a moderator decided', async () => {
    await using store = await open();
    const { drafts } = store.submissions;
    for (const one of [waiting('a'), waiting('b', { state: 'waiting' }), waiting('c', { reader: 'bo' })])
      await drafts.put(one);
    assert.deepEqual(await drafts.get('a'), waiting('a'));
    assert.equal(await drafts.get('z'), null);
    assert.deepEqual(await drafts.of('ada'), [waiting('a'), waiting('b', { state: 'waiting' })]);
    assert.equal(await drafts.count('ada', NOW), 2);
    assert.equal(await drafts.count('ada', NOW + 1), 0);
    assert.deepEqual(
      (await drafts.in('waiting', 9)).map(({ id }) => id),
      ['b'],
    );
    await drafts.put(waiting('a', { state: 'done', note: 'n', decidedBy: 'mo', decidedAt: NOW, at: 1, reader: 'eve' }));
    assert.deepEqual(
      await drafts.get('a'),
      waiting('a', { state: 'done', note: 'n', decidedBy: 'mo', decidedAt: NOW }),
    );
    await drafts.put(waiting('d', { state: 'done' }));
    await drafts.sweep(NOW + 1);
    assert.deepEqual([await drafts.get('c'), await drafts.get('d')], [null, null]);
    assert.notEqual(await drafts.get('b'), null);
    assert.notEqual(await drafts.get('a'), null, 'a moderator’s word can still be taken back');
  });

  test('a claim is one a paper and reader; granted ones are found by paper and by name', async () => {
    await using store = await open();
    await store.claims.put(claim('p1'));
    await store.claims.put(claim('p2', { requestedAt: NOW + 1 }));
    await store.claims.put(claim('p1', { reader: 'bo' }));
    assert.deepEqual(await store.claims.granted('p1'), []);
    const granted = claim('p1', { state: 'granted', decidedBy: 'mo', decidedAt: NOW + 5 });
    await store.claims.put(granted);
    assert.deepEqual(await store.claims.granted('p1'), [granted]);
    assert.deepEqual(await store.claims.grantedTo('ada-lovelace'), ['ada']);
    assert.deepEqual(
      (await store.claims.of('ada')).map(({ paperId }) => paperId),
      ['p2', 'p1'],
    );
    assert.deepEqual(
      (await store.claims.in('requested', 9)).map(({ paperId, reader }) => [paperId, reader]),
      [
        ['p1', 'bo'],
        ['p2', 'ada'],
      ],
    );
    assert.equal(await store.claims.remove('p1', 'ada'), true);
    assert.equal(await store.claims.remove('p1', 'ada'), false);
    assert.equal(await store.claims.get('p1', 'ada'), null);
  });

  test('a profile is empty until it is written, and can be forgotten with all that is a reader’s', async () => {
    await using store = await open();
    assert.deepEqual(await store.profiles.get('ada'), emptyProfile('ada'));
    const profile = {
      reader: 'ada',
      about: "'); DROP",
      links: ['https://a.example/'],
      shown: ['votes'],
      changedAt: NOW,
    };
    await store.profiles.put({ ...profile, about: 'before' } as never);
    await store.profiles.put(profile as never);
    assert.deepEqual(await store.profiles.get('ada'), profile);
    await store.submissions.add([submission('p1')], null);
    await store.submissions.drafts.put(waiting('a'));
    await store.claims.put(claim('p1'));
    await store.submissions.forget('ada');
    await store.claims.forget('ada');
    await store.profiles.forget('ada');
    assert.deepEqual(
      [
        await store.submissions.by('ada', 9),
        await store.submissions.drafts.get('a'),
        await store.claims.of('ada'),
        await store.profiles.get('ada'),
      ],
      [[], null, [], emptyProfile('ada')],
    );
  });

  test('votes are listed the latest first, without those taken back', async () => {
    await using store = await open();
    const ids: string[] = [];
    for (const n of [1, 2, 3]) {
      const [saved] = await store.papers.save([incomingOf(`2604.0000${n}`)], { now: NOW });
      ids.push(saved?.id ?? '');
    }
    for (const [paperId, wish] of [
      [ids[0], true],
      [ids[1], true],
      [ids[2], true],
      [ids[1], false],
      [ids[0], false],
      [ids[0], true],
    ] as const)
      await store.votes.cast({ paperId: paperId ?? '', reader: 'ada', wish, at: NOW });
    assert.deepEqual(await store.profiles.votes('ada', 9), [ids[0], ids[2]]);
    assert.deepEqual(await store.profiles.votes('ada', 1), [ids[0]]);
    assert.deepEqual(await store.profiles.votes('bo', 9), []);
  });

  test('submissions and claims go along when two papers prove to be one', async () => {
    await using store = await open();
    const doi = { doi: '10.1000/one' };
    const [first] = await store.papers.save([incomingOf('one', { id: 'doi:10.1000/one', ...doi }, 'crossref')], {
      now: NOW,
    });
    const id = first?.id ?? '';
    await store.submissions.add([submission(id)], null);
    await store.claims.put(claim(id, { state: 'granted' }));
    const [same] = await store.papers.save([incomingOf('2507.08772', doi)], { now: NOW });
    assert.equal(same?.id, 'arxiv:2507.08772');
    assert.equal((await store.submissions.of(['arxiv:2507.08772'])).size, 1);
    assert.equal((await store.claims.granted('arxiv:2507.08772')).length, 1);
    assert.equal((await store.submissions.of([id])).size, 0);
  });
};
