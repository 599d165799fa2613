import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepUp } from '../../src/jobs/keep-up.ts';
import { searchPapers } from '../../src/services/search.ts';
import { openSite, type Site, textOf } from '../support/app.ts';
import { type ModelServer, startModelServer } from '../support/model-server.ts';

/** An operator has a model server of their own, and names it in one setting. */

const KEY = 'a-secret-key';
let server: ModelServer;
let site: Site;
before(async () => {
  server = await startModelServer({ dimensions: 100 });
  const env = { BROADSHEET_EMBED: `openai+${server.origin}/v1?model=words`, BROADSHEET_EMBED_KEY: KEY };
  site = await openSite({ env });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const search = async (q: string) => {
  const page = await searchPapers(site.app, { q, reader: 'owner', patience: 10_000 });
  return { ...page, first: page.hits[0] };
};

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) if (await holds()) return;
  assert.fail(`not within 30 s: ${what}`);
};

test('every paper is read by it, with its key, and found by words and meaning', async () => {
  const { documents, embedded } = await site.app.index.stats();
  assert.equal(documents, 81);
  assert.equal(embedded, 81);
  const { mode, modeReason, first } = await search('panoramic lidar generation from a single image');
  assert.deepEqual([mode, modeReason], ['hybrid', null]);
  assert.match(first?.card.paper.title ?? '', /^Veila/);
  assert.equal(first?.why, 'words and meaning');
  assert.ok(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
});

test('the operator sees whose vectors they are, and never the key', async () => {
  const html = await (await site.ask('/sources')).text();
  const [, section = ''] = /id="reading">Reading for meaning<\/h2>(.*?)<\/section>/s.exec(html) ?? [];
  assert.match(textOf(section), /all of 81 papers · openai:words@[0-9a-f]{8}/);
  const { reading } = (await (await site.ask('/sources.json')).json()) as { readonly reading: object };
  assert.deepEqual(reading, {
    model: site.app.embedder?.id,
    embedded: 81,
    total: 81,
    perSecond: null,
    etaSeconds: null,
  });
  assert.ok(!html.includes(KEY));
});

test('while it is away search goes on, says so without naming it, and comes back by itself', async () => {
  server.trouble({ kind: 'lost' }, { kind: 'lost' });
  const away = await search('video diffusion models');
  assert.equal(away.mode, 'instant');
  assert.equal(away.modeReason, 'The embedding model cannot be used at the moment.');
  assert.ok(away.hits.length > 0);
  server.calm();
  await until('search by meaning is back', async () => (await search('video diffusion')).mode === 'hybrid');
});

test('other weights under the same name: all is read again, and nothing of the old is used for the new', async () => {
  const { app } = site;
  const [known] = await app.index
    .unembedded(1)
    .then(async () => (await app.store.changes.since(0, 1)).map((one) => one.paperId));
  const old = app.embedder?.id ?? '';
  const has = async (model: string): Promise<boolean> =>
    (await app.index.fine([known ?? ''], new Float32Array(100).fill(0.1), model)).size === 1;
  assert.ok(await has(old));
  const stop = new AbortController();
  const keeping = keepUp(app, { signal: stop.signal });
  try {
    server.become('second');
    await app.embedder?.ready();
    const fresh = app.embedder?.id ?? '';
    assert.notEqual(fresh, old);
    assert.equal((await search('lidar')).mode, 'hybrid');
    await until('everything is read by the new weights', async () => {
      const { documents, embedded } = await app.index.stats();
      return embedded === documents && (await has(fresh));
    });
    assert.equal(await has(old), false);
    server.become('first');
    const asked = server.requests.length;
    await app.embedder?.ready();
    assert.equal(app.embedder?.id, old);
    await until('the first weights are back', () => has(old));
    await until('all of them', async () => (await app.index.stats()).embedded === 81);
    const texts = server.requests.slice(asked).flatMap((request) => request.texts);
    assert.ok(texts.length < 20, 'what they made is kept in the database and not asked for again');
  } finally {
    stop.abort();
    await keeping;
  }
});
