import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { type ParsedMail, simpleParser } from 'mailparser';
import { digestDeps, sendDigests, sendTrial, sweepMail } from '../../src/jobs/digests.ts';
import { DEFAULT_WISHES, type Subscription } from '../../src/model/digest.ts';
import { OWNER } from '../../src/model/reader.ts';
import { fillAlerts, setAlert } from '../../src/services/alert.ts';
import { follow } from '../../src/services/follow.ts';
import { saveSearch } from '../../src/services/saved-search.ts';
import {
  askForSubscription,
  confirmSubscription,
  subscribeReader,
  unsubscribe,
} from '../../src/services/subscription.ts';
import { movingClock } from '../support/accounts.ts';
import { openSite, type Site } from '../support/app.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';

/** The morning mail: asked for, confirmed, composed, handed over to a real mail server, and read there. */

const DAY_MS = 86_400_000;
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const clock = movingClock('2026-04-21T04:00:00Z');
let server: MailServer;
let site: Site;
before(async () => {
  server = await startMailServer();
  site = await openSite({
    clock,
    env: {
      BROADSHEET_MAIL_URL: server.url,
      BROADSHEET_MAIL_FROM: 'paper@papers.example.org',
      BROADSHEET_MAIL_DKIM: 'one@papers.example.org',
      BROADSHEET_MAIL_DKIM_KEY: privateKey,
      BROADSHEET_PUBLIC_URL: 'https://papers.example.org',
    },
  });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const send = () => sendDigests(site.app, { owner: 'test' });
const tomorrow = () => clock.forward(DAY_MS);

const newMails = async (work: () => Promise<unknown>): Promise<readonly (ParsedMail & { readonly raw: string })[]> => {
  const before = server.deliveries.length;
  await work();
  return Promise.all(
    server.deliveries.slice(before).map(async ({ raw }) => Object.assign(await simpleParser(raw), { raw })),
  );
};

const subscribe = async (address: string, change: Partial<Subscription> = {}): Promise<Subscription> => {
  const wishes = { ...DEFAULT_WISHES, ...change };
  const asked = await askForSubscription(site.app, {
    address,
    network: address,
    wishes,
    reader: change.reader ?? null,
  });
  assert.ok(asked.ok && asked.value?.confirm);
  assert.equal((await site.app.store.subscriptions.byAddress(address))?.state === 'active', false);
  const confirmed = await confirmSubscription(site.app, asked.value.confirm);
  assert.ok(confirmed.ok);
  return confirmed.value;
};

const header = (mail: ParsedMail, name: string): string =>
  mail.headerLines
    .filter(({ key }) => key === name)
    .map(({ line }) => line.replace(/\r?\n\s+/g, ' ').replace(/^[^:]+:\s*/, ''))
    .join('|');

test('an address is subscribed by the click of its letter, once, and gets one mail a local day', async () => {
  const ada = await subscribe('ada@example.org', { papers: 5 });
  assert.deepEqual(await newMails(send), [], 'before the hour nothing is sent');
  clock.forward(3 * 3_600_000);
  const [mail, ...rest] = await newMails(async () => [await send(), await send(), await send()]);
  assert.ok(mail);
  assert.equal(rest.length, 0);
  const [row] = await site.app.store.outbox.of(ada.id, 1);
  assert.equal(row?.state, 'sent');
  assert.equal(mail.messageId, `<${row?.messageId}>`);
  assert.equal(mail.subject, 'Broadsheet, Tuesday 21 April');
  const placed = (await site.app.store.editions.latest())?.placements.slice(0, 5) ?? [];
  for (const { paper } of await site.app.store.papers.cards(placed, '')) {
    const words = paper.title.split(/\W+/).find((word) => word.length > 6) ?? paper.title;
    assert.ok(mail.text?.includes(words), paper.title);
    assert.ok(String(mail.html).includes(words), paper.title);
  }
  assert.doesNotMatch(String(mail.html), /<img|url\(|<script/i);
  assert.match(header(mail, 'list-unsubscribe'), /^<https:\/\/papers\.example\.org\/mail\/[\w.-]+\/unsubscribe>$/);
  assert.equal(header(mail, 'list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
  assert.equal(header(mail, 'list-id'), 'Broadsheet <digest.papers.example.org>');
  assert.equal(header(mail, 'auto-submitted'), 'auto-generated');
});

test('the signature is good for an independent verifier, covers what unsubscribes, and breaks with the letter', async () => {
  const raw = server.deliveries.at(-1)?.raw ?? '';
  const resolver = async (name: string) => {
    assert.equal(name, 'one._domainkey.papers.example.org');
    return [[`v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`]];
  };
  const verdict = async (message: string) => (await dkimVerify(message, { resolver })).results[0];
  const good = await verdict(raw);
  assert.equal(good?.status.result, 'pass');
  // The types leave out what was signed.
  const signed = (good as { signingHeaders?: { keys: string } } | undefined)?.signingHeaders?.keys.toLowerCase() ?? '';
  for (const name of ['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post', 'message-id'])
    assert.ok(signed.split(/[\s:;,]+/).includes(name), `${name} is signed: ${signed}`);
  assert.equal((await verdict(raw.replace('One-Click', 'One-Clack')))?.status.result, 'fail');
  assert.equal((await verdict(raw.replace('Subject: Broad', 'Subject: Bread')))?.status.result, 'fail');
});

test('nothing is sent twice: without news there is no mail, or a note, as was chosen', async () => {
  const note = await subscribe('note@example.org', { papers: 3, whenEmpty: 'note' });
  clock.forward(DAY_MS);
  const first = await newMails(send);
  assert.deepEqual(
    first.flatMap(({ to }) => (Array.isArray(to) ? [] : (to?.text ?? ''))),
    ['note@example.org'],
  );
  tomorrow();
  const second = await newMails(send);
  assert.equal(second.length, 1, 'a note to who wants one, silence to the other');
  assert.equal((await site.app.store.outbox.of(note.id, 1))[0]?.plan?.parts.length, 0);
});

test('who unsubscribes after the digest was due and before it is sent gets nothing', async () => {
  const ada = await subscribe('gone@example.org');
  tomorrow();
  const { fillOutbox } = await import('../../src/services/outbox.ts');
  await fillOutbox(digestDeps(site.app));
  assert.equal((await site.app.store.outbox.of(ada.id, 1))[0]?.state, 'waiting');
  await unsubscribe(site.app, ada.id);
  const mails = await newMails(send);
  assert.ok(mails.every(({ raw }) => !raw.includes('gone@example.org')));
  assert.equal((await site.app.store.outbox.of(ada.id, 1))[0]?.state, 'dropped');
});

test('an address nobody has is not written to again; one that is not taken now is tried again under the same Message-ID', async () => {
  const nobody = await subscribe('nobody@example.org', { whenEmpty: 'note' });
  const busy = await subscribe('busy@slow.example', { whenEmpty: 'note' });
  const says = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });
  server.refuse = (address) => {
    if (address.startsWith('nobody')) return says(550, '5.1.1 No such user here');
    return address.startsWith('busy') ? says(451, '4.7.1 Greylisted, try again later') : null;
  };
  tomorrow();
  const so = await send();
  assert.deepEqual([so.failed, so.later], [1, 1]);
  assert.equal((await site.app.store.subscriptions.get(nobody.id))?.state, 'bounced');
  assert.equal((await site.app.store.suppressions.get('nobody@example.org'))?.why, 'hard');
  const [waiting] = await site.app.store.outbox.of(busy.id, 1);
  assert.deepEqual([waiting?.state, waiting?.attempts], ['waiting', 1]);
  assert.match(waiting?.error ?? '', /Greylisted/);
  server.refuse = () => null;
  assert.equal((await newMails(send)).length, 0, 'not at once');
  clock.forward(10 * 60_000);
  const [mail] = await newMails(send);
  assert.equal(mail?.messageId, `<${waiting?.messageId}>`);
  await unsubscribe(site.app, busy.id);
});

test('a mail server that is down loses nothing', async () => {
  const late = await subscribe('late@example.org', { whenEmpty: 'note' });
  tomorrow();
  const { port } = await (async () => {
    await using gone = await startMailServer();
    return new URL(gone.url);
  })();
  const { openMailer } = await import('../../src/mailers/registry.ts');
  const mailer = openMailer({ mailUrl: `smtp://127.0.0.1:${port}`, mailFrom: 'a@example.org', operatorMail: '' });
  const so = await sendDigests({ ...site.app, mailer }, { owner: 'other' });
  assert.equal(so.sent, 0);
  assert.ok(so.later > 0);
  clock.forward(10 * 60_000);
  const mails = await newMails(send);
  assert.ok(mails.some(({ raw }) => raw.includes('late@example.org')));
  assert.equal((await site.app.store.outbox.of(late.id, 1))[0]?.state, 'sent');
});

test('a line break in any field adds no header and no reader', async () => {
  const hostile = 'x\r\nBcc: all@example.org\r\n\r\nX-Evil: 1';
  await site.take([
    {
      id: '2604.00001',
      title: hostile,
      abstract: hostile,
      authors: hostile,
      categories: 'cs.LG',
      versions: [{ version: 'v1', created: 'Tue, 21 Apr 2026 00:00:00 GMT' }],
    },
  ]);
  await follow(site.app, { reader: OWNER, kind: 'category', key: 'cs.LG' });
  const plain = new Set((await simpleParser(server.deliveries[0]?.raw ?? '')).headerLines.map(({ key }) => key));
  const app = { ...site.app, config: { ...site.app.config, masthead: hostile } };
  const [mail] = await newMails(() => sendTrial(app, 'me@example.org'));
  assert.ok(mail);
  assert.deepEqual(
    mail.headerLines.map(({ key }) => key).filter((key) => !plain.has(key)),
    [],
  );
  assert.deepEqual(server.deliveries.at(-1)?.to, ['me@example.org']);
  await assert.rejects(sendTrial(app, 'me@example.org\r\nRCPT TO:<all@example.org>'));
  assert.ok(server.deliveries.flatMap(({ to }) => to).every((to) => to !== 'all@example.org'));
});

test('a reader’s own parts: what they follow, search, and saved that changed, each with its reason', async () => {
  const { app } = site;
  const created = new Date(clock.now() - DAY_MS).toUTCString();
  const paper = (id: string, title: string, change: object = {}) => ({
    id,
    title,
    abstract: 'Nothing else is claimed.',
    authors: 'Ada Lovelace',
    categories: 'cs.DL',
    versions: [{ version: 'v1', created }],
    ...change,
  });
  await site.take([paper('2604.10001', 'Of engines'), paper('2604.10002', 'Herons asleep', { authors: 'Bo Heron' })]);
  const subscribed = await subscribeReader(app, { reader: OWNER, address: 'me@example.org', wishes: DEFAULT_WISHES });
  assert.ok(subscribed.ok);
  await follow(app, { reader: OWNER, kind: 'author', key: 'ada-lovelace' });
  await saveSearch(app, { reader: OWNER, q: 'herons asleep' });
  clock.forward(1);
  await site.take([
    paper('2604.10003', 'Of engines, continued'),
    paper('2604.10004', 'More herons asleep', { authors: 'Cy Heron' }),
  ]);
  await app.store.library.change({
    reader: OWNER,
    ids: ['arxiv:2604.10002'],
    change: {},
    at: clock.now(),
    saving: true,
  });
  tomorrow();
  const [first] = (await newMails(send)).filter(({ raw }) => raw.includes('me@example.org'));
  assert.ok(first?.text);
  assert.match(first.text, /Of engines, continued/);
  assert.match(first.text, /New by Ada Lovelace, whom you follow/);
  assert.match(first.text, /More herons asleep/);
  assert.match(first.text, /New in your search “herons asleep”/);
  const twice = [
    { version: 'v1', created },
    { version: 'v2', created: new Date(clock.now()).toUTCString() },
  ];
  await site.take([paper('2604.10002', 'Herons asleep', { authors: 'Bo Heron', versions: twice })]);
  tomorrow();
  const [second] = (await newMails(send)).filter(({ raw }) => raw.includes('me@example.org'));
  assert.ok(second?.text);
  const [row] = await app.store.outbox.of(subscribed.value.id, 1);
  assert.deepEqual(row?.plan?.changes, [{ paperId: 'arxiv:2604.10002', what: ['version'], version: 2 }]);
  assert.deepEqual(
    row.plan.parts
      .flatMap(({ entries }) => entries.map(({ paperId }) => paperId))
      .filter((id) => id.startsWith('arxiv:2604.1')),
    [],
  );
});

test('an answer to a letter of one’s own is told of once; one’s own words are not', async () => {
  const { app } = site;
  const { writeLetter } = await import('../../src/services/letters.ts');
  const person = (id: string) => ({ id, handle: id, name: `Dr ${id}`, role: 'reader', createdAt: 1 }) as const;
  const write = async (by: string, body: string, parentId: string | null) => {
    const done = await writeLetter(app, { paperId: 'arxiv:2604.10001', parentId, key: body, body, reader: person(by) });
    assert.ok(done.ok);
    return done.value.id;
  };
  const mine = await write(OWNER, 'What of the second wheel?', null);
  clock.forward(60_000);
  await write('bo', 'It turns **backwards**.', mine);
  await write(OWNER, 'I see.', mine);
  tomorrow();
  const told = async () => {
    await newMails(send);
    const me = await app.store.subscriptions.byReader(OWNER);
    return (await app.store.outbox.of(me?.id ?? '', 1))[0]?.plan?.replies.map(({ by, excerpt }) => `${by}: ${excerpt}`);
  };
  const first = await told();
  assert.equal(first?.length, 1);
  assert.match(first[0] ?? '', /^Dr bo: It turns/);
  tomorrow();
  assert.deepEqual(await told(), []);
});

test('a search that is told of at once has a mail of its own, once, and what it told is not in the digest', async () => {
  const { app } = site;
  const saved = await saveSearch(app, { reader: OWNER, q: 'otters awake' });
  assert.ok(saved.ok);
  assert.ok((await setAlert(app, { reader: OWNER, id: saved.value.id, way: 'mail' })).ok);
  assert.equal((await setAlert(app, { reader: OWNER, id: 'none', way: 'mail' })).ok, false);
  clock.forward(60_000);
  await site.take([
    {
      id: '2604.20001',
      title: 'Otters awake',
      abstract: 'At night.',
      authors: 'Di Otter',
      categories: 'cs.DL',
      versions: [{ version: 'v1', created: new Date(clock.now()).toUTCString() }],
    },
  ]);
  const deps = digestDeps(app);
  assert.equal(await fillAlerts(deps), 1);
  assert.equal(await fillAlerts(deps), 0, 'looked at again before it is sent');
  const mails = await newMails(send);
  assert.equal(mails.length, 1);
  assert.match(mails[0]?.subject ?? '', /otters awake/);
  assert.equal(await fillAlerts(deps), 0);
  await setAlert(app, { reader: OWNER, id: saved.value.id, way: 'digest' });
  tomorrow();
  const later = await newMails(send);
  assert.ok(later.every(({ text }) => !text?.includes('Otters awake')));
});

test('asking says the same of every address, has its limits, and a link works once', async () => {
  const { app } = site;
  const ask = (address: string, network = 'here') =>
    askForSubscription(app, { address, network, wishes: DEFAULT_WISHES });
  const known = await ask('ada@example.org');
  assert.ok(
    known.ok && known.value?.confirm === null && known.value.manage !== null,
    'who has one is led to it by mail',
  );
  await app.store.suppressions.put({ address: 'never@example.org', why: 'complaint', says: '', at: 1 });
  const never = await ask('never@example.org');
  assert.deepEqual([never.ok, never.ok && never.value], [true, null]);
  const fresh = await ask('new@example.org');
  assert.ok(fresh.ok && fresh.value?.confirm);
  const { confirm } = fresh.value;
  const tries = await Promise.all(Array.from({ length: 8 }, () => confirmSubscription(app, confirm)));
  assert.equal(tries.filter(({ ok }) => ok).length, 1);
  for (let n = 0; n < 3; n++) await ask('many@example.org', `net ${n}`);
  const fourth = await ask('many@example.org', 'net 4');
  assert.deepEqual([fourth.ok, fourth.ok && fourth.value], [true, null], 'no more letters to one address, unsaid');
  for (let n = 0; n < 20; n++) await ask(`a${n}@example.org`, 'busy');
  assert.equal((await ask('b@example.org', 'busy')).ok, false);
});

test('what was sent is forgotten only when it cannot come again', async () => {
  const { store } = site.app;
  const old = await subscribe('years@example.org', { papers: 2 });
  tomorrow();
  const toOld = async () => (await newMails(send)).filter(({ raw }) => raw.includes('years@example.org'));
  assert.equal((await toOld()).length, 1);
  const told = (await store.editions.latest())?.placements.slice(0, 2) ?? [];
  clock.forward(100 * DAY_MS);
  await sweepMail(site.app);
  assert.deepEqual(await toOld(), [], 'no edition came since: the same two lead');

  const date = new Date(clock.now()).toISOString().slice(0, 10);
  const placements = (await store.editions.latest())?.placements.slice(-3) ?? [];
  await store.editions.save({ date, source: 'later', placements });
  assert.deepEqual(await store.outbox.sent(old.id, told), new Set(told));
  await sweepMail(site.app);
  assert.deepEqual(await store.outbox.sent(old.id, told), new Set());
  tomorrow();
  assert.equal((await toOld()).length, 1);
  assert.deepEqual(
    (await store.outbox.of(old.id, 1))[0]?.plan?.parts.flatMap(({ entries }) => entries.map(({ paperId }) => paperId)),
    placements.slice(0, 2),
  );
  await sweepMail(site.app);
  assert.deepEqual(await store.outbox.sent(old.id, placements), new Set(placements.slice(0, 2)), 'too new to forget');
  await unsubscribe(site.app, old.id);
});
