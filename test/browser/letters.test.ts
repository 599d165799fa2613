import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { axeFinds, LOOKS, openBrowser, openTab, type ServedSite, serveSite, type Tab } from '../support/browser.ts';
import { markup } from '../support/hostile.ts';

/** Letters in a real browser: written with JavaScript and without, kept through a lost connection, running nothing. */

let served: ServedSite;
let browser: Browser;
let paper = '';
let other = '';
let paperId = '';

before(async () => {
  [served, browser] = await Promise.all([serveSite(), openBrowser()]);
  const wire = await (await served.site.ask('/?view=wire')).text();
  const addresses = [...new Set([...wire.matchAll(/formaction="([^"]+)\/vote"/g)].map(([, address = '']) => address))];
  [paper = '', other = ''] = addresses;
  assert.notEqual(other, '');
  const [first] = (await served.site.app.store.editions.latest())?.placements ?? [];
  paperId = first ?? '';
});
after(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

const at = (path: string): string => served.origin + path;
const BODY = '#letter-body';
const SEND = '.letter-form button[value=send]';

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with JavaScript' : 'without JavaScript';

  test(`a letter is written, answered, edited, deleted and brought back, ${how}`, async () => {
    await using tab = await openTab(browser, { javaScriptEnabled });
    const { page } = tab;
    await page.goto(at(paper));
    await page.fill(BODY, `Written ${how}: $x^2$ is **never** negative.`);
    await page.click(SEND);
    const letter = page.locator('.letter', { hasText: `Written ${how}` }).last();
    await letter.waitFor();
    assert.match(page.url(), /#letter-[0-9a-f]{24}$/);
    assert.equal(await letter.locator('math').count(), 1);
    assert.equal(await letter.locator('strong').textContent(), 'never');

    await letter.getByRole('link', { name: /^Answer/ }).click();
    await page.getByRole('heading', { name: 'Answer The owner’s letter' }).waitFor();
    await page.fill(BODY, `Answered ${how}.`);
    await page.click(SEND);
    const answer = page.locator('.thread .thread .letter', { hasText: `Answered ${how}` });
    await answer.waitFor();

    await answer.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('heading', { name: 'Edit your letter' }).waitFor();
    assert.equal(await page.inputValue(BODY), `Answered ${how}.`);
    await page.fill(BODY, `Answered better, ${how}.`);
    await page.getByRole('button', { name: 'Keep the new words' }).click();
    const better = page.locator('.letter', { hasText: `Answered better, ${how}` });
    await better.waitFor();
    await better.getByRole('link', { name: 'edited' }).click();
    await page.getByText(`Answered ${how}.`, { exact: true }).waitFor();
    await page.goBack();

    await better.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('You deleted this letter').waitFor();
    assert.equal(await better.count(), 0);
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await better.waitFor();
    assert.deepEqual(tab.troubles, []);
  });
}

test('a preview comes as one writes, and by a button without JavaScript', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(at(paper));
  await tab.page.locator(BODY).pressSequentially('So *it* looks, with $y_1$.');
  await tab.page.locator('.preview em').waitFor();
  await tab.page.locator('.preview math').waitFor();
  assert.deepEqual(tab.troubles, []);

  await using plain = await openTab(browser, { javaScriptEnabled: false });
  await plain.page.goto(at(paper));
  await plain.page.fill(BODY, 'So *it* looks.');
  await plain.page.getByRole('button', { name: 'Preview' }).click();
  assert.equal(await plain.page.locator('.preview em').textContent(), 'it');
  assert.equal(await plain.page.inputValue(BODY), 'So *it* looks.');
});

test('a letter outlives a lost connection and a closed page, and sent again it is one letter', async () => {
  await using tab = await openTab(browser);
  const { page } = tab;
  const words = 'Written on a train.';
  await page.goto(at(other));
  // The server takes the letter, but its answer is lost on the way.
  let lost = 0;
  await page.route('**/letters', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    lost++;
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.fill(BODY, words);
  await page.keyboard.press('Control+Enter');
  await page.getByText('The connection was lost').waitFor();
  assert.equal(lost, 1);
  assert.equal(await page.inputValue(BODY), words);

  await page.goto(at('/about'));
  await page.unroute('**/letters');
  await page.goto(at(other));
  await page.getByText('had written and not yet sent').waitFor();
  assert.equal(await page.inputValue(BODY), words);
  await page.click(SEND);
  await page.locator('.letter', { hasText: words }).waitFor();
  await page.waitForURL(/#letter-/);
  assert.equal(await page.locator('.letter', { hasText: words }).count(), 1);
  assert.equal(await page.inputValue(BODY), '', 'the draft is gone');
});

test('what the server refuses is told and stays in the form', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(at(paper));
  await tab.page.fill(BODY, 'x'.repeat(10_001));
  await tab.page.click(SEND);
  await tab.page.getByText('too long by 1 characters').waitFor();
  assert.equal((await tab.page.inputValue(BODY)).length, 10_001);
});

test('c goes to the form', async () => {
  await using tab = await openTab(browser);
  await tab.page.goto(at(paper));
  await tab.page.keyboard.press('c');
  assert.equal(await tab.page.evaluate('document.activeElement.id'), 'letter-body');
  assert.equal(await tab.page.inputValue(BODY), '');
});

const RICH = `### A heading

Words with a [link](https://example.org), \`code\` and a long_word_${'x'.repeat(120)}.

- [x] done
- one

> Quoted

| a | b | a very wide table indeed |
|---|--:|---|
| ${'wide '.repeat(20)} | 2 | ${'y'.repeat(80)} |

\`\`\`
${'a long line of code '.repeat(12)}
\`\`\`

$$\\sum_{i=1}^n x_i^2 ${'+ x_i '.repeat(40)}$$`;

test('axe finds nothing, and nothing is too wide, on letters of all kinds', async () => {
  const { store, clock } = served.site.app;
  const author = { id: 'bo', handle: 'bo', name: 'Bo Example' };
  const add = (id: string, parentId: string | null, body: string) =>
    store.letters.add({ id, paperId, groupId: null, parentId, author, body, at: clock.now() });
  const ids = ['1', '2', '3', '4', '5', '6'].map((n) => n.repeat(24));
  for (const [n, id] of ids.entries()) await add(id, ids[n - 1] ?? null, RICH);
  await store.letters.turn({ id: ids[1] ?? '', from: ['open'], to: 'removed', by: 'x', reason: 'An advert.', at: 0 });
  await store.letters.edit({ id: ids[0] ?? '', body: `${RICH}\n\nAnd more.`, at: clock.now() });
  const address = (await served.site.ask(`/letters/${ids[0]}`)).headers.get('location')?.split('#')[0] ?? '';
  const pages = [address, `${address}?reply=${ids[0]}`, `/letters/${ids[0]}/history`, `/letters/${ids[0]}/report`];
  for (const look of LOOKS) {
    await using tab = await openTab(browser, { ...look, bypassCSP: true });
    for (const path of pages) {
      await tab.page.goto(at(path));
      assert.deepEqual(await axeFinds(tab.page), [], `${path}, ${look.colorScheme}`);
      const over = (await tab.page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
      assert.ok(over <= 0, `${path} is ${over} px too wide at ${look.viewport.width}`);
    }
    assert.deepEqual(tab.troubles, []);
  }
});

const WATCH = `globalThis.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'xss', 'javascript'])
  globalThis[name] = (...said) => void globalThis.ran.push(name + ': ' + said.join(' '));
addEventListener('error', (event) => event.message && globalThis.ran.push('error: ' + event.message));`;
/** What ran, and what stands in a letter or its preview that no letter may have. */
const FOUND = `[
  ...globalThis.ran,
  ...[...document.querySelectorAll('.letter-body *')].flatMap((element) => [
    ...[...element.attributes].filter(({ name }) => name.startsWith('on') || name === 'style' || name === 'id').map(({ name }) => element.localName + ' has ' + name),
    ...(/^\\s*(?:javascript|data|vbscript):/i.test(element.getAttribute('href') ?? '') ? [element.outerHTML] : []),
  ]),
  ...[...document.querySelectorAll('.letter-body :is(script, iframe, object, embed, img, svg, video, audio, base, meta, style, form, input, template)')].map((element) => element.outerHTML),
]`;

for (const bypassCSP of [false, true]) {
  const policy = bypassCSP ? 'without the policy' : 'under the policy';

  test(`hostile letters and previews run nothing, ${policy}`, async () => {
    const { store, clock } = served.site.app;
    // What runs nothing without the policy runs nothing under it: a third shows that it refuses nothing of ours.
    const strings = markup().filter((_, n) => bypassCSP || n % 3 === 0);
    const [card] = (await store.editions.latest())?.placements.slice(bypassCSP ? 5 : 4) ?? [];
    const target = card ?? '';
    const author = { id: 'mal', handle: 'mal', name: '<img src=x onerror=alert(1)>' };
    for (let n = 0; n < strings.length; n += 20) {
      const some = strings.slice(n, n + 20);
      const body = some
        .map((text) => `${text}\n\n[${text}](${text}) ![x](<${text}>) $${text}$`)
        .join('\n\n')
        .slice(0, 10_000);
      const id = (n + (bypassCSP ? 1 : 0)).toString(16).padStart(24, '0');
      await store.letters.add({ id, paperId: target, groupId: null, parentId: null, author, body, at: clock.now() });
    }
    await using tab = await openTab(browser, { bypassCSP });
    await tab.context.addInitScript(WATCH);
    const location = (
      await served.site.ask(`/letters/${(bypassCSP ? 1 : 0).toString(16).padStart(24, '0')}`)
    ).headers.get('location');
    await tab.page.goto(at(location ?? ''));
    assert.ok((await tab.page.locator('.letter').count()) >= strings.length / 20);
    assert.deepEqual(await tab.page.evaluate(FOUND), []);
    for (const text of strings.filter((_, n) => n % 60 === 0)) {
      const shown = tab.page.waitForResponse((answer) => answer.url().endsWith('/letters/preview'));
      await tab.page.fill(BODY, `[${text}](${text}) ${text}`);
      await shown;
      await tab.page.locator('.preview:not([hidden])').waitFor();
      assert.deepEqual(await tab.page.evaluate(FOUND), [], text);
    }
    assert.deepEqual(tab.troubles, []);
  });
}

const BAIT = '<p><img src="/none" onerror="alert(1)"></p>';

test('a preview that let markup through would be seen, and stopped by the policy', async () => {
  const preview = async (bypassCSP: boolean): Promise<readonly string[]> => {
    await using tab: Tab = await openTab(browser, { bypassCSP });
    await tab.context.addInitScript(WATCH);
    await tab.page.route('**/letters/preview', (route) => route.fulfill({ json: { html: BAIT } }));
    await tab.page.goto(at(paper));
    await tab.page.fill(BODY, 'anything');
    await tab.page.locator('.preview img').waitFor({ state: 'attached' });
    await tab.page.waitForTimeout(200);
    return await tab.page.evaluate<readonly string[]>('globalThis.ran');
  };
  assert.deepEqual(await preview(true), ['alert: 1']);
  assert.deepEqual(await preview(false), []);
});
