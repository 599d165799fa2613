import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { axeFinds, openBrowser, openTab, type ServedSite, serveSite } from '../support/browser.ts';
import { fillLedger, rewordPaper, WIRED } from '../support/ledger.ts';

/** Every kind of page as a browser sees it: nothing moves, nothing is too wide, nothing is hard to reach, nothing breaks. */

let served: ServedSite;
let browser: Browser;
let kinds: readonly string[] = [];

before(async () => {
  [served, browser] = await Promise.all([serveSite({ sources: WIRED }), openBrowser()]);
  const { store, clock } = served.site.app;
  await fillLedger(store, { now: clock.now() });
  await rewordPaper(store, clock.now());
  await store.editions.correct({ date: '2026-04-20', paperId: null, kind: 'note', says: 'A note.', at: clock.now() });
  await served.site.take([
    {
      id: '2401.00001',
      title: 'Bounds on $\\sum_{i=1}^n x_i^2$ for $n \\le 10$',
      abstract: 'We bound $\\frac{a}{b} < \\sqrt{c}$ and more. $$\\int_0^1 f(x)\\,dx = 1$$',
      authors: 'Ada Adder, Bo Bound',
      categories: 'math.NT cs.LG',
      doi: '10.1000/182',
      comments: '9 pages',
      versions: [
        { version: 'v1', created: 'Mon, 1 Jan 2024 10:00:00 GMT' },
        { version: 'v2', created: 'Tue, 2 Jan 2024 10:00:00 GMT' },
      ],
    },
  ]);
  const wire = await (await served.site.ask('/?view=wire')).text();
  const [, paper = ''] = /<h2><a href="([^"]+)"/.exec(wire) ?? [];
  for (const q of ['video generation', 'agents year:2026']) await served.site.post('/searches', { q });
  const organisation = /href="(\/organisations\/[^"]+)"/.exec(await (await served.site.ask('/')).text())?.[1] ?? '';
  kinds = [
    '/',
    '/?view=wire',
    '/papers/week/2026-W17',
    '/papers/trending',
    '/editions',
    paper,
    '/papers/2401.00001',
    organisation,
    '/authors/ada-adder',
    '/categories/math.NT',
    '/search',
    '/search?q=video+generation',
    '/search?q=%22zzzz+qqqq%22',
    '/search?q=video+-toys+year%3A2026+after%3A2025+source%3Adaily-page+in%3Alibrary',
    '/search?q=%22video+zzzz%22+year%3A2026',
    '/searches?saved=none',
    '/similar',
    `/similar?to=2401.00001&to=${encodeURIComponent(paper.replace('/papers/', ''))}`,
    `${paper}/path`,
    '/ledger',
    '/ledger/arxiv-oai',
    '/ledger/arxiv-oai/2026-11-12',
    '/ledger/arxiv-snapshot',
    '/sources',
    '/papers/2611.00000',
    '/papers/2611.00000/versions',
    '/about',
    '/settings?saved',
    '/papers/2001.99999',
  ];
  assert.ok(kinds.every((path) => path !== ''));
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

test('axe finds nothing on any kind of page, in the day edition and in the late one', async () => {
  await using tab = await openTab(browser, { bypassCSP: true });
  for (const path of kinds) {
    await tab.page.emulateMedia({ colorScheme: 'light' });
    await tab.page.goto(served.origin + path);
    assert.deepEqual(await axeFinds(tab.page), [], path);
    await tab.page.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await axeFinds(tab.page, 'colours'), [], `${path}, late`);
  }
});

const SHIFTS = `globalThis.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective));`;

for (const [name, width] of [
  ['wide', 1360],
  ['narrow', 360],
  ['the narrowest, as at 400 % zoom', 320],
] as const) {
  test(`nothing moves, nothing is too wide, nothing is refused or broken: ${name}`, async () => {
    await using tab = await openTab(browser, { viewport: { width, height: 800 } });
    await tab.context.addInitScript(SHIFTS);
    for (const path of kinds) {
      await tab.page.goto(served.origin + path, { waitUntil: 'load' });
      await tab.page.waitForTimeout(30);
      const [shifts, over] = (await tab.page.evaluate(
        '[globalThis.shifts, document.documentElement.scrollWidth - innerWidth]',
      )) as [number, number];
      assert.equal(shifts, 0, `${path} moved`);
      assert.ok(over <= 0, `${path} is ${over} px too wide`);
    }
    const missing = tab.troubles.filter((said) => said.includes('/papers/2001.99999'));
    assert.equal(missing.length, 1, 'only the missing page is reported, as missing');
    assert.deepEqual(
      tab.troubles.filter((said) => !missing.includes(said)),
      [],
    );
  });
}

const LINES = `(() => {
  const item = [...document.querySelectorAll('.ranked li')].at(-1);
  const number = document.createElement('span');
  number.style.font = getComputedStyle(item, '::before').font;
  number.textContent = '10';
  document.body.append(number);
  return {
    sections: document.querySelectorAll('.sections li').length,
    high: document.querySelector('.folio').getBoundingClientRect().height,
    column: Number.parseFloat(getComputedStyle(item).gridTemplateColumns),
    ten: number.getBoundingClientRect().width,
  };
})()`;

test('the line below the nameplate, and the numbers of the rail, are set on one line', async () => {
  await using tab = await openTab(browser, { viewport: { width: 1280, height: 800 } });
  await tab.page.goto(served.origin);
  const lines = (await tab.page.evaluate(LINES)) as Readonly<Record<'sections' | 'high' | 'column' | 'ten', number>>;
  assert.equal(lines.sections, 9, 'with what is a reader’s own');
  assert.ok(lines.high > 20 && lines.high < 60, `${lines.high} px high`);
  assert.ok(lines.ten > 10 && lines.ten <= lines.column, `${lines.ten} px in ${lines.column}`);
});

test('pages are complete without JavaScript', async () => {
  await using plain = await openTab(browser, { javaScriptEnabled: false });
  await using full = await openTab(browser);
  for (const path of kinds) {
    await plain.page.goto(served.origin + path);
    await full.page.goto(served.origin + path);
    const text = async (tab: typeof plain): Promise<string> =>
      (await tab.page.locator('main').evaluate((main: { readonly textContent: string }) => main.textContent))
        .replace(/Copy (?:BibTeX|link)/g, '')
        .replace(/in \d+ ms/, '')
        .replace(/\s+/g, ' ');
    assert.equal(await text(plain), await text(full), path);
  }
});

test('mathematics on a paper page is MathML, set by the server', async () => {
  await using tab = await openTab(browser, { javaScriptEnabled: false });
  await tab.page.goto(`${served.origin}/papers/2401.00001`);
  assert.ok((await tab.page.locator('math').count()) >= 4);
  const box = await tab.page.locator('math').first().boundingBox();
  assert.ok(box && box.width > 20 && box.height > 8, 'it is drawn');
});
