import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A throw-away PostgreSQL on a socket in a temporary folder. */
export interface Postgres extends AsyncDisposable {
  readonly version: string;
  /** Makes a database, empty or a copy of one that nobody has open, and returns its URL. */
  database(like?: string): Promise<string>;
}

export type Found =
  | { readonly server: Postgres; readonly reason: null }
  | { readonly server: null; readonly reason: string };

const folders = (): string[] => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  return [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
};

/** PostgreSQL refuses to run as root: then it runs as the first of these users there is. */
const ordinaryUser = (): { uid: number; gid: number } | null => {
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (what: string): number =>
        Number(execFileSync('id', [what, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user: try the next.
    }
  }
  return null;
};

const connect = async (folder: string, database: string): Promise<pg.Client> => {
  const client = new pg.Client({ host: folder, port: 5432, user: 'postgres', database });
  client.on('error', () => {});
  await client.connect();
  return client;
};

const ready = async (child: ChildProcess, folder: string): Promise<pg.Client> => {
  for (const start = performance.now(); ; await sleep(50)) {
    try {
      return await connect(folder, 'postgres');
    } catch (cause) {
      if (child.exitCode !== null || performance.now() - start > 30_000) throw cause;
    }
  }
};

/** Starts the newest PostgreSQL of this machine; says why when there is none. `durable` makes it wait for the disk, as it does at work. */
export const startPostgres = async ({ durable = false } = {}): Promise<Found> => {
  const bin = folders().find((path) => existsSync(join(path, 'initdb')) && existsSync(join(path, 'postgres')));
  if (!bin) return { server: null, reason: 'initdb is not installed (apt-get install postgresql)' };
  const root = process.getuid?.() === 0;
  const user = root ? ordinaryUser() : null;
  if (root && !user)
    return { server: null, reason: 'we are root, and there is no user postgres or nobody to run it as' };
  const folder = mkdtempSync(join(tmpdir(), 'broadsheet-pg-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'];
  try {
    execFileSync(join(bin, 'initdb'), initdb, { ...user, cwd: folder, stdio: 'pipe' });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    return { server: null, reason: `initdb failed: ${cause instanceof Error ? cause.message : cause}` };
  }
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, `fsync=${durable ? 'on' : 'off'}`];
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): void => {
    child.kill('SIGINT');
  };
  process.once('exit', kill);
  const admin = await ready(child, folder);
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  let databases = 0;
  const server: Postgres = {
    version: rows[0]?.server_version.split(' ')[0] ?? '',
    database: async (like) => {
      const name = `t${++databases}`;
      const template = like === undefined ? '' : ` TEMPLATE ${new URL(like).pathname.slice(1)}`;
      await admin.query(`CREATE DATABASE ${name}${template}`);
      return `postgres://postgres@localhost/${name}?host=${encodeURIComponent(folder)}`;
    },
    [Symbol.asyncDispose]: async () => {
      await admin.end();
      process.off('exit', kill);
      kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return { server, reason: null };
};
