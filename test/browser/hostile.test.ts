import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';
import { markup, takeHostile } from '../support/hostile.ts';

/** Hostile papers and queries run nothing in a real browser, with the content security policy and without it. */

const DATE = '2026-03-02';
const MARKUP = markup();
/** Papers that each say many hostile strings, so that a few dozen pages show them all in full. */
const TOGETHER = 16;
const QUERIES = 60;

let served: ServedSite;
let browser: Browser;
let papers: readonly string[] = [];

const packs = (strings: readonly string[], size: number): readonly string[] =>
  Array.from({ length: Math.ceil(strings.length / size) }, (_, n) => strings.slice(n * size, (n + 1) * size).join(' '));

before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
  papers = await takeHostile(served.site, packs(MARKUP, TOGETHER), DATE);
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

/** Tells of every function that such strings call when they run, before anything of the page does. */
const WATCH = `globalThis.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'xss', 'javascript'])
  globalThis[name] = (...said) => void globalThis.ran.push(name + ': ' + said.join(' '));
addEventListener('error', (event) => event.message && globalThis.ran.push('error: ' + event.message));`;

/** What ran, and what stands in the page that could run. */
const FOUND = `[
  ...globalThis.ran,
  ...[...document.querySelectorAll('*')].flatMap((element) => [
    ...[...element.attributes].filter(({ name }) => name.startsWith('on') || name === 'style').map(({ name }) => element.localName + ' has ' + name),
    ...(['href', 'src', 'action', 'formaction', 'xlink:href'].flatMap((name) => /^\\s*(?:javascript|data|vbscript):/i.test(element.getAttribute(name) ?? '') ? [element.localName + ' leads to ' + element.getAttribute(name)] : [])),
  ]),
  ...[...document.querySelectorAll('iframe, object, embed, img, svg, video, audio, base, meta[http-equiv], style, frame, applet, template')].map((element) => 'a ' + element.localName),
  ...[...document.scripts].filter(({ src, type }) => !(type === 'application/ld+json' || new URL(src).pathname.startsWith('/assets/'))).map(({ outerHTML }) => outerHTML),
]`;

const openWatched = async (bypassCSP: boolean): Promise<Tab> => {
  const tab = await openTab(browser, { bypassCSP });
  await tab.context.addInitScript(WATCH);
  return tab;
};

for (const bypassCSP of [false, true]) {
  const policy = bypassCSP ? 'without the policy' : 'under the policy';
  // What runs nothing without the policy runs nothing under it: a third shows that it refuses nothing of ours.
  const some = <T>(all: readonly T[]): readonly T[] => (bypassCSP ? all : all.filter((_, n) => n % 3 === 0));

  test(`hostile papers run nothing, ${policy}`, async () => {
    assert.ok(papers.length > 50, `${papers.length} papers`);
    await using tab = await openWatched(bypassCSP);
    const addresses = some(papers).map((id) => `/papers/${id.replace('arxiv:', '')}`);
    for (const path of [`/papers/date/${DATE}`, `/papers/date/${DATE}?view=wire`, '/categories/cs.CR', ...addresses]) {
      await tab.page.goto(served.origin + path);
      assert.deepEqual(await tab.page.evaluate(FOUND), [], path);
    }
    assert.deepEqual(tab.troubles, []);
  });

  test(`hostile queries run nothing, ${policy}`, async () => {
    await using tab = await openWatched(bypassCSP);
    const step = Math.ceil(MARKUP.length / QUERIES);
    for (const text of some(MARKUP.filter((_, n) => n % step === 0))) {
      const query = encodeURIComponent(text.toWellFormed());
      await tab.page.goto(`${served.origin}/search?q=${query}`);
      assert.deepEqual(await tab.page.evaluate(FOUND), [], text);
    }
    assert.deepEqual(tab.troubles, []);
  });

  test(`hostile suggestions are shown as words, ${policy}`, async () => {
    await using tab = await openWatched(bypassCSP);
    await tab.page.route('**/search/suggest?*', (route) =>
      route.fulfill({
        json: {
          suggestions: MARKUP.slice(0, 40).map((text) => ({
            kind: text,
            label: text,
            value: text,
            href: `javascript:alert(${JSON.stringify(text)})`,
          })),
        },
      }),
    );
    await tab.page.goto(`${served.origin}/`);
    await tab.page.locator('#q').pressSequentially('onerror');
    await tab.page.locator('#suggestions [role=option]').first().waitFor();
    assert.equal(await tab.page.locator('#suggestions [role=option] span').first().textContent(), MARKUP[0]);
    assert.deepEqual(await tab.page.evaluate(FOUND), []);
    await tab.page.keyboard.press('ArrowDown');
    await tab.page.keyboard.press('Enter');
    await tab.page.waitForURL(/\/search\?q=/);
    assert.deepEqual(await tab.page.evaluate(FOUND), []);
  });
}

const BAIT = '<!doctype html><title>Bait</title><img src="/none" onerror="alert(1)"><script>alert(2)</script>';

test('what would run is seen: the same watch on a page that lets it through, and the policy stops it', async () => {
  const [caught, stopped] = await Promise.all(
    [true, false].map(async (bypassCSP) => {
      await using tab = await openWatched(bypassCSP);
      await tab.page.route('**/about', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: BAIT, headers: { ...answer.headers(), 'content-encoding': '' } });
      });
      await tab.page.goto(`${served.origin}/about`, { waitUntil: 'load' });
      await tab.page.waitForTimeout(100);
      return await tab.page.evaluate<readonly string[]>('globalThis.ran');
    }),
  );
  assert.deepEqual([...(caught ?? [])].sort(), ['alert: 1', 'alert: 2']);
  assert.deepEqual(stopped, []);
});
