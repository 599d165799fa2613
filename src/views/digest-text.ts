import type { Digest, DigestLinks } from '../model/digest.ts';
import {
  CHANGES_HEADING,
  changeText,
  emptyText,
  folioOf,
  headingOf,
  isEmpty,
  REPLIES_HEADING,
  reasonText,
  roomFor,
  summaryOf,
} from './digest-words.ts';
import { bylineText, plain } from './story.ts';

const WIDTH = 72;

/** Words in lines of at most 72 characters; what has no space in it is not broken, so addresses stay whole. */
const wrapped = (text: string, indent = ''): string => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (line !== '' && indent.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => (indent + one).trimEnd()).join('\n');
};

const INDENT = '    ';
const heading = (text: string): string => `${text.toUpperCase()}\n${'-'.repeat([...text].length)}`;

/** The mail for those who read plain text: in the same order, with the same reasons and links. */
export const digestText = (digest: Digest, links: DigestLinks): string => {
  const room = roomFor(digest);
  let at = 0;
  const blocks: string[] = [
    `${digest.masthead}\n${folioOf(digest)
      .filter((one) => one !== '')
      .join(' · ')}\n${'='.repeat(WIDTH)}`,
  ];
  for (const part of digest.parts) {
    blocks.push(heading(headingOf(digest, part)));
    for (const one of part.entries) {
      const { paper } = one.card;
      const summary = summaryOf(one, at, room);
      const by = bylineText(paper);
      at++;
      blocks.push(
        [
          wrapped(plain(paper.title)),
          ...(by === null ? [] : [wrapped(by, INDENT)]),
          ...(summary === '' ? [] : [wrapped(summary, INDENT)]),
          wrapped(`(${reasonText(one)})`, INDENT),
          `${INDENT}Read: ${links.paper(paper.id)}`,
          ...(links.vote === null ? [] : [`${INDENT}Vote: ${links.vote(paper.id)}`]),
          ...(links.save === null ? [] : [`${INDENT}Save: ${links.save(paper.id)}`]),
        ].join('\n'),
      );
    }
  }
  if (digest.changes.length > 0) blocks.push(heading(CHANGES_HEADING));
  for (const one of digest.changes)
    blocks.push(
      `${wrapped(plain(one.card.paper.title))}\n${wrapped(changeText(one), INDENT)}\n${INDENT}Read: ${links.paper(one.card.paper.id)}`,
    );
  if (digest.replies.length > 0) blocks.push(heading(REPLIES_HEADING));
  for (const { by, title, excerpt, paperId, letterId } of digest.replies)
    blocks.push(
      `${wrapped(`${by} on ${plain(title)}`)}\n${wrapped(excerpt, INDENT)}\n${INDENT}Read and answer: ${links.letter(paperId, letterId)}`,
    );
  if (isEmpty(digest)) blocks.push(`${emptyText(digest)}\n${links.home}`);
  // Mail programs take two hyphens and a space for the end of what was written.
  blocks.push(
    [
      '-- ',
      `Read on the web: ${links.copy}`,
      `Preferences: ${links.preferences}`,
      `Unsubscribe: ${links.unsubscribe}`,
      `Sent to ${digest.address}, as asked for.`,
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
};
