import { bibtexOf } from '../model/cite.ts';
import type { Paper, PaperCard } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

export const EXPORT_FORMATS = ['jsonl', 'bibtex'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const BATCH = 500;
/** An export is the same for every reader. */
const NOBODY = '';

/** Title and abstract are exactly what the source said, so that what was taken in can be had back. */
const jsonLine = ({ paper, comments }: PaperCard): string => {
  const { id, titleRaw, abstractRaw, byline, published, authors, categories, sightings } = paper;
  const names = authors.map(({ name }) => name);
  const source = sightings[0]?.source ?? null;
  const record = {
    id,
    title: titleRaw,
    abstract: abstractRaw,
    byline,
    published,
    comments,
    authors: names,
    categories,
    source,
  };
  return `${JSON.stringify(record)}\n`;
};

/** Text of all papers in the order of their ids, some hundred papers a piece: memory stays the same however many there are. */
export async function* exportPapers(
  { store }: { store: { readonly papers: Pick<Store['papers'], 'all' | 'cards'> } },
  { format }: { readonly format: ExportFormat },
): AsyncGenerator<string> {
  const render = async (papers: readonly Paper[]): Promise<string> => {
    if (format === 'bibtex') return papers.map(bibtexOf).join('\n');
    const cards = await store.papers.cards(
      papers.map(({ id }) => id),
      NOBODY,
    );
    return cards.map(jsonLine).join('');
  };
  let batch: Paper[] = [];
  let first = true;
  for await (const paper of store.papers.all({ batch: BATCH })) {
    batch.push(paper);
    if (batch.length < BATCH) continue;
    yield `${first || format !== 'bibtex' ? '' : '\n'}${await render(batch)}`;
    first = false;
    batch = [];
  }
  if (batch.length > 0) yield `${first || format !== 'bibtex' ? '' : '\n'}${await render(batch)}`;
}
