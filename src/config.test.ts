import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { after, test } from 'node:test';
import { describeConfig, HOME, readConfig, settingsDocument } from './config.ts';
import { Fault } from './kernel/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'broadsheet-config-'));
after(() => rmSync(folder, { recursive: true }));

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === 'bad-config');
    return error.message.split('\n');
  }
  return [];
};

test('nothing needs to be set', () => {
  const config = readConfig({});
  assert.equal(config.port, 3000);
  assert.equal(config.host, '127.0.0.1');
  assert.ok(isAbsolute(config.dataDir));
  assert.equal(config.databaseUrl, `sqlite:${join(HOME, 'var/broadsheet.db')}`);
  assert.equal(config.indexUrl, join(HOME, 'var/index'));
  assert.ok(Object.isFrozen(config));
});

test('an empty variable is one that is not set', () => {
  assert.deepEqual(readConfig({ BROADSHEET_PORT: '', BROADSHEET_HOST: '', BROADSHEET_PORT_FILE: '' }), readConfig({}));
});

test('all mistakes are told at once', () => {
  const mistakes = mistakesOf({
    BROADSHEET_PORT: '70000',
    BROADSHEET_LOG_LEVEL: 'loud',
    BROADSHEET_PROT: '3001',
    BROADSHEET_PUBLIC_URL: 'ftp://example.org',
  });
  assert.equal(mistakes.length, 4, mistakes.join('\n'));
  for (const name of ['BROADSHEET_PORT ', 'BROADSHEET_LOG_LEVEL', 'BROADSHEET_PROT ', 'BROADSHEET_PUBLIC_URL']) {
    assert.ok(
      mistakes.some((mistake) => mistake.startsWith(name)),
      name,
    );
  }
});

test('a port is a whole number up to 65535', () => {
  for (const bad of ['-1', '3000.5', '0x10', '1e3', 'three', '65536'])
    assert.equal(mistakesOf({ BROADSHEET_PORT: bad }).length, 1, bad);
  assert.equal(readConfig({ BROADSHEET_PORT: '0' }).port, 0);
});

test('a value may come from the file its twin names', () => {
  const file = join(folder, 'masthead');
  writeFileSync(file, 'The Morning Papers\n');
  assert.equal(readConfig({ BROADSHEET_MASTHEAD_FILE: file }).masthead, 'The Morning Papers');
  assert.match(mistakesOf({ BROADSHEET_MASTHEAD: 'A', BROADSHEET_MASTHEAD_FILE: file })[0] ?? '', /both set/);
  assert.match(mistakesOf({ BROADSHEET_MASTHEAD_FILE: join(folder, 'none') })[0] ?? '', /cannot be read/);
});

test('passwords are not shown', () => {
  const rows = describeConfig({ BROADSHEET_DATABASE_URL: 'postgres://reader:se:cr@t@db.example/papers' });
  const row = rows.find(({ name }) => name === 'BROADSHEET_DATABASE_URL');
  assert.equal(row?.from, 'environment');
  assert.equal(row?.value, 'postgres://reader:…@db.example/papers');
});

test('keys are not shown, nor repeated where they are wrong', () => {
  const rows = describeConfig({ BROADSHEET_EMBED_KEY: 'sk-1', BROADSHEET_SOURCE_KEYS: 'zotero=z1, openalex=o1' });
  const value = (wanted: string) => rows.find(({ name }) => name === wanted)?.value;
  assert.equal(value('BROADSHEET_EMBED_KEY'), '…');
  assert.equal(value('BROADSHEET_SOURCE_KEYS'), 'zotero=…, openalex=…');
  const [mistake = ''] = mistakesOf({ BROADSHEET_EMBED_KEY: 'sk 1' });
  assert.match(mistake, /plain characters/);
  assert.doesNotMatch(mistake, /sk/);
});

test('an embedder is the one that comes along, none, or one at an address', () => {
  const embed = (text: string) => readConfig({ BROADSHEET_EMBED: text }).embed;
  assert.equal(embed('auto'), 'auto');
  assert.equal(embed('off'), 'off');
  assert.deepEqual(embed('openai+http://127.0.0.1:8080/v1/?model=a/b:c'), {
    protocol: 'openai',
    url: 'http://127.0.0.1:8080/v1',
    model: 'a/b:c',
  });
  assert.deepEqual(embed('ollama+http://localhost:11434?model=nomic-embed-text'), {
    protocol: 'ollama',
    url: 'http://localhost:11434',
    model: 'nomic-embed-text',
  });
  assert.deepEqual(embed('tei+https://host.example'), { protocol: 'tei', url: 'https://host.example', model: '' });
  for (const [text, says] of [
    ['on', /neither auto nor off/],
    ['http://localhost:11434', /neither auto nor off/],
    ['ollama+ftp://localhost', /neither auto nor off/],
    ['ollama+http://', /neither auto nor off/],
    ['ollama+http://localhost:11434', /\?model=NAME/],
    ['openai+https://user:pass@host/v1?model=m', /BROADSHEET_EMBED_KEY/],
    ['tei+http://host?key=1', /parameter “key”/],
    ['openai+http://host?model=a%0Ab', /not plain/],
  ] as const) {
    const [mistake = ''] = mistakesOf({ BROADSHEET_EMBED: text });
    assert.match(mistake, says, text);
    assert.doesNotMatch(mistake, /user:pass/);
  }
});

test('docs/configuration.md is what the table says (npm run docs)', () => {
  assert.equal(readFileSync(join(HOME, 'docs/configuration.md'), 'utf8'), settingsDocument());
});
