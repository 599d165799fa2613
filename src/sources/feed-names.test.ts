import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesOf } from './feed-names.ts';

/** As feeds print them, and who is meant. */
const PRINTED: readonly [string, readonly string[]][] = [
  ['Ann Lee', ['Ann Lee']],
  ['Ann Lee, Bob Ray, Cy Hu', ['Ann Lee', 'Bob Ray', 'Cy Hu']],
  ['Ann Lee, Bob Ray, and Cy Hu', ['Ann Lee', 'Bob Ray', 'Cy Hu']],
  ['Ann Lee and Bob Ray', ['Ann Lee', 'Bob Ray']],
  ['By Ann Lee & Bob Ray', ['Ann Lee', 'Bob Ray']],
  ['Lee, Ann; van der Ray, Bob', ['Ann Lee', 'Bob van der Ray']],
  ['Lee, A., Ray, B. C., Hu, D.-E.', ['A. Lee', 'B. C. Ray', 'D.-E. Hu']],
  ['Lee, Ann', ['Ann Lee']],
  ['Martin Luther King, Jr., Ann Lee', ['Martin Luther King Jr.', 'Ann Lee']],
  ['ann@example.org (Ann Lee)', ['Ann Lee']],
  ['ann@example.org', []],
  ['Ann Lee <ann@example.org>', ['Ann Lee']],
  [
    '<a href="https://example.org/ann">Ann Lee</a>, <a href="https://example.org/bob">Bob Ray</a>',
    ['Ann Lee', 'Bob Ray'],
  ],
  ['Ann Lee, Bob Ray, et al.', ['Ann Lee', 'Bob Ray']],
  ['Jos&eacute; Núñez, 王 伟', ['José Núñez', '王 伟']],
  ['', []],
];

for (const [printed, names] of PRINTED) {
  test(`the names in “${printed}”`, () => {
    assert.deepEqual(namesOf(printed), names);
  });
}
