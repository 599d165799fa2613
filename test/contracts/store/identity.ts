import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_WISHES } from '../../../src/model/digest.ts';
import type { PaperDraft } from '../../../src/model/paper.ts';
import type { Incoming, Store } from '../../../src/store/store.ts';
import { draftOf, incomingOf } from '../../support/drafts.ts';

type Open = () => Promise<Store>;

const said = (source: string, externalId: string, rest: Partial<PaperDraft>, primary = false): Incoming => {
  const draft = { ...draftOf(externalId, rest), externalId };
  return { source, draft, raw: JSON.stringify(draft), primary };
};

const bare: Partial<PaperDraft> = { doi: null, organisation: null, byline: null, signals: {}, links: [], versions: [] };

/** One work as five sources would tell of it; `n` keeps works apart. */
const tellings = (n: number): readonly Incoming[] => {
  const title = `A title of many words, the ${n}th of its kind`;
  const id = `2604.${String(n).padStart(5, '0')}`;
  return [
    said('arxiv', id, { ...bare, id: `arxiv:${id}`, title }, true),
    said('journal', `10.1000/J${n}`, {
      ...bare,
      id: `doi:10.1000/J${n}`,
      doi: `10.1000/J${n}`,
      aliases: [`arxiv:${id}`],
      title: `${title}: the journal's version`,
    }),
    said('page', `p${n}`, { ...bare, id: null, title: title.toUpperCase(), authors: [], authorCount: 2, abstract: '' }),
    said('hf', id, { ...bare, id: `doi:10.48550/arXiv.${id}`, title, signals: { comments: 2 } }),
    said('review', `r${n}`, {
      ...bare,
      id: `openreview:r${n}`,
      title,
      authors: [{ name: 'A. Lovelace', key: 'a-lovelace' }],
    }),
  ];
};

const COMBINATIONS = fc.record({
  order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
  cuts: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  votes: fc.array(fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('ada', 'bo', 'cy')), { maxLength: 6 }),
});

