import type { Source } from '../ports/source.ts';
import { arxivFeed } from './arxiv-feed.ts';
import { arxivOai } from './arxiv-oai.ts';
import { arxivQuery } from './arxiv-query.ts';
import { arxivSnapshot } from './arxiv-snapshot.ts';
import { bibtex } from './bibtex.ts';
import { biorxiv, medrxiv } from './biorxiv.ts';
import { crossref } from './crossref.ts';
import { cslJson } from './csl-json.ts';
import { dailyPage } from './daily-page.ts';
import { feed } from './feed.ts';
import { hfDaily } from './hf-daily.ts';
import { openalex } from './openalex.ts';
import { openreview } from './openreview.ts';
import { ris } from './ris.ts';
import { semanticScholar } from './semantic-scholar.ts';
import { zotero } from './zotero.ts';

/** Every source, in the order in which they are asked whether they recognise a file. */
export const SOURCES: readonly Source[] = [
  dailyPage,
  arxivOai,
  arxivFeed,
  arxivQuery,
  arxivSnapshot,
  hfDaily,
  openreview,
  biorxiv,
  medrxiv,
  crossref,
  semanticScholar,
  openalex,
  zotero,
  cslJson,
  bibtex,
  ris,
  feed,
];
