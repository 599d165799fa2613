import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Fault } from '../kernel/errors.ts';
import type { Letter } from '../ports/mailer.ts';
import { openMailer } from './registry.ts';

interface Delivery {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly user: string | undefined;
  readonly secure: boolean;
}

/** A mail server of this process that keeps what it is handed. */
const serve = async (options: SMTPServerOptions = {}) => {
  const deliveries: Delivery[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        deliveries.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
          user: session.user as string | undefined,
          secure: session.secure,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    deliveries,
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

const letter: Letter = {
  to: 'operator@example.org',
  subject: 'A wire is silent: naïve “quotes”',
  text: 'arXiv was last harvested 3 days ago.\n.\nA line with a dot alone stands above.\n',
  messageId: 'alarm-stale-arxiv-2026-11-22@broadsheet',
  headers: { 'Auto-Submitted': 'auto-generated' },
};

const open = (mailUrl: string) => {
  const mailer = openMailer({ mailUrl, mailFrom: 'paper@example.org', operatorMail: '' });
  assert.ok(mailer);
  return mailer;
};

const headersOf = (raw: string): string => raw.slice(0, raw.indexOf('\r\n\r\n'));
const names = (raw: string): readonly string[] =>
  headersOf(raw)
    .split(/\r\n(?![ \t])/)
    .map((field) => field.slice(0, field.indexOf(':')).toLowerCase());

test('no address, no mailer', () => {
  assert.equal(openMailer({ mailUrl: '', mailFrom: 'a@example.org', operatorMail: '' }), null);
});

test('a letter arrives over SMTP as it was written', async () => {
  await using server = await serve();
  await open(`smtp://127.0.0.1:${server.port}`).send(letter);
  const [delivery] = server.deliveries;
  assert.ok(delivery);
  assert.equal(delivery.from, 'paper@example.org');
  assert.deepEqual(delivery.to, ['operator@example.org']);
  assert.match(headersOf(delivery.raw), /^Message-ID: <alarm-stale-arxiv-2026-11-22@broadsheet>$/im);
  assert.match(headersOf(delivery.raw), /^Auto-Submitted: auto-generated$/m);
  assert.ok(delivery.raw.includes('3 days ago.\r\n.\r\nA line with a dot'));
});

test('a name and a password are given where the address has them', async () => {
  await using server = await serve({
    allowInsecureAuth: true,
    onAuth({ username, password }, _, done) {
      if (password === 'p@ss/word') done(null, { user: username });
      else done(new Error('Invalid'));
    },
  });
  await open(`smtp://me:${encodeURIComponent('p@ss/word')}@127.0.0.1:${server.port}`).send(letter);
  assert.equal(server.deliveries[0]?.user, 'me');
  await assert.rejects(open(`smtp://me:wrong-secret@127.0.0.1:${server.port}`).send(letter), (error) => {
    assert.ok(error instanceof Fault);
    assert.equal(error.code, 'mail-unavailable');
    assert.match(error.message, /user name and password/);
    assert.ok(!error.message.includes('wrong-secret'));
    return true;
  });
});

test('TLS is turned on where the server offers it', async () => {
  await using server = await serve({ disabledCommands: [] });
  await open(`smtp://127.0.0.1:${server.port}`).send(letter);
  assert.deepEqual(
    server.deliveries.map(({ secure }) => secure),
    [true],
  );
});

test('a server that refuses, or is not there, is told in one sentence', async () => {
  await using server = await serve({
    onRcptTo(_, __, done) {
      done(Object.assign(new Error('No such reader here'), { responseCode: 550 }));
    },
  });
  const refused = open(`smtp://127.0.0.1:${server.port}`).send(letter);
  await assert.rejects(refused, { name: 'Fault', message: /did not take the letter: .*No such reader here\.$/ });
  const { port } = await (async () => {
    await using gone = await serve();
    return gone;
  })();
  await assert.rejects(open(`smtp://127.0.0.1:${port}`).check(), { name: 'Fault', message: /does not answer/ });
  await open(`smtp://127.0.0.1:${server.port}`).check();
  await assert.rejects(open(`smtp://127.0.0.1:${port}`).send(letter), {
    name: 'Fault',
    message: /ECONNREFUSED|ESOCKET/,
  });
});

const hostile = 'x\r\nBcc: all@example.org\r\n\r\nbody\u0000\u2028\nX-Evil: 1';

test('a line break in any field adds no header and no reader', async () => {
  await using server = await serve();
  const mailer = open(`smtp://127.0.0.1:${server.port}`);
  const fields: readonly Partial<Letter>[] = [
    { subject: hostile },
    { messageId: hostile },
    { headers: { 'X-Why': hostile } },
    { headers: { [hostile]: 'x', 'X-Ok': 'y' } },
    { text: hostile, html: hostile },
  ];
  await mailer.send(letter);
  const plain = new Set(names(server.deliveries[0]?.raw ?? ''));
  for (const change of fields) {
    await mailer.send({ ...letter, ...change });
    const delivery = server.deliveries.at(-1);
    assert.ok(delivery);
    assert.deepEqual(delivery.to, ['operator@example.org']);
    const more = names(delivery.raw).filter((name) => !plain.has(name));
    assert.deepEqual(
      more.filter((name) => !['x-why', 'x-ok'].includes(name)),
      [],
    );
  }
  assert.equal(server.deliveries.length, fields.length + 1);
  await mailer.send({ ...letter, to: `operator@example.org\r\nRCPT TO:<all@example.org>` }).catch(() => {});
  assert.ok(server.deliveries.flatMap(({ to }) => to).every((to) => to !== 'all@example.org'));
});

test('letters to a folder are files, the same letter is one file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-mail-'));
  try {
    const mailer = open(pathToFileURL(join(folder, 'out', 'box')).href);
    await mailer.send(letter);
    await mailer.send(letter);
    await mailer.send({ ...letter, messageId: '../../up/and\r\naway' });
    const files = await readdir(join(folder, 'out', 'box'));
    assert.equal(files.length, 2);
    const raw = await readFile(join(folder, 'out', 'box', `${letter.messageId}.eml`), 'utf8');
    assert.match(raw, /^To: operator@example\.org\r$/m);
    await writeFile(join(folder, 'file'), '');
    const nowhere = open(pathToFileURL(join(folder, 'file', 'box')).href);
    await assert.rejects(nowhere.send(letter), { name: 'Fault', message: /cannot be written/ });
    await assert.rejects(nowhere.check(), { name: 'Fault', message: /cannot be written/ });
    await mailer.check();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a run hands many letters in over few connections, and says of each what became of it', async () => {
  let connections = 0;
  await using server = await serve({
    onConnect(_, done) {
      connections++;
      done();
    },
    onRcptTo({ address }, _, done) {
      const code = address.startsWith('nobody') ? 550 : 451;
      if (/^(?:nobody|later)/.test(address)) done(Object.assign(new Error('No'), { responseCode: code }));
      else done();
    },
  });
  {
    using run = open(`smtp://127.0.0.1:${server.port}`).run();
    await Promise.all(Array.from({ length: 40 }, (_, n) => run.send({ ...letter, messageId: `n${n}@broadsheet` })));
    await assert.rejects(run.send({ ...letter, to: 'nobody@example.org' }), { code: 'mail-refused' });
    await assert.rejects(run.send({ ...letter, to: 'later@example.org' }), { code: 'mail-unavailable' });
  }
  assert.equal(new Set(server.deliveries.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1])).size, 40);
  assert.ok(connections <= 5, `${connections} connections`);
});
