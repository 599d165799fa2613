import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { HOME } from '../../src/config.ts';
import { train } from '../fixtures/kit-training.ts';
import { openBrowser } from '../support/browser.ts';

test('a training and every elementary function come to the same bits in Chromium as in Node', async () => {
  const { outputFiles } = await build({
    entryPoints: [join(HOME, 'test/fixtures/kit-training.ts')],
    bundle: true,
    format: 'iife',
    globalName: 'kit',
    write: false,
  });
  await using browser = await openBrowser();
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  const there = (await page.evaluate('kit.train()')) as ReturnType<typeof train>;
  assert.ok(there.simd, 'with WebAssembly');
  assert.ok(there.numbers.length > 10_000);
  assert.deepEqual(there, train());
});
