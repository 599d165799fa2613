import { Fault } from '../kernel/errors.ts';
import { foldSpace } from '../kernel/text.ts';
import type { Answer } from '../ports/source.ts';

export async function* bytesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** What an answer says went wrong, in few words: its `error`, `message` or first line. */
export const complaintIn = ({ status, body }: Pick<Answer, 'status' | 'body'>): string => {
  const text = Buffer.from(body).toString('utf8', 0, 2_000);
  const [, said] = /"(?:error|message|detail)"\s*:\s*"([^"]{1,200})"/.exec(text) ?? [];
  const plain = said ?? (text.trimStart().startsWith('<') ? '' : (text.trim().split('\n')[0] ?? ''));
  const words = foldSpace(plain).slice(0, 200);
  return words === '' || words.startsWith('{') ? `status ${status}` : `status ${status}, “${words}”`;
};

/** Throws `Fault('source-refused')` unless the answer is a good one; `none` are statuses that mean "nothing known". */
export const expectGood = (title: string, answer: Answer, none: readonly number[] = []): 'good' | 'none' => {
  if (answer.status === 200) return 'good';
  if (none.includes(answer.status)) return 'none';
  throw new Fault('source-refused', `${title} refused the request: ${complaintIn(answer)}.`);
};

/** A base address that a path can follow. */
export const rootOf = (base: string): string => base.replace(/\/+$/, '');
