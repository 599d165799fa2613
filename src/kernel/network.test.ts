import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf, sameAddress } from './network.ts';

test('an IPv4 address is one visitor, however it is written; of IPv6 its /64 is', () => {
  assert.equal(networkOf('203.0.113.9'), '203.0.113.9');
  assert.equal(networkOf('::ffff:203.0.113.9'), '203.0.113.9');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::'));
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
  for (const odd of ['', 'localhost', '::1::2', 'x'.repeat(500)]) assert.equal(networkOf(odd), 'unknown', odd);
});

test('two spellings of one address are the same', () => {
  assert.ok(sameAddress('::ffff:127.0.0.1', '127.0.0.1'));
  assert.ok(sameAddress('2001:DB8::1', '2001:db8:0:0::1'));
  assert.ok(!sameAddress('127.0.0.1', '127.0.0.2'));
  assert.ok(!sameAddress('', ''));
});
