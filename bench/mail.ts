import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { createApp } from '../src/app.ts';
import { HOME, readConfig } from '../src/config.ts';
import { digestDeps } from '../src/jobs/digests.ts';
import { fixedClock } from '../src/kernel/clock.ts';
import { silentLog } from '../src/kernel/log.ts';
import { DEFAULT_WISHES } from '../src/model/digest.ts';
import { importFirstEdition } from '../src/services/first-edition.ts';
import { fillOutbox, sendDue } from '../src/services/outbox.ts';
import { renderDigest } from '../src/views/digest-mail.ts';
import type { Row } from './row.ts';

const SUBSCRIBERS = 3_000;
const BARE = 1_000;
const CONNECTIONS = 5;

const perSecond = (n: number, began: number): number => n / ((performance.now() - began) / 1000);

/** Digests of ten papers composed, rendered, signed and handed over a second, beside nodemailer alone with the same text. */
export const mail = async (): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'broadsheet-bench-mail-'));
  const server = fork(join(import.meta.dirname, 'mail-server.ts'));
  try {
    const [port] = await once(server, 'message');
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const run = async (env: Readonly<Record<string, string>>): Promise<number> => {
      const dataDir = await mkdtemp(join(folder, 'run-'));
      const config = readConfig({
        BROADSHEET_DATA_DIR: dataDir,
        BROADSHEET_EMBED: 'off',
        BROADSHEET_MAIL_URL: `smtp://127.0.0.1:${port}`,
        BROADSHEET_PUBLIC_URL: 'https://papers.example.org',
        ...env,
      });
      await using app = await createApp(config, { clock: fixedClock('2026-04-21T07:00:00Z'), log: silentLog });
      await importFirstEdition(app, { file: join(HOME, 'assets/first-edition/daily-papers-page.txt') });
      for (let n = 0; n < SUBSCRIBERS; n++)
        await app.store.subscriptions.create({
          ...DEFAULT_WISHES,
          parts: ['trending'],
          id: `s${n}`,
          address: `reader${n}@example.org`,
          reader: null,
          state: 'active',
          createdAt: 1,
          confirmedAt: 1,
          nextAt: Date.parse('2026-04-21T06:00:00Z'),
          secret: `secret ${n}`,
        });
      const deps = digestDeps(app);
      const { mailer } = app;
      if (mailer === null) throw new Error('there is no mailer');
      const began = performance.now();
      await fillOutbox(deps);
      const { sent } = await sendDue(deps, { mailer, render: renderDigest, owner: 'bench' });
      if (sent !== SUBSCRIBERS) throw new Error(`only ${sent} were sent`);
      return perSecond(sent, began);
    };
    const plain = await run({});
    const signed = await run({ BROADSHEET_MAIL_DKIM: 'one@example.org', BROADSHEET_MAIL_DKIM_KEY: privateKey });
    const pool = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections: CONNECTIONS });
    const text = 'A line of the mail, as long as they are.\n'.repeat(150);
    const began = performance.now();
    const letter = { from: 'a@example.org', to: 'b@example.org', subject: 'Bare', text, html: `<pre>${text}</pre>` };
    await Promise.all(Array.from({ length: BARE }, () => pool.sendMail(letter)));
    const bare = perSecond(BARE, began);
    pool.close();
    const row = (what: string, rate: number): Row => ({
      what,
      figure: `${Math.round(rate)}/s`,
      against: 'nodemailer alone',
      ratio: rate / bare,
      bar: '≥ 200/s',
    });
    return [row('digests composed and handed over', plain), row('the same, signed (DKIM)', signed)];
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
};
