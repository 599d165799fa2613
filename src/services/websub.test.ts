import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Edition } from '../model/edition.ts';
import type { Ask } from '../ports/source.ts';
import type { Cursor } from '../store/store.ts';
import { announceEdition, topicsOf } from './websub.ts';

const world = ({ hub = 'https://hub.example/', publicUrl = 'https://papers.example', status = 202 } = {}) => {
  const asked: Ask[] = [];
  const kept = new Map<string, Cursor>();
  const now = { date: '2026-04-20', status };
  const edition = (): Edition => ({ date: now.date, number: 7, source: 'broadsheet', placements: [] });
  const deps = {
    config: { websubHub: hub, publicUrl },
    store: {
      editions: { latest: async () => edition() },
      cursors: {
        get: async (name: string) => kept.get(name) ?? null,
        set: async (cursor: Cursor) => void kept.set(cursor.name, cursor),
      },
    },
    fetcher: {
      fetch: async (ask: Ask) => {
        asked.push(ask);
        return { url: ask.url, status: now.status, type: '', headers: {}, body: new Uint8Array() };
      },
    },
  } as unknown as Parameters<typeof announceEdition>[0];
  return { deps, asked, now };
};

test('a hub is told of the feeds of an edition, once', async () => {
  const { deps, asked, now } = world();
  assert.equal(await announceEdition(deps), 12);
  assert.deepEqual(
    asked.map(({ body }) => new URLSearchParams(body).get('hub.url')),
    topicsOf('https://papers.example'),
  );
  assert.ok(asked.every(({ url, body }) => url === 'https://hub.example/' && body?.startsWith('hub.mode=publish&')));
  assert.ok(topicsOf('https://papers.example').includes('https://papers.example/papers.atom'));
  assert.equal(await announceEdition(deps), 0);
  now.date = '2026-04-21';
  assert.equal(await announceEdition(deps), 12);
});

test('a hub that refuses is told again', async () => {
  const { deps, now } = world({ status: 400 });
  await assert.rejects(announceEdition(deps), { code: 'source-refused' });
  now.status = 204;
  assert.equal(await announceEdition(deps), 12);
});

test('without a hub, or an address of our own, nobody is told', async () => {
  for (const wish of [{ hub: '' }, { publicUrl: '' }]) {
    const { deps, asked } = world(wish);
    assert.equal(await announceEdition(deps), 0);
    assert.deepEqual(asked, []);
  }
});
