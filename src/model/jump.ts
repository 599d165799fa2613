import type { PaperId } from './paper.ts';
import { idFromUrl } from './urls.ts';

const ARXIV = /^(?:arxiv:\s*)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d{1,3})?$/i;
const DOI = /^(?:doi:\s*)?(10\.\d{4,9}\/\S{1,200})$/i;
const ARXIV_DOI = /^10\.48550\/arxiv\.(.+)$/i;
const ADDRESS = /^(?:https?:\/\/|(?=(?:[a-z0-9-]+\.)+[a-z]{2,}\/))(\S{1,500})$/i;

const arxivId = (text: string): PaperId | null => {
  const id = ARXIV.exec(text)?.[1];
  return id === undefined
    ? null
    : `arxiv:${id.includes('/') ? id.replace(/^[^.]+/, (archive) => archive.toLowerCase()) : id}`;
};

const doiId = (text: string): PaperId | null => {
  const doi = DOI.exec(text)?.[1]?.replace(/[.,;]$/, '');
  if (doi === undefined) return null;
  const arxiv = ARXIV_DOI.exec(doi)?.[1];
  return (arxiv === undefined ? null : arxivId(arxiv)) ?? `doi:${doi.toLowerCase()}`;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const inAddress = (text: string): PaperId | null => {
  const rest = ADDRESS.exec(text)?.[1];
  const address = rest === undefined ? null : URL.parse(`https://${rest}`);
  if (address === null) return null;
  const path = decoded(address.pathname).replace(/\/+$/, '');
  if (/(?:^|\.)doi\.org$/.test(address.hostname)) return doiId(path.slice(1));
  if (/(?:^|\.)openreview\.net$/.test(address.hostname)) {
    const forum = address.searchParams.get('id');
    return forum !== null && /^[\w-]{1,40}$/.test(forum) ? `openreview:${forum}` : null;
  }
  const arxiv = /^\/(?:abs|pdf|html|format|papers)\/(.+?)(?:\.pdf|\.md|\.bib)?$/.exec(path)?.[1];
  if (arxiv === undefined) return null;
  return arxivId(arxiv) ?? (path.startsWith('/papers/') && !arxiv.includes('/') ? idFromUrl(arxiv) : null);
};

/** Places under `/papers/` that are no papers. */
const NO_PAPERS: ReadonlySet<string> = new Set(['trending', 'submit', 'date', 'week', 'month']);

/**
 * The paper a query names outright, so that the search page can go straight to it: an arXiv id, a DOI, or an address at
 * arXiv, doi.org, OpenReview, Hugging Face or a Broadsheet. Null when it is a search. Whether we have it is for the store to say.
 */
export const jumpTo = (q: string): PaperId | null => {
  const text = q.slice(0, 600).trim();
  const id = arxivId(text) ?? doiId(text) ?? inAddress(text);
  return id === null || NO_PAPERS.has(id) ? null : id;
};
