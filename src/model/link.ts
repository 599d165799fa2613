import { addressesIn, linkAt } from './code-links.ts';
import type { Link, PaperId } from './paper.ts';

/** Links taken from one paper's texts. */
const MOST = 8;

/** The path part of an identifier: everything but what has a meaning in URLs stays readable. */
const path = (id: string): string =>
  encodeURIComponent(id.toWellFormed()).replaceAll('%2F', '/').replaceAll('%3A', ':');

/** Where a paper can be read, and the addresses its abstract and its comments (`note`) give. Both are cleaned text. */
export const linksOf = (paper: {
  readonly id: PaperId | null;
  readonly doi: string | null;
  readonly abstract: string;
  readonly note?: string | null;
}): readonly Link[] => {
  const links: Link[] = [];
  if (paper.id?.startsWith('arxiv:')) {
    const id = path(paper.id.slice('arxiv:'.length));
    links.push({ rel: 'abstract', label: 'arXiv', url: `https://arxiv.org/abs/${id}` });
    links.push({ rel: 'pdf', label: 'PDF', url: `https://arxiv.org/pdf/${id}` });
    links.push({ rel: 'html', label: 'HTML', url: `https://arxiv.org/html/${id}` });
  }
  if (paper.doi !== null) links.push({ rel: 'doi', label: 'DOI', url: `https://doi.org/${path(paper.doi)}` });
  const given = addressesIn(paper.note ? `${paper.abstract} ${paper.note}` : paper.abstract, MOST).map(linkAt);
  // A comment often repeats the DOI, or the address at arXiv.
  return [...links, ...given.filter(({ url }) => !links.some((link) => link.url === url))];
};
