import type { Link, PaperId } from './paper.ts';

/** Addresses of code hosts; a repository is the first two parts of the path. */
const CODE = /^https?:\/\/(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)\/[\w.-]+\/[\w.-]+/i;
const ADDRESS = /https?:\/\/[^\s<>"'`{}|\\^$]+/g;
/** Links taken from one abstract. */
const MOST = 8;

const hostOf = (url: string): string => new URL(url).host.replace(/^www\./, '');

/** Addresses in a text, without the punctuation that follows them; each once. */
const addressesIn = (text: string): string[] => {
  const found = new Set<string>();
  for (const [match] of text.matchAll(ADDRESS)) {
    let url = match.replace(/[.,;:!?*_~\]]+$/, '');
    if (url.endsWith(')') && !url.includes('(')) url = url.replace(/[).,;:!?]+$/, '');
    if (URL.canParse(url)) found.add(url);
    if (found.size === MOST) break;
  }
  return [...found];
};

const linkIn = (url: string): Link =>
  CODE.test(url) ? { rel: 'code', label: `Code at ${hostOf(url)}`, url } : { rel: 'project', label: hostOf(url), url };

/** The path part of an identifier: everything but what has a meaning in URLs stays readable. */
const path = (id: string): string =>
  encodeURIComponent(id.toWellFormed()).replaceAll('%2F', '/').replaceAll('%3A', ':');

/** Where a paper can be read, and the addresses its abstract gives. `abstract` is the cleaned text. */
export const linksOf = (paper: { id: PaperId | null; doi: string | null; abstract: string }): readonly Link[] => {
  const links: Link[] = [];
  if (paper.id?.startsWith('arxiv:')) {
    const id = path(paper.id.slice('arxiv:'.length));
    links.push({ rel: 'abstract', label: 'arXiv', url: `https://arxiv.org/abs/${id}` });
    links.push({ rel: 'pdf', label: 'PDF', url: `https://arxiv.org/pdf/${id}` });
    links.push({ rel: 'html', label: 'HTML', url: `https://arxiv.org/html/${id}` });
  }
  if (paper.doi !== null) links.push({ rel: 'doi', label: 'DOI', url: `https://doi.org/${path(paper.doi)}` });
  return [...links, ...addressesIn(paper.abstract).map(linkIn)];
};
