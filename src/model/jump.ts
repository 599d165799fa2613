import type { PaperId } from './paper.ts';
import { idFromUrl } from './urls.ts';

const ARXIV = /^(?:arxiv:\s*)?(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})(?:v\d{1,3})?$/i;
const DOI = /^(?:doi:\s*)?(10\.\d{4,9}\/\S{1,200})$/i;
const ARXIV_DOI = /^10\.48550\/arxiv\.(.+)$/i;
const FORUM = /^openreview:\s*([\w-]{1,40})$/i;
const PREPRINT_SERVER = /(?:^|\.)(?:bio|med)rxiv\.org$/;
/** An arXiv id in the path of a site that shows arXiv papers under addresses of its own. */
const SHOWN =
  /\/(?:overview|arxiv|ps|e-print|src)\/([a-z-]+(?:\.[a-z]{2})?\/\d{7}|\d{4}\.\d{4,5})(?:v\d{1,3})?(?=$|[/?#.])/i;
const ADDRESS = /^(?:https?:\/\/|(?=(?:[a-z0-9-]+\.)+[a-z]{2,}\/))(\S{1,500})$/i;

const arxivId = (text: string): PaperId | null => {
  const id = ARXIV.exec(text)?.[1];
  // arXiv knows its old papers without the subject class: `math.GT/0309136` is `math/0309136`.
  return id === undefined ? null : `arxiv:${id.toLowerCase().replace(/\.[a-z]{2}(?=\/)/, '')}`;
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

/** The DOI in the path of a publisher's address: `https://dl.acm.org/doi/10.1145/3292500`. */
const publisherDoi = ({ hostname }: URL, path: string): PaperId | null => {
  const doi = /\/(10\.\d{4,9}\/.+)/.exec(path)?.[1];
  if (doi === undefined) return null;
  return doiId(
    PREPRINT_SERVER.test(hostname) ? doi.replace(/v\d{1,3}(?=$|[./]).*$|\.(?:full|abstract)\b.*$/, '') : doi,
  );
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
  const here = arxiv === undefined ? null : arxivId(arxiv);
  if (here !== null) return here;
  if (arxiv !== undefined && path.startsWith('/papers/') && !arxiv.includes('/')) return idFromUrl(arxiv);
  const shown = SHOWN.exec(path)?.[1];
  return publisherDoi(address, path) ?? (shown === undefined ? arxivId(path.slice(1)) : arxivId(shown));
};

/** Places under `/papers/` that are no papers. */
const NO_PAPERS: ReadonlySet<string> = new Set(['trending', 'submit', 'date', 'week', 'month']);

/**
 * The paper a query names outright, so that the search page can go straight to it: an arXiv id, a DOI, `openreview:…`, or an
 * address at arXiv, doi.org, OpenReview, Hugging Face, alphaXiv, Semantic Scholar, bioRxiv, a publisher or a Broadsheet. Null when it is a search. Whether we have it is for the store to say.
 */
export const jumpTo = (q: string): PaperId | null => {
  const text = q.slice(0, 600).trim();
  const forum = FORUM.exec(text)?.[1];
  const id = forum === undefined ? (arxivId(text) ?? doiId(text) ?? inAddress(text)) : `openreview:${forum}`;
  return id === null || NO_PAPERS.has(id) ? null : id;
};
