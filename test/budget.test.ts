import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HOME } from '../src/config.ts';
import type { PaperCard } from '../src/model/paper.ts';
import { dailyPage } from '../src/sources/daily-page.ts';
import { frontPageView } from '../src/views/front-page.ts';
import { type Assets, buildAssets } from '../src/web/assets.ts';
import { sampleFrame } from './support/papers.ts';

/** What a reader downloads for the front page, in bytes; gzip where the text is compressed. */
const BUDGET = { html: 25_000, css: 8_000, js: 12_000, lab: 110_000, fonts: 35_000, all: 80_000 };

const SEED = join(HOME, 'assets/first-edition/daily-papers-page.txt');

let folder = '';
let assets: Assets;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-assets-'));
  assets = await buildAssets(folder);
});
after(() => rm(folder, { recursive: true, force: true }));

const zipped = (path: string): number => gzipSync(assets.files.get(path)?.body ?? '').length;
const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0);

const frontPage = async (): Promise<string> => {
  const cards: PaperCard[] = [];
  for await (const entry of dailyPage.parse(createReadStream(SEED))) {
    if (entry.kind !== 'paper') continue;
    const { draft } = entry;
    cards.push({
      paper: { ...draft, id: draft.id ?? draft.externalId, sightings: [] },
      votes: 1234,
      voted: false,
      letters: 0,
      comments: draft.signals.comments ?? null,
    });
  }
  assert.equal(cards.length, 81);
  const page = {
    kind: 'day',
    name: '2026-04-20',
    first: '2026-04-20',
    last: '2026-04-20',
    number: 1,
    latest: true,
    earlier: null,
    later: null,
    cards,
    trending: cards.map((_, index) => index),
    sources: ['daily-page'],
    days: ['2026-04-20'],
    corrections: [],
    justIn: [],
    submissions: new Map(),
  } as const;
  return frontPageView(page, sampleFrame({ assets }));
};

test('the front page with the whole first edition stays within its budget', async () => {
  const page = await frontPage();
  const html = gzipSync(page).length;
  const css = zipped(assets.css);
  const { lab, ...islands } = assets.islands;
  const js = sum(Object.values(islands).map(zipped));
  const plots = zipped(lab ?? '');
  const fonts = sum(assets.fonts.map((path) => assets.files.get(path)?.body.length ?? 0));
  assert.ok(html <= BUDGET.html, `HTML ${html}`);
  assert.ok(css > 1_000 && css <= BUDGET.css, `CSS ${css}`);
  assert.ok(js > 1_000 && js <= BUDGET.js, `JavaScript ${js}`);
  assert.ok(plots > 20_000 && plots <= BUDGET.lab, `the island of the labs alone ${plots}`);
  assert.ok(fonts > 1_000 && fonts <= BUDGET.fonts, `fonts ${fonts}`);
  assert.ok(html + css + js + fonts <= BUDGET.all);
});

test('every file a page names is there', async () => {
  const page = await frontPage();
  const named = [...page.matchAll(/(?:href|src)="(\/(?:assets\/|favicon)[^"]+)"/g)].map(([, path]) => path ?? '');
  assert.ok(named.length >= 7);
  for (const path of named) assert.ok(assets.files.has(path), path);
  assert.deepEqual(Object.keys(assets.islands).sort(), [
    'calculate',
    'copy',
    'draft',
    'keys',
    'lab',
    'letter',
    'live-search',
    'passkey',
    'push',
    'runs',
    'submit',
    'suggest',
    'vote',
    'zone',
  ]);
  assert.ok(assets.files.has('/assets/card.png'));
});

test('a second start takes the bundle that is there, one of other sources is thrown away', async () => {
  const [name = ''] = await readdir(folder);
  const made = (await stat(join(folder, name))).mtimeMs;
  const again = await buildAssets(folder);
  assert.deepEqual([...again.files.keys()], [...assets.files.keys()]);
  assert.equal((await stat(join(folder, name))).mtimeMs, made);
  assert.deepEqual(await readdir(folder), [name]);
});

test('two processes may build at once', async () => {
  const shared = await mkdtemp(join(tmpdir(), 'broadsheet-assets-'));
  try {
    const [one, two] = await Promise.all([buildAssets(shared), buildAssets(shared)]);
    assert.equal(one.css, two.css);
    assert.equal((await readdir(shared)).length, 1);
  } finally {
    await rm(shared, { recursive: true, force: true });
  }
});
