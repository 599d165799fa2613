import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CALCULATORS } from '../../src/labs/calculators.ts';
import { NOT_HERE } from '../../src/labs/not-here.ts';
import { presetParams, seedsOf } from '../../src/labs/params.ts';
import { LABS } from '../../src/labs/registry.ts';
import { runHere } from '../../src/labs/run-arm.ts';
import { recordOf } from '../../src/labs/run-record.ts';
import { storeRun } from '../../src/services/lab-runs.ts';
import { openSite, type Site } from '../support/app.ts';

/** From a paper to its lab and back, and what is kept of a run. */

let site: Site;
before(async () => {
  site = await openSite();
});
after(() => site?.[Symbol.asyncDispose]());

const textOf = async (path: string): Promise<string> => {
  const answer = await site.ask(path);
  assert.equal(answer.status, 200, path);
  return answer.text();
};

test('every lab leads to its paper, and the paper to its lab', async () => {
  const index = await textOf('/labs');
  for (const lab of LABS) {
    assert.ok(index.includes(`href="/labs/${lab.id}"`), lab.id);
    assert.ok((await textOf(`/labs/${lab.id}`)).includes(`href="/papers/${lab.paper}"`), lab.id);
    const paper = await textOf(`/papers/${lab.paper}`);
    assert.ok(paper.includes(`href="/labs/${lab.id}"`) && paper.includes('Run this paper'), lab.id);
    assert.match(await textOf(`/labs/${lab.id}/source`), /: Lab = \{/);
  }
  assert.equal((await site.ask('/labs/none')).status, 404);
});

test('labs are a section of every page, and say so on their own', async () => {
  const [lab] = LABS;
  const here = 'href="/labs" aria-current="page"';
  for (const path of ['/labs', `/labs/${lab?.id}`]) assert.ok((await textOf(path)).includes(here), path);
  for (const path of ['/', '/search', '/about'])
    assert.match((await textOf(path)).split('<main')[0] ?? '', /href="\/labs">Labs</, path);
});

test('lists mark the papers that have a lab, and no others', async () => {
  for (const path of ['/', '/?view=wire', `/search?${new URLSearchParams({ q: 'has:lab' })}`]) {
    const stories = (await textOf(path)).split('<article').slice(1);
    const paperOf = (text: string): string => /<h[23]><a href="\/papers\/([^"]+)"/.exec(text)?.[1] ?? '';
    const marked = stories.filter((text) => />Lab<\/a>/.test(text)).map(paperOf);
    const due = stories.map(paperOf).filter((id) => LABS.some(({ paper }) => paper === id));
    assert.ok(due.length > 0, path);
    assert.deepEqual(marked, due, path);
  }
});

test('a paper that cannot be run here says why', async () => {
  for (const { paper, reason } of NOT_HERE) {
    const page = await textOf(`/papers/${paper}`);
    assert.ok(page.includes('This paper cannot be run here.') && page.includes(reason), paper);
  }
});

test('has:lab finds the papers that can be run, and -has:lab the others', async () => {
  const found = async (q: string): Promise<readonly string[]> => {
    const answer = await site.ask(`/search.json?${new URLSearchParams({ q })}`);
    assert.equal(answer.status, 200, q);
    return JSON.stringify(await answer.json()).match(/"id":"[^"]+"/g) ?? [];
  };
  const labs = new Set(LABS.map(({ paper }) => `"id":"${paper}"`));
  const with_ = (await found('has:lab')).filter((id) => labs.has(id));
  assert.equal(new Set(with_).size, Math.min(labs.size, 20));
  assert.deepEqual(
    (await found('learning -has:lab')).filter((id) => labs.has(id)),
    [],
  );
});

test('values stand in the address, out of range they are brought in', async () => {
  const page = await textOf('/labs/out-of-context?share=0.3&steps=1e99&seeds=7&from=3&result=0123456789abcdef');
  for (const says of [
    'value="0.3"',
    'value="10000"',
    'name="seeds" min="1" max="100" value="7"',
    'data-told="0123456789abcdef"',
  ])
    assert.ok(page.includes(says), says);
});

test('a run that is kept stands on the pages of the lab, of its paper, and in the list', async () => {
  const [lab] = LABS;
  assert.ok(lab);
  const params = presetParams(lab, 'full');
  const seeds = seedsOf(3);
  const metrics = await runHere(lab, presetParams(lab, 'smoke'), seeds);
  const record = recordOf(lab, { params, seeds, metrics, engine: 'test', wallMs: 1 });
  for (const _ of [1, 2]) await storeRun(site.app, record);
  for (const path of ['/labs', `/labs/${lab.id}`, `/papers/${lab.paper}`])
    assert.match(await textOf(path), /full run of 22 November 2026, 3 seeds, on test/, path);
});

test('a calculator stands in the place of a lab that cannot be: linked from its paper, worked out by its address alone', async () => {
  for (const { id, paper, quote, title } of CALCULATORS) {
    assert.ok((await textOf(`/papers/${paper}`)).includes(`href="/calculators/${id}"`), id);
    const page = await textOf(`/calculators/${id}`);
    for (const says of [title, `href="/papers/${paper}"`, 'This is no lab', 'What is ours', 'method="get"'])
      assert.ok(page.includes(says), `${id}: ${says}`);
    const stored = (await site.app.store.papers.get(paper))?.abstract ?? '';
    assert.ok(stored.replaceAll('’', "'").includes(quote.replaceAll('’', "'")), `${id}: the quote is the abstract’s`);
  }
  const page = await textOf('/calculators/segment-reward?weight=99&both=2&lucky=2&missed=0&neither=0');
  assert.ok(page.includes('max="2" step="0.1" value="2"') && page.includes('still tells them apart'));
  assert.equal((await site.ask('/calculators/none')).status, 404);
});
