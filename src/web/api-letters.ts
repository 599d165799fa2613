import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { z } from 'zod';
import { Fault } from '../kernel/errors.ts';
import { href } from '../model/urls.ts';
import { writeLetter } from '../services/letters.ts';
import type { Edge, Env } from './edge.ts';
import { jsonOf } from './form.ts';
import { originOf } from './frame.ts';
import { paperAt } from './page-paper.ts';
import { unwrap } from './problem.ts';

const CommentBody = z.object({ comment: z.string().min(1).max(65_536) });
/** A client that says so may send again what it has not heard of: the same key and words are the same letter. */
const KEY_HEADER = 'idempotency-key';

/** `POST /api/papers/{id}/comment` and `…/comment/{commentId}/reply` with `{comment}`, as at Hugging Face: 201 and the letter. */
export const commentApi =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const [, address = '', parent = null] =
      /^(.+)\/comment(?:\/([0-9a-f]{24})\/reply)?$/.exec(c.req.param('id') ?? '') ?? [];
    const reader = await edge.readerOf(c);
    if (reader === null) throw new Fault('forbidden', 'Letters are written by readers who are signed in.');
    const { comment } = await jsonOf(c, CommentBody);
    const paperId = await paperAt(edge, address);
    const key = (c.req.header(KEY_HEADER) ?? randomUUID()).slice(0, 100);
    const letter = unwrap(await writeLetter(edge, { paperId, parentId: parent, key, body: comment, reader }));
    return c.json(
      {
        id: letter.id,
        author: { name: letter.author.handle, fullname: letter.author.name, type: 'user' },
        createdAt: new Date(letter.createdAt).toISOString(),
        data: {
          latest: { raw: letter.body, html: (await edge.markdown.render(letter.body)).html },
          numEdits: letter.edits,
        },
        ...(letter.parentId === null ? {} : { parentCommentId: letter.parentId }),
        url: originOf(edge, c) + href.letterAt(paperId, letter.id),
      },
      201,
    );
  };
