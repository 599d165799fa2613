import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { HOME } from '../config.ts';
import { type BounceVerdict, verdictOf } from '../model/bounce.ts';
import { MOST_REPORT_BYTES, readBounce } from './bounce-report.ts';

const FOLDER = join(HOME, 'test/fixtures/bounces');
const MAIL = 'k3y-0f_A-letter@paper.example';

const fixture = async (name: string): Promise<string> =>
  (await readFile(join(FOLDER, `${name}.eml`), 'utf8')).replaceAll('{{MAIL}}', MAIL);
const read = (text: string) => readBounce(Buffer.from(text));

/** What each means, whom it names, with which code. */
const EXPECTED: Readonly<
  Record<string, readonly [verdict: BounceVerdict, recipient: string | null, status: string | null]>
> = {
  'postfix-unknown': ['hard', 'ada@university.example', '5.1.1'],
  'postfix-delayed': ['none', 'ada@slow.example', '4.4.1'],
  'exim-unknown': ['hard', 'emmy@institute.example', '5.0.0'],
  'exim-plain': ['hard', 'emmy@institute.example', '5.1.1'],
  'gmail-unknown': ['hard', 'nobody.at.all@gmail.example', '5.1.1'],
  'gmail-full': ['soft', 'full@gmail.example', '5.2.2'],
  'exchange-unknown': ['hard', 'grace@corp.example', '5.1.10'],
  'exchange-policy': ['soft', 'grace@corp.example', '5.7.1'],
  qmail: ['hard', 'kurt@quaint.example', '5.1.1'],
  complaint: ['complaint', null, null],
  messy: ['hard', 'konrad@relay.example', '5.1.1'],
};

test('the report of every server means what it says, with either line ending', async () => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const text = await fixture(name);
    for (const ending of [text, text.replace(/\n/g, '\r\n')]) {
      const { reports, messageIds } = await read(ending);
      assert.equal(reports.length, 1, name);
      const [report] = reports;
      assert.ok(report);
      assert.deepEqual([verdictOf(report), report.recipient, report.status], expected, `${name}: ${report.diagnostic}`);
      assert.ok(messageIds.includes(MAIL), `${name}: ${messageIds}`);
      assert.doesNotMatch(report.diagnostic, /[\r\n]/);
    }
  }
});

test('every fixture is looked at; replies of people and withdrawn complaints report nothing', async () => {
  const silent = ['out-of-office', 'not-spam'];
  for (const name of silent) assert.deepEqual((await read(await fixture(name))).reports, [], name);
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.eml')).map((name) => name.slice(0, -4));
  assert.deepEqual(files.sort(), [...Object.keys(EXPECTED), ...silent].sort());
});

test('several recipients are several reports; more than twenty are cut', async () => {
  const block = (n: number): string =>
    `\nFinal-Recipient: rfc822;r${n}@example.org\nAction: failed\nStatus: ${n % 2 === 0 ? '5.1.1' : '4.2.2'}\nDiagnostic-Code: smtp;x\n`;
  const mail = (count: number): string =>
    `From: mailer-daemon@a.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;a.example\n${Array.from({ length: count }, (_, n) => block(n)).join('')}\n--x--\n`;
  const { reports } = await read(mail(2));
  assert.deepEqual(reports.map(verdictOf), ['hard', 'soft']);
  assert.equal((await read(mail(50))).reports.length, 20);
});

test('whatever the bytes are, there is an answer', async () => {
  const samples = await Promise.all(Object.keys(EXPECTED).map(fixture));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.nat(), fc.string()).map(([text, from, length, put]) => {
          const at = from % text.length;
          return Buffer.from(text.slice(0, at) + put + text.slice(at + (length % 200)));
        }),
      ),
      async (bytes) => {
        const { reports } = await readBounce(bytes);
        assert.ok(reports.length <= 20);
        for (const report of reports) {
          verdictOf(report);
          assert.ok(report.diagnostic.length <= 400);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('of a long message only the beginning is read', async () => {
  const head = 'From: mailer-daemon@a.example\nSubject: Undelivered\n\n';
  const { reports } = await read(`${head}${'x'.repeat(MOST_REPORT_BYTES)}\n550 5.1.1 user unknown`);
  assert.ok(reports.every(({ diagnostic }) => !diagnostic.includes('unknown')));
});
