import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketsOf } from './guard-rate.ts';
import { ROUTES } from './routes.ts';

test('every route that changes anything is counted, and none that only reads', () => {
  for (const route of ROUTES)
    assert.equal(bucketsOf(route).length > 0, route.method !== 'GET', `${route.method} ${route.path}`);
});

test('every way to write a letter or to bring in papers is counted as that', () => {
  const counted = (rate: 'letters' | 'submissions') =>
    ROUTES.filter((route) => bucketsOf(route).includes(rate)).map(({ path }) => path);
  const writes = (pattern: RegExp) =>
    ROUTES.filter(({ method, path }) => method === 'POST' && pattern.test(path)).map(({ path }) => path);
  assert.deepEqual(counted('letters'), writes(/\/(?:letters|comment)\b[^/]*$|^\/letters\/:id$|comment\(/));
  assert.deepEqual(counted('submissions'), writes(/^\/submit$|\/papers\/submit$|^\/library\/import$/));
});
