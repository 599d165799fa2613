import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerXml, escapeXml, FORMATS, type OaiFormat, type OaiRecord, recordXml } from './oai-xml.ts';

export { type OaiRecord, recordsFromSnapshot } from './oai-xml.ts';

/** What happens to one of the next requests instead of, or on top of, the right answer. */
export type OaiTrouble =
  /** 503; `retryAfter` is the header as it is: seconds, a date, nonsense; without it there is none. */
  | { readonly kind: 'busy'; readonly status?: number; readonly retryAfter?: string }
  /** No records, but a token: the one that would have been needed anyway. */
  | { readonly kind: 'empty-with-token' }
  /** No records and no token. */
  | { readonly kind: 'empty' }
  /** An OAI error, with HTTP 200. */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string }
  /** A page of HTML, with HTTP 200. */
  | { readonly kind: 'html' }
  /** The right answer, ended in the middle. */
  | { readonly kind: 'cut' }
  /** The connection is closed without an answer. */
  | { readonly kind: 'lost' };

export interface OaiRequest {
  /** Milliseconds, `performance.now()` of this process when the request's head was read. */
  readonly at: number;
  /** Connections are numbered from 1 in the order they were opened. */
  readonly connection: number;
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** 0 where the connection was closed without an answer. */
  readonly status: number;
}

export interface OaiServer extends AsyncDisposable {
  /** E.g. `http://127.0.0.1:41234/oai`: for `BROADSHEET_SOURCE_URLS`. */
  readonly base: string;
  /** `127.0.0.1:41234`: for `BROADSHEET_FETCH_ALLOW`. */
  readonly host: string;
  readonly requests: readonly OaiRequest[];
  /** The most connections open, and the most requests being answered, at one time. */
  readonly most: { readonly connections: number; readonly requests: number };
  /** Each trouble meets one ListRecords request, in this order; `null` lets one pass. */
  trouble(...next: readonly (OaiTrouble | null)[]): void;
  /** Every token given out so far is forgotten: `badResumptionToken`. */
  expireTokens(): void;
  /** Records from now on: for a second harvest. */
  replace(records: readonly OaiRecord[]): void;
  close(): Promise<void>;
}

class OaiError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const ARGUMENTS = ['verb', 'metadataPrefix', 'from', 'until', 'set', 'resumptionToken', 'identifier'];
const DAY = /^\d{4}-\d\d-\d\d$/;

const badArgument = (reason: string): OaiError =>
  new OaiError('badArgument', `The request is illegal. Reason: ${reason}`);

const checkParams = (url: URL): Record<string, string> => {
  const params: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (!ARGUMENTS.includes(name) || name in params) throw badArgument(`${name} is not allowed here, or repeated`);
    params[name] = value;
  }
  return params;
};

/**
 * A small archive that pages ListRecords as arXiv does: the same XML, tokens that are the next request's arguments with
 * `from` moved to the last datestamp and `skip` records of it already given, errors with HTTP 200. `pageSize` records a
 * page; `tokenLife` in milliseconds; `counted` adds `completeListSize` and `cursor`, which arXiv leaves out; `respond`
 * waits that many milliseconds before each answer; `today` is the day of `responseDate`.
 */
