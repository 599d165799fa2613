import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html, jsonForScript, raw, safeUrl } from './html.ts';

test('values are escaped, markup is passed on, nothing leaves nothing', () => {
  const hostile = `<img src=x onerror="alert('1')">&`;
  assert.equal(
    html`<p title="${hostile}">${hostile}</p>`.toString(),
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>',
  );
  assert.equal(html`${[html`<i>${1}</i>`, null, false, undefined, raw('<b>')]}`.toString(), '<i>1</i><b>');
});

test('whatever the text, no tag and no quote of it survives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(html`${text}`.toString(), /[<>"']/);
    }),
  );
});

test('addresses that run or leave by stealth are refused', () => {
  for (const bad of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    '\u0000javascript:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'blob:https://a/b',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'relative',
    '',
  ]) {
    assert.equal(safeUrl(bad), '#', JSON.stringify(bad));
  }
});

test('addresses of our own and of the web stand', () => {
  for (const good of [
    '/',
    '/papers/2507.08772?view=wire',
    '#letters',
    '?p=2',
    'https://a.example/x?y=1#z',
    'http://a.example/',
    'mailto:?subject=x',
  ]) {
    assert.equal(safeUrl(good), good);
  }
  assert.equal(safeUrl('https://a.example/x y'), 'https://a.example/x%20y');
});

test('an address is never anything but safe', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('javascript:', 'data:', '/', '\\', '\n', '\t', ' ', 'https:'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const { protocol, host } = new URL(safeUrl(pieces.join('')), 'https://own.example/page');
      assert.ok(['https:', 'http:', 'mailto:'].includes(protocol));
      if (safeUrl(pieces.join('')).startsWith('/')) assert.equal(host, 'own.example');
    }),
  );
});

test('JSON cannot end its script element', () => {
  const value = { a: '</script><!--<script>', b: '\u2028&' };
  const text = jsonForScript(value).toString();
  assert.doesNotMatch(text, /[<>&\u2028]/);
  assert.deepEqual(JSON.parse(text), value);
});
