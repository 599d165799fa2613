import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { highlight, snippetOf, stemsOf } from './highlight.ts';
import { parseQuery } from './query.ts';
import { stem } from './stem.ts';

const stems = (raw: string) => stemsOf(parseQuery(raw));
const marked = (text: string, raw: string) => highlight(text, stems(raw)).map(([start, end]) => text.slice(start, end));

describe('stems', () => {
  test('are one for the forms of a word', () => {
    for (const forms of [
      ['generate', 'generates', 'generated', 'generating', 'generation', 'generations', 'generator'],
      ['model', 'models', 'modeling', 'modelled'],
      ['study', 'studies', 'studied'],
      ['train', 'trained', 'training'],
      ['diffusion', 'diffusions'],
    ]) {
      assert.equal(new Set(forms.map(stem)).size, 1, forms.join(' ') + forms.map(stem).join(' '));
    }
  });

  test('are not one for what is alike by chance', () => {
    for (const [a, b] of [
      ['graph', 'grape'],
      ['bus', 'bu'],
      ['class', 'clas'],
    ] as const) {
      assert.notEqual(stem(a), stem(b), `${a} ${b}`);
    }
  });
});

describe('highlighting', () => {
  test('marks forms of the words asked for, not stop words and not exclusions', () => {
    assert.deepEqual(marked('Generating the graphs of Models', 'generation of graph -models'), [
      'Generating',
      'graphs',
    ]);
    assert.deepEqual(marked('Łukasz writes', '"lukasz writes"'), ['Łukasz', 'writes']);
    assert.deepEqual(marked('anything', ''), []);
  });

  test('shows the abstract from its start when the match is near, else from shortly before it', () => {
    const text = `${'Filler words go here again. '.repeat(20)}The knot is forced here. ${'More of it follows. '.repeat(20)}`;
    const { snippet, highlights } = snippetOf(text, stems('knots forcing'));
    assert.match(snippet, /^… .*The knot is forced here\..* …$/);
    assert.deepEqual(
      highlights.map(([start, end]) => snippet.slice(start, end)),
      ['knot', 'forced'],
    );
    assert.ok(snippetOf(text, stems('filler')).snippet.startsWith('Filler'));
    assert.deepEqual(snippetOf('', stems('x')), { snippet: '', highlights: [] });
  });

  test('does not cut math in two', () => {
    const text = `${'word '.repeat(54)}$a + b + c + d + e + f + g + h + i + j + k$ and on ${'word '.repeat(54)}`;
    const { snippet } = snippetOf(text, stems('nothing'));
    assert.equal([...snippet].filter((c) => c === '$').length % 2, 0);
  });

  test('ranges are whole words inside the snippet, in order, for any text', () => {
    const vocabulary = fc.constantFrom(
      'graph',
      'Graphs',
      'bread',
      '$x^2$',
      '🙈',
      'é',
      '\\',
      '$',
      '\ud800',
      'עברית',
      'a',
    );
    const texts = fc.array(vocabulary, { maxLength: 200 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(texts, fc.string({ maxLength: 30 }), (text, extra) => {
        const wanted = stems(`graph bread ${extra}`);
        const { snippet, highlights } = snippetOf(text, wanted);
        let last = 0;
        for (const [start, end] of highlights) {
          assert.ok(start >= last && end > start && end <= snippet.length);
          assert.ok(wanted.has(stem(snippet.slice(start, end))));
          last = end;
        }
      }),
    );
  });
});