export const startOaiServer = async (options: {
  readonly records: readonly OaiRecord[];
  readonly pageSize: number;
  readonly tokenLife?: number;
  readonly counted?: boolean;
  readonly respond?: number;
  readonly today?: string;
}): Promise<OaiServer> => {
  const { pageSize, tokenLife = Number.POSITIVE_INFINITY, counted = false, respond = 0 } = options;
  const sorted = (records: readonly OaiRecord[]): OaiRecord[] =>
    [...records].sort((a, b) =>
      a.datestamp < b.datestamp ? -1 : a.datestamp > b.datestamp ? 1 : a.id < b.id ? -1 : 1,
    );
  let records = sorted(options.records);
  const requests: OaiRequest[] = [];
  const troubles: (OaiTrouble | null)[] = [];
  const tokens = new Map<string, number>();
  const sockets = new Map<Socket, number>();
  const most = { connections: 0, requests: 0 };
  let opened = 0;
  let answering = 0;

  const listRecords = (given: Readonly<Record<string, string>>, trouble: OaiTrouble | null): string => {
    let params: Record<string, string> = { ...given };
    if (given.resumptionToken !== undefined) {
      const token = given.resumptionToken;
      const since = tokens.get(token);
      if (since === undefined || since + tokenLife < performance.now())
        throw new OaiError('badResumptionToken', 'The value of the resumptionToken argument is invalid or expired.');
      params = Object.fromEntries(new URLSearchParams(decodeURIComponent(token)));
    }
    const { metadataPrefix, from = '', until = '9999-12-31', set, skip = '0', cursor = '0' } = params;
    if (metadataPrefix === undefined) throw badArgument('metadataPrefix required.');
    if (!(FORMATS as readonly string[]).includes(metadataPrefix))
      throw new OaiError('cannotDisseminateFormat', 'Did not recognize requested format');
    for (const [name, day] of [
      ['from', from || '2000-01-01'],
      ['until', until],
    ] as const)
      if (!DAY.test(day)) throw badArgument(`${name} date format must be YYYY-MM-DD`);
    const chosen = records.filter(
      ({ datestamp, sets }) =>
        datestamp >= from &&
        datestamp <= until &&
        (set === undefined || sets.some((one) => one === set || one.startsWith(`${set}:`))),
    );
    if (chosen.length === 0)
      throw new OaiError('noRecordsMatch', 'The combination of the values of the arguments results in an empty list.');
    const start = Number(skip);
    const empty = trouble?.kind === 'empty-with-token' || trouble?.kind === 'empty';
    const page = empty ? [] : chosen.slice(start, start + pageSize);
    const end = start + page.length;
    let token = '';
    if (trouble?.kind !== 'empty' && end < chosen.length) {
      const last = page.at(-1)?.datestamp ?? from;
      const first = chosen.findIndex(({ datestamp }) => datestamp >= last);
      const next = new URLSearchParams({
        verb: 'ListRecords',
        metadataPrefix,
        ...(last ? { from: last } : {}),
        ...(params.until ? { until } : {}),
        ...(set ? { set } : {}),
        skip: String(end - first),
        ...(counted ? { cursor: String(Number(cursor) + page.length) } : {}),
      });
      token = encodeURIComponent(next.toString());
      tokens.set(token, performance.now());
    }
    const size = counted ? ` completeListSize='${Number(cursor) + chosen.length - start}' cursor='${cursor}'` : '';
    const resumption =
      trouble?.kind === 'empty'
        ? ''
        : token === ''
          ? `                    <resumptionToken${size}/>\n\n`
          : `                    <resumptionToken expirationDate='2099-01-01T00:00:00Z'${size}>${token}</resumptionToken>\n\n`;
    const body = page.map((record) => recordXml(record, metadataPrefix as OaiFormat)).join('');
    return `    <ListRecords>\n${body}${resumption}    </ListRecords>\n`;
  };

  const xmlFor = (url: URL, trouble: OaiTrouble | null): string => {
    const now = `${options.today ?? new Date().toISOString().slice(0, 10)}T08:30:52Z`;
    let params: Record<string, string> = {};
    try {
      params = checkParams(url);
      if (trouble?.kind === 'error') throw new OaiError(trouble.code, trouble.message ?? 'On demand.');
      if (params.verb !== 'ListRecords') throw new OaiError('badVerb', 'Reason: Invalid verb provided');
      return answerXml(now, params, listRecords(params, trouble));
    } catch (error) {
      if (!(error instanceof OaiError)) throw error;
      return answerXml(now, {}, `    <error code='${error.code}'>${escapeXml(error.message)}</error>\n`);
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = performance.now();
    answering += 1;
    most.requests = Math.max(most.requests, answering);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const trouble = url.searchParams.get('verb') === 'ListRecords' ? (troubles.shift() ?? null) : null;
    const status = trouble?.kind === 'lost' ? 0 : trouble?.kind === 'busy' ? (trouble.status ?? 503) : 200;
    requests.push({
      at,
      connection: sockets.get(request.socket) ?? 0,
      url: request.url ?? '',
      params: Object.fromEntries(url.searchParams),
      headers: request.headers,
      status,
    });
    if (respond > 0) await new Promise((resolve) => setTimeout(resolve, respond));
    answering -= 1;
    if (trouble?.kind === 'lost') request.socket.destroy();
    else if (trouble?.kind === 'busy') {
      const wait = trouble.retryAfter === undefined ? {} : { 'retry-after': trouble.retryAfter };
      response.writeHead(status, { 'content-type': 'text/html', ...wait }).end('<h1>Retry later</h1>');
    } else if (trouble?.kind === 'html') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><p>Maintenance</p>');
    } else {
      const xml = xmlFor(url, trouble);
      const body = trouble?.kind === 'cut' ? xml.slice(0, Math.floor(xml.length / 2)) : xml;
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(body);
    }
  };

  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => {
    opened += 1;
    sockets.set(socket, opened);
    most.connections = Math.max(most.connections, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    base: `http://${host}/oai`,
    host,
    requests,
    most,
    trouble: (...next) => void troubles.push(...next),
    expireTokens: () => tokens.clear(),
    replace: (next) => {
      records = sorted(next);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
