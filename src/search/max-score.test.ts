import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { scoreSegment } from './max-score.ts';
import { documentsOf, encodePostings, viewPostings } from './posting-list.ts';
import { PostingWriter } from './posting-writer.ts';
import { Top } from './top.ts';

/** Pseudo-random, so that a seed of fast-check stands for a whole collection. */
const random = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    return state / 2 ** 32;
  };
};

interface Term {
  readonly documents: Uint32Array;
  readonly impacts: Uint8Array;
}

const termOf = (next: () => number, documents: number, share: number): Term => {
  const numbers: number[] = [];
  for (let i = 0; i < documents; i++) if (next() < share) numbers.push(i);
  return {
    documents: Uint32Array.from(numbers),
    impacts: Uint8Array.from(numbers, () => 1 + Math.floor(next() * next() * 254)),
  };
};

const collection = fc.record({
  seed: fc.integer({ min: 1 }),
  documents: fc.constantFrom(1, 63, 64, 65, 1_000, 65_535, 65_536, 70_000, 140_000),
  shares: fc.array(fc.constantFrom(0, 0.0005, 0.01, 0.2, 0.9), { minLength: 1, maxLength: 6 }),
  size: fc.constantFrom(1, 10, 200),
});

test('postings are read as they were written', () => {
  fc.assert(
    fc.property(collection, ({ seed, documents, shares }) => {
      const next = random(seed);
      for (const share of shares) {
        const term = termOf(next, documents, share);
        const bytes = encodePostings(term.documents, term.impacts);
        assert.equal(bytes.length % 4, 0);
        const list = viewPostings(bytes);
        assert.deepEqual(documentsOf(list), term.documents);
        assert.deepEqual(
          list.chunks.flatMap((chunk) => [...chunk.impacts]),
          [...term.impacts],
        );
      }
    }),
    { numRuns: 20 },
  );
});

test('the best are those of adding everything up', () => {
  fc.assert(
    fc.property(collection, fc.boolean(), ({ seed, documents, shares, size }, filtered) => {
      const next = random(seed);
      const accept = filtered ? new Uint32Array((documents + 31) >>> 5).map(() => Math.floor(next() * 2 ** 32)) : null;
      const scores = new Float64Array(documents);
      const terms = shares.map((share, i) => {
        const { documents: numbers, impacts } = termOf(next, documents, share);
        const weight = Math.fround(0.1 + i);
        for (const [at, number] of numbers.entries()) {
          if (accept === null || ((accept[number >>> 5] ?? 0) >>> (number & 31)) & 1)
            scores[number] = (scores[number] ?? 0) + weight * (impacts[at] ?? 0);
        }
        return { weight, list: viewPostings(encodePostings(numbers, impacts)) };
      });
      const top = new Top(size);
      scoreSegment(terms, accept, 1_000, top);
      const best = [...scores]
        .filter((score) => score > 0)
        .sort((a, b) => b - a)
        .slice(0, size);
      const found = top.ranked();
      assert.equal(found.length, best.length);
      for (const [i, { document, score }] of found.entries()) {
        assert.ok(Math.abs(score - (best[i] ?? 0)) < 1e-3 * score);
        assert.ok(Math.abs(score - (scores[document - 1_000] ?? 0)) < 1e-3 * score);
      }
      assert.equal(new Set(found.map(({ document }) => document)).size, found.length);
    }),
    { numRuns: 60 },
  );
});

test('a merged list holds what its parts held, renumbered, as if it had been made at once', () => {
  fc.assert(
    fc.property(collection, ({ seed, documents, shares }) => {
      const next = random(seed);
      let start = 0;
      const wanted: number[] = [];
      const impacts: number[] = [];
      const pieces: Uint8Array[] = [];
      const writer = new PostingWriter((piece) => pieces.push(piece.slice()));
      for (const share of shares) {
        const term = termOf(next, documents, share);
        const renumber = Int32Array.from({ length: documents }, () => (next() < 0.1 ? -1 : start++));
        for (const [i, number] of term.documents.entries()) {
          if ((renumber[number] as number) < 0) continue;
          wanted.push(renumber[number] as number);
          impacts.push(term.impacts[i] as number);
        }
        // As a list lies somewhere in the midst of a file.
        const list = encodePostings(term.documents, term.impacts);
        const buffer = new ArrayBuffer(list.length + 12);
        const u8 = new Uint8Array(buffer);
        u8.set(list, 12);
        writer.takeList({ u8, u16: new Uint16Array(buffer), u32: new Uint32Array(buffer) }, 12, renumber);
      }
      assert.equal(writer.put(), wanted.length > 0);
      writer.take(Uint32Array.of(7), Uint8Array.of(9), 0, 1);
      writer.put();
      writer.flush();
      const written = Buffer.concat(pieces);
      assert.equal(written.length, writer.length);
      const first = wanted.length === 0 ? [] : [encodePostings(Uint32Array.from(wanted), Uint8Array.from(impacts))];
      assert.ok(written.equals(Buffer.concat([...first, encodePostings(Uint32Array.of(7), Uint8Array.of(9))])));
      if (first[0]) assert.deepEqual([...documentsOf(viewPostings(first[0]))], wanted);
    }),
    { numRuns: 20 },
  );
});
