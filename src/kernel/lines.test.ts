import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LINE_CAP, type Line, readLines } from './lines.ts';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (text: string, size = 7, skip = 0): Promise<Line[]> =>
  Array.fromAsync(readLines(inPieces(Buffer.from(text), size), skip));

test('lines come out as they went in, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''))),
      fc.integer({ min: 1, max: 50 }),
      async (texts, size) => {
        const lines = await read(texts.map((text) => `${text}\n`).join(''), size);
        assert.deepEqual(
          lines.map(({ text }) => text),
          texts.map((text, i) => (i === 0 ? text.replace(/^\ufeff/, '') : text)),
        );
        assert.deepEqual(
          lines.map(({ n }) => n),
          texts.map((_, i) => i + 1),
        );
      },
    ),
  );
});

test('a last line needs no break; an empty file has no line', async () => {
  assert.deepEqual(
    (await read('a\nb')).map(({ text }) => text),
    ['a', 'b'],
  );
  assert.deepEqual(await read(''), []);
});

test('CRLF and a byte order mark are no part of the text', async () => {
  assert.deepEqual(
    (await read('\ufeffa\r\nb\r\n\r\n', 1)).map(({ text }) => text),
    ['a', 'b', ''],
  );
});

test('skipped lines keep their numbers', async () => {
  assert.deepEqual(await read('a\nb\nc', 2, 2), [{ n: 3, text: 'c', problem: null }]);
});

test('what is not UTF-8 is said to be so', async () => {
  const lines = await Array.fromAsync(readLines(inPieces(Uint8Array.of(0x61, 0xc3, 0x0a, 0x62), 1)));
  assert.deepEqual(
    lines.map(({ text, problem }) => [text, problem]),
    [
      ['a\ufffd', 'the line is not UTF-8'],
      ['b', null],
    ],
  );
});

test('a line beyond the cap is passed over and named; the next is read', async () => {
  async function* long(): AsyncGenerator<Uint8Array> {
    const part = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 6; i++) yield part;
    yield Buffer.from('\nnext\n');
  }
  const [first, second] = await Array.fromAsync(readLines(long()));
  assert.equal(first?.text.length, 200);
  assert.equal(first?.problem, `the line is ${6 * 1024 * 1024} bytes long; at most ${LINE_CAP} are read`);
  assert.deepEqual(second, { n: 2, text: 'next', problem: null });
});
