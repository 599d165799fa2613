import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInSites } from './sign-in-sites.ts';

test('sites are known by name, or by their issuer', () => {
  assert.deepEqual(signInSites(''), []);
  assert.deepEqual(signInSites('github|id|secret; lab=https://id.lab.example/realm|a|b|openid email groups;'), [
    { name: 'github', issuer: null, clientId: 'id', clientSecret: 'secret', scopes: 'read:user user:email' },
    {
      name: 'lab',
      issuer: 'https://id.lab.example/realm',
      clientId: 'a',
      clientSecret: 'b',
      scopes: 'openid email groups',
    },
  ]);
  assert.deepEqual(signInSites('orcid=https://sandbox.orcid.org|a|b')?.[0]?.issuer, 'https://sandbox.orcid.org');
  assert.deepEqual(signInSites('orcid|a|b')?.[0]?.scopes, 'openid');
});

test('what is not written so is no setting', () => {
  for (const wrong of [
    'lab|a|b',
    'github|a',
    'github',
    'lab=ftp://x|a|b',
    'Lab=https://x|a|b',
    'github|a|b;github|c|d',
    '|a|b',
    'github|a|b|c|d',
  ])
    assert.equal(signInSites(wrong), null, wrong);
});
