import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { bibtexOf } from '../model/cite.ts';
import type { Entry } from '../ports/source.ts';
import { draftFrom } from './arxiv-snapshot.ts';
import { bibtex } from './bibtex.ts';

const FIXTURES = new URL('../../test/fixtures/', import.meta.url);
const LIBRARY = readFileSync(new URL('bibtex/library.bib', FIXTURES), 'utf8');

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
const read = (text: string): Promise<Entry[]> => Array.fromAsync(bibtex.parse(one(text)));
const papers = async (text: string) =>
  (await read(text)).flatMap((entry) => (entry.kind === 'paper' ? [entry.draft] : []));

test('the usual writers of BibTeX are understood', async () => {
  const drafts = await papers(LIBRARY);
  assert.deepEqual(
    drafts.map(({ externalId, id, aliases, doi, published, journalRef }) => [
      externalId,
      id,
      aliases,
      doi,
      published,
      journalRef,
    ]),
    [
      ['vaswani2023attentionneed', 'arxiv:1706.03762', [], null, null, null],
      ['kingma2014adam', 'arxiv:1412.6980', [], null, null, null],
      ['DBLP:journals/corr/abs-1810-04805', 'arxiv:1810.04805', [], null, null, null],
      ['maaten2008', null, [], null, null, 'Journal of Machine Learning Research 9 (86), 2579–2605 (2008)'],
      ['krizhevsky2012', null, [], null, null, 'Advances in Neural Information Processing Systems 25 (2012)'],
      [
        'LeCun2015',
        'doi:10.1038/nature14539',
        [],
        '10.1038/nature14539',
        '2015-05-01',
        'Nature 521 (7553), 436-444 (2015)',
      ],
      [
        'webber1994',
        'doi:10.1152/jappl.1994.76.2.965',
        [],
        '10.1152/jappl.1994.76.2.965',
        '1994-02-01',
        'Journal of Applied Physiology (1994)',
      ],
      ['aaltonen2012', 'arxiv:hep-ex/0309136', [], '10.1103/physrevlett.108.151803', null, 'Phys. Rev. Lett. (2012)'],
      ['parenthesised', 'openreview:rJXMpikCZ', [], null, null, null],
      ['second', null, [], null, null, null],
    ],
  );
});

test('names and titles lose their TeX, and keep their math', async () => {
  const drafts = new Map((await papers(LIBRARY)).map((draft) => [draft.externalId, draft]));
  const names = (key: string) => drafts.get(key)?.authors.map(({ name }) => name);
  assert.deepEqual(names('maaten2008'), ['Laurens van der Maaten', 'Geoffrey Hinton']);
  assert.deepEqual(names('webber1994'), ['Charles L. Webber Jr.', 'Joseph P. Zbilut']);
  assert.deepEqual(names('aaltonen2012'), ['CDF Collaboration', 'Kurt Gödel', 'Pál Erdős']);
  assert.deepEqual(names('DBLP:journals/corr/abs-1810-04805')?.[1], 'Ming-Wei Chang');
  assert.equal(drafts.get('aaltonen2012')?.title, 'A bound on $\\sin^2\\theta_{W}$ & the mass of the $W$');
  assert.equal(drafts.get('maaten2008')?.title, 'Visualizing Data using t-SNE');
  assert.match(drafts.get('LeCun2015')?.abstract ?? '', /^Deep learning allows/);
});

test('a bad entry is one rejected entry, told with its line', async () => {
  const rejected = (await read(LIBRARY)).flatMap((entry) => (entry.kind === 'rejected' ? [entry] : []));
  assert.deepEqual(
    rejected.map(({ line, reason }) => [LIBRARY.split('\n')[line - 1]?.slice(0, 19), reason]),
    [
      ['@article{broken2020', 'the entry does not end'],
      ['@book{untitled1999,', 'untitled1999 has no title'],
    ],
  );
});

test('an entry read again from its own raw text is the same, also where it used a @string', async () => {
  for (const entry of await read(LIBRARY)) {
    if (entry.kind !== 'paper') continue;
    assert.deepEqual(await papers(entry.raw), [entry.draft]);
  }
});

test('bombs are refused one by one', async () => {
  const deep = `@misc{deep, title = ${'{'.repeat(5_000)}x${'}'.repeat(5_000)}}\n`;
  const long = `@misc{long, title = {${'x'.repeat(300_000)}}}\n`;
  const fine = '@misc{fine, title = {Fine}}\n';
  assert.deepEqual(
    (await read(deep + long + fine)).map((entry) => (entry.kind === 'rejected' ? entry.reason : entry.kind)),
    ['its braces are nested deeper than 60', 'the entry is longer than 262144 characters', 'paper'],
  );
});

test('what the product writes it reads back', async () => {
  const lines = readFileSync(new URL('arxiv-snapshot/papers.jsonl', FIXTURES), 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const known = draftFrom(line);
    assert.ok(known.ok && known.value.id !== null);
    const [draft] = await papers(bibtexOf({ ...known.value, id: known.value.id, sightings: [] }));
    assert.equal(draft?.id, known.value.id);
    assert.equal(draft?.title, known.value.title);
    assert.deepEqual(draft?.authors, known.value.authors);
    assert.equal(draft?.doi, known.value.doi?.toLowerCase() ?? null);
  }
});

test('any two entries are read apart, however they are parted', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom('', ' ', '\n', '\n\nsome words, me@example.org\n', ','),
      fc.stringMatching(/^[a-z]{1,9}$/),
      async (gap, key) => {
        const text = `@misc{${key}, title = {One {Two} "three"}}${gap}@misc{${key}2, title = "Four {F}ive"}`;
        assert.deepEqual(
          (await papers(text)).map(({ externalId, title }) => [externalId, title]),
          [
            [key, 'One Two "three"'],
            [`${key}2`, 'Four Five'],
          ],
        );
      },
    ),
  ));
