import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IMAP_LOGIN, serveImap } from '../../test/support/imap-server.ts';
import { openMailbox } from './registry.ts';

const open = (port: number, login = IMAP_LOGIN, folder = '/INBOX') => {
  const mailbox = openMailbox({ bounceUrl: `imap://${login}@127.0.0.1:${port}${folder}` });
  assert.ok(mailbox);
  return mailbox;
};
const options = (change: { limit?: number; mostBytes?: number } = {}) => ({
  limit: 100,
  mostBytes: 10_000,
  signal: new AbortController().signal,
  ...change,
});
const MAILS = ['Subject: one\n\nFirst.\n', 'Subject: two\n\nSecond, with naïve words.\n', 'Subject: three\n\nThird.\n'];

const collect = () => {
  const got: string[] = [];
  return {
    got,
    take: async (bytes: Uint8Array): Promise<void> => {
      got.push(Buffer.from(bytes).toString('utf8'));
    },
  };
};

test('no address, no mailbox', () => {
  assert.equal(openMailbox({ bounceUrl: '' }), null);
});

test('unread messages are handed over in order, once, and left marked as read', async () => {
  await using server = await serveImap(MAILS);
  const { got, take } = collect();
  assert.equal(await open(server.port).drain(take, options()), 3);
  assert.deepEqual(
    got,
    server.messages.map(({ raw }) => raw),
  );
  assert.ok(server.messages.every(({ seen }) => seen));
  assert.equal(await open(server.port).drain(take, options()), 0);
  assert.equal(got.length, 3);
  assert.ok(server.said.some((line) => /LOGOUT/i.test(line)));
});

test('no more than asked for, neither messages nor bytes', async () => {
  await using server = await serveImap(['x'.repeat(5_000), ...MAILS]);
  const { got, take } = collect();
  assert.equal(await open(server.port).drain(take, options({ limit: 2, mostBytes: 1_000 })), 2);
  assert.deepEqual(
    got.map(({ length }) => length <= 1_000),
    [true, true],
  );
  assert.deepEqual(
    server.messages.map(({ seen }) => seen),
    [true, true, false, false],
  );
});

test('what could not be taken stays unread, and what it failed of is told as it is', async () => {
  await using server = await serveImap(MAILS);
  const broken = new Error('the disk is full');
  let n = 0;
  const failing = async (): Promise<void> => {
    if (++n === 2) throw broken;
  };
  await assert.rejects(open(server.port).drain(failing, options()), (error) => error === broken);
  assert.deepEqual(
    server.messages.map(({ seen }) => seen),
    [true, false, false],
  );
});

test('a connection that ends in the middle is told in a sentence; the message comes again', async () => {
  await using server = await serveImap(MAILS, { cut: 2 });
  const { got, take } = collect();
  await assert.rejects(open(server.port).drain(take, options()), { name: 'Fault', code: 'mail-unavailable' });
  assert.deepEqual(
    server.messages.map(({ seen }) => seen),
    [true, false, false],
  );
  assert.equal(await open(server.port).drain(take, options()), 2);
  assert.equal(got.length, 3);
});

test('a wrong password, a missing folder and an absent server are told without the password', async () => {
  await using server = await serveImap(MAILS);
  const { take } = collect();
  const says = async (work: Promise<number>, pattern: RegExp): Promise<void> =>
    assert.rejects(work, (error: Error) => {
      assert.equal(error.name, 'Fault');
      assert.match(error.message, pattern);
      assert.doesNotMatch(error.message, /secret-word/);
      return true;
    });
  await says(open(server.port, 'returns:secret-word').drain(take, options()), /user name and password/);
  await says(open(server.port, IMAP_LOGIN, '/Nowhere').drain(take, options()), /mailbox/);
  const { port } = server;
  await server[Symbol.asyncDispose]();
  await says(open(port).drain(take, options()), /ECONNREFUSED|does not answer/);
});

test('nothing more is taken once it is to stop', async () => {
  await using server = await serveImap(MAILS);
  const stop = new AbortController();
  const { got, take } = collect();
  await open(server.port).drain(
    async (bytes) => {
      await take(bytes);
      stop.abort();
    },
    { limit: 10, mostBytes: 1_000, signal: stop.signal },
  );
  assert.equal(got.length, 1);
});
