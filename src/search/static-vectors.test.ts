import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDoc } from '../ports/search-index.ts';
import { Analyser } from './document.ts';
import { Inverter } from './inverter.ts';
import { createStaticVectors } from './static-vectors.ts';
import { openTable } from './table.ts';

const table = openTable();

const doc = (title: string, abstract: string): IndexDoc => ({
  id: 'one',
  title,
  abstract,
  authors: ['Ada Łovelace', 'Yann Le Cun'],
  organisation: null,
  categories: ['cs.LG'],
  sources: [],
  published: null,
  vector: null,
});

test('rows added up sixteen at a time make the vectors of the table, for words that were seen and those that were not', () => {
  const analyser = new Analyser(table);
  const vectorOf = createStaticVectors(table);
  const texts = [
    ['Knot Forcing: taming autoregressive diffusion', 'We study real-time portraits, portraits and GPT-4o.'],
    ['Schr\\"odinger, Poincar\\\'e, na\u00efve \u0141\u00f3d\u017a and \u91cf\u5b50', '$\\alpha$-stable \\emph{noise}'],
    ['The the the', 'of and to'],
    ['xqzzv wrblk', '12345 67 89 a b c'],
    [`${'neural '.repeat(300)}`, `${Array.from({ length: 900 }, (_, i) => `word${i}`).join(' ')}`],
  ] as const;
  for (const _ of [1, 2]) {
    for (const [title, abstract] of texts) {
      const { rows } = analyser.add(new Inverter(), doc(title, abstract), 180, () => {});
      const made = vectorOf(rows, rows.length) ?? new Float32Array(table.dimensions);
      const wanted = table.embed(`${title}. ${abstract}`);
      for (const [i, x] of wanted.entries()) assert.ok(Math.abs(x - (made[i] ?? 9)) < 1e-5, `${title} ${i}`);
    }
  }
});