/** One paper however it arrives. */
export const identity = (open: Open): void => {
  test('any order of arrival ends in one paper, with all votes, places, signals and addresses', async () => {
    await using store = await open();
    let n = 0;
    let merged = 0;
    await fc.assert(
      fc.asyncProperty(COMBINATIONS, async ({ order, cuts, votes }) => {
        n += 1;
        const all = tellings(n);
        const id = all[0]?.draft.id as string;
        const date = `20${String(10 + (n % 80))}-01-${String(1 + (n % 28)).padStart(2, '0')}`;
        const edition = { date, source: 'page' };
        const stored = await store.papers.count();
        const voters = new Set<string>();
        const addresses = new Set<string>([id, `doi:10.1000/j${n}`, `DOI:10.1000/J${n}`, `openreview:r${n}`]);
        let batch: Incoming[] = [];
        for (const [at, which] of order.entries()) {
          batch.push(all[which] as Incoming);
          if (cuts[at] && at < 4) continue;
          for (const saved of await store.papers.save(batch, { now: at, edition })) addresses.add(saved.id);
          const [first] = await store.papers.save(batch.slice(0, 1), { now: at });
          assert.equal(first?.outcome, 'same');
          batch = [];
          for (const [when, reader] of votes) {
            if (when !== at) continue;
            await store.votes.cast({ paperId: first?.id ?? '', reader, wish: true, at });
            voters.add(reader);
          }
        }
        if (addresses.size > 4) merged += 1;
        for (const address of [
          ...addresses,
          `arxiv:${id.slice(6)}v2`,
          `doi:10.48550/arxiv.${id.slice(6)}`,
          `page:p${n}`,
        ])
          assert.equal(await store.papers.resolve(address), id, address);
        assert.equal(await store.papers.count(), stored + 1);
        const [card] = await store.papers.cards([id], 'ada');
        assert.deepEqual([card?.votes, card?.voted, card?.comments], [voters.size, voters.has('ada'), 2]);
        assert.equal(card?.paper.sightings.length, 5);
        assert.equal(card?.paper.doi, `10.1000/J${n}`);
        assert.equal(card?.paper.title, all[0]?.draft.title, 'the archive has the say');
        const placed = (await store.editions.get(date))?.placements ?? [];
        assert.equal(placed.filter((one) => one === id).length, 1);
        assert.equal(new Set(placed).size, placed.length);
        for (const address of addresses) if (address !== id) assert.equal(await store.papers.get(address), null);
        const before = await store.changes.last();
        const again = await store.papers.save(all, { now: 9 });
        assert.deepEqual(new Set(again.map((one) => `${one.id} ${one.outcome}`)), new Set([`${id} same`]));
        assert.equal(await store.changes.last(), before);
      }),
      { numRuns: 40 },
    );
    assert.ok(merged > 0, 'papers of other ids did become one');
    const total = (await store.browse.category('cs.LG', { limit: 1, offset: 0 })).total;
    assert.deepEqual([total, (await Array.fromAsync(store.papers.all())).length], [n, n]);
    assert.equal((await store.browse.author('ada-lovelace', { limit: 100, offset: 0 }))?.ids.length, n);
    assert.deepEqual(await store.papers.countsBySource(), [
      ...['arxiv', 'hf', 'journal', 'page', 'review'].map((key) => ({ key, papers: n })),
    ]);
  });

  test('two placed papers that become one keep the better place and one vote a reader; both ids are in the change log', async () => {
    await using store = await open();
    const title = 'Two halves of one and the same work';
    const one = said('a', '1', { ...bare, id: 'openreview:1', title });
    const other = said('b', '2', { ...bare, id: 'doi:10.1000/2', title: 'Not yet its title' });
    const third = incomingOf('3');
    await store.papers.save([incomingOf('0'), other, third, one, incomingOf('4')], { now: 1 });
    const placements = ['arxiv:0', 'doi:10.1000/2', 'arxiv:3', 'openreview:1', 'arxiv:4'];
    await store.editions.save({ date: '2026-04-20', source: 's', placements, whys: ['0', '2', '3', '1', '4'] });
    await store.editions.save({ date: '2026-04-21', source: 's', placements: ['arxiv:4', 'openreview:1'] });
    const vote = (paperId: string, reader: string, wish = true) => store.votes.cast({ paperId, reader, wish, at: 1 });
    for (const reader of ['r', 's']) await vote('openreview:1', reader);
    for (const reader of ['s', 't', 'u']) await vote('doi:10.1000/2', reader);
    await vote('doi:10.1000/2', 'u', false);
    const vector = Float32Array.of(1, 2);
    await store.vectors.put('m', [{ id: 'openreview:1', vector }]);
    const mail = {
      id: 'mail',
      address: 'a@example.org',
      reader: null,
      state: 'active',
      secret: 's',
      ...DEFAULT_WISHES,
    } as const;
    const times = { createdAt: 1, confirmedAt: 1, nextAt: 1 };
    await store.subscriptions.create({ ...mail, ...times });
    const row = { localDay: '2026-04-20', about: '', messageId: 'm@example.org' };
    await store.outbox.fill([{ subscription: { ...mail, ...times }, row, nextAt: null }], 1);
    const [due] = await store.outbox.lease({ owner: 'o', now: 1, leaseMs: 1, limit: 1, without: [] });
    const sent = { id: due?.row.id ?? '', state: 'sent', at: 1, papers: ['openreview:1'], watched: [] } as const;
    await store.outbox.settle([sent]);
    const seq = await store.changes.last();

    const proof = said('c', 'x', {
      ...bare,
      id: 'arxiv:2604.00009',
      title,
      aliases: ['openreview:1', 'doi:10.1000/2'],
    });
    for (const now of [2, 3]) await store.papers.save([proof], { now });
    const id = 'arxiv:2604.00009';
    assert.deepEqual((await store.editions.get('2026-04-20'))?.placements, ['arxiv:0', id, 'arxiv:3', 'arxiv:4']);
    assert.deepEqual((await store.editions.get('2026-04-21'))?.placements, ['arxiv:4', id]);
    assert.deepEqual(
      (await store.editions.placing(id)).map(({ date, place }) => [date, place]),
      [
        ['2026-04-21', 2],
        ['2026-04-20', 2],
      ],
    );
    assert.equal((await store.editions.whys('2026-04-20')).get(id), '2');
    assert.deepEqual(await store.outbox.sent('mail', [id, 'arxiv:3']), new Set([id]), 'sent under its former name');
    assert.equal(await store.outbox.sweepSent({ before: 9, keep: [id] }), 0);
    const corrections = await store.editions.corrections('2026-04-20');
    assert.deepEqual(
      corrections.map(({ kind, paperId }) => [kind, paperId]),
      [['merged', id]],
    );
    assert.deepEqual(await store.editions.corrections('2026-04-21'), []);
    const [card] = await store.papers.cards([id], 'r');
    assert.deepEqual([card?.votes, card?.voted], [3, true]);
    assert.deepEqual(await vote(id, 's', false), { votes: 2, voted: false });
    assert.deepEqual(await store.vectors.get('m', [id, 'openreview:1']), new Map([[id, vector]]));
    const changed = (await store.changes.since(seq, 10)).map((change) => change.paperId);
    assert.deepEqual(changed.sort(), [id, 'doi:10.1000/2', 'openreview:1'].sort());
    for (const old of ['openreview:1', 'doi:10.1000/2', 'a:1', 'b:2'])
      assert.equal(await store.papers.resolve(old), id);
    assert.equal(await store.papers.count(), 4);
  });

  test('what is alike but not the same stays two: other ids of one scheme, other authors, one DOI under two arXiv ids', async () => {
    await using store = await open();
    const title = 'On the same title with the same authors';
    const ids = async (...batch: Incoming[]) => (await store.papers.save(batch, { now: 0 })).map((saved) => saved.id);
    const shared = { ...bare, title, doi: '10.1000/volume' };
    const two = [said('arxiv', '1', { ...shared, id: 'arxiv:1' }), said('arxiv', '2', { ...shared, id: 'arxiv:2' })];
    assert.deepEqual(await ids(...two), ['arxiv:1', 'arxiv:2']);
    assert.equal(await store.papers.resolve('doi:10.1000/volume'), 'arxiv:1');
    assert.deepEqual(await ids(said('arxiv', '2', { ...shared, id: 'arxiv:2', note: 'new' })), ['arxiv:2']);
    const stranger = { ...bare, title, authors: [{ name: 'Bo Brown', key: 'bo-brown' }] };
    assert.deepEqual(await ids(said('review', 'x', { ...stranger, id: 'openreview:x' })), ['openreview:x']);
    assert.deepEqual(await ids(said('page', 'y', { ...bare, id: null, title, authors: [], authorCount: 5 })), [
      'on-the-same-title-with-the-same-authors',
    ]);
    assert.equal(await store.papers.count(), 4);
  });
};
