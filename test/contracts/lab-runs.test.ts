import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { breakOf, evaluate, evaluateBroken } from '../../src/labs/claims.ts';
import { metricsHash } from '../../src/labs/metrics-hash.ts';
import { seedsOf } from '../../src/labs/params.ts';
import { LABS } from '../../src/labs/registry.ts';
import { pinOf } from '../../src/services/lab-pin.ts';
import { DOCUMENT, labsDocumentOf, RUNS, readRunFile, recordIn, runText } from '../../src/services/standard-runs.ts';

/** What is recorded beside the code is what the labs as they are now came to. */

const PINS = join(import.meta.dirname, '../golden/lab-predicates.json');
const BYTES = 150_000;

for (const lab of LABS) {
  describe(lab.id, () => {
    const again = `./broadsheet lab run ${lab.id} --preset standard --record`;

    test('has a recorded standard run of its version, judged by the predicates pinned with it', async () => {
      const file = await readRunFile(lab);
      assert.ok(file !== null, `The lab ${lab.id} has no recorded standard run: ${again}`);
      assert.equal(
        file.version,
        lab.version,
        `The recorded run of ${lab.id} is of version ${file.version}, the lab of version ${lab.version}: ${again}`,
      );
      const pins = JSON.parse(await readFile(PINS, 'utf8')) as Record<string, string>;
      assert.equal(file.predicates, pins[`${lab.id}@${lab.version}`], `recorded under other predicates: ${again}`);
      assert.equal(file.predicates, pinOf(lab), `the predicates were changed since: ${again}`);
      assert.deepEqual(file.seeds, seedsOf(lab.presets.standard.seeds), again);
    });

    test('the verdicts recorded are those of the metrics recorded, which are exact; broken, every one is another', async () => {
      const file = await readRunFile(lab);
      assert.ok(file !== null, `The lab ${lab.id} has no recorded standard run: ${again}`);
      const record = recordIn(lab, file);
      assert.equal(metricsHash(record.metrics), file.hash, 'the metrics are those of the fingerprint');
      assert.deepEqual(evaluate(lab, record.metrics), file.findings);
      const broken = evaluateBroken(lab, record.metrics);
      for (const claim of lab.claims) {
        if ('untestable' in claim) continue;
        const way = breakOf(lab, claim.id);
        const { verdict, says } = broken[claim.id] ?? {};
        const at = `${claim.id}: ${says?.join('; ')}`;
        assert.ok(claim.id in way.verdicts, `${claim.id}: no break names it`);
        assert.notEqual(verdict, file.findings[claim.id]?.verdict, at);
        if (way !== lab.breaks[0]) assert.equal(verdict, way.verdicts[claim.id], at);
      }
      const text = await readFile(join(RUNS, `${lab.id}.json`), 'utf8');
      assert.equal(runText(file), text);
      assert.ok(text.length <= BYTES, `${text.length} bytes`);
    });
  });
}

test('no run is recorded of a lab that is no more', async () => {
  const names = (await readdir(RUNS)).map((name) => name.replace(/\.json$/, ''));
  assert.deepEqual(
    names.filter((name) => LABS.every(({ id }) => id !== name)),
    [],
  );
});

test('docs/labs.md is what its maker makes of the recorded runs', async () => {
  assert.equal(await readFile(DOCUMENT, 'utf8'), await labsDocumentOf(LABS), 'npm run docs writes it again');
});
