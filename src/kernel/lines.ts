import { isUtf8 } from 'node:buffer';

/** A line of a byte stream, without its line break. `problem` says why it cannot be used; `text` is then a short excerpt. */
export interface Line {
  /** 1-based. */
  readonly n: number;
  readonly text: string;
  readonly problem: string | null;
}

const NEWLINE = 0x0a;
const EXCERPT = 200;

/** Longest line taken, in bytes. A longer one is passed over and reported; it is never held in memory. */
export const LINE_CAP = 4 * 1024 * 1024;

const lineOf = (n: number, bytes: Buffer, dropped: number): Line => {
  if (dropped > 0) {
    const text = bytes.toString('utf8', 0, EXCERPT);
    return { n, text, problem: `the line is ${bytes.length + dropped} bytes long; at most ${LINE_CAP} are read` };
  }
  const start = n === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const end = bytes[bytes.length - 1] === 0x0d ? bytes.length - 1 : bytes.length;
  const body = bytes.subarray(start, Math.max(start, end));
  if (!isUtf8(body)) return { n, text: body.toString('utf8', 0, EXCERPT), problem: 'the line is not UTF-8' };
  return { n, text: body.toString('utf8'), problem: null };
};

/**
 * Lines of UTF-8 text in constant memory. Ends of line are LF or CRLF; a byte order mark is dropped.
 * `skip` lines are only counted, not decoded.
 */
export async function* readLines(bytes: AsyncIterable<Uint8Array>, skip = 0): AsyncGenerator<Line> {
  let n = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let dropped = 0;
  const hold = (part: Buffer): void => {
    const room = Math.max(0, LINE_CAP - heldBytes);
    if (n < skip || part.length === 0) return;
    if (room > 0) held.push(part.subarray(0, room));
    heldBytes += Math.min(room, part.length);
    dropped += Math.max(0, part.length - room);
  };
  const take = (): Line => {
    const line = lineOf(n, held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held), dropped);
    held = [];
    heldBytes = 0;
    dropped = 0;
    return line;
  };
  let open = false;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end !== -1; end = buffer.indexOf(NEWLINE, start)) {
      hold(buffer.subarray(start, end));
      n += 1;
      if (n > skip) yield take();
      start = end + 1;
    }
    hold(buffer.subarray(start));
    open = start > 0 ? start < buffer.length : open || buffer.length > 0;
  }
  if (!open) return;
  n += 1;
  if (n > skip) yield take();
}
