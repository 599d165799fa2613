import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, wanted } from './install.mjs';
import { complaint } from './old-node.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/served': { version: '1.0.0', integrity: 'a' },
    'node_modules/tested': { version: '2.0.0', integrity: 'b', dev: true },
    'node_modules/elsewhere': { version: '3.0.0', integrity: 'c', optional: true, os: ['plan9'] },
    'node_modules/extra': { version: '4.0.0', integrity: 'd', optional: true },
  },
};
const installed = (...names) => ({
  packages: Object.fromEntries(names.map((name) => [`node_modules/${name}`, lock.packages[`node_modules/${name}`]])),
});

test('what belongs here depends on the machine and on whether tests are to run', () => {
  const names = (scope) => wanted(lock, scope).map(([path]) => path.replace('node_modules/', ''));
  assert.deepEqual(names('production'), ['served', 'extra']);
  assert.deepEqual(names('all'), ['served', 'tested', 'extra']);
});

test('an install matches when nothing needed is absent or other', () => {
  assert.ok(matches(lock, installed('served'), 'production'), 'what is optional may be absent');
  assert.ok(matches(lock, installed('served', 'tested', 'extra'), 'production'), 'more than needed is fine');
  assert.ok(!matches(lock, installed('served', 'extra'), 'all'));
  assert.ok(!matches(lock, null, 'production'));
  const older = installed('served', 'extra');
  older.packages['node_modules/extra'] = { version: '3.9.9', integrity: 'z' };
  assert.ok(!matches(lock, older, 'production'), 'what is optional may not be other');
});

test('an old Node is told in one sentence what to do', () => {
  assert.equal(complaint('v20.0.0'), null);
  assert.equal(complaint('v26.10.0'), null);
  assert.match(
    complaint('v18.20.4'),
    /^Broadsheet needs Node\.js 20 or newer .*this is v18\.20\.4: .*nodejs\.org.*\.$/,
  );
});
