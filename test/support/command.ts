import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export const LAUNCHER = resolve(import.meta.dirname, '../../broadsheet');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `./broadsheet` as a person would, on a data folder of its own, with nothing of this environment's settings. */
export const broadsheet = (
  dataDir: string,
  args: readonly string[],
  {
    input = '',
    env = {},
    cwd = '/',
    launcher = LAUNCHER,
  }: { input?: string; env?: Readonly<Record<string, string>>; cwd?: string; launcher?: string } = {},
): Promise<Ran> =>
  new Promise((done, failed) => {
    const { PATH = '', HOME: home = '/' } = process.env;
    const child = spawn(launcher, args, {
      cwd,
      env: { PATH, HOME: home, BROADSHEET_HARVEST: 'off', BROADSHEET_DATA_DIR: dataDir, ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.once('error', failed);
    child.once('close', (code) => done({ code, out, err }));
    child.stdin.on('error', () => {}).end(input);
  });
