import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import type { Frame } from './frame.ts';
import { plain, standfirst } from './story.ts';

const slashed = (day: string): string => day.replaceAll('-', '/');
const arxivId = (paper: Paper): string | null => (paper.id.startsWith('arxiv:') ? paper.id.slice(6) : null);
const linkOf = (paper: Paper, rel: string): string | undefined => paper.links.find((link) => link.rel === rel)?.url;

/** Highwire tags, as reference managers and scholarly search engines read them. */
export const citationMeta = (paper: Paper, frame: Frame): readonly (readonly [string, string])[] => {
  const pdf = linkOf(paper, 'pdf');
  const arxiv = arxivId(paper);
  return [
    ['citation_title', plain(paper.title)],
    ...paper.authors.map((author) => ['citation_author', author.name] as const),
    ...(paper.published === null
      ? []
      : ([
          ['citation_publication_date', slashed(paper.published)],
          ['citation_online_date', slashed(paper.updated ?? paper.published)],
        ] as const)),
    ...(arxiv === null ? [] : [['citation_arxiv_id', arxiv] as const]),
    ...(paper.doi === null ? [] : [['citation_doi', paper.doi] as const]),
    ...(pdf === undefined ? [] : [['citation_pdf_url', pdf] as const]),
    ['citation_abstract_html_url', frame.origin + href.paper(paper.id)],
    ['citation_abstract', plain(paper.abstract)],
    ['citation_language', 'en'],
  ];
};

/** https://schema.org/ScholarlyArticle */
export const scholarlyArticle = (paper: Paper, frame: Frame): object => ({
  '@context': 'https://schema.org',
  '@type': 'ScholarlyArticle',
  '@id': frame.origin + href.paper(paper.id),
  url: frame.origin + href.paper(paper.id),
  headline: standfirst(plain(paper.title), 110),
  name: plain(paper.title),
  abstract: plain(paper.abstract),
  inLanguage: 'en',
  ...(paper.published === null ? {} : { datePublished: paper.published }),
  ...(paper.updated === null ? {} : { dateModified: paper.updated }),
  ...(paper.authors.length === 0
    ? {}
    : { author: paper.authors.map((author) => ({ '@type': 'Person', name: author.name })) }),
  ...(paper.organisation === null
    ? {}
    : { sourceOrganization: { '@type': 'Organization', name: paper.organisation.name } }),
  ...(paper.categories.length === 0 ? {} : { about: paper.categories }),
  ...(paper.doi === null ? {} : { identifier: { '@type': 'PropertyValue', propertyID: 'doi', value: paper.doi } }),
  ...(paper.license === null ? {} : { license: paper.license }),
  ...(paper.links.length === 0 ? {} : { sameAs: paper.links.map((link) => link.url) }),
});
