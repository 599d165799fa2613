import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

const debianPostgres = () => {
  const home = '/usr/lib/postgresql';
  if (!existsSync(home)) return undefined;
  return readdirSync(home)
    .map((version) => join(home, version, 'bin/initdb'))
    .find(existsSync);
};

/** What the tests use beside the packages: where it is, and Debian's name for it. */
const NEEDS = {
  chromium: {
    title: 'Chromium',
    package: 'chromium',
    find: () => onPath('chromium') ?? onPath('chromium-browser') ?? onPath('google-chrome'),
    without: 'the browser tests cannot run',
  },
  postgres: {
    title: 'PostgreSQL',
    package: 'postgresql',
    find: () => onPath('initdb') ?? debianPostgres(),
    without: 'the store is tested on SQLite alone',
  },
  opensmtpd: {
    title: 'OpenSMTPD',
    package: 'opensmtpd',
    find: () => onPath('smtpd') ?? ['/usr/sbin/smtpd'].find((path) => existsSync(path)),
    without: 'mail is tried with no mail server but our own',
  },
};

const works = (command, args) => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const isDebian = () => {
  try {
    return (
      /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) &&
      onPath('apt-get') !== undefined
    );
  } catch {
    return false;
  }
};

/** How we may call apt: as root, through a sudo that asks for nothing, or (null) not at all. */
const aptPrefix = () => {
  if (!isDebian()) return null;
  if (process.getuid?.() === 0) return [];
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : null;
};

const quietly = (command) =>
  new Promise((done) => {
    let output = '';
    const child = spawn(command[0], command.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-4000);
      });
    }
    child.once('error', (error) => done({ code: 127, output: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });

const install = async (prefix, need) => {
  console.log(`Installing ${need.title} with apt (once; it takes about a minute) …`);
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', need.package]]) {
    const { code, output } = await quietly([...apt, ...step]);
    if (code !== 0) {
      console.error(output.trim());
      return;
    }
  }
};

/** Finds what the tests use, installing it with apt where we may. Each answer is a path, or a sentence that says what is missing and the mend. */
export const needs = async (names) => {
  const answers = [];
  for (const name of names) {
    const need = NEEDS[name];
    const prefix = need.find() === undefined ? aptPrefix() : null;
    if (prefix !== null) await install(prefix, need);
    const path = need.find() ?? null;
    const missing =
      path === null
        ? `${need.title} is missing, so ${need.without}: install it, e.g. with \`apt-get install ${need.package}\`.`
        : null;
    if (missing !== null) console.log(missing);
    answers.push({ name, path, missing });
  }
  return answers;
};
