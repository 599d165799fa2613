import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { codingOf, createPageCache, rendered } from './page-cache.ts';

/** Counts how often a page is made. */
const maker = (text = 'a page'): { make: () => Promise<string>; made: () => number } => {
  let times = 0;
  return {
    make: async () => {
      times += 1;
      await sleep(5);
      return `${text} ${times}`;
    },
    made: () => times,
  };
};

test('a page is made once for a revision, and again for the next', async () => {
  const pages = createPageCache();
  const { make, made } = maker();
  const first = await pages.get('/', 1, make);
  assert.equal(await pages.get('/', 1, make), first);
  assert.equal(made(), 1);
  const next = await pages.get('/', 2, make);
  assert.equal(made(), 2);
  assert.notEqual(next.etag, first.etag);
  assert.equal(Buffer.from(await next.body('identity')).toString(), 'a page 2');
});

test('different names are different pages', async () => {
  const pages = createPageCache();
  const { make, made } = maker();
  await pages.get('/', 1, make);
  await pages.get('/ late', 1, make);
  assert.equal(made(), 2);
});

test('many askers at once share one making', async () => {
  const pages = createPageCache();
  const { make, made } = maker();
  const all = await Promise.all(Array.from({ length: 50 }, () => pages.get('/', 7, make)));
  assert.equal(made(), 1);
  assert.equal(new Set(all).size, 1);
});

test('a failure reaches every asker, and is not kept', async () => {
  const pages = createPageCache();
  let times = 0;
  const failing = async (): Promise<string> => {
    times += 1;
    await sleep(5);
    throw new Error('no page');
  };
  const all = await Promise.allSettled([1, 2, 3].map(() => pages.get('/', 1, failing)));
  assert.ok(all.every(({ status }) => status === 'rejected'));
  assert.equal(times, 1);
  const { make, made } = maker();
  await pages.get('/', 1, make);
  assert.equal(made(), 1);
});

test('a slow making of an older revision does not replace a newer page', async () => {
  const pages = createPageCache();
  let finish = (_: string): void => {};
  const slow = pages.get('/', 1, () => new Promise((done) => (finish = done)));
  const newer = await pages.get('/', 2, async () => 'new');
  finish('old');
  assert.equal(Buffer.from(await (await slow).body('identity')).toString(), 'old');
  const { make, made } = maker();
  assert.equal(await pages.get('/', 2, make), newer);
  assert.equal(made(), 0);
});

test('pages beyond 32 MiB push out those least asked for', async () => {
  const pages = createPageCache();
  const big = 'x'.repeat(3 * 1024 * 1024);
  for (let n = 0; n < 8; n += 1) await pages.get(`/${n}`, 1, async () => big + n);
  const { make, made } = maker();
  await pages.get('/7', 1, make);
  assert.equal(made(), 0, 'the newest is kept');
  await pages.get('/0', 1, make);
  assert.equal(made(), 1, 'the oldest is not');
});

test('every coding holds the same document', async () => {
  const page = rendered('Ünïcode '.repeat(100));
  const plain = Buffer.from(await page.body('identity')).toString();
  assert.equal(gunzipSync(await page.body('gzip')).toString(), plain);
  assert.equal(brotliDecompressSync(await page.body('br')).toString(), plain);
  assert.equal(await page.body('br'), await page.body('br'), 'compressed once');
  assert.equal(page.etag, rendered('Ünïcode '.repeat(100)).etag);
});

test('the coding is the best that the client takes', () => {
  for (const [accepted, coding] of [
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['deflate', 'identity'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=1', 'br'],
    ['gzip;q=0', 'identity'],
    ['gzip; q=0.000', 'identity'],
    ['xbr, gzipped', 'identity'],
  ] as const)
    assert.equal(codingOf(accepted), coding, String(accepted));
});
