import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { broadsheet } from '../support/command.ts';
import { freePort, startInstance, waitForSearch } from '../support/instance.ts';

/**
 * A digest handed in to OpenSMTPD, delivered by it, and read by Python's own parser and dkimpy. OpenSMTPD starts as root only,
 * and its queue and control socket are where it was built to have them: none runs beside another. Over STARTTLS where its TLS
 * works. With OpenSSL 3, 6.8.0p2 (Debian 12) has none: its private key is kept by a process apart, to which OpenSSL 3 does not
 * hand the signing over, so that whatever key and version of TLS it is, the handshake ends in its own “missing private key”.
 */

const DKIMPY = '1.1.8';
const DOMAIN = 'papers.example';
const TO = 'reader@mail.example';
const SOCKET = '/run/smtpd.sock';
const PUBLIC_URL = 'https://papers.example';

const run = promisify(execFile);
const leftOut = (why: string): never => {
  console.log(`mail: left out, because ${why}`);
  process.exit(0);
};

const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'venv', '--help']).status === 0);
if (python === undefined) leftOut('Python 3 with venv is missing (on Debian: apt-get install python3-venv).');
if (process.getuid?.() !== 0) leftOut('OpenSMTPD can be started by root only, and this is not root.');
if (spawnSync('openssl', ['version']).status !== 0) leftOut('openssl, which makes its certificate, is missing.');
const smtpd = ['smtpd', '/usr/sbin/smtpd'].find((name) =>
  /OpenSMTPD/.test(spawnSync(name, ['-h']).stderr?.toString() ?? ''),
);
if (smtpd === undefined) leftOut('OpenSMTPD is missing (on Debian: apt-get install opensmtpd).');

