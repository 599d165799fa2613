import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInstance, waitForSearch } from '../support/instance.ts';

/** The releases of the real client that are tried, oldest and newest of those the surface was written against. */
const VERSIONS = ['1.29.0', '2.4.0'];

const run = promisify(execFile);

const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'venv', '--help']).status === 0);
if (python === undefined) {
  console.error(
    'npm run test:clients needs Python 3 with venv: install it (on Debian: apt-get install python3-venv) and try again.',
  );
  process.exit(69);
}

const work = await mkdtemp(join(tmpdir(), 'broadsheet-clients-'));
let broken = 0;
try {
  await using instance = await startInstance();
  await waitForSearch(instance);
  for (const version of VERSIONS) {
    const venv = join(work, version);
    console.log(`Installing huggingface_hub ${version} in a throw-away environment …`);
    await run(python, ['-m', 'venv', venv]);
    const bin = join(venv, process.platform === 'win32' ? 'Scripts' : 'bin');
    await run(join(bin, 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `huggingface_hub==${version}`,
    ]);
    const env = {
      ...process.env,
      HF_ENDPOINT: instance.origin,
      HF_HOME: join(work, 'home'),
      HF_HUB_DISABLE_TELEMETRY: '1',
      NO_COLOR: '1',
    };
    const client = spawnSync(join(bin, 'python'), [join(import.meta.dirname, 'hf_client.py')], {
      env,
      stdio: 'inherit',
    });
    if (client.status !== 0) broken += 1;
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`clients: ${VERSIONS.length - broken} passed, ${broken} failed`);
process.exitCode = broken === 0 ? 0 : 1;
