import { filtersOf } from '../model/filters.ts';
import type { SearchPage } from '../model/search-page.ts';
import { href } from '../model/urls.ts';
import { count } from './dates.ts';
import type { Frame } from './frame.ts';
import { escapeMarkdown, link } from './paper-markdown.ts';
import { filterText } from './search-narrow.ts';
import { bylineText } from './story.ts';

const facts = (page: SearchPage, frame: Frame): readonly string[] => [
  ...(page.refusal === null ? [] : [escapeMarkdown(page.refusal)]),
  page.total === 0
    ? 'Nothing found.'
    : `${count(page.total, 'paper')}${page.pages > 1 ? `, page ${page.page} of ${page.pages}` : ''}.`,
  ...(page.mode === 'hybrid' ? [] : [escapeMarkdown(page.modeReason ?? '')]),
  ...page.corrected.map(([typed, taken]) => escapeMarkdown(`No paper has “${typed}”; taken for “${taken}”.`)),
  ...(filtersOf(page.query).length === 0
    ? []
    : [
        `Only papers ${filtersOf(page.query)
          .map((one) => escapeMarkdown(filterText(one, frame)))
          .join(', ')}.`,
      ]),
];

const at = (page: SearchPage, frame: Frame, n: number): string => {
  const address = new URL(frame.origin + href.searchMarkdown(page.query.raw, page.sort));
  if (n > 1) address.searchParams.set('p', String(n));
  return address.href;
};

/** What was found as Markdown, for programs and for notes. */
export const searchMarkdown = (page: SearchPage, frame: Frame): string =>
  [
    `# ${escapeMarkdown(`Search: ${page.query.raw}`)}`,
    ...facts(page, frame),
    ...page.hits.map(({ card: { paper }, why, snippet }, i) => {
      const about = [paper.id, paper.published, bylineText(paper), paper.categories.join(', '), `matched by ${why}`];
      return [
        `## ${(page.page - 1) * page.limit + i + 1}. ${link(paper.title, frame.origin + href.paper(paper.id))}`,
        about
          .filter((one) => one !== null && one !== '')
          .map((one) => escapeMarkdown(one ?? ''))
          .join(' · '),
        escapeMarkdown(snippet),
        link('Markdown', frame.origin + href.paperMarkdown(paper.id)),
      ].join('\n\n');
    }),
    ...(page.otherwise?.ways ?? []).map(
      ({ without, q, total }) =>
        `- ${link(without === null ? 'Without any filter' : `Leaving out: ${filterText(without, frame)}`, frame.origin + href.searchMarkdown(q))}: ${count(total, 'paper')}`,
    ),
    ...(page.page < page.pages ? [link(`Page ${page.page + 1}`, at(page, frame, page.page + 1))] : []),
    '',
  ].join('\n\n');
