import type { IndexDoc } from '../../src/ports/search-index.ts';
import { openIndex } from '../../src/search/open.ts';

/** Papers of one change: change n brings `n·0` … `n·9`, takes `(n - 3)·0` away and writes `shared` anew. */
export const changeOf = (n: number): { upserts: IndexDoc[]; deletes: string[]; position: number } => ({
  upserts: [
    ...Array.from({ length: 10 }, (_, i) => docOf(`${n}·${i}`, `Paper ${i} of turn ${n}`)),
    docOf('shared', `Shared in turn ${n}`),
  ],
  deletes: [`${n - 3}·0`],
  position: n,
});

const docOf = (id: string, title: string): IndexDoc => ({
  id,
  title,
  abstract: 'One of many that were written when somebody pulled the plug.',
  authors: ['Ada Łovelace'],
  organisation: null,
  categories: ['cs.LG'],
  sources: ['one'],
  published: '2026-01-01',
  vector: null,
});

export const MODEL = { id: 'model', dimensions: 4 };

/** Writes changes into the index of a folder, from where it is on, until it is killed; says so once it has begun. */
const writeOn = async (folder: string): Promise<never> => {
  await using index = openIndex(folder);
  await index.adopt(MODEL);
  for (let n = (await index.position()) + 1; ; n++) {
    await index.apply({ ...changeOf(n), after: n - 1 });
    process.send?.(n);
    const ids = await index.unembedded(7);
    await index.setVectors(ids.map((id) => ({ id, vector: Float32Array.of(1, 2, 3, 4) })));
    if (n % 5 === 0) await index.optimize();
  }
};

if (import.meta.main) await writeOn(process.argv[2] ?? '');
