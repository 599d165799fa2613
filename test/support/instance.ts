import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HOME = resolve(import.meta.dirname, '../..');

export interface Instance extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  readonly dataDir: string;
  /** Milliseconds from starting the process to the first page served. */
  readonly startedMs: number;
  /** Everything it has printed so far, both streams. */
  output(): string;
}

/** A port of this machine that nothing listens on. */
export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });

/** `broadsheet serve` as its own process on a free port; on a temporary data folder unless one is named. Stopped by disposing it. */
export const startInstance = async (env: Readonly<Record<string, string>> = {}): Promise<Instance> => {
  const temporary = env.BROADSHEET_DATA_DIR === undefined;
  const dataDir = env.BROADSHEET_DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'broadsheet-')));
  const port = await freePort();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BROADSHEET_')));
  const began = performance.now();
  const child = spawn(join(HOME, 'broadsheet'), ['serve'], {
    cwd: HOME,
    env: {
      ...inherited,
      BROADSHEET_HARVEST: 'off',
      ...env,
      BROADSHEET_DATA_DIR: dataDir,
      BROADSHEET_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await Promise.race([ended, sleep(15_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))]);
    if (temporary) await rm(dataDir, { recursive: true, force: true });
  };
  const origin = `http://127.0.0.1:${port}`;
  for (const deadline = began + 60_000; ; await sleep(20)) {
    const answer = await fetch(`${origin}/`).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) break;
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`Broadsheet did not start:\n${printed}`);
    }
  }
  const startedMs = performance.now() - began;
  return { origin, pid: child.pid ?? 0, dataDir, startedMs, output: () => printed, [Symbol.asyncDispose]: stop };
};

/** Waits until search answers by words and by meaning, i.e. the index has caught up and everything is embedded. */
export const waitForSearch = async (instance: Instance, query = 'lidar', seconds = 90): Promise<void> => {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(250)) {
    const answer = await fetch(`${instance.origin}/readyz`);
    await answer.arrayBuffer();
    if (!answer.ok) continue;
    const found = (await (await fetch(`${instance.origin}/api/papers/search?q=${query}`)).json()) as unknown[];
    if (found.length > 0) return;
  }
  throw new Error(`search did not become ready in ${seconds} s:\n${instance.output()}`);
};
