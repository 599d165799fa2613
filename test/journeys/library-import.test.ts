import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LibraryImportReport } from '../../src/services/library-import.ts';
import { type AccountSite, cookieFor, makeAccount, openAccountSite } from '../support/accounts.ts';
import { ORIGIN } from '../support/app.ts';
import { incomingOf } from '../support/drafts.ts';

/** A library is no way around the rules for submissions: what is unknown comes in as far as one may submit. */

const DAY = 24 * 3_600_000;
const KNOWN = Array.from({ length: 8 }, (_, n) => `2604.0000${n}`);

const open = async (env: Readonly<Record<string, string>>): Promise<AccountSite> => {
  const site = await openAccountSite({ env });
  await site.app.store.papers.save(
    KNOWN.map((id) => incomingOf(id)),
    { now: 1 },
  );
  return site;
};
let site: AccountSite;
let strict: AccountSite;
before(async () => {
  site = await open({ BROADSHEET_SUBMIT_PER_DAY: 'reader=3,trusted=50' });
  strict = await open({ BROADSHEET_SUBMIT_REVIEW: 'on' });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await strict?.[Symbol.asyncDispose]();
});

const fileOf = (unknown: number): string =>
  [
    ...Array.from(
      { length: unknown },
      (_, n) =>
        `@misc{own${n}, title={An unknown work about subject number ${n} of many}, author={Noether, Emmy}, year=2020}`,
    ),
    ...KNOWN.map((id) => `@article{k${id}, title={On ${id}}, eprint={${id}}, archivePrefix={arXiv}}`),
  ].join('\n');

const bringIn = async (at: AccountSite, cookie: string, text: string): Promise<LibraryImportReport> => {
  const form = new FormData();
  form.append('file', new File([text], 'mine.bib'));
  const request = new Request(`${ORIGIN}/library/import`, { method: 'POST', body: form });
  const answer = await at.ask('/library/import', {
    method: 'POST',
    headers: {
      cookie,
      origin: ORIGIN,
      accept: 'application/json',
      'content-type': request.headers.get('content-type') ?? '',
    },
    body: await request.text(),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()) as LibraryImportReport;
};
const told = ({ fresh, known, saved, over }: LibraryImportReport) => ({ fresh, known, saved, over });

test('a reader brings in what is here, and of the rest as many a day as they may submit', async () => {
  const reader = await cookieFor(site, await makeAccount(site));
  const file = fileOf(7);
  assert.deepEqual(told(await bringIn(site, reader, file)), { fresh: 3, known: 8, saved: 11, over: 4 });
  assert.deepEqual(told(await bringIn(site, reader, file)), { fresh: 0, known: 11, saved: 0, over: 4 });
  site.clock.forward(DAY + 1);
  assert.deepEqual(told(await bringIn(site, reader, file)), { fresh: 3, known: 11, saved: 3, over: 1 });
  const other = await cookieFor(site, await makeAccount(site));
  assert.deepEqual(told(await bringIn(site, other, file)), { fresh: 1, known: 14, saved: 15, over: 0 });
});

test('parallel files of one reader bring in no more', async () => {
  const reader = await cookieFor(site, await makeAccount(site));
  const files = Array.from({ length: 6 }, (_, n) =>
    fileOf(2).replaceAll('subject number', `matter ${'abcdef'[n]} and number`).replaceAll('own', `own${n}`),
  );
  const reports = await Promise.all(files.map((file) => bringIn(site, reader, file)));
  assert.equal(
    reports.reduce((sum, { fresh }) => sum + fresh, 0),
    3,
  );
});

test('moderators bring in any number; where first submissions are looked at, a new reader brings in none', async () => {
  const moderator = await cookieFor(site, await makeAccount(site, 'moderator'));
  const many = fileOf(12).replaceAll('unknown work', 'quite unknown treatise');
  assert.deepEqual(told(await bringIn(site, moderator, many)), { fresh: 12, known: 8, saved: 20, over: 0 });
  const reader = await cookieFor(strict, await makeAccount(strict));
  assert.deepEqual(told(await bringIn(strict, reader, fileOf(2))), { fresh: 0, known: 8, saved: 8, over: 2 });
});