const answers = (where: { readonly path: string } | { readonly port: number; readonly host: string }) =>
  new Promise<boolean>((done) => {
    const socket = connect(where);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
if (await answers({ path: SOCKET })) leftOut('an OpenSMTPD runs on this machine already.');

/** The user that mail is delivered as: whoever may do least. */
const idOf = (kind: '-u' | '-g'): number => Number(spawnSync('id', [kind, 'nobody'], { encoding: 'utf8' }).stdout);

const work = await mkdtemp(join(tmpdir(), 'broadsheet-mail-'));
const box = join(work, 'box');
let server: ChildProcess | null = null;
let said = '';

const certify = async (): Promise<void> => {
  const [key, cert] = [join(work, 'key.pem'), join(work, 'cert.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=mail.example'],
    ...['-keyout', key, '-out', cert],
  ]);
  await chmod(key, 0o600);
};

const startServer = async (port: number, tls: boolean): Promise<void> => {
  const settings = join(work, 'smtpd.conf');
  await writeFile(
    settings,
    `table readers { "@mail.example" = "nobody" }
pki mail.example cert "${work}/cert.pem"
pki mail.example key "${work}/key.pem"
listen on 127.0.0.1 port ${port} hostname mail.example${tls ? ' tls-require pki mail.example' : ''}
action "keep" maildir "${box}" virtual <readers>
match from any for domain "mail.example" action "keep"
`,
  );
  server = spawn(smtpd as string, ['-d', '-v', '-f', settings], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [server.stdout, server.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  for (let tries = 0; tries < 100 && server.exitCode === null; tries++) {
    if (await answers({ port, host: '127.0.0.1' })) return;
    await sleep(100);
  }
  throw new Error(`OpenSMTPD did not start:\n${said}`);
};

/** Whether the server's STARTTLS works with a client that is not ours. */
const canTls = (port: number): boolean => {
  const to = ['s_client', '-quiet', '-starttls', 'smtp', '-connect', `127.0.0.1:${port}`];
  return /^221 /m.test(spawnSync('openssl', to, { input: 'QUIT\r\n', encoding: 'utf8', timeout: 10_000 }).stdout);
};

const delivered = async (): Promise<string> => {
  for (let tries = 0; tries < 300; tries++) {
    const [name] = await readdir(join(box, 'new')).catch(() => []);
    if (name !== undefined) return join(box, 'new', name);
    await sleep(100);
  }
  throw new Error(`OpenSMTPD delivered nothing in 30 s:\n${said}`);
};

const stopServer = async (): Promise<void> => {
  if (server === null || server.exitCode !== null) return;
  const gone = new Promise((done) => server?.once('exit', done));
  server.kill('SIGTERM');
  await gone;
};

/** Long, foreign and full of what a mail must not take as its own. */
const paper = JSON.stringify({
  id: '2604.00001',
  title: 'Entities &amp; “quotes”, <b>, שלום and 😀: $\\alpha < \\beta$',
  abstract: `.\r\nFrom here it begins. ${'It goes on & on <so>, naïvely. '.repeat(60)}${'x'.repeat(1200)} It ends.`,
  authors: 'Ada Lovelace, Kurt Gödel and Łukasz Kaiser',
  categories: 'cs.DL',
  versions: [{ version: 'v1', created: new Date().toUTCString() }],
});

try {
  const port = await freePort();
  await mkdir(box, { mode: 0o700 });
  await chown(box, idOf('-u'), idOf('-g'));
  await chmod(work, 0o711);
  await certify();
  await startServer(port, true);
  const tls = canTls(port);
  if (!tls) {
    await sleep(500);
    const why = /SSL library error: (.+)/.exec(said)?.[1] ?? 'nothing';
    console.log(`mail: STARTTLS is left out: it fails with OpenSSL’s own client too, and OpenSMTPD says: ${why}`);
    await stopServer();
    await startServer(port, false);
  }
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const settings = {
    BROADSHEET_MAIL_URL: `smtp://127.0.0.1:${port}`,
    BROADSHEET_MAIL_FROM: `digest@${DOMAIN}`,
    BROADSHEET_MAIL_DKIM: `morning@${DOMAIN}`,
    BROADSHEET_MAIL_DKIM_KEY: privateKey,
    BROADSHEET_PUBLIC_URL: PUBLIC_URL,
  };
  await using instance = await startInstance(settings);
  const lines = join(work, 'papers.jsonl');
  await writeFile(lines, paper);
  const taken = await broadsheet(instance.dataDir, ['import', '--source', 'arxiv-snapshot', lines]);
  if (taken.code !== 0) throw new Error(taken.err);
  await waitForSearch(instance, 'naively');
  const followed = await fetch(`${instance.origin}/following`, {
    method: 'POST',
    headers: { origin: instance.origin },
    body: new URLSearchParams({ kind: 'category', key: 'cs.DL', wish: '1' }),
    redirect: 'manual',
  });
  if (followed.status !== 303) throw new Error(`/following answered ${followed.status}`);
  const shown = await broadsheet(instance.dataDir, ['digest', '--dry-run', '--to', TO], { env: settings });
  const sent = await broadsheet(instance.dataDir, ['digest', '--to', TO], { env: settings });
  if (sent.code !== 0) throw new Error(`${sent.err}\n${said}`);
  const file = await delivered();
  const version = /version: (.*)/.exec(spawnSync(smtpd as string, ['-h'], { encoding: 'utf8' }).stderr)?.[1];
  console.log(`${version} took the digest and delivered ${(await readFile(file)).length} bytes.`);
  console.log(`Installing dkimpy ${DKIMPY} in a throw-away environment …`);
  const venv = join(work, 'venv');
  await run(python as string, ['-m', 'venv', venv]);
  const inside = join(venv, 'bin', 'python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `dkimpy==${DKIMPY}`];
  await run(inside, pip);
  const env = {
    ...process.env,
    MAIL: file,
    TLS: tls ? 'yes' : 'no',
    TO,
    FROM: settings.BROADSHEET_MAIL_FROM,
    SUBJECT: shown.out.split('\n', 1)[0] ?? '',
    PUBLIC_URL,
    DKIM_NAME: `morning._domainkey.${DOMAIN}.`,
    DKIM_KEY: publicKey.toString('base64'),
  };
  const read = spawnSync(inside, [join(import.meta.dirname, 'mail.py')], { env, stdio: 'inherit' });
  process.exitCode = read.status === 0 ? 0 : 1;
} finally {
  await stopServer();
  await rm(work, { recursive: true, force: true });
}
