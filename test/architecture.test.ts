import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { test } from 'node:test';
import { ERRORS } from '../src/kernel/errors.ts';

const HOME = resolve(import.meta.dirname, '..');

/** What a shelf may import by value; `types` are shelves of which it may name types. Its own shelf is always allowed. */
const SHELVES: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  kernel: { values: [] },
  model: { values: ['kernel'], types: ['labs'] },
  ports: { values: [], types: ['kernel', 'model'] },
  labs: { values: [] },
  store: { values: ['kernel', 'model', 'config'], types: ['ports', 'labs'] },
  search: { values: ['kernel', 'model'], types: ['ports'] },
  sources: { values: ['kernel', 'model'], types: ['ports'] },
  embedders: { values: ['kernel', 'model'], types: ['ports'] },
  mailers: { values: ['kernel', 'model'], types: ['ports'] },
  services: { values: ['kernel', 'model', 'labs'], types: ['ports', 'store'] },
  views: { values: ['kernel', 'model', 'labs'] },
  islands: { values: ['labs'] },
  config: { values: ['kernel'] },
  app: {
    values: ['kernel', 'config', 'store', 'search', 'sources', 'services', 'embedders', 'mailers'],
    types: ['model', 'ports'],
  },
  web: { values: ['kernel', 'model', 'labs', 'services', 'views', 'config'], types: ['app', 'ports', 'store'] },
  jobs: { values: ['kernel', 'model', 'services', 'views'], types: ['app', 'ports', 'store'] },
  cli: { values: ['kernel', 'model', 'labs', 'services', 'config', 'app', 'web', 'jobs'], types: ['ports', 'store'] },
  main: { values: ['cli'] },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const tracked = (...patterns: readonly string[]): readonly string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: HOME,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '');

const read = (path: string): string => readFileSync(join(HOME, path), 'utf8');
const isTest = (path: string): boolean => path.endsWith('.test.ts');
const source = tracked('src').filter((path) => path.endsWith('.ts'));
const product = source.filter((path) => !isTest(path));
const shelfOf = (path: string): string => (path.split('/')[1] ?? '').replace(/\.ts$/, '');

const STATEMENT = /^(?:import|export)\s+(type\s+)?([^;'"]*?\bfrom\s+)?['"](\.[^'"]+)['"]/gm;
const DYNAMIC = /(typeof )?\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g;

const importsOf = (path: string): readonly Import[] => {
  const text = read(path);
  const at = (specifier: string): string => normalize(join(dirname(path), specifier));
  const statements = [...text.matchAll(STATEMENT)].map(([, type, names = '', specifier = '']) => {
    const inBraces = /^\{([^}]*)\}/
      .exec(names)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const typeOnly = type !== undefined || (inBraces?.every((name) => name.trim().startsWith('type ')) ?? false);
    return { from: path, to: at(specifier), typeOnly };
  });
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, type, specifier = '']) => ({
    from: path,
    to: at(specifier),
    typeOnly: type !== undefined,
  }));
  return [...statements, ...dynamic];
};

const imports = product.flatMap(importsOf);

test('every shelf is known and imports only what the rule allows', () => {
  assert.ok(imports.length > 100, 'the imports are found');
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    if (!to.startsWith('src/')) return true;
    const [shelf, other] = [shelfOf(from), shelfOf(to)];
    const rule = SHELVES[shelf];
    return !rule || !(shelf === other || rule.values.includes(other) || (typeOnly && rule.types?.includes(other)));
  });
  assert.deepEqual(
    wrong.map(({ from, to, typeOnly }) => `${from} → ${to}${typeOnly ? ' (type)' : ''}`),
    [],
  );
});

test('no module reaches itself through its imports', () => {
  const edges = Map.groupBy(
    imports.filter(({ typeOnly }) => !typeOnly),
    ({ from }) => from,
  );
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (finished.has(path) || trail.includes(path)) return;
    for (const { to } of edges.get(path) ?? []) visit(to, [...trail, path]);
    finished.add(path);
  };
  for (const path of product) visit(path, []);
  assert.deepEqual(cycles, []);
});

