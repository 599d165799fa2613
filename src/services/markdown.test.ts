import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { hostileStrings, markup } from '../../test/support/hostile.ts';
import { openMarkdown } from './markdown.ts';
import { openMathWorker } from './math.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');
const read = <T>(path: string): T => JSON.parse(readFileSync(join(FIXTURES, path), 'utf8')) as T;

/** As strict as in service but for the time, which a busy machine may take from any text. */
const PATIENT = { textMs: 20_000, mathMs: 20_000, maxInput: 10_000, maxOutput: 1_048_576 };

const math = openMathWorker();
const markdown = openMarkdown({ math }, PATIENT);
after(async () => {
  await markdown[Symbol.asyncDispose]();
  await math[Symbol.asyncDispose]();
});
const rendered = async (text: string): Promise<string> => (await markdown.render(text)).html;

const ELEMENT =
  /^<\/?(?:p|br|hr|em|strong|del|blockquote|ul|ol|li|pre|code|a|h[3-6]|table|thead|tbody|tr|th|td|div|span)((?: [a-z-]+(?:="[^"]*")?)*) ?\/?>$/;
const ATTRIBUTE =
  /^(?:href="(?:https?:|mailto:|\/(?!\/))[^"]*"|rel="nofollow ugc noreferrer"|start="-?\d+"|class="(?:language-[\w+#.-]+|tex|as-written|table|formula)"|align="(?:left|right|center)"|tabindex="0"|role="group"|aria-label="Table")$/i;

/** Every tag that is not of the few a letter may have, MathML apart, which has its own rules. */
const foreign = (html: string): readonly string[] =>
  [...html.replace(/<math[\s>].*?<\/math>/gs, '').matchAll(/<[^>]*>?/g)]
    .map(([tag]) => tag)
    .filter((tag) => {
      const attributes = ELEMENT.exec(tag)?.[1];
      if (attributes === undefined) return true;
      return [...attributes.matchAll(/ ([a-z-]+="[^"]*")/g)].some(([, one = '']) => !ATTRIBUTE.test(one));
    });

test('a letter is set: words, lists, tables, code, mathematics, readers, papers', async () => {
  const html = await rendered(
    'Hi @Ada, see 2507.08772v2, arXiv: math/0309136 and doi:10.1000/182.\n\n- [x] **done**\n\n| a | b |\n|--|:-:|\n| 1 | $x$ |\n\n```js\nlet a<b\n```\n\n$$\\frac12$$',
  );
  for (const part of [
    '<a href="/readers/ada">@Ada</a>',
    '<a href="/papers/2507.08772">2507.08772v2</a>',
    '<a href="/papers/math/0309136">arXiv: math/0309136</a>',
    '<a href="/papers/doi:10.1000/182">doi:10.1000/182</a>.',
    '☑ <strong>done</strong>',
    '<td align="center"><math><mi>x</mi></math></td>',
    '<pre><code class="language-js">let a&#x3C;b\n</code></pre>',
    '<span class="formula" tabindex="0"><math display="block"><mfrac>',
  ])
    assert.ok(html.includes(part), `${part} in ${html}`);
});

test('markup is words, pictures are links, addresses that could run something are words', async () => {
  assert.equal(await rendered('<b onclick=x>bold</b>'), '<p>&#x3C;b onclick=x>bold&#x3C;/b></p>');
  assert.equal(
    await rendered('![A plot](http://a.example/b.png)'),
    '<p><a href="http://a.example/b.png" rel="nofollow ugc noreferrer">A plot</a></p>',
  );
  for (const address of [
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    'JaVaScRiPt:x',
  ])
    assert.equal(await rendered(`[x](<${address}>) ![y](<${address}>) [z]\n\n[z]: <${address}>`), '<p>x y z</p>');
  assert.equal(await rendered('[here](/search?q=a)'), '<p><a href="/search?q=a">here</a></p>');
});

test('headings begin at the third level and skip none', async () => {
  const html = await rendered('### Deep\n\n# High\n\n###### Deepest\n\n# High again');
  assert.deepEqual(
    [...html.matchAll(/<h(\d)>/g)].map(([, level]) => level),
    ['3', '3', '4', '3'],
  );
});

test('money is no mathematics, and what cannot be set is shown as it was written', async () => {
  assert.equal(await rendered('from $5 to $6 a day'), '<p>from $5 to $6 a day</p>');
  assert.equal(await rendered('so $\\foo$'), '<p>so <code class="tex">$\\foo$</code></p>');
  assert.match(await rendered('$<img src=x onerror=alert(1)>$'), /<math/);
});

test('footnotes are words in their place, and a text of nothing but definitions is shown', async () => {
  assert.equal(await rendered('a[^1]\n\n[^1]: b'), '<p>a[1]</p>\n<p>[1]</p>\n<p>b</p>');
  assert.deepEqual(await markdown.render('[a]: /b'), { html: '<p class="as-written">[a]: /b</p>', asWritten: true });
});

interface Example {
  readonly markdown: string;
  readonly html: string;
  readonly section: string;
}

/** What letters change by design, or GFM adds: markup, pictures, headings, links, bare addresses. */
const CHANGED = /<(?:h\d|img|a |hr)|title=|\n\n|Raw HTML|HTML blocks|Autolinks/;

test('the examples of CommonMark: all are set, none lets markup through, and those that letters do not change are as specified', async () => {
  const examples = read<readonly Example[]>('markdown/commonmark.json');
  let same = 0;
  for (const { markdown: text, html, section } of examples) {
    const made = await markdown.render(text);
    assert.deepEqual(foreign(made.html), [], text);
    if (made.asWritten || CHANGED.test(html + section) || /<|&|"/.test(text + html.replace(/<\/?\w+>/g, ''))) continue;
    assert.equal(made.html.trim(), html.trim(), `${section}: ${text}`);
    same++;
  }
  assert.ok(same > examples.length / 4, `${same} of ${examples.length} compared`);
});

test('TeX of all kinds is MathML or its own source, within bounds', async () => {
  let set = 0;
  const strings = read<readonly string[]>('tex/katex-literals.json');
  for (const tex of strings) {
    const { html } = await markdown.render(`so $${tex}$ and\n\n$$\n${tex}\n$$`);
    assert.deepEqual(foreign(html), [], tex);
    assert.ok(Buffer.byteLength(html) <= PATIENT.maxOutput);
    if (html.includes('<math')) set++;
  }
  assert.ok(set > strings.length / 2, `${set} set`);
});

test('hostile strings let no markup through, alone and in the midst of Markdown', async () => {
  for (const text of hostileStrings()) assert.deepEqual(foreign(await rendered(text)), [], text);
  for (const text of markup().filter((_, n) => n % 5 === 0)) {
    const dressed = `[${text}](${text}) ![${text}](<${text}>) **${text}** \`${text}\` $${text}$ @${text} 10.1000/${text}\n\n[${text}]: ${text} "${text}"\n\n\`\`\`${text}\n${text}\n\`\`\``;
    assert.deepEqual(foreign(await rendered(dressed)), [], dressed);
  }
});

test('no text lets markup through', async () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '](',
      '[',
      '!',
      '`',
      '```\n',
      '$',
      '$$',
      '\n',
      '\n\n',
      '| ',
      '|-|\n',
      '> ',
      '- ',
    ),
    fc.constantFrom(
      '<script>',
      'javascript:',
      'onerror=',
      '&lt;',
      '&#106;',
      'data:',
      'http://',
      '@ada',
      '[^1]',
      '[^1]: ',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      assert.deepEqual(foreign(await rendered(pieces.join(''))), []);
    }),
    { numRuns: 300 },
  );
});

const N = 9_900;
const BOMBS: Readonly<Record<string, string>> = {
  quotes: '>'.repeat(N),
  'lists in lists': '- '.repeat(N / 2),
  'list stairs': Array.from({ length: 130 }, (_, n) => `${' '.repeat(n)}- a`).join('\n'),
  'quoted lists': `${'> - '.repeat(19)}a\n`.repeat(120),
  brackets: '['.repeat(N),
  'links in links': '['.repeat(N / 3) + '](a)'.repeat(N / 6),
  emphasis: '*a **a '.repeat(N / 7),
  backticks: '`a``b'.repeat(N / 5),
  dollars: '$a$$b'.repeat(N / 5),
  'a wide table': `${'|a'.repeat(N / 5)}\n${'|-'.repeat(N / 5)}\n`,
  'a long table': `|a|b|\n|-|-|\n${'|a\n'.repeat(N / 4)}`,
  definitions: `[a]: b\n\n${'[a]'.repeat(N / 4)}`,
  footnotes: '[^a]: b\n'.repeat(N / 8),
  mentions: '@a'.repeat(N / 2),
  mails: 'a@b.c '.repeat(N / 6),
  addresses: 'http://'.repeat(N / 7),
  'arXiv ids': '2507.08772 '.repeat(N / 11),
  DOIs: `10.1000/${')('.repeat(N / 3)}`,
  formulas: '$x^2$ '.repeat(N / 6),
  digits: '1'.repeat(N),
  spaces: `${' '.repeat(N)}a`,
};

test('bombs cost at most their time, and the next text is set', async () => {
  await using strict = openMarkdown({ math });
  for (const [name, text] of Object.entries(BOMBS)) {
    const { html } = await strict.render(text);
    assert.ok(Buffer.byteLength(html) <= strict.limits.maxOutput, name);
    assert.deepEqual(foreign(html), [], name);
  }
  await using hasty = openMarkdown({ math }, { ...PATIENT, textMs: 1 });
  const slow = BOMBS['a long table'] ?? '';
  assert.deepEqual(await hasty.render(slow), {
    html: `<p class="as-written">${slow}</p>`,
    asWritten: true,
  });
  assert.equal(await rendered('*still here*'), '<p><em>still here</em></p>');
});

test('output over the limit, and input over it, are shown as they were written', async () => {
  await using tight = openMarkdown({ math }, { ...PATIENT, maxOutput: 200 });
  assert.equal((await tight.render('**a** '.repeat(20))).asWritten, true);
  assert.equal((await tight.render('$x$ '.repeat(9))).asWritten, true);
  assert.equal((await markdown.render('a'.repeat(10_001))).asWritten, true);
});
