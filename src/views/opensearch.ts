import { html } from '../kernel/html.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';

/** Browsers cut names that are longer. UTF-16 units. */
const LONGEST_NAME = 16;

/** The OpenSearch 1.1 description of this site: pages, Markdown for programs, suggestions while one types. */
export const openSearchView = ({ masthead, origin }: Frame): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${html`<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>${masthead.slice(0, LONGEST_NAME).toWellFormed()}</ShortName>
<Description>Search the papers of ${masthead} by words and by meaning.</Description>
<InputEncoding>UTF-8</InputEncoding>
<Image width="32" height="32" type="image/x-icon">${origin}/favicon.ico</Image>
<Url type="text/html" method="get" template="${origin}${href.search()}?q={searchTerms}&amp;p={startPage?}"/>
<Url type="text/markdown" method="get" template="${origin}/search.md?q={searchTerms}"/>
<Url type="application/json" method="get" template="${origin}/search.json?q={searchTerms}"/>
<Url type="application/x-suggestions+json" method="get" template="${origin}${href.suggest}?q={searchTerms}&amp;format=opensearch"/>
<Url type="application/opensearchdescription+xml" rel="self" template="${origin}${href.openSearch}"/>
</OpenSearchDescription>
`}`;
