import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { evaluate, evaluateBroken } from '../labs/claims.ts';
import type { Lab } from '../labs/contract.ts';
import { presetParams, seedsOf } from '../labs/params.ts';
import { LABS } from '../labs/registry.ts';
import { runHere } from '../labs/run-arm.ts';
import { draftLab } from './lab-draft.ts';

let folder = '';
before(async () => {
  folder = `${await mkdtemp(join(tmpdir(), 'broadsheet-labs-'))}/`;
  await cp(fileURLToPath(new URL('../labs/', import.meta.url)), folder, { recursive: true });
});
after(() => rm(folder, { recursive: true, force: true }));

test('a new lab is in the registry, runs at once, and its verdict depends on its mechanism', async () => {
  const drafted = await draftLab('many-readings', folder);
  assert.deepEqual(drafted, { ok: true, value: `${folder}many-readings.ts` });
  const registry = (await import(`${folder}registry.ts`)) as { readonly LABS: readonly Lab[] };
  assert.deepEqual(
    registry.LABS.map(({ id }) => id),
    [...LABS.map(({ id }) => id), 'many-readings'],
  );
  const lab = registry.LABS.at(-1) as Lab;
  const metrics = await runHere(lab, presetParams(lab, 'quick'), seedsOf(lab.presets.quick.seeds));
  assert.equal(evaluate(lab, metrics).nearer?.verdict, 'holds');
  assert.equal(evaluateBroken(lab, metrics).nearer?.verdict, lab.breaks[0].verdicts.nearer);
  const code = await readFile(`${folder}many-readings.ts`, 'utf8');
  assert.match(code, /^export const manyReadings: Lab = \{\n {2}id: 'many-readings',/m);
});

test('a name that is taken or none is refused, and nothing is written', async () => {
  const before = await readFile(`${folder}registry.ts`, 'utf8');
  for (const id of ['out-of-context', 'contract', 'Lab', '../lab', 'a--b', 'frame', '', `a${'b'.repeat(50)}`])
    assert.equal((await draftLab(id, folder)).ok, false, id);
  assert.equal(await readFile(`${folder}registry.ts`, 'utf8'), before);
});

test('imports stay in their order', async () => {
  const paths = [...(await readFile(`${folder}registry.ts`, 'utf8')).matchAll(/from '(\.\/[^']+)'/g)].map(
    ([, path]) => path,
  );
  assert.deepEqual(paths, paths.toSorted());
});
