import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../kernel/errors.ts';
import { retryAfterMs } from '../kernel/retry-after.ts';
import { type ModelAddress, readVectors, SPEECHES } from './protocols.ts';

/** What one request may cost. */
export interface Patience {
  readonly ms: number;
  readonly tries: number;
}

/** The server will not take these texts at once, or not this long; fewer or shorter ones it may. */
export const TOO_MUCH = Symbol('too much');

/** Servers say that a text is too long by these statuses, or by another one and in these words. */
const MUCH = new Set([400, 413, 422]);
const LONG = /too (?:large|long|many)|context (?:length|size)|maximum (?:context|batch)/i;

const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST_WAIT_MS = 60_000;

const wordsOf = (body: Uint8Array): string =>
  new TextDecoder()
    .decode(body.subarray(0, 4_000))
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
};

/**
 * Asks a server for vectors of texts. What it may recover from (429, 5xx, a lost connection) is tried again, waiting as it
 * says, or twice as long each time.
 */
export const createPost = (
  address: ModelAddress,
  { key, waitMs }: { readonly key: string; readonly waitMs: number },
) => {
  const { protocol, url, model } = address;
  const speech = SPEECHES[protocol];
  const { host, hostname, port, protocol: scheme } = new URL(url);
  const allow = [`${hostname}:${port || (scheme === 'https:' ? '443' : '80')}`];
  const who = `The embedding model at ${host}`;
  const fault = (says: string, cause?: unknown): Fault => new Fault('model-unavailable', `${who} ${says}`, { cause });

  const once = async (texts: readonly string[], ms: number, signal: AbortSignal) => {
    const { guardedFetch } = await import('../kernel/guarded-fetch.ts');
    const headers = {
      'content-type': 'application/json',
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    };
    return guardedFetch(
      {
        url: url + speech.path(url),
        headers,
        body: JSON.stringify(speech.body(model, texts)),
        accepts: ['application/json'],
      },
      {
        userAgent: 'Broadsheet',
        // The operator named this address, which is on this machine more often than not: it, and nothing it redirects to.
        allow,
        signal,
        caps: { bytes: MOST_BYTES, totalMs: 2 * ms, headersMs: ms, paceMs: ms },
      },
    );
  };

  /** Vectors; `TOO_MUCH`; or what went wrong, and after how many milliseconds it may be tried again (null: never). */
  const attempt = async (
    texts: readonly string[],
    ms: number,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[] | typeof TOO_MUCH | { readonly fault: Fault; readonly after: number | null }> => {
    let answer: Awaited<ReturnType<typeof once>>;
    try {
      answer = await once(texts, ms, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof Fault)) throw error;
      const after = error.code === 'source-unavailable' ? 0 : null;
      return {
        fault: new Fault('model-unavailable', `The embedding model cannot be asked: ${error.message}`, {
          cause: error,
        }),
        after,
      };
    }
    const { status, body, headers } = answer;
    if (status >= 200 && status < 300) {
      const vectors = readVectors(protocol, parsed(body), texts.length);
      return typeof vectors === 'string' ? { fault: fault(`answered with ${vectors}.`), after: null } : vectors;
    }
    const words = wordsOf(body);
    if (MUCH.has(status) || (status >= 500 && LONG.test(words))) return TOO_MUCH;
    if (status === 401 || status === 403)
      return { fault: fault(`does not let us in (${status}): check BROADSHEET_EMBED_KEY.`), after: null };
    if (status === 404)
      return {
        fault: fault(`has no ${model === '' ? 'such page' : `model called ${model}`} (404): check BROADSHEET_EMBED.`),
        after: null,
      };
    const later = status === 429 || status >= 500;
    const said = headers['retry-after'] === undefined ? null : retryAfterMs(headers['retry-after'], Date.now());
    return {
      fault: fault(`answered ${status}${words === '' ? '' : `: ${words.slice(0, 200).replace(/[.\s]+$/, '')}`}.`),
      after: later ? Math.min(said ?? 0, LONGEST_WAIT_MS) : null,
    };
  };

  /** Throws `Fault('model-unavailable')` with one sentence, and the reason of `signal`. */
  return async (
    texts: readonly string[],
    { ms, tries }: Patience,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[] | typeof TOO_MUCH> => {
    for (let failures = 1; ; failures++) {
      signal.throwIfAborted();
      const got = await attempt(texts, ms, signal);
      if (got === TOO_MUCH || !('fault' in got)) return got;
      // Who would be waited for longer than one answer may take is not waited for.
      if (got.after === null || got.after > ms || failures >= tries) throw got.fault;
      await sleep(Math.max(got.after, waitMs * 2 ** (failures - 1)), undefined, { signal }).catch(() => {});
    }
  };
};
