import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrival, FOLLOW_KINDS, type Follow, gather, reasonText } from './follow.ts';

const follow = (kind: Follow['kind'], key: string, createdAt = 0): Follow => ({ kind, key, name: key, createdAt });
const arrival = (paperId: string, { kind, key }: Follow, at: number): Arrival => ({ paperId, kind, key, at });

test('each paper stands once with all its reasons, the most telling first, newest papers first', () => {
  const [lg, ada, house] = [follow('category', 'cs.LG'), follow('author', 'ada', 9), follow('organisation', 'lab')];
  const arrivals = [
    arrival('a', lg, 5),
    arrival('b', lg, 7),
    arrival('a', ada, 6),
    arrival('a', lg, 5),
    arrival('b', house, 1),
    arrival('c', follow('author', 'nobody'), 99),
  ];
  assert.deepEqual(gather(arrivals, [lg, ada, house]), [
    { paperId: 'b', at: 7, reasons: [house, lg] },
    { paperId: 'a', at: 6, reasons: [ada, lg] },
  ]);
});

test('every reason is a sentence that names what is followed', () => {
  const said = FOLLOW_KINDS.map((kind) => reasonText({ kind, name: 'Ada Lovelace' }));
  assert.equal(new Set(said).size, FOLLOW_KINDS.length);
  for (const text of said) assert.match(text, /Ada Lovelace/);
  assert.equal(said[0], 'New by Ada Lovelace, whom you follow');
});
