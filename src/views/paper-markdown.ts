import { splitMath } from '../model/math.ts';
import type { PaperPage } from '../model/pages.ts';
import type { Paper } from '../model/paper.ts';
import { href } from '../model/urls.ts';
import { count, fullDate } from './dates.ts';
import type { Frame } from './frame.ts';
import { signalText, whyText } from './reasons.ts';
import { bylineText } from './story.ts';

/** Characters that mean something to Markdown or to HTML inside it. TeX between dollars is kept as it is written. */
const SPECIAL = /[\\`*_{}[\]<>#|~]/g;

const fence = { inline: '$', display: '$$' } as const;

/** Text that Markdown takes as it is written; spaces are folded. */
export const escapeMarkdown = (text: string): string =>
  splitMath(text)
    .map((part) => {
      if (part.kind === 'text') return part.text.replace(SPECIAL, '\\$&');
      const mark = part.display ? fence.display : fence.inline;
      return mark + part.tex.replaceAll('<', '\\lt ').replaceAll('>', '\\gt ').replaceAll('`', '') + mark;
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

export const link = (label: string, url: string): string =>
  `[${escapeMarkdown(label)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`;

const facts = (paper: Paper, page: PaperPage, frame: Frame): readonly string[] => [
  ...(paper.published === null ? [] : [`Published: ${paper.published}`]),
  ...(paper.updated === null || paper.updated === paper.published ? [] : [`Revised: ${paper.updated}`]),
  ...(paper.organisation === null ? [] : [`Organisation: ${escapeMarkdown(paper.organisation.name)}`]),
  ...(paper.categories.length === 0 ? [] : [`Categories: ${paper.categories.map(escapeMarkdown).join(', ')}`]),
  ...(paper.doi === null ? [] : [`DOI: ${escapeMarkdown(paper.doi)}`]),
  `Identifier: ${escapeMarkdown(paper.id)}`,
  `Votes: ${page.card.votes}`,
  `Letters: ${page.card.letters}`,
  ...(page.card.comments === null ? [] : [`Comments, as counted by its source: ${page.card.comments}`]),
  ...page.placed.map(
    (at) =>
      `Placed in edition No. ${at.number}, ${fullDate(at.date)}, place ${at.place}${at.why === null ? '' : ` (${whyText(at.why, at.date)})`}`,
  ),
  ...page.signals
    .filter(({ value }) => value > 0)
    .map(({ source, name, value }) =>
      escapeMarkdown(`Counted elsewhere: ${signalText(name, value)} at ${frame.sources[source] ?? source}`),
    ),
  ...paper.links.map((one) => link(one.label, one.url)),
  link(`This paper at ${frame.masthead}`, frame.origin + href.paper(paper.id)),
];

/** A paper as Markdown, for programs and for notes. */
export const markdownOf = (page: PaperPage, frame: Frame): string => {
  const { paper } = page.card;
  const by = bylineText(paper, paper.authors.length);
  return [
    `# ${escapeMarkdown(paper.title)}`,
    ...(by === null ? [] : [escapeMarkdown(by)]),
    ...(paper.withdrawn ? ['**Withdrawn, by its authors or by its source.**'] : []),
    '## Abstract',
    paper.abstract === '' ? 'The source gave no abstract.' : escapeMarkdown(paper.abstract),
    ...(paper.abstractCut ? ['(The source cut the abstract off here.)'] : []),
    '## Facts',
    facts(paper, page, frame)
      .map((fact) => `- ${fact}`)
      .join('\n'),
    ...(page.similar.length === 0
      ? []
      : [
          `## Similar papers`,
          `${count(page.similar.length, 'paper')}:`,
          page.similar
            .map((card) => `- ${link(card.paper.title, frame.origin + href.paper(card.paper.id))}`)
            .join('\n'),
        ]),
    '## Cite',
    `\`\`\`\`bibtex\n${page.bibtex.replaceAll('````', '')}\n\`\`\`\``,
    '',
  ].join('\n\n');
};
