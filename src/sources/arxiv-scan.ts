import { setImmediate as breathe } from 'node:timers/promises';
import { Fault } from '../kernel/errors.ts';
import { parseXml, type XmlNode } from '../kernel/xml.ts';

/** One entry of an answer, numbered from 1; `text` is null where it is longer than any entry. */
export interface Scanned {
  readonly n: number;
  readonly text: string | null;
}

/** Characters. A paper of 3,000 authors with affiliations has some 500,000. */
const MOST = { record: 1_048_576, envelope: 1_048_576 };
/** Bytes decoded and searched at one go. */
const PIECE = 16_384;
const TAGS = {
  record: { open: /<(?:[\w.-]+:)?record(?=[\s>])/, close: /<\/(?:[\w.-]+:)?record\s*>/g, what: 'OAI-PMH' },
  entry: {
    open: /<(?:[\w.-]+:)?(?:item|entry)(?=[\s>])/,
    close: /<\/(?:[\w.-]+:)?(?:item|entry)\s*>/g,
    what: 'a feed',
  },
} as const;
/** A tag of ours is not longer than this: so much is kept for the next piece. */
const TAG = 80;

const refuse = (sentence: string, cause?: unknown): never => {
  throw new Fault('source-refused', sentence, { cause });
};

/**
 * Splits an answer of arXiv into the texts of its records (OAI-PMH) or entries (`<item>` of RSS, `<entry>` of Atom), in
 * memory for one of them. What stands around them is handed to `envelope` as the answer ends: the document without its
 * entries, read as XML. Lets others run between pieces of 16 KiB. Throws `Fault('source-refused')` for what is cut off,
 * HTML, or no XML.
 */
export async function* scanEntries(
  bytes: AsyncIterable<Uint8Array>,
  tag: keyof typeof TAGS,
  envelope: (document: XmlNode) => void,
): AsyncGenerator<Scanned> {
  const { open: OPEN, what } = TAGS[tag];
  const CLOSE = new RegExp(TAGS[tag].close);
  const decoder = new TextDecoder();
  let around = '';
  let held = '';
  /** Inside a record `held` starts with its tag, and has been searched up to here. */
  let inside = false;
  let searched = 0;
  let tooLong = false;
  let n = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      held += decoder.decode(chunk.subarray(at, at + PIECE), { stream: true });
      for (;;) {
        if (!inside) {
          const start = OPEN.exec(held)?.index ?? -1;
          const end = start >= 0 ? start : Math.max(0, held.length - TAG);
          around += held.slice(0, end);
          held = held.slice(end);
          if (around.length > MOST.envelope) refuse(`The answer is not ${what}: there is too much around its entries.`);
          if (start < 0) break;
          inside = true;
          searched = 0;
          n += 1;
        }
        CLOSE.lastIndex = searched;
        const close = CLOSE.exec(held);
        if (close === null) {
          if (held.length > MOST.record) {
            tooLong = true;
            held = held.slice(-TAG);
          }
          searched = Math.max(0, held.length - TAG);
          break;
        }
        const end = close.index + close[0].length;
        yield { n, text: tooLong || end > MOST.record ? null : held.slice(0, end) };
        held = held.slice(end);
        inside = false;
        tooLong = false;
      }
      // Everything else here is done at once; without this a long answer would hold up all that waits.
      await breathe();
    }
  }
  if (inside) refuse('The answer is cut off in the middle of an entry.');
  around += held + decoder.decode();
  if (/^\s*<(?:!doctype\s+)?html[\s>]/i.test(around)) refuse(`The answer is a page of HTML, not ${what}.`);
  let document: XmlNode = {};
  try {
    document = parseXml(around, { prefixes: 'drop' });
  } catch (cause) {
    refuse('The answer is cut off, or no well-formed XML.', cause);
  }
  envelope(document);
}

/** What has arrived already, as a stream. */
export async function* streamOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
