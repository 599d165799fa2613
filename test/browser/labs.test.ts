import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { HOME } from '../../src/config.ts';
import type { Lab, LabEvent, Params } from '../../src/labs/contract.ts';
import { metricsHash } from '../../src/labs/metrics-hash.ts';
import { presetParams, seedsOf } from '../../src/labs/params.ts';
import { LABS } from '../../src/labs/registry.ts';
import { runHere } from '../../src/labs/run-arm.ts';
import type { Outcome } from '../../src/labs/scheduler.ts';
import { bundleLabs, labModules } from '../../src/web/lab-bundles.ts';
import { BAD } from '../fixtures/labs/registry.ts';
import { axeFinds, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';

/** Labs in the room they run in: a sandboxed frame with the real policy. */

const FIXTURES = join(HOME, 'test/fixtures/labs');
const TARGET = ['chrome123'];

let served: ServedSite;
let browser: Browser;
let room = '';
const codes = new Map<string, string>();

before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
  const modules = {
    ...labModules(LABS.map(({ id }) => id)),
    ...Object.fromEntries(BAD.map(({ id }) => [id, join(FIXTURES, 'registry.ts')])),
    prober: join(FIXTURES, 'prober.ts'),
  };
  for (const [id, code] of await bundleLabs(modules, { outdir: null, target: TARGET })) codes.set(id, code);
  const bundled = await build({
    entryPoints: [join(FIXTURES, 'room.ts')],
    bundle: true,
    format: 'iife',
    target: TARGET,
    write: false,
    logLevel: 'silent',
  });
  room = bundled.outputFiles[0]?.text ?? '';
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

interface Ran {
  readonly outcome: Outcome;
  readonly hash: string;
  readonly events: readonly LabEvent[];
  readonly stoppedIn: number;
  readonly frames: number;
}

const opened = async (tab: Tab): Promise<Page> => {
  await tab.page.goto(`${served.origin}/labs/${LABS[0]?.id}`);
  await tab.page.evaluate(room);
  return tab.page;
};

const runIn = (
  page: Page,
  lab: Pick<Lab, 'id' | 'arms'>,
  wish: {
    readonly params: Params;
    readonly seeds: readonly number[];
    readonly stopAfter?: number;
    readonly silenceMs?: number;
  },
): Promise<Ran> => {
  const whole = { ...wish, code: codes.get(lab.id) ?? '', lab: { arms: lab.arms } };
  return page.evaluate(
    (asked) => (globalThis as unknown as { runInRoom(wish: object): Promise<Ran> }).runInRoom(asked),
    whole,
  );
};

test('every lab comes to the same numbers in Node and in Chromium, to the last bit', async () => {
  await using tab = await openTab(browser);
  const page = await opened(tab);
  for (const lab of LABS) {
    const params = presetParams(lab, 'smoke');
    const seeds = seedsOf(lab.presets.smoke.seeds);
    const { outcome, hash } = await runIn(page, lab, { params, seeds });
    assert.equal(outcome.error, null, lab.id);
    assert.ok(outcome.complete, lab.id);
    assert.equal(hash, metricsHash(await runHere(lab, params, seeds)), lab.id);
  }
  assert.deepEqual(tab.troubles, []);
});

test('a lab reaches neither network nor storage nor page', async () => {
  await using tab = await openTab(browser);
  const asked: string[] = [];
  tab.context.on('response', (response) => asked.push(response.url()));
  const page = await opened(tab);
  await tab.context.addCookies([{ name: 'secret', value: '1', url: served.origin }]);
  const one = [{ id: 'only', label: '', role: 'method' as const }];
  const { outcome, events } = await runIn(
    page,
    { id: 'prober', arms: one },
    { params: { origin: served.origin }, seeds: [1] },
  );
  const notes = events.flatMap((event) => (event.t === 'note' ? [event.text] : []));
  assert.equal(outcome.error, null);
  assert.equal(notes.length, 14);
  assert.deepEqual(
    notes.filter((note) => !note.startsWith('held: ')),
    [],
  );
  assert.deepEqual(
    asked.filter((url) => /lab\.js|healthz/.test(url)),
    [],
  );
});

for (const id of ['loops', 'eats']) {
  test(`a lab that ${id} is stopped at once, and the page lives on`, async () => {
    await using tab = await openTab(browser);
    const page = await opened(tab);
    const lab = { id, arms: [{ id: 'only', label: '', role: 'method' as const }] };
    const { outcome, stoppedIn, frames } = await runIn(page, lab, { params: {}, seeds: [1], stopAfter: 700 });
    assert.equal(outcome.stopped, 'asked');
    assert.ok(stoppedIn < 2_000, `${stoppedIn} ms`);
    assert.equal(frames, 0);
    assert.equal(await page.evaluate(() => 1 + 1), 2);
  });
}

test('a lab that says nothing more is stopped by itself', async () => {
  await using tab = await openTab(browser);
  const page = await opened(tab);
  const lab = { id: 'loops', arms: [{ id: 'only', label: '', role: 'method' as const }] };
  assert.equal((await runIn(page, lab, { params: {}, seeds: [1], silenceMs: 1_000 })).outcome.stopped, 'silent');
});

test('the page of a lab: run by the keyboard, seen, judged, linked to; and again by the link, to the last bit', async () => {
  const [lab] = LABS as [Lab];
  await using tab = await openTab(browser);
  const smoke = new URLSearchParams(
    Object.entries(presetParams(lab, 'smoke')).map(([key, value]): [string, string] => [key, String(value)]),
  );
  await tab.page.goto(`${served.origin}/labs/${lab.id}?${smoke}&seeds=3`);
  await tab.page.locator('#lab-run').focus();
  await tab.page.keyboard.press('Enter');
  const status = tab.page.locator('#lab-status');
  await tab.page.locator('#lab-status', { hasText: 'Done' }).waitFor({ timeout: 30_000 });
  assert.ok((await tab.page.locator('.lab-plot svg').count()) >= lab.plots.length);
  const verdicts = await tab.page.locator('[data-verdict]').allTextContents();
  assert.equal(verdicts.filter((verdict) => verdict.includes('not run')).length, 0);
  const link = (await tab.page.locator('#lab-link').getAttribute('href')) ?? '';
  await tab.page.goto(link);
  await tab.page.locator('#lab-run').click();
  await tab.page.locator('#lab-status', { hasText: 'Done' }).waitFor({ timeout: 30_000 });
  assert.match((await status.textContent()) ?? '', /The same as in the link/);
  const download = tab.page.waitForEvent('download');
  await tab.page.locator('#lab-csv').click();
  assert.equal((await download).suggestedFilename(), `${lab.id}.csv`);
  const picture = tab.page.waitForEvent('download');
  await tab.page.locator('#lab-svg').click();
  assert.match(await readFile(await (await picture).path(), 'utf8'), /^<svg [\s\S]*<\/svg>$/);
  await tab.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tab.page.locator('#lab-copy').click();
  await tab.page.locator('#lab-status', { hasText: 'Copied' }).waitFor();
  assert.equal(await tab.page.evaluate('navigator.clipboard.readText()'), link);
  assert.deepEqual(await axeFinds(tab.page), []);
  assert.deepEqual(tab.troubles, []);
});

test('without script the page says what it needs, and shows what was predicted', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(`${served.origin}/labs/${LABS[0]?.id}`);
  await tab.page.getByText('which needs JavaScript').waitFor();
  assert.equal(await tab.page.getByRole('button', { name: 'Run', exact: true }).count(), 0);
  assert.ok((await tab.page.locator('.lab-claims tbody tr').count()) > 0);
});
