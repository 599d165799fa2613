import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { hostileStrings } from '../../test/support/hostile.ts';
import { parseQuery } from '../model/query.ts';
import { openIndex } from './open.ts';

const folder = await mkdtemp(join(tmpdir(), 'broadsheet-hostile-'));
after(() => rm(folder, { recursive: true, force: true }));

const long = (piece: string): string => piece.repeat(Math.ceil(10_000 / piece.length));

test('hostile strings are papers like any others, and queries that are answered', async () => {
  const queries: string[] = JSON.parse(
    await readFile(join(import.meta.dirname, '../../test/fixtures/hostile-queries.json'), 'utf8'),
  );
  const strings = [
    ...hostileStrings(),
    ...queries,
    '\u0000',
    '\ud800 graph \udc00',
    'a\u0000b',
    ...['graph ', 'a', '"', '-', '"a b" ', '-"c" ', '🙈', 'م', '\u202e', 'cat:', 'author:x ', '𝔘𝔫𝔦 '].map(long),
  ];
  await using index = openIndex(join(folder, 'index'));
  const upserts = strings.map((text, n) => ({
    id: n % 2 === 0 ? `h${n}` : `h${n} ${text.slice(0, 100)}`,
    title: text,
    abstract: `${text} and ${text}`,
    authors: [text, 'Ada Łovelace'],
    organisation: text,
    categories: [text, 'cs.LG'],
    sources: [text.slice(0, 50)],
    published: null,
    vector: null,
    has: [text],
  }));
  const ids = new Set(upserts.map(({ id }) => id.toWellFormed()));
  await index.apply({ upserts, deletes: [], position: 1 });
  await index.apply({ upserts: upserts.slice(0, 50), deletes: [], position: 2 });
  await index.optimize();
  assert.equal((await index.stats()).documents, upserts.length);
  assert.equal((await index.browse(parseQuery(''), 10_000)).evidence.length, upserts.length);
  for (const [n, text] of strings.entries()) {
    const query = parseQuery(text);
    const { evidence } = await index.find({ query, text, words: 20, near: 20, prefix: n % 2 === 0 });
    for (const { id } of evidence) assert.ok(ids.has(id));
    await index.browse(query, 5);
    await index.suggest(text, 8);
  }
});
