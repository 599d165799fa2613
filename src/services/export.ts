import { fingerprint } from '../kernel/text.ts';
import { bibtexOf, citationKey } from '../model/cite.ts';
import type { Paper, PaperCard } from '../model/paper.ts';
import type { Store } from '../store/store.ts';

export const EXPORT_FORMATS = ['jsonl', 'bibtex'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const BATCH = 500;
/** An export is the same for every reader. */
const NOBODY = '';

/** Title and abstract are exactly what the source said, so that what was taken in can be had back. */
const jsonLine = ({ paper, comments }: PaperCard): string => {
  const { id, titleRaw, abstractRaw, byline, published, updated, authors, categories, sightings } = paper;
  const { versions, withdrawn, license, doi } = paper;
  const names = authors.map(({ name }) => name);
  const source = sightings[0]?.source ?? null;
  const record = {
    id,
    title: titleRaw,
    abstract: abstractRaw,
    byline,
    published,
    updated,
    comments,
    authors: names,
    categories,
    versions,
    withdrawn,
    license,
    doi,
    source,
  };
  return `${JSON.stringify(record)}\n`;
};

/** 2^27 bits: which citation keys have been given. A collision of the hash only makes a key longer than it need be. */
const KEY_BITS = 27;

/** Entries of one file must not share a key: a later one gets the fingerprint of its paper's id. */
const bibtexWriter = (): ((paper: Paper) => string) => {
  const given = new Uint8Array(2 ** (KEY_BITS - 3));
  return (paper) => {
    const key = citationKey(paper);
    const bit = Number.parseInt(fingerprint(key), 16) >>> (32 - KEY_BITS);
    const mask = 1 << (bit & 7);
    const taken = ((given[bit >>> 3] ?? 0) & mask) !== 0;
    given[bit >>> 3] = (given[bit >>> 3] ?? 0) | mask;
    return bibtexOf(paper, taken ? `${key}-${fingerprint(paper.id)}` : key);
  };
};

/** Text of all papers in the order of their ids, some hundred papers a piece: memory stays the same however many there are. */
export async function* exportPapers(
  { store }: { store: { readonly papers: Pick<Store['papers'], 'all' | 'cards'> } },
  { format }: { readonly format: ExportFormat },
): AsyncGenerator<string> {
  const entry = format === 'bibtex' ? bibtexWriter() : null;
  const render = async (papers: readonly Paper[]): Promise<string> => {
    if (entry !== null) return papers.map(entry).join('\n');
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
