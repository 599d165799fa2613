import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { RequestError } from '@hono/node-server';
import { SECURITY_HEADERS } from './guard-headers.ts';

/** What has no address to answer from still wears the guards. */
const HEADERS = {
  ...SECURITY_HEADERS,
  'cache-control': 'no-store',
  connection: 'close',
  'content-type': 'text/plain; charset=utf-8',
};

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request could not be read.\n',
  408: 'The request took too long to arrive.\n',
  413: 'The request is too large.\n',
  431: 'The address and headers of the request are too long.\n',
  500: 'The request could not be answered.\n',
};

const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/** For a request that the adapter cannot make a `Request` of, e.g. one without a host. */
export const refuseUnreadable = (error: unknown): Response => {
  const status = error instanceof RequestError ? 400 : 500;
  return new Response(SENTENCES[status], { status, headers: HEADERS });
};

/** For bytes that are no request, or not soon enough. A connection that has been answered on may be in the middle of an answer: it is only closed. */
export const refuseBytes = (
  error: NodeJS.ErrnoException,
  socket: Duplex & { readonly bytesWritten?: number },
): void => {
  if (!socket.writable || socket.bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  const status = STATUSES[error.code ?? ''] ?? 400;
  const sentence = SENTENCES[status] ?? '';
  const headers = { ...HEADERS, 'content-length': String(Buffer.byteLength(sentence)) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${sentence}`;
  // Ended alone it would stay open for as long as the other side likes.
  socket.end(answer, () => socket.destroy());
};
