import { isUtf8 } from 'node:buffer';
import { Fault } from '../kernel/errors.ts';
import { fail, ok } from '../kernel/result.ts';
import { decodeText } from '../kernel/xml.ts';
import type { Entry, HarvestState, Source, Turn } from '../ports/source.ts';
import { draftOf } from './feed-draft.ts';
import { feedOf } from './feed-entries.ts';
import { type Item, itemsOf, jsonItem } from './feed-item.ts';

/** In bytes. */
const MOST = 64 * 1024 * 1024;
/** In characters: an entry longer than this is passed over. */
const LONGEST_ENTRY = 4 * 1024 * 1024;

/** Text of a feed in any encoding feeds come in, whatever they declare. */
const textOfFeed = (bytes: Uint8Array, contentType: string | null): string => {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return utf32(bytes.subarray(4), true);
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return utf32(bytes.subarray(4), false);
  if (a === 0x3c && b === 0 && c === 0 && d === 0) return utf32(bytes, true);
  if (a === 0 && b === 0 && c === 0 && d === 0x3c) return utf32(bytes, false);
  if (a === 0x3c && b === 0) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0 && b === 0x3c) return new TextDecoder('utf-16be').decode(bytes);
  const text = decodeText(bytes, contentType);
  if (isUtf8(bytes)) return /[<{]/.test(text) ? text : new TextDecoder().decode(bytes);
  // What claims to be UTF-8 and is not was written on some desk: the Web's guess is windows-1252.
  return text.includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : text;
};

const utf32 = (bytes: Uint8Array, little: boolean): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let at = 0; at + 4 <= bytes.byteLength; at += 4) {
    const code = view.getUint32(at, little);
    text += code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
};

type Piece = { readonly raw: string; readonly item: Item | null };

function* piecesOf(text: string): Generator<Piece> {
  const start = text.trimStart();
  if (!start.startsWith('{')) {
    const { opening, authors, closing, entries } = feedOf(text);
    const short = entries.map((entry) => (entry.length > LONGEST_ENTRY ? '<item/>' : entry));
    let n = 0;
    for (const item of itemsOf({ opening, authors, closing, entries: short })) {
      const entry = entries[n++] ?? '';
      // Kept with the tags it stood in, an entry can be read again by itself.
      if (entry.length <= LONGEST_ENTRY) yield { raw: opening + authors + entry + closing, item };
      else yield { raw: entry.slice(0, 200), item: null };
    }
    return;
  }
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(start) as typeof json;
  } catch (cause) {
    throw new Fault('source-refused', 'The JSON Feed is not well formed.', { cause });
  }
  const { items, version, author, authors } = json;
  const about = { version, author, authors };
  if (!Array.isArray(items)) throw new Fault('source-refused', 'This is no JSON Feed: it has no items.');
  for (const item of items) yield { raw: JSON.stringify({ ...about, items: [item] }), item: jsonItem(item, about) };
}

/** Entries of a whole feed. Throws `Fault('source-refused')` for what is no feed. */
function* entriesOf(bytes: Uint8Array, contentType: string | null, resume = 0): Generator<Entry> {
  let n = 0;
  for (const { raw, item } of piecesOf(textOfFeed(bytes, contentType))) {
    n += 1;
    if (n <= resume) continue;
    const at = { line: n, position: n, raw };
    const draft = item === null ? fail('bad-input', 'the entry is too long, or not an object') : draftOf(item);
    if (!draft.ok) yield { kind: 'rejected', ...at, reason: draft.message };
    else {
      const { value } = draft;
      yield {
        kind: 'paper',
        ...at,
        draft: value,
        announced: { day: value.published ?? value.updated, category: null },
      };
    }
  }
}

const textIn = (state: HarvestState, name: string): string | null =>
  typeof state[name] === 'string' ? state[name] : null;

/** Any RSS, Atom or JSON Feed. On the wire `set` is its address, and what has not changed is not sent again. */
export const feed: Source = {
  id: 'feed',
  title: 'RSS, Atom or JSON Feed',
  homepage: 'https://www.rssboard.org/rss-specification',
  authority: 'index',
  recognises: ({ head }) => {
    const text = head.replaceAll('\0', '');
    if (/rss\.arxiv\.org|(?:export\.)?arxiv\.org\/api\b/i.test(text)) return false;
    if (/^\ufeff?\s*\{/.test(text)) return /jsonfeed\.org\\?\/version/.test(text);
    return (
      /<(?:\w+:)?rss[\s>]|<feed[\s>]/i.test(text) ||
      (/<rdf:rdf[\s>]/i.test(text) && /purl\.org\/rss\/|purl\.org\/net\/rss|netscape\.com\/rdf/i.test(text))
    );
  },
  async *parse(bytes, { resume = 0 } = {}) {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > MOST) throw new Fault('source-refused', 'The feed is longer than 64 MiB.');
      chunks.push(chunk);
    }
    if (size > 0) yield* entriesOf(Buffer.concat(chunks), null, resume);
  },
  wire: {
    // A feed's own address is the set; this stands in for none.
    base: 'https://feed.invalid/',
    manners: { key: 'feed', gapMs: 1_000 },
    schedule: null,
    wishes: { set: 'the address of a feed, e.g. https://example.org/feed.xml' },
    staleAfterHours: null,
    begin({ from, until, set, format }, since) {
      if (from !== null || until !== null || format !== null)
        return fail('bad-usage', 'A feed knows only what is new: it takes no --from, --until or --format.');
      const url = set === null ? null : URL.parse(set);
      if (url === null || !/^https?:$/.test(url.protocol))
        return fail('bad-usage', 'Say which feed with --set, e.g. --set https://example.org/feed.xml.');
      let before: unknown = null;
      try {
        before = JSON.parse(since ?? 'null');
      } catch {}
      const { etag, modified } = (before ?? {}) as Record<string, unknown>;
      return ok({
        url: url.href,
        etag: typeof etag === 'string' ? etag : null,
        modified: typeof modified === 'string' ? modified : null,
      });
    },
    ask(state) {
      const [etag, modified] = [textIn(state, 'etag'), textIn(state, 'modified')];
      return {
        url: textIn(state, 'url') ?? '',
        headers: {
          ...(etag === null ? {} : { 'if-none-match': etag }),
          ...(modified === null ? {} : { 'if-modified-since': modified }),
        },
        accepts: [
          'application/rss+xml',
          'application/atom+xml',
          'application/rdf+xml',
          'application/feed+json',
          'application/json',
          'application/xml',
          'text/xml',
          'text/plain',
        ],
      };
    },
    async read(_state, { status, headers, body, url }): Promise<Turn> {
      if (status === 304) return { kind: 'page', entries: [], next: null, total: null, through: null };
      if (status !== 200) return { kind: 'refused', reason: `${new URL(url).host} answers ${status} for this feed.` };
      const entries: Entry[] = [];
      try {
        for (const entry of entriesOf(body, headers['content-type'] ?? null)) entries.push(entry);
      } catch (error) {
        if (error instanceof Fault && error.code === 'source-refused')
          return { kind: 'refused', reason: error.message };
        throw error;
      }
      const through = JSON.stringify({ etag: headers.etag ?? null, modified: headers['last-modified'] ?? null });
      return { kind: 'page', entries, next: null, total: entries.length, through };
    },
  },
};