test('imports name files that exist, with their ending', () => {
  const files = new Set(source);
  assert.deepEqual(
    imports.filter(({ to }) => !files.has(to)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('SQL and database drivers stay in the store', () => {
  const driver = /['"](?:kysely|pg|node:sqlite)['"]/;
  const sql =
    /[`'"]\s*(?:select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+table|alter\s+table)\b/i;
  const wrong = product.filter(
    (path) => shelfOf(path) !== 'store' && (driver.test(read(path)) || sql.test(read(path))),
  );
  assert.deepEqual(wrong, []);
});

test('the environment is read in config.ts and nowhere else', () => {
  assert.deepEqual(
    product.filter((path) => /\bprocess\.env\b|\benv\s*\}\s*=\s*process\b/.test(read(path))),
    ['src/config.ts'],
  );
});

test('models and labs know no clock, no chance and no world', () => {
  const world = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|['"]node:(?:fs|net|http|https|child_process)/;
  assert.deepEqual(
    product.filter((path) => ['model', 'labs'].includes(shelfOf(path)) && world.test(read(path))),
    [],
  );
});

test('labs compute with nothing whose last bits an engine may choose', () => {
  const chosen =
    /\bMath\.(?:a?(?:cos|sin|tan)h?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow)\(|[\w)\]] \*\*=? /;
  assert.deepEqual(
    product.filter((path) => shelfOf(path) === 'labs' && chosen.test(read(path))),
    [],
  );
});

test('src is two levels deep (the kit of the labs is one more), and names say what is inside', () => {
  assert.deepEqual(
    source.filter((path) => path.split('/').length > (path.startsWith('src/labs/kit/') ? 4 : 3)),
    [],
  );
  assert.deepEqual(
    tracked('src', 'bin', 'bench', 'test').filter((path) =>
      /(?:^|[/-])(?:utils?|helpers?|managers?|misc|common)\b/i.test(path),
    ),
    [],
  );
  assert.deepEqual(
    source.filter((path) => !/^[a-z0-9./-]+$/.test(path)),
    [],
  );
});

test('no file is longer than 400 lines', () => {
  const code = tracked('src', 'bin', 'bench', 'test').filter((path) => /\.(?:ts|mjs|css)$/.test(path));
  assert.deepEqual(
    code.filter((path) => read(path).split('\n').length > 401),
    [],
  );
});

const PACKAGE = /^(?:import|export)\s+(?:(?!type\b)[^;'"]*?\bfrom\s+)?['"]((?:@[\w-]+\/)?[\w.-]+)(?![\w.:-])/gm;
const LOADED = /\b(?:import|require\.resolve)\(\s*['"]((?:@[\w-]+\/)?[a-z][\w.-]*)(?![\w.:-])/g;

test('the packages of the product are those it loads; what only tests load is for tests', () => {
  const { dependencies } = JSON.parse(read('package.json')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const loaded = new Set(
    product
      .map(read)
      .flatMap((text) => [PACKAGE, LOADED].flatMap((one) => [...text.matchAll(one)].map(([, name]) => name))),
  );
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !loaded.has(name)),
    [],
  );
  assert.deepEqual(
    [...loaded].filter((name) => name !== undefined && !name.startsWith('.') && !(name in dependencies)),
    [],
  );
});

test('every code of the error table is used', () => {
  const text = product
    .filter((path) => path !== 'src/kernel/errors.ts')
    .map(read)
    .join('\n');
  assert.deepEqual(
    Object.keys(ERRORS).filter((code) => !new RegExp(`['"\`]${code}['"\`]`).test(text)),
    [],
  );
});

test('decisions are numbered once and stay short', () => {
  const decisions = tracked('docs/decisions').map((path) => path.split('/').at(-1) ?? '');
  assert.ok(decisions.length > 0);
  assert.deepEqual(
    decisions.filter((name) => !/^\d{4}-[a-z0-9-]+\.md$/.test(name)),
    [],
  );
  assert.equal(new Set(decisions.map((name) => name.slice(0, 4))).size, decisions.length);
  assert.deepEqual(
    decisions.filter((name) => read(`docs/decisions/${name}`).split('\n').length > 81),
    [],
  );
});
