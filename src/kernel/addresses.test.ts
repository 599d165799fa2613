import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allowance, isPublicAddress, isPublicHost } from './addresses.ts';

test('addresses of the public internet are public', () => {
  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '128.84.21.199',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.1',
    '198.17.255.255',
    '198.20.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])
    assert.ok(isPublicAddress(address), address);
});

test('the first and the last address of every special range are refused', () => {
  for (const address of [
    ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
    ...['127.0.0.0', '127.255.255.255', '169.254.0.0', '169.254.255.255', '172.16.0.0', '172.31.255.255'],
    ...['192.0.0.0', '192.0.0.255', '192.0.2.0', '192.0.2.255', '192.168.0.0', '192.168.255.255'],
    ...['198.18.0.0', '198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255'],
    ...['224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.254', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', 'fe80::1', 'fe80::1%lo', 'febf::1', 'fec0::1', 'fc00::', 'fdff::1', 'ff02::1'],
    ...['100::1', '2001:db8::1', '3fff::1', '2001::1', '2001:2::1', '2002:808:808::1', '2002:7f00:1::', '5f00::1'],
    ...['64:ff9b:1::808:808', '64:ff9b::7f00:1', '64:ff9b::a00:1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe'],
    ...['::ffff:0:7f00:1', '4000::1', 'e000::1', '168.63.129.16', '::ffff:168.63.129.16'],
    ...['', 'localhost', '127.1', '2130706433', '0x7f.1', '8.8.8', '8.8.8.8.8', '08.8.8.8', '1.1.1.1 ', 'a', ':'],
  ])
    assert.equal(isPublicAddress(address), false, address);
});

test('an IPv4 address carried in IPv6 is as public as it is', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
      const tail = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`;
      assert.equal(isPublicAddress(`::ffff:${tail}`), isPublicAddress(address));
      assert.equal(isPublicAddress(`64:ff9b::${tail}`), isPublicAddress(address));
      assert.equal(isPublicAddress(`2002:${tail}::1`), false);
    }),
  );
});

test('names that never lead outside are refused before anyone is asked', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'sub.localhost',
    'a.local',
    'x.internal',
    'router.home.arpa',
    '127.1',
    '[::1]',
  ])
    assert.equal(isPublicHost(new URL(`http://${host}/`)), false, host);
  for (const host of [
    'arxiv.org',
    'localhost.example.org',
    'notlocal',
    'internal.example',
    '8.8.8.8',
    '[2606:4700::1]',
  ])
    assert.ok(isPublicHost(new URL(`http://${host}/`)), host);
});

test('the allow list lets exactly its hosts and ports through', () => {
  const allowed = allowance(['127.0.0.1:8080', 'Mirror.Internal:443', '[::1]:80', 'localhost:08081']);
  for (const url of [
    'http://127.0.0.1:8080/x?y',
    'http://2130706433:8080/',
    'https://mirror.internal/',
    'https://MIRROR.internal.:443/',
    'http://[::1]/',
    'http://localhost:8081/',
  ])
    assert.ok(allowed(new URL(url)), url);
  for (const url of [
    'http://127.0.0.1/',
    'http://127.0.0.1:8081/',
    'http://127.0.0.2:8080/',
    'http://localhost:8080/',
    'http://mirror.internal/',
    'https://sub.mirror.internal/',
    'https://[::1]/',
  ])
    assert.equal(allowed(new URL(url)), false, url);
  assert.equal(allowance([])(new URL('http://127.0.0.1/')), false);
});
