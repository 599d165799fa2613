import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonPieces } from './json-pieces.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const read = (text: string, within: readonly string[] = [], size = 7) =>
  Array.fromAsync(jsonPieces(inPieces(text, size), { within }));

const object = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.jsonValue({ maxDepth: 3 }), {
  maxKeys: 5,
});

test('any objects come back as they were, in a list, a line each, under a name, indented or not', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(object, { maxLength: 6 }),
      fc.constantFrom(0, 2),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom('list', 'lines', 'named', 'deep'),
      async (objects, indent, size, shape) => {
        const document = {
          list: () => JSON.stringify(objects, null, indent),
          lines: () => objects.map((one) => JSON.stringify(one, null, indent)).join('\n'),
          named: () => JSON.stringify({ meta: { results: 3 }, other: [{ a: 1 }], results: objects }, null, indent),
          deep: () => JSON.stringify({ message: { items: objects, facets: {} }, items: [{}] }, null, indent),
        }[shape]();
        const within = shape === 'named' ? ['results'] : shape === 'deep' ? ['message.items'] : [];
        const pieces = await read(document, within, size);
        assert.deepEqual(
          pieces.map(({ text }) => JSON.parse(text)),
          JSON.parse(JSON.stringify(objects)),
        );
        let before = 0;
        for (const { line, position } of pieces) {
          assert.ok(position > before && line <= position);
          before = position;
        }
      },
    ),
  ));

test('an object that stands under a name', async () => {
  const [piece, ...rest] = await read('{"type":"work","message":{"a":{"b":1}},"message2":{}}', ['message{}']);
  assert.deepEqual([piece?.text, rest], ['{"a":{"b":1}}', []]);
});

test('what ends too early, or is too long, is told', async () => {
  assert.deepEqual(
    (await read('[{"a":1},\n{"b":')).map(({ line, problem }) => [line, problem]),
    [
      [1, null],
      [2, 'the document ends in the middle of it'],
    ],
  );
  const [long, next] = await read(`[{"a":"${'x'.repeat(5_000_000)}"},{"b":1}]`, [], 65_536);
  assert.match(long?.problem ?? '', /^the entry is longer than 4194304 characters$/);
  assert.ok((long?.text.length ?? 0) <= 4_194_304);
  assert.equal(next?.text, '{"b":1}');
});
