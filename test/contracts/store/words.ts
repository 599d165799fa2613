import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Extra, PaperDraft } from '../../../src/model/paper.ts';
import type { Incoming, Store } from '../../../src/store/store.ts';
import { incomingOf } from '../../support/drafts.ts';

type Open = () => Promise<Store>;

const archive = (rest: Partial<PaperDraft> = {}, source = 'oai'): Incoming => ({
  ...incomingOf('1', rest, source),
  primary: true,
});

const link = (url: string) => ({ rel: 'other' as const, label: url, url });

const extraOf = (rest: Partial<Extra> = {}): Extra => ({
  id: 'arxiv:1',
  externalId: 'x1',
  aliases: ['openreview:one'],
  doi: '10.1000/other',
  journalRef: 'J. 1',
  license: 'cc',
  links: [link('https://code.example/1'), link('https://arxiv.org/abs/1')],
  signals: { citations: 12 },
  ...rest,
});

/** What sources say of one paper: who may override whom, what is kept of former words, what is gone, added, refused. */
export const words = (open: Open): void => {
  test('an archive overrides, an index fills, in whichever order they speak', async () => {
    for (const order of ['archive first', 'index first']) {
      await using store = await open();
      const byArchive = archive({
        title: 'What the archive says',
        doi: null,
        byline: null,
        updated: '2026-05-01',
        versions: [
          { n: 1, date: null },
          { n: 2, date: '2026-05-01' },
        ],
        links: [link('https://a.example')],
      });
      const byIndex = incomingOf(
        '1',
        {
          title: 'What the index says',
          abstract: 'Cut',
          abstractCut: true,
          authors: [],
          authorCount: 7,
          byline: '7 authors',
          updated: '2026-04-20',
          versions: [{ n: 1, date: '2026-04-17' }],
          links: [link('https://b.example'), { ...link('https://a.example'), label: 'other' }],
        },
        'index',
      );
      const both = order === 'archive first' ? [byArchive, byIndex] : [byIndex, byArchive];
      for (const [now, one] of both.entries()) await store.papers.save([one], { now });
      const paper = await store.papers.get('arxiv:1');
      assert.deepEqual(
        [paper?.title, paper?.abstract, paper?.abstractCut, paper?.authors.length, paper?.authorCount],
        ['What the archive says', byArchive.draft.abstract, false, 2, 2],
        order,
      );
      assert.deepEqual([paper?.byline, paper?.doi, paper?.updated], ['7 authors', '10.1000/1', '2026-05-01'], order);
      assert.deepEqual(paper?.versions, [
        { n: 1, date: '2026-04-17' },
        { n: 2, date: '2026-05-01' },
      ]);
      assert.deepEqual(paper?.links.map((one) => one.url).sort(), ['https://a.example', 'https://b.example']);
      assert.equal(paper?.links.find((one) => one.url === 'https://a.example')?.label, 'https://a.example');
      const primary = paper?.sightings.filter((sighting) => sighting.primary).map((sighting) => sighting.source);
      assert.deepEqual(primary, ['oai']);
      assert.deepEqual(await store.papers.history('arxiv:1'), [], 'the archive was not reworded');
    }
  });

  test('a format that does not know when a paper was published leaves the day that is known', async () => {
    await using store = await open();
    await store.papers.save([archive({ published: '2026-01-02' })], { now: 1 });
    await store.papers.save([archive({ published: null, note: 'revised' })], { now: 2 });
    const paper = await store.papers.get('arxiv:1');
    assert.deepEqual([paper?.published, paper?.note], ['2026-01-02', 'revised']);
  });

  test('an older version that comes late changes no word', async () => {
    await using store = await open();
    const versions = [1, 2].map((n) => ({ n, date: null }));
    await store.papers.save([archive({ title: 'The second version', versions })], { now: 0 });
    const late = archive({ title: 'The first version', versions: versions.slice(0, 1), note: 'v1' }, 'snapshot');
    await store.papers.save([late], { now: 1 });
    const paper = await store.papers.get('arxiv:1');
    assert.deepEqual([paper?.title, paper?.versions.length, paper?.note], ['The second version', 2, 'v1']);
  });

  test('former words are kept under their version; other space and other markup are no other words', async () => {
    await using store = await open();
    const at = (now: number, rest: Partial<PaperDraft>, source = 'oai') =>
      store.papers.save([archive(rest, source)], { now });
    const v = (n: number) => Array.from({ length: n }, (_, i) => ({ n: i + 1, date: null }));
    const first = { title: 'One', titleRaw: 'One', abstract: 'We $x$.', abstractRaw: 'We $x$.', versions: v(1) };
    await at(1, { ...first, abstract: '', abstractRaw: '' });
    await at(2, first);
    await at(3, { ...first, abstractRaw: 'We\n  $x$.' });
    await at(4, { ...first, abstract: 'We x.', abstractRaw: 'We\n  $x$.' });
    assert.deepEqual(await store.papers.history('arxiv:1'), []);
    const second = { ...first, abstract: 'We\0 $y$.', abstractRaw: 'We $y$.', versions: v(2) };
    for (const now of [5000, 6000]) await at(now, second);
    await at(7000, { ...second, title: 'Two', titleRaw: 'Two', versions: v(3) });
    assert.deepEqual(await store.papers.history('arxiv:1'), [
      { n: 2, title: 'One', abstract: 'We\0 $y$.', until: '1970-01-01T00:00:07.000Z' },
      { n: 1, title: 'One', abstract: 'We x.', until: '1970-01-01T00:00:05.000Z' },
    ]);
    assert.deepEqual(await store.papers.history('arxiv:2'), []);
  });

  test('gone: withdrawn, kept, counted once; a stranger is only counted; what comes back is back', async () => {
    await using store = await open();
    await store.papers.save([archive()], { now: 0 });
    const announced = { day: '2026-05-02', category: null };
    const gone = ['1', '9'].map((externalId) => {
      return { source: 'oai', id: `arxiv:${externalId}`, externalId, raw: `<deleted ${externalId}>`, announced };
    });
    for (const now of [1, 2]) assert.deepEqual(await store.papers.save([], { now, gone }), []);
    const paper = await store.papers.get('arxiv:1');
    assert.deepEqual([paper?.withdrawn, paper?.sightings.length, paper?.title], [true, 1, 'On 1']);
    assert.deepEqual([await store.changes.last(), await store.papers.count()], [2, 1]);
    const raws = (await Array.fromAsync(store.papers.raws('oai'))).map((record) => record.raw);
    assert.deepEqual(raws.filter((raw) => raw.startsWith('<')).sort(), ['<deleted 1>', '<deleted 9>']);
    const [day] = await store.ledger.days({ first: '2026-05-02', last: '2026-05-02' });
    assert.deepEqual([day?.ingested, day?.rejected], [2, 0]);
    await store.papers.save([archive()], { now: 3 });
    assert.equal((await store.papers.get('arxiv:1'))?.withdrawn, false);
  });

  test('an enrichment fills what is empty and adds; it makes no papers', async () => {
    await using store = await open();
    await store.papers.save([archive()], { now: 0 });
    const extras = [extraOf(), extraOf({ id: 'arxiv:2', externalId: 'x2', doi: null, aliases: [] })].map((extra) => {
      return { source: 'crossref', extra, raw: JSON.stringify(extra) };
    });
    for (const now of [1, 2]) await store.papers.save([], { now, extras });
    const paper = await store.papers.get('arxiv:1');
    assert.deepEqual([paper?.doi, paper?.journalRef, paper?.license], ['10.1000/1', 'J. 1', 'cc']);
    assert.deepEqual(
      paper?.links.map((one) => one.label),
      ['arXiv', 'https://code.example/1'],
    );
    assert.deepEqual([await store.papers.count(), await store.changes.last()], [1, 2]);
    for (const alias of ['openreview:one', 'doi:10.1000/other', 'crossref:x1'])
      assert.equal(await store.papers.resolve(alias), 'arxiv:1', alias);
    assert.deepEqual(await store.papers.signals(['arxiv:1', 'nobody']), [
      { paperId: 'arxiv:1', source: 'crossref', name: 'citations', value: 12 },
      { paperId: 'arxiv:1', source: 'oai', name: 'comments', value: 3 },
    ]);
    assert.equal((await store.papers.cards(['arxiv:1'], ''))[0]?.comments, 3);
    await store.papers.save([archive({ title: 'Mended' })], { now: 3 });
    assert.equal((await store.papers.get('arxiv:1'))?.journalRef, 'J. 1', 'stays when the archive speaks again');
    assert.equal((await Array.fromAsync(store.papers.raws('crossref'))).length, 1);
  });

  test('a paper is counted once a source, day and category, whatever is sent again', async () => {
    await using store = await open();
    const cells = async () =>
      (await store.ledger.cells({ first: '2000-01-01', last: '2030-01-01' })).map(
        (cell) => `${cell.source} ${cell.day} ${cell.category} ${cell.ingested}/${cell.rejected}/${cell.announced}`,
      );
    const announced = (day: string) => ({ ...archive(), announced: { day, category: 'cs.CL' } });
    const rejection = { source: 'oai', day: '2026-05-01', category: 'cs.CL', reason: 'no title', raw: '<x>' };
    for (const now of [1, 2]) {
      await store.papers.save([archive({}, 'snapshot'), announced('2026-05-01')], { now, rejections: [rejection] });
    }
    const once = ['oai 2026-05-01 cs.CL 1/1/2', 'snapshot 2026-04-17 math.RA 1/0/1'];
    assert.deepEqual((await cells()).sort(), once);
    for (const day of ['2026-04-30', '2026-05-03', '2026-05-03']) await store.papers.save([announced(day)], { now: 3 });
    assert.deepEqual((await cells()).sort(), [once[0], 'oai 2026-05-03 cs.CL 1/0/1', once[1]]);
    assert.equal(await store.changes.last(), 1);
    const rejected = await store.ledger.rejections({ limit: 9 });
    assert.deepEqual(
      rejected.map((one) => [one.raw, one.reason]),
      [['<x>', 'no title']],
    );
  });

  test('gone, extras and rejections move with the cursor, or not at all', async () => {
    await using store = await open();
    await store.papers.save([archive()], { now: 0 });
    const cursor = { name: 'harvest', position: 1, note: null };
    const gone = [{ source: 'oai', id: 'arxiv:1', externalId: '1', raw: '<gone>' }];
    const extras = [{ source: 'crossref', extra: extraOf(), raw: '{}' }];
    const broken = { source: 'oai', day: null, category: null, reason: 'x', raw: 1n as unknown as string };
    await assert.rejects(store.papers.save([], { now: 1, cursor, gone, extras, rejections: [broken] }));
    const paper = await store.papers.get('arxiv:1');
    assert.deepEqual([paper?.withdrawn, paper?.journalRef, await store.cursors.get('harvest')], [false, null, null]);
    await store.papers.save([], { now: 1, cursor, gone, extras, rejections: [{ ...broken, raw: 'y' }] });
    const after = await store.papers.get('arxiv:1');
    assert.deepEqual([after?.withdrawn, after?.journalRef, await store.cursors.get('harvest')], [true, 'J. 1', cursor]);
    const revision = await store.revision();
    await store.papers.save([], { now: 2, cursor, gone, extras });
    assert.equal(await store.revision(), revision, 'the same again writes nothing');
    await store.cursors.set({ ...cursor, note: 'moved' });
    assert.equal((await store.cursors.get('harvest'))?.note, 'moved');
  });

  test('papers that no edition has placed come newest first, each once', async () => {
    await using store = await open();
    const dated = (id: string, published: string | null, source: string) => incomingOf(id, { published }, source);
    await store.papers.save(
      [
        dated('1', '2026-04-17', 'a'),
        dated('1', '2026-04-17', 'b'),
        dated('2', '2026-04-18', 'b'),
        dated('3', '2026-04-19', 'a'),
        dated('4', '2026-04-19', 'a'),
        dated('5', null, 'a'),
        dated('6', '2026-04-20', 'a'),
      ],
      { now: 0 },
    );
    await store.editions.save({ date: '2026-04-20', source: 'a', placements: ['arxiv:3'] });
    const span = { first: '2026-04-17', last: '2026-04-19' };
    assert.deepEqual(await store.papers.unplaced({ ...span, limit: 9 }), ['arxiv:4', 'arxiv:2', 'arxiv:1']);
    assert.deepEqual(await store.papers.unplaced({ ...span, limit: 1 }), ['arxiv:4']);
  });
};
