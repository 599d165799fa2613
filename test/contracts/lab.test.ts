import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { HOME } from '../../src/config.ts';
import { evaluate, evaluateBroken } from '../../src/labs/claims.ts';
import { numberOf, presetParams, readParams, seedsOf } from '../../src/labs/params.ts';
import { LABS } from '../../src/labs/registry.ts';
import { pinOf } from '../../src/services/lab-pin.ts';
import { runInThreads } from '../../src/services/lab-run.ts';
import { readRunFile } from '../../src/services/standard-runs.ts';
import { dailyPage } from '../../src/sources/daily-page.ts';

/** Every lab of the registry keeps the contract. What a browser has to do with it: `test/browser/labs.test.ts`. */

const PINS = join(import.meta.dirname, '../golden/lab-predicates.json');

/** Title and abstract of the papers of the first edition, by id. */
const abstracts = new Map<string, string>();
before(async () => {
  const page = createReadStream(join(HOME, 'assets/first-edition/daily-papers-page.txt'));
  for await (const entry of dailyPage.parse(page))
    if (entry.kind === 'paper') abstracts.set(entry.draft.externalId, entry.draft.abstract);
});

test('labs are known by one name each', () => {
  assert.ok(LABS.length > 0);
  assert.equal(new Set(LABS.map(({ id }) => id)).size, LABS.length);
  assert.equal(new Set(LABS.map(({ paper }) => paper)).size, LABS.length);
});

test('quick presets together fit into the suite', () => {
  assert.ok(LABS.reduce((sum, { presets }) => sum + presets.quick.seconds, 0) <= 120);
});

/**
 * A predicate is written before the run. To change one, or the code of its test, raise the lab's version and add the line this
 * test prints to the golden file; a line that stands there is never changed.
 */
test('predicates are as they were pinned with the version', async () => {
  const pins = JSON.parse(await readFile(PINS, 'utf8')) as Record<string, string>;
  for (const lab of LABS) {
    const name = `${lab.id}@${lab.version}`;
    const pin = pinOf(lab);
    assert.equal(pins[name], pin, `“${name}”: “${pin}” (raise the version if a predicate was changed)`);
  }
});

for (const lab of LABS) {
  describe(lab.id, () => {
    test('declares what the contract asks for', () => {
      assert.match(lab.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(existsSync(join(HOME, 'src/labs', `${lab.id}.ts`)), 'its file has its name');
      assert.ok(Number.isInteger(lab.version) && lab.version >= 1);
      assert.ok(lab.title.length <= 70, 'the title is short');
      const roles = lab.arms.map(({ role }) => role);
      for (const role of ['method', 'baseline', 'ablation'] as const) assert.ok(roles.includes(role), role);
      const arms = new Set(lab.arms.map(({ id }) => id));
      for (const { swaps, broken, verdicts } of lab.breaks) {
        for (const arm of Object.entries(swaps).flat()) assert.ok(arms.has(arm), arm);
        assert.ok(Object.keys(swaps).length > 0 && Object.keys(verdicts).length > 0 && broken.endsWith('.'), broken);
      }
      const ablations = lab.arms.filter(({ role }) => role === 'ablation').map(({ id }) => id);
      assert.ok(Object.values(lab.breaks[0].swaps).every((arm) => ablations.includes(arm)));
      assert.equal(arms.size, lab.arms.length);
      assert.ok(lab.fidelity.same.length > 0 && lab.fidelity.changed.length > 0 && lab.fidelity.sources.length > 0);
      const { quick, standard, full, smoke } = lab.presets;
      assert.ok(quick.seeds >= 3 && quick.seconds <= 10, 'quick');
      assert.ok(standard.seeds >= 5 && standard.seconds <= 120, 'standard');
      assert.ok(full.seeds >= standard.seeds && smoke.seconds <= 2, 'full, smoke');
      assert.deepEqual(presetParams(lab, 'standard'), readParams(lab, {}), 'the defaults are the standard preset');
    });

    test('nothing is left to be said', () => {
      const open = [...JSON.stringify(lab).matchAll(/"([^"]*TODO[^"]*)"/g)].map(([, text]) => text);
      assert.deepEqual(open, [], `${lab.id} still has what the template says`);
    });

    test('parameters are in range, and presets name no others', () => {
      const keys = lab.params.map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length);
      for (const key of keys) assert.match(key, /^[a-z][a-z0-9]*$/);
      for (const key of keys) assert.ok(!['seeds', 'from', 'preset', 'result'].includes(key));
      for (const preset of Object.values(lab.presets)) {
        assert.deepEqual(
          Object.keys(preset.params).filter((key) => !keys.includes(key)),
          [],
        );
        const read = readParams(lab, preset.params);
        for (const [key, value] of Object.entries(preset.params)) assert.equal(read[key], value, key);
      }
      for (const spec of lab.params) {
        if (spec.kind !== 'number' && spec.kind !== 'int') continue;
        const value = numberOf(readParams(lab, {}), spec.key);
        assert.ok(value >= spec.min && value <= spec.max, spec.key);
      }
    });

    test('quotes stand in the stored abstract, word for word', () => {
      const abstract = abstracts.get(lab.paper);
      assert.ok(abstract !== undefined, `${lab.paper} is no paper of the first edition`);
      assert.ok(lab.claims.length > 0);
      for (const { id, quote } of lab.claims) assert.ok(abstract.includes(quote), id);
    });

    test('the quick preset runs, the verdicts depend on the mechanism, and a second run is the same', async () => {
      const params = presetParams(lab, 'quick');
      const run = (lanes: number, preset: 'quick' | 'smoke') =>
        runInThreads(lab, {
          params: preset === 'quick' ? params : presetParams(lab, preset),
          seeds: seedsOf(lab.presets[preset].seeds),
          lanes,
        });
      const { outcome, record } = await run(2, 'quick');
      assert.equal(outcome.error, null);
      assert.ok(outcome.complete);
      const findings = evaluate(lab, record.metrics);
      const broken = evaluateBroken(lab, record.metrics);
      for (const claim of lab.claims) {
        if ('prediction' in claim) assert.notEqual(findings[claim.id]?.verdict, 'not-run', claim.id);
      }
      for (const [id, verdict] of Object.entries(lab.breaks[0].verdicts)) {
        assert.equal(broken[id]?.verdict, verdict, `${id}: ${broken[id]?.says.join('; ')}`);
        assert.notEqual(findings[id]?.verdict, verdict, `${id}: ${findings[id]?.says.join('; ')}`);
      }
      const [one, other] = [await run(1, 'smoke'), await run(2, 'smoke')];
      assert.ok(one.record.metrics.length > 0);
      assert.equal(one.record.hash, other.record.hash);
      const recorded = await readRunFile(lab);
      if (recorded?.version === lab.version)
        assert.equal(
          one.record.hash,
          recorded.smoke,
          `What ${lab.id} computes was changed since its standard run was recorded: raise the version where it means something else, and ./broadsheet lab run ${lab.id} --preset standard --record`,
        );
    });
  });
}
