import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { authorKey, authorOf } from './author.ts';
import { linksOf } from './link.ts';
import { isWithdrawn } from './withdrawn.ts';

const urls = (abstract: string): string[] =>
  linksOf({ id: null, doi: null, abstract }).map(({ rel, url }) => `${rel} ${url}`);

test('an arXiv paper can be read in three places, and under its DOI', () => {
  assert.deepEqual(
    linksOf({ id: 'arxiv:math/0309136', doi: '10.1000/a<b>', abstract: '' }).map(({ rel, url }) => `${rel} ${url}`),
    [
      'abstract https://arxiv.org/abs/math/0309136',
      'pdf https://arxiv.org/pdf/math/0309136',
      'html https://arxiv.org/html/math/0309136',
      'doi https://doi.org/10.1000/a%3Cb%3E',
    ],
  );
});

test('addresses in abstracts lose the punctuation around them, and come once', () => {
  assert.deepEqual(
    urls(
      'Code: https://github.com/a/b-c.git. See (https://a.b/c), https://a.b/c_(d) and https://github.com/a/b-c.git!',
    ),
    ['code https://github.com/a/b-c.git', 'project https://a.b/c', 'project https://a.b/c_(d)'],
  );
  assert.deepEqual(urls('javascript:alert(1) https:// http://[x data:x'), []);
});

test('code, models, data sets and spaces are told apart, in abstracts and in comments', () => {
  const labels = (abstract: string, note: string | null = null): string[] =>
    linksOf({ id: null, doi: null, abstract, note }).map(({ rel, label, url }) => `${rel}: ${label}: ${url}`);
  assert.deepEqual(
    labels(
      'Code at github.com/a/b, weights on huggingface.co/a/model-7b (data: https://hf.co/datasets/a/d; demo https://huggingface.co/spaces/a/s).',
      '12 pages. Page: a-b.github.io/page. Code: https://www.github.com/a/b.git; gitlab.com/g/p/-/tree/main',
    ),
    [
      'code: Code at github.com: https://github.com/a/b',
      'other: Model at huggingface.co: https://huggingface.co/a/model-7b',
      'other: Data set at huggingface.co: https://hf.co/datasets/a/d',
      'other: Space at huggingface.co: https://huggingface.co/spaces/a/s',
      'project: a-b.github.io: https://a-b.github.io/page',
      'code: Code at gitlab.com: https://gitlab.com/g/p/-/tree/main',
    ],
  );
  assert.deepEqual(
    labels('See https://huggingface.co/papers/1706.03762 and https://huggingface.co/TildeAI and github.com.'),
    [
      'project: huggingface.co: https://huggingface.co/papers/1706.03762',
      'project: huggingface.co: https://huggingface.co/TildeAI',
    ],
  );
  assert.deepEqual(labels('me@github.com/a/b, notgithub.com/a/b, x.github.io.example.org/a'), []);
  assert.deepEqual(
    linksOf({ id: null, doi: '10.1000/x', abstract: '', note: 'https://doi.org/10.1000/x' }).map(({ rel }) => rel),
    ['doi'],
  );
});

test('any abstract gives web addresses only', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.constantFrom('https://', 'http://a', 'github.com/', 'a.github.io', ')', '.', '"', '<', ' '),
        ),
      ),
      (pieces) => {
        for (const { url } of linksOf({ id: null, doi: null, abstract: pieces.join('') })) {
          assert.match(new URL(url).protocol, /^https?:$/);
          assert.doesNotMatch(url, /[\s<>"]/);
        }
      },
    ),
  );
});

test('a withdrawal is what authors or arXiv say of the paper itself', () => {
  const says = (note: string | null, abstract = 'We show a thing.') => isWithdrawn({ note, abstract });
  for (const note of [
    'This paper has been withdrawn by the author due to a crucial error',
    'Withdrawn',
    'this paper has been withdrawn',
    'Due to the policy of our institute, we decide to withdraw this paper',
    '7 pages. This paper has been withdrawn by\n the authors',
    'This article has been withdrawn by arXiv administrators due to plagiarized content',
  ]) {
    assert.ok(says(note), note);
  }
  assert.ok(says(null, 'This paper has been withdrawn by the authors due to a fatal error in the analysis.'));
  assert.ok(!says('12 pages, 3 figures'));
  assert.ok(!says(null, 'Funds withdrawn from accounts are modelled; a withdrawal costs.'));
  assert.ok(!says(null, 'When US troops were withdrawn by the army, prices rose.'));
});

test('author keys fold accents and case, and keep initials apart', () => {
  assert.equal(authorKey('Frédéric Klopp'), authorKey('frederic KLOPP'));
  assert.notEqual(authorKey('J. Smith'), authorKey('K. Smith'));
  assert.notEqual(authorKey('John Smith'), authorKey('J. Smith'));
  assert.deepEqual(authorOf("Fr\\'{e}d\\'{e}ric  Klopp"), { name: 'Frédéric Klopp', key: 'frederic-klopp' });
  assert.equal(authorOf('Thorben K{ae}nemann').name, 'Thorben Kaenemann');
});
