import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { jumpTo } from './jump.ts';

describe('jumping to a paper', () => {
  const named: readonly (readonly [string, string])[] = [
    ['2507.08772', 'arxiv:2507.08772'],
    [' arXiv:2507.08772v3 ', 'arxiv:2507.08772'],
    ['math/0309136', 'arxiv:math/0309136'],
    ['math.GT/0309136v2', 'arxiv:math/0309136'],
    ['https://arxiv.org/abs/2507.08772v1', 'arxiv:2507.08772'],
    ['http://www.arxiv.org/pdf/2507.08772.pdf', 'arxiv:2507.08772'],
    ['arxiv.org/abs/hep-th/9901001', 'arxiv:hep-th/9901001'],
    ['https://huggingface.co/papers/2507.08772', 'arxiv:2507.08772'],
    ['http://localhost:3000/papers/2507.08772.md?x=1#y', 'arxiv:2507.08772'],
    ['https://news.example/papers/veila-panoramic-lidar', 'veila-panoramic-lidar'],
    ['10.1000/ABC.1', 'doi:10.1000/abc.1'],
    ['https://doi.org/10.1000/abc', 'doi:10.1000/abc'],
    ['doi:10.48550/arXiv.2507.08772', 'arxiv:2507.08772'],
    ['https://openreview.net/forum?id=aB3_x', 'openreview:aB3_x'],
    ['https://openreview.net/pdf?id=aB3_x', 'openreview:aB3_x'],
    ['openreview: aB3_x', 'openreview:aB3_x'],
    ['https://www.alphaxiv.org/abs/2507.08772v2', 'arxiv:2507.08772'],
    ['https://alphaxiv.org/overview/2507.08772', 'arxiv:2507.08772'],
    ['https://www.semanticscholar.org/arxiv/hep-th/9901001', 'arxiv:hep-th/9901001'],
    ['https://api.semanticscholar.org/arXiv:2507.08772', 'arxiv:2507.08772'],
    ['https://ar5iv.labs.arxiv.org/html/math.GT/0309136', 'arxiv:math/0309136'],
    ['https://hf.co/papers/2507.08772', 'arxiv:2507.08772'],
    ['https://dl.acm.org/doi/10.1145/3292500.3330701?x=1', 'doi:10.1145/3292500.3330701'],
    ['https://www.biorxiv.org/content/10.1101/2020.03.22.002386v3.full.pdf', 'doi:10.1101/2020.03.22.002386'],
  ];
  for (const [q, id] of named) test(`${q} is ${id}`, () => assert.equal(jumpTo(q), id));

  test('a search is none', () => {
    for (const q of [
      '',
      'diffusion',
      '2507',
      '1.5',
      'a/b',
      'https://example.org/',
      'https://x.org/papers/trending',
      'cat:cs.LG 2507.08772',
      'http://[',
      'https://arxiv.org/abs/%ff',
    ]) {
      assert.equal(jumpTo(q), null, q);
    }
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', 'https://', '10.1000/', 'arxiv.org/abs/'),
        (text, head) => void jumpTo(head + text),
      ),
    );
    const began = performance.now();
    for (const long of ['10.1000/'.repeat(50_000), 'a.'.repeat(100_000), '/papers/'.repeat(50_000)]) jumpTo(long);
    assert.ok(performance.now() - began < 1000);
  });
});
