import { createReadStream } from 'node:fs';
import { decompress } from '../src/kernel/decompress.ts';
import { readLines } from '../src/kernel/lines.ts';

/** Mulberry32, so that the same copies can be had again. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const shuffled = (text: string, random: () => number): string => {
  const words = text.split(/(\s+)/);
  const last = Math.floor((words.length - 1) / 2);
  // Words stand at even places, the space between them at odd ones.
  for (let i = last; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [words[2 * i], words[2 * j]] = [words[2 * j] ?? '', words[2 * i] ?? ''];
  }
  return words.join('');
};

/**
 * `papers` lines of the snapshot `file`: all its own, then copies under ids of months to come, without DOI, and with the
 * words of title and abstract in another order, so that they are other papers by the same authors.
 */
export async function* perturbed(file: string, papers: number): AsyncGenerator<string> {
  const random = randomFrom(4);
  for (let given = 0; given < papers; ) {
    const isCopy = given > 0;
    for await (const { text } of readLines(await decompress(createReadStream(file)))) {
      if (given === papers) return;
      const month = Math.floor(given / 90_000);
      const id = `${27 + Math.floor(month / 12)}${String(1 + (month % 12)).padStart(2, '0')}.${String(given % 90_000).padStart(5, '0')}`;
      given += 1;
      if (!isCopy) {
        yield `${text}\n`;
        continue;
      }
      const paper = JSON.parse(text);
      const title = shuffled(`${paper.title} ${given}`, random);
      yield `${JSON.stringify({ ...paper, id, doi: null, title, abstract: shuffled(paper.abstract, random) })}\n`;
    }
  }
}
