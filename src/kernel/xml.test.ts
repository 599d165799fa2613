import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from './errors.ts';
import { checkXml, decodeText, elementsOf, parseXml, textOf } from './xml.ts';

/** Without the bare prototypes that keep hostile names harmless. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const refused = (text: string, sentence: RegExp): void =>
  assert.throws(
    () => parseXml(text),
    (error) => {
      assert.ok(error instanceof Fault, String(error));
      assert.equal(error.code, 'bad-input');
      assert.match(error.message, sentence);
      assert.ok(error.message.length < 200);
      return true;
    },
  );

test('attributes, text, children, one or many', () => {
  assert.deepEqual(
    plain(
      parseXml(`<?xml version="1.0"?>
        <!-- a <comment> -->
        <r a="1" b='x "y"'>
          <one>1</one><many>a</many><many k="v">b</many><many/>
          <empty></empty><lone k="v"/>
        </r>`),
    ),
    {
      r: {
        '@a': '1',
        '@b': 'x "y"',
        one: '1',
        many: ['a', { '@k': 'v', '#text': 'b' }, ''],
        empty: '',
        lone: { '@k': 'v' },
      },
    },
  );
});

test('text is verbatim: white space, numbers, truths, CDATA', () => {
  assert.deepEqual(
    plain(
      parseXml(
        '<r><a> 007 </a><b>true</b><c>1e5</c><d>\n x\n</d><e>a<![CDATA[<b>&amp;]]>c<!-- no -->d</e><f> </f></r>',
      ),
    ),
    { r: { a: ' 007 ', b: 'true', c: '1e5', d: '\n x\n', e: 'a<b>&amp;cd', f: ' ' } },
  );
  assert.deepEqual(plain(parseXml('<r k=" 1 ">a <i>b</i> c</r>')), { r: { '@k': ' 1 ', i: 'b', '#text': 'a  c' } });
});

test('the five entities and numeric ones are decoded, those of HTML where asked, others stay', () => {
  const text = '<r k="&quot;&#x41;">&lt;&amp;lt;&gt;&apos;&#233;&#x1F600; &eacute;&nbsp;&mine;&amp;&</r>';
  assert.deepEqual(plain(parseXml(text)), { r: { '@k': '"A', '#text': `<&lt;>'é😀 &eacute;&nbsp;&mine;&&` } });
  assert.deepEqual(plain(parseXml(text, { html: true })), { r: { '@k': '"A', '#text': `<&lt;>'é😀 é\u00a0&mine;&&` } });
});

test('arrays are arrays though there is one; prefixes stay or go', () => {
  const text = '<o:r xmlns:o="u" xmlns="v" xsi:type="t"><o:a>1</o:a><b x:k="2"/></o:r>';
  assert.deepEqual(plain(parseXml(text, { arrays: ['o:a'] })), {
    'o:r': { '@xmlns:o': 'u', '@xmlns': 'v', '@xsi:type': 't', 'o:a': ['1'], b: { '@x:k': '2' } },
  });
  assert.deepEqual(plain(parseXml(text, { prefixes: 'drop', arrays: ['a'] })), {
    r: { '@type': 't', a: ['1'], b: { '@k': '2' } },
  });
});

test('what is under a name can be read without asking what it is', () => {
  const { r } = parseXml('<r><a>1</a><b k="v">2</b><c>3</c><c>4</c><d k="v"/></r>') as { r: Record<string, unknown> };
  assert.deepEqual([r.a, r.b, r.c, r.d, r.e].map(textOf), ['1', '2', '3', '', '']);
  assert.deepEqual(plain([r.a, r.b, r.c, r.e].map(elementsOf)), [
    [{ '#text': '1' }],
    [{ '@k': 'v', '#text': '2' }],
    [{ '#text': '3' }, { '#text': '4' }],
    [],
  ]);
});

test('a document type without entities is passed over', () => {
  for (const type of [
    '<!DOCTYPE rss>',
    '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/a>b.dtd">',
    '<!DOCTYPE rss [ <!ELEMENT rss (#PCDATA)> <!ATTLIST rss k CDATA "]"> ] >',
  ])
    assert.deepEqual(plain(parseXml(`<?xml version="1.0"?>${type}<rss>x</rss>`)), { rss: 'x' }, type);
});

test('what is not well formed, or is no XML, is told', () => {
  for (const [text, sentence] of [
    ['', /no XML/],
    ['   ', /no XML/],
    ['{"a":1}', /no XML/],
    ['hello <a/>', /no XML/],
    ['<a/><b/>', /more than one root/],
    ['<a/> more', /goes on after/],
    ['<a><b></a></b>', /<b> is not closed where/],
    ['<a><b>', /ends too early: <b>/],
    ['</a>', /not well formed/],
    ['<a', /tag <a> is broken/],
    ['<a b></a>', /broken/],
    ['<a b=c></a>', /broken/],
    ['<a b="c></a>', /broken/],
    ['<a>1 < 2</a>', /starts nothing/],
    ['<a><!-- </a>', /inside a comment/],
    ['<a><![CDATA[ </a>', /inside a CDATA/],
    ['<?xml <a/>', /inside an instruction/],
    ['<!DOCTYPE a <a/>', /no XML|document type/],
    ['<!DOCTYPE a "<a/>', /document type/],
    ['<!DOCTYPE a [ <a/>', /document type/],
    [`<${'x'.repeat(5000)}>`, /ends too early/],
    ['<a><__proto__>1</__proto__></a>', /not well formed/],
  ] as const)
    refused(text, sentence);
});

const laughs = [
  '<!DOCTYPE lolz [<!ENTITY lol "lol">',
  ...Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n || ''};`.repeat(10)}">`),
  ']><lolz>&lol9;</lolz>',
].join('');

test('bombs are refused before anything is built', () => {
  refused(laughs, /entities of its own/);
  refused(`<!DOCTYPE b [<!ENTITY a "${'a'.repeat(100_000)}">]><b>${'&a;'.repeat(100_000)}</b>`, /entities of its own/);
  refused('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /entities of its own/);
  refused('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><a/>', /entities of its own/);
  refused(`${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`, /deeper than 100/);
  refused(`<a ${Array.from({ length: 100_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`, /more than 256 attributes/);
  refused(`<a>${'<b/>'.repeat(1_000_001)}</a>`, /more than a million/);
  refused(`<a ${' '.repeat(1_000_000)}`, /broken/);
  refused(`<a ${'b'.repeat(1_000_000)}`, /broken/);
  refused(`<a>${'<!--'.repeat(200_000)}`, /inside a comment/);
  refused(`<!DOCTYPE a ${'"x" '.repeat(200_000)}`, /document type/);
});

test('a hundred levels and 256 attributes are still read', () => {
  checkXml(`${'<a>'.repeat(100)}${'</a>'.repeat(100)}`);
  parseXml(`${'<a>'.repeat(100)}x${'</a>'.repeat(100)}`);
  const { a } = parseXml(`<a ${Array.from({ length: 256 }, (_, n) => `a${n}="${n}"`).join(' ')}/>`);
  assert.equal(Object.keys(a as object).length, 256);
});

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.codePointAt(0)};`).replace(/\r/g, '&#13;');

test('any text comes back as it went in, in an element and in an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { r } = parseXml(`<r k="${escaped(text)}">${escaped(text)}<i/></r>`) as { r: Record<string, unknown> };
      assert.equal(r['@k'], text);
      if (text.trim() !== '') assert.equal(r['#text'], text);
      assert.equal(parseXml(`<r>${escaped(text)}</r>`).r, text);
    }),
  );
});

test('whatever the text, it is read or refused', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '<a>',
      '</a>',
      '<a/>',
      '<a b="',
      '"',
      "'",
      '>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x',
      '?>',
      '&',
      '&#0;',
      '&#xffffffff;',
      '<!DOCTYPE ',
      '[',
      ']>',
      '<constructor>',
      '<:a/>',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const text of [pieces.join(''), `<a>${pieces.join('')}</a>`]) {
        try {
          assert.equal(Object.keys(parseXml(text)).length, 1);
        } catch (error) {
          assert.ok(error instanceof Fault && error.code === 'bad-input', String(error));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('bytes are read by their mark, then the header, then the declaration, then as UTF-8', () => {
  const text = '<a>é</a>';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.equal(decodeText(utf16, 'text/xml; charset=utf-8'), text);
  assert.equal(decodeText(Buffer.from(utf16).swap16(), null), text);
  assert.equal(decodeText(Buffer.from(`\ufeff${text}`), 'text/xml; charset=iso-8859-1'), text);
  const latin = Buffer.from(text, 'latin1');
  assert.equal(decodeText(latin, 'text/xml; charset="ISO-8859-1"'), text);
  assert.equal(decodeText(latin, "text/xml;charset='windows-1252'"), text);
  const declared = (encoding: string): string => `<?xml version='1.0' encoding='${encoding}' ?>${text}`;
  assert.equal(decodeText(Buffer.from(declared('iso-8859-1'), 'latin1'), null), declared('iso-8859-1'));
  assert.equal(decodeText(Buffer.from(declared('iso-8859-1')), 'text/xml; charset=utf-8'), declared('iso-8859-1'));
  assert.equal(decodeText(Buffer.from(declared('klingon')), 'text/xml; charset=klingon-2'), declared('klingon'));
  assert.equal(decodeText(Buffer.from(text), null), text);
  assert.equal(decodeText(Buffer.from([0x61, 0xff]), null), 'a\ufffd');
  assert.equal(decodeText(new Uint8Array(), null), '');
});
