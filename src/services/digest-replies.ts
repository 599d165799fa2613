import { foldSpace } from '../kernel/text.ts';
import type { DigestReply } from '../model/digest.ts';
import type { Store } from '../store/store.ts';
import type { ReadReplies } from './digest.ts';

/** Of a reader's letters so many are looked at for answers: the last ones. */
const LETTERS = 100;
const EXCERPT = 200;

/** The beginning of a letter without its marks of Markdown, cut at a word. */
export const excerptOf = (body: string): string => {
  const plain = foldSpace(
    body
      .replace(/^[>#\s*-]+/gm, '')
      .replace(/[*_`]+/g, '')
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1'),
  );
  if (plain.length <= EXCERPT) return plain;
  return `${plain
    .slice(0, EXCERPT)
    .toWellFormed()
    .replace(/\s+\S*$/, '')} …`;
};

/** Answers to the letters that a reader wrote for everyone: open ones, by others. */
export const repliesTo =
  ({ store }: { readonly store: Pick<Store, 'letters' | 'papers'> }): ReadReplies =>
  async (reader, since) => {
    const own = (await store.letters.ofAuthor(reader, LETTERS)).filter(({ groupId }) => groupId === null);
    const mine = new Set(own.map(({ id }) => id));
    const found: Omit<DigestReply, 'title'>[] = [];
    for (const paperId of new Set(own.map((letter) => letter.paperId)))
      for (const letter of await store.letters.ofPaper(paperId))
        if (
          letter.state === 'open' &&
          letter.createdAt > since &&
          letter.author.id !== reader &&
          mine.has(letter.parentId ?? '')
        )
          found.push({
            letterId: letter.id,
            paperId,
            by: letter.author.name,
            excerpt: excerptOf(letter.body),
            at: letter.createdAt,
          });
    const cards = await store.papers.cards([...new Set(found.map(({ paperId }) => paperId))], '');
    const titles = new Map(cards.map(({ paper }) => [paper.id, paper.title]));
    return found
      .flatMap((reply) => {
        const title = titles.get(reply.paperId);
        return title === undefined ? [] : [{ ...reply, title }];
      })
      .sort((a, b) => b.at - a.at || (a.letterId < b.letterId ? -1 : 1));
  };
