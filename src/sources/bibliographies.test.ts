import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Entry, Source } from '../ports/source.ts';
import { cslJson } from './csl-json.ts';
import { ris } from './ris.ts';

const read = (source: Source, path: string): Promise<Entry[]> => {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url));
  }
  return Array.fromAsync(source.parse(bytes()));
};

const told = (entries: readonly Entry[]) =>
  entries.map((entry) =>
    entry.kind === 'paper'
      ? [entry.draft.externalId, entry.draft.id, entry.draft.title, entry.draft.published, entry.draft.journalRef]
      : entry.kind === 'rejected'
        ? [entry.line, entry.reason]
        : [],
  );
const namesOf = (entry: Entry | undefined) =>
  entry?.kind === 'paper' ? entry.draft.authors.map(({ name }) => name) : [];

test('RIS, as publishers, Zotero and EndNote write it', async () => {
  const entries = await read(ris, 'ris/library.ris');
  assert.deepEqual(told(entries), [
    ['LeCun2015', 'doi:10.1038/nature14539', 'Deep learning', '2015-05-01', 'Nature 521 (7553), 436-444 (2015)'],
    ['10.48550/arXiv.1706.03762', 'arxiv:1706.03762', 'Attention Is All You Need', '2023-08-02', null],
    [
      'Visualizing Data using t-SNE',
      null,
      'Visualizing Data using t-SNE',
      null,
      'Journal of Machine Learning Research 9 (86), 2579-2605 (2008)',
    ],
    [48, 'line 48 has no title'],
    [53, 'the entry does not end'],
    ['Recurrence plots & their <i>uses</i>', null, 'Recurrence plots & their uses', null, 'A Book of Chapters (1994)'],
  ]);
  assert.deepEqual(namesOf(entries[2]), ['Laurens van der Maaten', 'Geoffrey Hinton']);
  assert.deepEqual(namesOf(entries[5]), ['Charles L. Webber Jr.']);
  const [, attention] = entries;
  assert.ok(attention?.kind === 'paper');
  assert.match(attention.draft.abstract, /recurrent or convolutional neural networks/);
  assert.equal(attention.draft.doi, null, 'arXiv’s own DOI is its id');
});

test('CSL-JSON, with names in parts, dates in parts, and arXiv ids where programs put them', async () => {
  const entries = await read(cslJson, 'csl-json/library.json');
  assert.deepEqual(told(entries), [
    ['lecun2015', 'doi:10.1038/nature14539', 'Deep learning', '2015-05-27', 'Nature 521 (7553), 436-444 (2015)'],
    ['http://zotero.org/users/1/items/ABCD2345', 'arxiv:1706.03762', 'Attention Is All You Need', '2023-08-02', null],
    ['7', null, 'Visualizing Data using t-SNE', null, 'Journal of Machine Learning Research 9, 2579-2605 (2008)'],
    ['same-line', null, 'On the same line, with "quotes", a brace } and a bracket ]', null, null],
    [17, 'untitled has no title'],
    ['dated', null, 'Dated in words', '2020-02-29', null],
  ]);
  assert.deepEqual(namesOf(entries[2]), ['Laurens van der Maaten', 'The t-SNE Group', 'Charles L. Webber Jr.']);
});
