import { LRUCache } from 'lru-cache';
import { Fault } from '../kernel/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import { createPost, type Patience, TOO_MUCH } from './http-post.ts';
import type { Identity, KnownModels } from './known-models.ts';
import type { ModelAddress } from './protocols.ts';

/** What it makes of this text tells a model's weights: changing it would give every model another id. */
const PROBE = 'Broadsheet asks which weights read this sentence.';

/** Texts of one request: more than enough to keep a server busy, and fewer than any of them refuses. */
const BATCH = 16;

/** UTF-16 units of a text that are sent at most; models read fewer. */
const TEXT_CAP = 4_000;
/** What a server finds too long is sent again by halves down to this length. */
const SHORTEST = 200;

/** For a query, for many texts, and for asking who the model is: the server may have to load it first. */
const PATIENCE: Readonly<Record<'query' | 'bulk' | 'probe', Patience>> = {
  query: { ms: 10_000, tries: 2 },
  bulk: { ms: 120_000, tries: 4 },
  probe: { ms: 60_000, tries: 2 },
};

/** Queries at the server at one time; what comes on top is not worth waiting for. */
const MOST_QUERIES = 16;

/** One text up to this length is a query, and kept with its vector. UTF-16 units. */
const CACHED_LENGTH = 256;
const CACHED = 500;

export interface HttpOptions {
  /** Sent as a Bearer token; empty sends none. */
  readonly key: string;
  readonly known: KnownModels;
  /** Before the second try; twice as long each time. */
  readonly waitMs?: number;
  /** After a failure queries fail at once for so long. */
  readonly restMs?: number;
  /** Who the model is, is asked again when it was last asked so long ago, and after every failure. */
  readonly trustMs?: number;
  readonly patience?: typeof PATIENCE;
}

/**
 * An embedder behind an address. It is told by what it makes of a fixed text: that is asked before its first vector, after
 * every failure, and after every call for more than a query, so that vectors of other weights never come under one id.
 * Reading `id` or `dimensions` before it was ever met throws `Fault('model-unavailable')`.
 */
export const createHttpEmbedder = (
  address: ModelAddress,
  { key, known, waitMs = 250, restMs = 5_000, trustMs = 60_000, patience = PATIENCE }: HttpOptions,
): Embedder => {
  const { host } = new URL(address.url);
  const post = createPost(address, { key, waitMs });
  const closed = new AbortController();
  const cache = new LRUCache<string, Float32Array>({ max: CACHED });
  let identity: Identity | null = known.last(address);
  let asking: Promise<Identity> | null = null;
  /** `performance.now()` of when the model was last asked who it is; null when it has to be. */
  let asked: number | null = null;
  let resting: { readonly until: number; readonly fault: unknown } | null = null;
  let queries = 0;

  const fault = (says: string): Fault => new Fault('model-unavailable', `The embedding model at ${host} ${says}`);
  const until = (signal?: AbortSignal): AbortSignal =>
    signal ? AbortSignal.any([signal, closed.signal]) : closed.signal;

  /** Whatever fails: the server may come back with another model. */
  const minding = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
    try {
      const done = await work;
      resting = null;
      return done;
    } catch (error) {
      asked = null;
      if (!signal.aborted) resting = { until: performance.now() + restMs, fault: error };
      throw error;
    }
  };

  const identify = (): Promise<Identity> => {
    const ask = async (): Promise<Identity> => {
      const got = await minding(post([PROBE], patience.probe, closed.signal), closed.signal);
      const probe = got === TOO_MUCH ? undefined : got[0];
      if (probe === undefined) throw fault('does not take the simplest request: check BROADSHEET_EMBED.');
      const met = await known.meet(address, probe);
      if (met.id !== identity?.id) cache.clear();
      identity = met;
      asked = performance.now();
      return met;
    };
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };

  const current = (): Identity => {
    if (identity === null) throw fault('has not answered yet.');
    return identity;
  };

  const ready = async (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const stop = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    await Promise.race([identify(), promise]).finally(() => signal?.removeEventListener('abort', stop));
  };

  /** Halves what the server finds too much: first the batch, then the text. */
  const read = async (
    texts: readonly string[],
    cost: Patience,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> => {
    const got = await post(texts, cost, signal);
    if (got !== TOO_MUCH) return got;
    const [first = ''] = texts;
    if (texts.length > 1) {
      const half = texts.length >> 1;
      return [...(await read(texts.slice(0, half), cost, signal)), ...(await read(texts.slice(half), cost, signal))];
    }
    if (first.length <= SHORTEST) throw fault('refuses even a short text: check BROADSHEET_EMBED.');
    return read([first.slice(0, first.length >> 1)], cost, signal);
  };

  const readAlike = async (texts: readonly string[], cost: Patience, signal: AbortSignal) => {
    const vectors = await minding(read(texts, cost, signal), signal);
    const { probe } = current();
    if (vectors.every((vector) => vector.length === probe.length)) return vectors;
    asked = null;
    throw fault(`answered with vectors of ${vectors[0]?.length} dimensions instead of ${probe.length}.`);
  };

  const readQuery = async (text: string, signal: AbortSignal): Promise<Float32Array> => {
    if (resting !== null && performance.now() < resting.until) throw resting.fault;
    if (queries >= MOST_QUERIES) throw fault('is busy.');
    queries++;
    try {
      if (asked === null) await ready(signal);
      if (asked !== null && performance.now() - asked > trustMs) identify().catch(() => {});
      const [vector] = await readAlike([text], patience.query, signal);
      return vector as Float32Array;
    } finally {
      queries--;
    }
  };

  const readBulk = async (texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> => {
    if (asked === null) await ready(signal);
    const { id } = current();
    const vectors: Float32Array[] = [];
    for (let i = 0; i < texts.length; i += BATCH)
      vectors.push(...(await readAlike(texts.slice(i, i + BATCH), patience.bulk, signal)));
    signal.throwIfAborted();
    if ((await identify()).id !== id) throw fault('is another model than before: its vectors are kept apart.');
    return vectors;
  };

  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const stop = until(signal);
    signal?.throwIfAborted();
    if (closed.signal.aborted) throw fault('was closed.');
    const sendable = texts.map((text) => text.slice(0, TEXT_CAP).toWellFormed().replaceAll('\0', ' '));
    // Some servers refuse an empty text.
    const sent = sendable.map((text) => (text.trim() === '' ? '.' : text));
    const vectors = sent.map((text) => cache.get(text));
    const missing = [...new Set(sent.filter((_, i) => vectors[i] === undefined))];
    if (missing.length === 0) return vectors as Float32Array[];
    const { id } = identity ?? { id: null };
    const [only = ''] = missing;
    const isQuery = texts.length === 1 && only.length <= CACHED_LENGTH;
    const made = isQuery ? [await readQuery(only, stop)] : await readBulk(missing, stop);
    if (id !== null && id !== current().id) throw fault('is another model than before: its vectors are kept apart.');
    const byText = new Map(missing.map((text, i) => [text, made[i] as Float32Array]));
    for (const [text, vector] of byText) if (text.length <= CACHED_LENGTH) cache.set(text, vector);
    return sent.map((text, i) => vectors[i] ?? (byText.get(text) as Float32Array));
  };

  return {
    get id() {
      return current().id;
    },
    get dimensions() {
      return current().probe.length;
    },
    ready,
    embed,
    async [Symbol.asyncDispose]() {
      closed.abort(fault('was closed.'));
    },
  };
};
