import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cite } from '@citation-js/core';
import '@citation-js/plugin-bibtex';
import fc from 'fast-check';
import { cleanText } from '../kernel/text.ts';
import { draftFrom } from '../sources/arxiv-snapshot.ts';
import { authorOf, organisationOf } from './author.ts';
import { bibtexOf, citationKey } from './cite.ts';
import type { Paper } from './paper.ts';

const FIXTURE = new URL('../../test/fixtures/arxiv-snapshot/papers.jsonl', import.meta.url);

const PAPERS: readonly Paper[] = readFileSync(FIXTURE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const result = draftFrom(line);
    assert.ok(result.ok && result.value.id !== null);
    return { ...result.value, id: result.value.id, sightings: [] };
  });

const friedman = PAPERS.find(({ id }) => id === 'arxiv:math/9211204') as Paper;
const paper = (fields: Partial<Paper>): Paper => ({ ...friedman, ...fields });

interface Csl {
  readonly title: string;
  readonly author?: readonly { given?: string; family: string; suffix?: string; 'non-dropping-particle'?: string }[];
  readonly issued?: { 'date-parts': number[][] };
  readonly DOI?: string;
  readonly URL?: string;
}
const read = (bibtex: string): Csl => {
  const entries = new Cite(bibtex).data as Csl[];
  assert.equal(entries.length, 1);
  return entries[0] as Csl;
};

test('an arXiv paper as BibTeX', () => {
  assert.equal(
    bibtexOf(friedman),
    `@misc{friedman1992simpler,
  title = {{A simpler proof of Jensen's coding theorem}},
  author = {Sy D. Friedman},
  year = {1992},
  eprint = {math/9211204},
  archivePrefix = {arXiv},
  primaryClass = {math.LO},
  url = {https://arxiv.org/abs/math/9211204}
}
`,
  );
});

test('another program reads back what was written', () => {
  for (const one of PAPERS) {
    const csl = read(bibtexOf(one));
    assert.equal(csl.author?.length, one.authors.length);
    assert.equal(csl.issued?.['date-parts'][0]?.[0], Number(one.published?.slice(0, 4)));
    assert.equal(csl.DOI ?? null, one.doi);
    assert.equal(csl.URL, `https://arxiv.org/abs/${one.id.slice(6)}`);
    if (!one.title.includes('$')) assert.equal(csl.title, one.title);
  }
});

test('names: particles, suffixes, groups', () => {
  const authors = ['Laurens van der Maaten', 'Charles L. Webber Jr.', 'CDF Collaboration', 'Plato'].map(authorOf);
  const csl = read(bibtexOf(paper({ authors })));
  assert.deepEqual(csl.author, [
    { given: 'Laurens', family: 'Maaten', 'non-dropping-particle': 'van der' },
    { given: 'Charles L.', family: 'Webber', suffix: 'Jr.' },
    { family: 'CDF Collaboration' },
    { family: 'Plato' },
  ]);
});

test('without authors the title names the entry, and an organisation is told', () => {
  const seed = paper({
    id: 'veila',
    title: 'Veila: Panoramic LiDAR',
    authors: [],
    organisation: organisationOf('Ant Group', 'antgroup'),
    published: null,
    links: [],
    categories: [],
  });
  assert.equal(
    bibtexOf(seed),
    '@misc{veilapanoramic,\n  title = {{Veila: Panoramic LiDAR}},\n  organization = {Ant Group}\n}\n',
  );
  assert.equal(citationKey({ title: '论文', authors: [], published: '2025-01-01' }), 'paper2025');
  assert.equal(
    citationKey({ title: 'On the $x$ of Things', authors: [authorOf('Łukasz Kaiser')], published: '2017-06-12' }),
    'kaiser2017things',
  );
});

test('math stays, signs that mean something to TeX are escaped', () => {
  const bibtex = bibtexOf(paper({ title: cleanText(String.raw`A $x^{2}$ of 5\% & #1 for \$3_a`), doi: '10.1/a{b}_c' }));
  assert.ok(bibtex.includes(String.raw`{{A $x^{2}$ of 5\% \& \#1 for \$3\_a}}`));
  assert.ok(bibtex.includes('doi = {10.1/a%7Bb%7D_c}'));
});

test('any text gives an entry whose braces pair up', () => {
  const text = fc
    .array(fc.oneof(fc.string(), fc.constantFrom('{', '}', '\\', '$', '$x$', '\\}', '\\$', '^{', ' and ')))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, text, (title, name, journal) => {
      const bibtex = bibtexOf(
        paper({ title: cleanText(title), authors: [authorOf(name)], journalRef: cleanText(journal) }),
      );
      let depth = 0;
      for (const [i, sign] of [...bibtex].entries()) {
        if (sign === '{') depth += 1;
        if (sign === '}') depth -= 1;
        assert.ok(depth >= 0 && (depth > 0 || i === 0 || i >= bibtex.trimEnd().length - 1 || bibtex.startsWith('@')));
      }
      assert.equal(depth, 0);
    }),
    { numRuns: 1_000 },
  );
});
