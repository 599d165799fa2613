import type { LettersPage, ShownThread } from '../model/letter-page.ts';

/** Letters for programs. */

const threadShape = ({ letter, rendered, depth, answers }: ShownThread): object => ({
  id: letter.id,
  parentId: letter.parentId,
  author: {
    handle: letter.author.handle,
    name: letter.author.name,
    isAuthorOfPaper: letter.author.isAuthorOfPaper,
  },
  state: letter.state,
  reason: letter.reason,
  body: rendered === null ? null : letter.body,
  html: rendered?.html ?? null,
  createdAt: new Date(letter.createdAt).toISOString(),
  editedAt: letter.editedAt === null ? null : new Date(letter.editedAt).toISOString(),
  edits: letter.edits,
  depth,
  answers: answers.map(threadShape),
});

export const lettersJson = ({ threads, count }: LettersPage): object => ({ count, letters: threads.map(threadShape) });
