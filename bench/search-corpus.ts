import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decompress } from '../src/kernel/decompress.ts';
import { readLines } from '../src/kernel/lines.ts';
import type { IndexDoc } from '../src/ports/search-index.ts';

const PAGE = resolve(import.meta.dirname, '../assets/first-edition/daily-papers-page.txt');
/** Of the words of a copy, one in so many is one of another paper. */
const REPLACED = 3;

/** The same numbers every time. */
export const random = (seed: number) => {
  let state = seed;
  return (n: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) >>> 0;
    return state % n;
  };
};

const fromSnapshot = (line: string): IndexDoc => {
  const one = JSON.parse(line) as Record<
    'id' | 'title' | 'abstract' | 'authors' | 'categories' | 'update_date',
    string
  >;
  return {
    id: `arxiv:${one.id}`,
    title: one.title.replace(/\s+/g, ' '),
    abstract: one.abstract.replace(/\s+/g, ' ').trim(),
    authors: one.authors.split(/, | and /),
    organisation: null,
    categories: one.categories.split(' '),
    sources: ['arxiv-snapshot'],
    published: one.update_date,
    vector: null,
  };
};

const made = async (): Promise<readonly IndexDoc[]> => {
  const texts = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => line.length > 600);
  return texts.map((abstract, i) => ({
    id: `made:${i}`,
    title: abstract.slice(20, 90),
    abstract,
    authors: [`Given${i % 17} Family${i % 23}`],
    organisation: null,
    categories: ['cs.LG', 'stat.ML'].slice(0, 1 + (i % 2)),
    sources: ['made'],
    published: `20${10 + (i % 15)}-01-01`,
    vector: null,
  }));
};

/** Papers of the snapshot that `BROADSHEET_BENCH_CORPUS` names; without it the first edition's. */
export const realPapers = async (most: number): Promise<readonly IndexDoc[]> => {
  const corpus = process.env.BROADSHEET_BENCH_CORPUS;
  if (!corpus) return (await made()).slice(0, most);
  const papers: IndexDoc[] = [];
  for await (const { text } of readLines(await decompress(createReadStream(corpus)))) {
    papers.push(fromSnapshot(text));
    if (papers.length === most) break;
  }
  return papers;
};

/** `count` papers from `from` on: real ones, then copies whose words are shuffled, one in three of another paper. */
export function* papersOf(real: readonly IndexDoc[], from: number, to: number): Generator<IndexDoc> {
  for (let i = from; i < to; i++) {
    const paper = real[i % real.length] as IndexDoc;
    if (i < real.length) {
      yield paper;
      continue;
    }
    const draw = random(i + 1);
    const other = (real[draw(real.length)] as IndexDoc).abstract.split(' ');
    const words = paper.abstract
      .split(' ')
      .map((word) => (draw(REPLACED) === 0 ? (other[draw(other.length)] ?? word) : word));
    for (let at = words.length - 1; at > 0; at--) {
      const with_ = draw(at + 1);
      [words[at], words[with_]] = [words[with_] as string, words[at] as string];
    }
    yield { ...paper, id: `${paper.id}~${Math.floor(i / real.length)}`, abstract: words.join(' ') };
  }
}
