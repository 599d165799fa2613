import { Client, type Dispatcher } from 'undici';
import { allowance } from './addresses.ts';
import { Fault } from './errors.ts';
import { ACCEPT_ENCODING, canDecode, readBody } from './guarded-body.ts';
import { checkUrl, type Dial, type Guard, guardedConnector, type Resolve } from './guarded-connect.ts';

/** One request. GET unless there is a body, which is POSTed. */
export interface GuardedRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Media types that can be read; empty takes all, also an answer that names none. */
  readonly accepts: readonly string[];
}

/** One answer of any status but a redirect, whole and decompressed. */
export interface GuardedAnswer {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  /** Media type without parameters, lower case; empty where none is named. */
  readonly type: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What one request may cost. */
export interface Caps {
  /** Of the body, compressed and decompressed. */
  readonly bytes: number;
  /** The whole request, redirects included. */
  readonly totalMs: number;
  /** Until the headers of the last redirect's answer are there. */
  readonly headersMs: number;
  /** Every `paceMs` a body brings at least `paceBytes`, so that a drip ends after `headersMs + paceMs`. */
  readonly paceMs: number;
  readonly paceBytes: number;
}

export const CAPS: Caps = {
  bytes: 64 * 1024 * 1024,
  totalMs: 120_000,
  headersMs: 20_000,
  paceMs: 10_000,
  paceBytes: 10 * 1024,
};

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** `Broadsheet/<version> (+<contact>)`: whom a source turns to when we are a nuisance. */
export const userAgent = (version: string, contact: string): string =>
  `Broadsheet/${version}${contact === '' ? '' : ` (+${contact})`}`;

const headersOf = (headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> => {
  const flat: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
};

const typeOf = (headers: Readonly<Record<string, string>>): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

const parseUrl = (text: string, base?: string): URL => {
  const url = URL.parse(text, base);
  if (url === null) throw new Fault('address-refused', `${JSON.stringify(text.slice(0, 200))} is no web address.`);
  return url;
};

/** The request that a redirect asks for. What was meant for one origin (keys, a body) is not carried to another. */
const redirected = (request: GuardedRequest, from: URL, status: number, to: URL): GuardedRequest => {
  const { headers, body, accepts } = request;
  const same = from.origin === to.origin;
  const keepBody = body !== undefined && (status === 307 || status === 308);
  if (keepBody && !same)
    throw new Fault('source-refused', `${from.host} wants what was sent to it sent to ${to.host} instead.`);
  return { url: to.href, accepts, ...(same && headers ? { headers } : {}), ...(keepBody ? { body } : {}) };
};

const untilStopped = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  work.catch(() => undefined);
  if (signal.aborted) return Promise.reject(signal.reason);
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', stop));
};

/**
 * Makes one request to a public address and reads the answer, following at most five redirects. Each hop is guarded:
 * http or https, no user or password, and an address that is public by its name, by what the name leads to, and by where
 * the connection ends up; `allow` lists `host:port` that are let through all the same. Nothing is kept open afterwards.
 *
 * An answer of 2xx must have a type of `accepts`; one that names no type is refused unless `accepts` is empty. Other
 * statuses are handed on whatever their type. Throws `Fault('address-refused')`, `Fault('source-refused')` for a wrong
 * type, encoding or certificate, too much, too slow or too many redirects, `Fault('source-unavailable')` where the connection fails or
 * is lost or nothing comes, and the reason of `signal`.
 */
export const guardedFetch = async (
  request: GuardedRequest,
  options: {
    readonly userAgent: string;
    /** `host:port` each. */
    readonly allow: readonly string[];
    readonly signal?: AbortSignal | undefined;
    readonly caps?: Partial<Caps> | undefined;
    readonly resolve?: Resolve | undefined;
    readonly dial?: Dial | undefined;
  },
): Promise<GuardedAnswer> => {
  const caps = { ...CAPS, ...options.caps };
  const { resolve, dial } = options;
  const guard: Guard = { allowed: allowance(options.allow), ...(resolve && { resolve }), ...(dial && { dial }) };
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let host = '';
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number, fault: () => Fault): NodeJS.Timeout => {
    const timer = setTimeout(() => stop.abort(fault()), ms);
    timers.add(timer);
    return timer;
  };
  after(
    caps.totalMs,
    () => new Fault('source-refused', `The answer of ${host} took more than ${caps.totalMs / 1000} s.`),
  );
  const headers = after(
    caps.headersMs,
    () => new Fault('source-unavailable', `${host} did not answer within ${caps.headersMs / 1000} s.`),
  );

