import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Why } from '../model/placing.ts';
import { signalText, whyText } from './reasons.ts';

const why = (change: Partial<Why> = {}): Why => ({
  ranking: 'talk-2',
  score: 1,
  votes: 0,
  upvotes: 0,
  comments: 0,
  code: false,
  published: '2026-11-20',
  category: null,
  submitted: null,
  lot: 7,
  ...change,
});

test('why a paper stands where it stands, in a line', () => {
  const day = '2026-11-22';
  assert.equal(
    whyText(why({ votes: 4, upvotes: 12, code: true }), day),
    'By 4 votes, 12 upvotes elsewhere and its code, 2 days old',
  );
  assert.equal(whyText(why({ votes: 1, published: '2026-11-21' }), day), 'By 1 vote, new');
  assert.equal(
    whyText(why({ votes: 1, published: '2017-06-12', submitted: '2026-11-20' }), day),
    'By 1 vote and a reader’s submission, 2 days old',
  );
  assert.equal(whyText(why({ published: null }), day), 'By lot among papers without votes yet, of unknown age');
});

test('counts of other places are named', () => {
  assert.equal(signalText('citations', 34), '34 citations');
  assert.equal(signalText('upvotes', 1), '1 upvote');
  assert.equal(signalText('something_else', 1_234), 'something_else: 1,234');
});
