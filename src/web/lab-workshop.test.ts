import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSite, type Site } from '../../test/support/app.ts';
import { HOME } from '../config.ts';
import { draftLab } from '../services/lab-draft.ts';
import { openLabWorkshop } from './lab-workshop.ts';
import { createWeb } from './server.ts';

/** A lab while it is written: what is saved is what the page has, without a restart. */

let folder = '';
let site: Site;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadsheet-workshop-'));
  await cp(join(HOME, 'src/labs'), folder, { recursive: true });
  site = await openSite({ firstEdition: false });
});
after(async () => {
  await site?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a saved file is on the page and in its bundle; a broken one leaves both as they were', {
  timeout: 60_000,
}, async () => {
  assert.ok((await draftLab('in-work', `${folder}/`)).ok);
  const heard: (string | null)[] = [];
  let wake = (): void => {};
  using workshop = await openLabWorkshop('in-work', {
    folder,
    tell: (wrong) => {
      heard.push(wrong);
      wake();
    },
  });
  const web = await createWeb(site.app, workshop);
  const ask = async (path: string): Promise<Response> => {
    const answer = await web.request(`http://localhost${path}`, { headers: { host: 'localhost' } });
    assert.equal(answer.status, 200, path);
    return answer;
  };
  const seen = async (): Promise<{ page: string; address: string; code: string; etag: string | null }> => {
    const answer = await ask('/labs/in-work');
    const page = await answer.text();
    const address = /"bundle":"([^"]+)"/.exec(page)?.[1] ?? '';
    return { page, address, code: await (await ask(address)).text(), etag: answer.headers.get('etag') };
  };
  const save = async (change: (code: string) => string): Promise<void> => {
    const path = join(folder, 'in-work.ts');
    const told = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await writeFile(path, change(await readFile(path, 'utf8')));
    await told;
  };

  const first = await seen();
  assert.ok(first.page.includes('"watched":true') && first.page.includes('TODO: what it shows'));
  await save((code) =>
    code
      .replace('TODO: what it shows, as a headline', 'Many readings of one number')
      .replace('sum / readings)', 'sum / (readings + 4711))'),
  );
  const second = await seen();
  assert.ok(second.page.includes('Many readings of one number'));
  assert.ok(second.code.includes('4711') && !first.code.includes('4711'));
  assert.notEqual(second.address, first.address);
  assert.notEqual(second.etag, first.etag);

  await save((code) => code.replace('export const', 'export konst'));
  assert.match(heard.at(-1) ?? '', /konst|Unexpected|Expected/);
  assert.deepEqual(await seen(), second);
  await save((code) => code.replace('export konst', 'export const').replaceAll('4711', '4712'));
  assert.ok((await seen()).code.includes('4712'));
  assert.equal(heard.at(-1), null);
  assert.ok(!(await (await ask('/labs/out-of-context')).text()).includes('"watched":true'));
});
