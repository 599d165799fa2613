import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';

type Coding = 'identity' | 'gzip' | 'br';

/** One rendered page in the codings it has been asked for. */
export interface Rendered {
  readonly etag: string;
  body(coding: Coding): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Changed {
  readonly at: number;
  readonly told: number;
}

export interface PageCache {
  /** The page under `key` as of `revision`, made when it is not there. Parallel askers share one making. */
  get(key: string, revision: number, make: () => Promise<string>): Promise<Rendered>;
  /**
   * Since when the page under `key` has been as `etag` says, as far as this process knows: milliseconds, whole seconds. Of two
   * versions within one second the later counts as the next one's (`at`), so that who has the earlier is never told that it
   * has the later; what is told of it (`told`) is never later than `now`.
   */
  changedAt(key: string, etag: string, now: number): Changed;
}

const MAX_BYTES = 32 * 1024 * 1024;
/** Pages whose last change is remembered. */
const MAX_CHANGES = 20_000;
const BROTLI_QUALITY = 5;

const compress: Readonly<Record<Exclude<Coding, 'identity'>, (body: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>>> =
  {
    gzip: (body) => promisify(gzip)(body),
    br: (body) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  };

/** Wraps a document; compressed once, when first asked for. */
export const rendered = (document: string): Rendered & { readonly size: number } => {
  const identity = new TextEncoder().encode(document);
  const coded = new Map<Coding, Promise<Uint8Array<ArrayBuffer>>>([['identity', Promise.resolve(identity)]]);
  return {
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    size: identity.byteLength,
    body(coding) {
      const known = coded.get(coding);
      if (known) return known;
      const made = coding === 'identity' ? Promise.resolve(identity) : compress[coding](identity);
      coded.set(coding, made);
      return made;
    },
  };
};

interface Entry {
  readonly revision: number;
  readonly page: Promise<ReturnType<typeof rendered>>;
}

/** Finished pages in memory, at most 32 MiB of them, each good for one revision of the database. */
export const createPageCache = (): PageCache => {
  // Sizes are known only when a page is finished; a kept page then weighs about twice its plain bytes.
  const pages = new LRUCache<string, Entry>({ maxSize: MAX_BYTES, sizeCalculation: () => 1 });
  const changes = new LRUCache<string, { readonly etag: string; readonly at: number }>({ max: MAX_CHANGES });
  return {
    changedAt(key, etag, now) {
      const second = Math.floor(now / 1000) * 1000;
      const known = changes.get(key);
      const at = known === undefined ? second : known.etag === etag ? known.at : Math.max(second, known.at + 1000);
      if (known?.etag !== etag) changes.set(key, { etag, at });
      return { at, told: Math.min(at, second) };
    },
    async get(key, revision, make) {
      const kept = pages.get(key);
      if (kept?.revision === revision) return kept.page;
      const page = make().then(rendered);
      const entry: Entry = { revision, page };
      pages.set(key, entry);
      try {
        const made = await page;
        if (pages.peek(key) === entry) pages.set(key, { revision, page }, { size: key.length + made.size * 2 });
        return made;
      } catch (error) {
        if (pages.peek(key) === entry) pages.delete(key);
        throw error;
      }
    },
  };
};

/** The best coding a client takes: brotli, gzip, or none. */
export const codingOf = (accepted: string | undefined): Coding => {
  if (accepted === undefined) return 'identity';
  for (const coding of ['br', 'gzip'] as const) {
    const wish = new RegExp(`(?:^|,)\\s*${coding}\\s*(?:;\\s*q=([0-9.]+))?\\s*(?:,|$)`).exec(accepted);
    if (wish && wish[1] !== '0' && wish[1] !== '0.0' && wish[1] !== '0.000') return coding;
  }
  return 'identity';
};
