import { spawn } from 'node:child_process';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { prune } from './prune.mjs';
import { findRuntime, HOME } from './runtime.mjs';

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

const INSTALLED = join(HOME, 'node_modules', '.package-lock.json');

const fits = (allowed, mine) => !allowed || allowed.includes(mine);

/** Entries of the lock file that belong on this machine, [path, entry]. */
export const wanted = (lock, scope) =>
  Object.entries(lock.packages).filter(
    ([path, entry]) =>
      path !== '' &&
      (scope === 'all' || !(entry.dev || entry.devOptional)) &&
      fits(entry.os, process.platform) &&
      fits(entry.cpu, process.arch),
  );

/** Whether what npm says it installed is what the lock file asks for. An optional package may be absent, never other. */
export const matches = (lock, installed, scope) =>
  wanted(lock, scope).every(([path, entry]) => {
    const there = installed?.packages[path];
    return there ? there.version === entry.version && there.integrity === entry.integrity : entry.optional === true;
  });

const npm = () => {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return [process.execPath, [script]];
  return process.platform === 'win32' ? ['npm.cmd', []] : ['npm', []];
};

const watchProgress = (packages, began) => {
  const says = () => {
    const done = packages.filter(([path]) => existsSync(join(HOME, path, 'package.json'))).length;
    return `  ${done} of ${packages.length} packages, ${Math.round((Date.now() - began) / 1000)} s`;
  };
  if (process.stdout.isTTY) {
    const timer = setInterval(() => process.stdout.write(`\r${says()}`), 250);
    return () => {
      clearInterval(timer);
      process.stdout.write('\r\x1b[K');
    };
  }
  const timer = setInterval(() => console.log(says()), 10_000);
  return () => clearInterval(timer);
};

/** `npm install` without leave to change the lock file; what it did is compared with the lock file afterwards: see decision 0001. */
const npmInstall = (scope) =>
  new Promise((done) => {
    const [command, first] = npm();
    const flags = ['install', '--no-save', scope === 'all' ? '--include=dev' : '--omit=dev'];
    const child = spawn(
      command,
      [...first, ...flags, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: HOME,
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: process.platform === 'win32',
        env: { ...process.env, npm_config_update_notifier: 'false' },
      },
    );
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const stop = (signal) => child.kill(signal);
    process.on('SIGINT', stop).on('SIGTERM', stop);
    const end = (code, text) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      done({ code, output: text });
    };
    child.once('error', (error) => end(127, `npm cannot be run (${error.code}); it comes with Node.js.`));
    child.once('close', (code, signal) => end(code ?? 1, signal ? `npm was stopped by ${signal}.` : output));
  });

const mayWrite = (path) =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  );

/**
 * Makes node_modules what package-lock.json says: `production` is enough to serve, `all` adds what tests need (and is
 * left alone where it is already there). Returns null when all is well, else an exit code, after one sentence.
 */
export const ensureInstalled = async (scope) => {
  const lock = readJson(join(HOME, 'package-lock.json'));
  if (lock === null) {
    console.error('package-lock.json is missing or damaged: restore it with `git checkout package-lock.json`.');
    return 1;
  }
  if (!matches(lock, readJson(INSTALLED), scope)) {
    if (!(await mayWrite(HOME))) {
      console.error(
        `Broadsheet's folder ${HOME} cannot be written, so its packages cannot be installed: make it writable for this user.`,
      );
      return 73;
    }
    const packages = wanted(lock, scope).filter(([, entry]) => !entry.libc?.includes('musl'));
    const began = Date.now();
    console.log(
      `Installing ${packages.length} packages${scope === 'all' ? ', those for tests included' : ''} (once; about half a minute) …`,
    );
    const stopWatching = watchProgress(packages, began);
    const { code, output } = await npmInstall(scope);
    stopWatching();
    if (code !== 0) {
      console.error(output.trim());
      console.error(
        "The packages could not be installed: look at npm's words above, check the network, and run the command again.",
      );
      return code;
    }
    if (!matches(lock, readJson(INSTALLED), scope)) {
      console.error(
        'npm did not install what package-lock.json says: run `git checkout package.json package-lock.json`, delete node_modules and run the command again.',
      );
      return 1;
    }
    console.log(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
  }
  prune();
  // The launcher takes a list newer than the lock file for "nothing to do".
  if (await mayWrite(INSTALLED)) utimesSync(INSTALLED, new Date(), new Date());
  return null;
};

/** `node bin/setup.mjs [all]`: installs and says which Node will run. */
export const main = async ([scope = 'production']) => {
  const code = await ensureInstalled(scope === 'all' ? 'all' : 'production');
  if (code === null && findRuntime() !== null) return 0;
  return code ?? 1;
};