  const read = async (
    url: URL,
    { body, headers: fields, statusCode: status }: Dispatcher.ResponseData,
  ): Promise<GuardedAnswer> => {
    const named = headersOf(fields);
    const type = typeOf(named);
    const encoding = named['content-encoding'] ?? '';
    if (status >= 200 && status < 300 && request.accepts.length > 0 && !request.accepts.includes(type))
      throw new Fault(
        'source-refused',
        `${host} answered with ${type === '' ? 'no media type' : type.slice(0, 80)} instead of ${request.accepts.join(' or ')}.`,
      );
    if (!canDecode(encoding))
      throw new Fault(
        'source-refused',
        `${host} answered in the encoding ${encoding.slice(0, 80)}, which is not read.`,
      );
    if (Number(named['content-length']) > caps.bytes)
      throw new Fault(
        'source-refused',
        `The answer of ${host} is larger than ${Math.floor(caps.bytes / 1024 / 1024)} MiB.`,
      );
    let came = 0;
    const pace = setInterval(() => {
      if (came === 0) stop.abort(new Fault('source-unavailable', `${host} stopped in the middle of its answer.`));
      else if (came < caps.paceBytes) stop.abort(new Fault('source-refused', `The answer of ${host} only drips.`));
      came = 0;
    }, caps.paceMs);
    timers.add(pace);
    const onBytes = (n: number): void => {
      came += n;
    };
    const whole = readBody(body, { host, encoding, maxBytes: caps.bytes, onBytes, signal });
    return { url: url.href, status, type, headers: named, body: await untilStopped(whole, signal) };
  };

  const hop = async (ask: GuardedRequest, url: URL): Promise<GuardedAnswer | { readonly to: GuardedRequest }> => {
    checkUrl(url, guard);
    const client = new Client(url.origin, {
      connect: guardedConnector(url, guard, signal),
      pipelining: 0,
      allowH2: false,
      maxHeaderSize: 32 * 1024,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      const answer = await untilStopped(
        client.request({
          path: `${url.pathname}${url.search}`,
          method: ask.body === undefined ? 'GET' : 'POST',
          headers: {
            accept: ask.accepts.length === 0 ? '*/*' : ask.accepts.join(', '),
            ...ask.headers,
            'accept-encoding': ACCEPT_ENCODING,
            'user-agent': options.userAgent,
          },
          body: ask.body ?? null,
          signal,
        }),
        signal,
      );
      answer.body.on('error', () => undefined);
      const location = headersOf(answer.headers).location;
      if (REDIRECTS.has(answer.statusCode) && location !== undefined)
        return { to: redirected(ask, url, answer.statusCode, parseUrl(location, url.href)) };
      clearTimeout(headers);
      return await read(url, answer);
    } finally {
      client.destroy().catch(() => undefined);
    }
  };

  try {
    let ask = request;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const url = parseUrl(ask.url);
      host = url.host;
      const result = await hop(ask, url);
      if (!('to' in result)) return result;
      ask = result.to;
    }
    throw new Fault('source-refused', `${host} redirects more than ${MOST_REDIRECTS} times.`);
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (stop.signal.aborted) throw stop.signal.reason;
    throw error instanceof Fault ? error : lost(host, error);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
};

const codeOf = (error: unknown): string => String((error as { readonly code?: unknown } | null)?.code ?? '');

const lost = (host: string, cause: unknown): Fault => {
  const code = codeOf(cause);
  if (code === 'UND_ERR_INVALID_ARG')
    return new Fault('bad-config', `A header for ${host} has characters that HTTP does not allow.`, { cause });
  if (/^(?:Z_DATA_ERROR|ERR__ERROR_FORMAT|ERR_BROTLI|ZSTD_error)/.test(code))
    return new Fault('source-refused', `The answer of ${host} is not compressed as it says.`, { cause });
  if (/^(?:ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY))/.test(code))
    return new Fault('source-refused', `The certificate of ${host} cannot be trusted (${code}).`, { cause });
  if (code.startsWith('ERR_SSL_')) return new Fault('source-refused', `${host} does not speak https.`, { cause });
  if (code === 'ENOTFOUND')
    return new Fault('source-unavailable', `There is no host ${host}, or no network.`, { cause });
  return new Fault('source-unavailable', `${host} cannot be reached, or the connection was lost.`, { cause });
};
