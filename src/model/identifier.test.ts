import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identifierOf, identifiersIn } from './identifier.ts';

const ids = (text: string): string[] => identifiersIn(text).map(({ id }) => id);

test('every usual way to name a paper', () => {
  for (const [text, id] of [
    ['1706.03762', 'arxiv:1706.03762'],
    ['arXiv:1706.03762v5', 'arxiv:1706.03762'],
    ['arXiv: 1706.03762', 'arxiv:1706.03762'],
    ['[arXiv:1706.03762 [cs.CL]]', 'arxiv:1706.03762'],
    ['math.GT/0309136', 'arxiv:math/0309136'],
    ['hep-th/9901001v2', 'arxiv:hep-th/9901001'],
    ['https://arxiv.org/abs/1706.03762v1', 'arxiv:1706.03762'],
    ['http://arxiv.org/pdf/1706.03762v2.pdf#page=3', 'arxiv:1706.03762'],
    ['arxiv.org/html/1706.03762', 'arxiv:1706.03762'],
    ['https://ar5iv.labs.arxiv.org/html/1706.03762', 'arxiv:1706.03762'],
    ['https://huggingface.co/papers/1706.03762', 'arxiv:1706.03762'],
    ['https://www.alphaxiv.org/overview/1706.03762v7', 'arxiv:1706.03762'],
    ['https://www.alphaxiv.org/abs/1706.03762', 'arxiv:1706.03762'],
    ['https://www.semanticscholar.org/arxiv/1706.03762', 'arxiv:1706.03762'],
    ['https://api.semanticscholar.org/arXiv:1706.03762', 'arxiv:1706.03762'],
    ['https://doi.org/10.48550/arXiv.1706.03762', 'arxiv:1706.03762'],
    ['https://dx.doi.org/10.1038/nature14539.', 'doi:10.1038/nature14539'],
    ['doi: 10.1038/NATURE14539,', 'doi:10.1038/nature14539'],
    ['(10.1016/S0140-6736(05)67889-7)', 'doi:10.1016/s0140-6736(05)67889-7'],
    ['https://dl.acm.org/doi/10.1145/3292500.3330701?x=1', 'doi:10.1145/3292500.3330701'],
    ['https://www.biorxiv.org/content/10.1101/2020.03.22.002386v3.full.pdf', 'doi:10.1101/2020.03.22.002386'],
    ['https://openreview.net/forum?id=rJXMpikCZ&noteId=x', 'openreview:rJXMpikCZ'],
    ['openreview:rJXMpikCZ', 'openreview:rJXMpikCZ'],
    ['[a paper](https://arxiv.org/abs/1706.03762)', 'arxiv:1706.03762'],
    ['  eprint = {1706.03762},', 'arxiv:1706.03762'],
    ['doi={10.1038/nature14539},', 'doi:10.1038/nature14539'],
  ] as const)
    assert.deepEqual(ids(text), [id], text);
});

test('one or many a line, comments, each once, with the line it is first named in', () => {
  assert.deepEqual(
    identifiersIn(
      '# my list 1512.03385\r\n1706.03762, 10.1038/nature14539;https://arxiv.org/abs/1706.03762v3 # 1810.04805\n\n2005.14165,1810.04805',
    ),
    [
      { id: 'arxiv:1706.03762', line: 2 },
      { id: 'doi:10.1038/nature14539', line: 2 },
      { id: 'arxiv:2005.14165', line: 4 },
      { id: 'arxiv:1810.04805', line: 4 },
    ],
  );
});

test('numbers, fractions, dates and other addresses name no paper', () => {
  for (const text of [
    '3141.59265',
    '2024.1234',
    '0612.1234',
    'foo/1234567',
    '2026-11-22',
    '192.168.1.1',
    'https://example.org/2024/x',
    'https://huggingface.co/papers/trending',
    'https://broadsheet.example/papers/veila-panoramic-lidar',
    '10.5',
    'volume 12(3), 123-456',
  ])
    assert.deepEqual(ids(text), [], text);
  assert.equal(identifierOf('see 1706.03762'), null);
});

const paper = fc.oneof(
  fc
    .tuple(fc.integer({ min: 15, max: 26 }), fc.integer({ min: 1, max: 12 }), fc.nat(99_999))
    .map(([y, m, n]) => `arxiv:${y}${String(m).padStart(2, '0')}.${String(n).padStart(5, '0')}`),
  fc.stringMatching(/^10\.[1-9]\d{3,5}\/[a-z0-9]{1,12}$/).map((doi) => `doi:${doi}`),
);

test('whatever stands around them, identifiers are found, and nothing else', () => {
  const dress = fc.constantFrom(
    (id: string) => id.replace(/^(?:arxiv|doi):/, ''),
    (id: string) => id,
    (id: string) =>
      id.startsWith('arxiv') ? `https://arxiv.org/pdf/${id.slice(6)}v2` : `https://doi.org/${id.slice(4)}`,
    (id: string) => `(${id}).`,
    (id: string) => `eprint={${id.replace(/^\w+:/, '')}},`,
  );
  const gap = fc.constantFrom(' ', '\n', ', ', '; ', '\t', ' and ', '\n# 1706.03762 is one\n', ',');
  fc.assert(
    fc.property(fc.array(fc.tuple(paper, dress, gap), { maxLength: 12 }), (items) => {
      const text = items.map(([id, wear, after]) => wear(id) + after).join('');
      assert.deepEqual(ids(text), [...new Set(items.map(([id]) => id))]);
    }),
  );
});

test('takes any text, and what it finds names itself', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', '10.1000/', 'arxiv:'),
      (text, head) => {
        for (const { id } of identifiersIn(head + text)) assert.match(id, /^(?:arxiv|doi|openreview):\S+$/);
      },
    ),
  );
});
