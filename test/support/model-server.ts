import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one of the next requests instead of the right answer. */
export type ModelTrouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  /** HTTP 200 with this body. */
  | { readonly kind: 'body'; readonly body: string; readonly type?: string }
  /** The connection is closed without an answer. */
  | { readonly kind: 'lost' }
  /** Nothing comes until the server is closed. */
  | { readonly kind: 'silence' }
  /** One vector fewer than texts. */
  | { readonly kind: 'fewer' }
  /** Every vector with one component more. */
  | { readonly kind: 'longer' };

export interface ModelRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  readonly texts: readonly string[];
}

export interface ModelServer extends AsyncDisposable {
  /** `http://127.0.0.1:41234` */
  readonly origin: string;
  readonly requests: readonly ModelRequest[];
  /** Each trouble meets one request, in this order; `null` lets one pass. */
  trouble(...next: readonly (ModelTrouble | null)[]): void;
  /** No trouble any more. */
  calm(): void;
  /** Other weights from now on. */
  become(weights: string): void;
  /** Longer texts are refused from now on, as are more texts at once; null takes all. */
  limit(limits: { readonly characters: number; readonly texts: number } | null): void;
  close(): Promise<void>;
}

/** A number from 0 to 1 that follows from a text. */
const chance = (text: string): number => {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
};

/** A bag of words thrown at random directions that follow from the weights: texts that share words are near each other. Not of length one. */
const vectorOf = (text: string, weights: string, dimensions: number): number[] => {
  const vector = Array.from({ length: dimensions }, (_, i) => 0.01 * (chance(`${weights} ${i}`) - 0.5));
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    for (let i = 0; i < dimensions; i++) vector[i] = (vector[i] ?? 0) + 3 * (chance(`${weights} ${word} ${i}`) - 0.5);
  return vector;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

interface Asked {
  readonly texts: readonly string[];
  readonly answer: (vectors: readonly number[][]) => unknown;
}

/** The three protocols, by their documents; null where a request is none of theirs. */
const understood = (path: string, body: unknown, model: string): Asked | null => {
  const { model: named, input, inputs } = (body ?? {}) as Readonly<Record<string, unknown>>;
  const texts = (value: unknown): readonly string[] | null =>
    Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
  if (path === '/embed') {
    const list = texts(inputs);
    return list && { texts: list, answer: (vectors) => vectors };
  }
  const list = named === model ? texts(input) : null;
  if (list === null) return null;
  if (path === '/api/embed')
    return { texts: list, answer: (embeddings) => ({ model, embeddings, total_duration: 1, load_duration: 1 }) };
  if (path !== '/v1/embeddings') return null;
  const data = (vectors: readonly number[][]) =>
    vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  // Out of order, as the protocol allows: `index` says which is which.
  return {
    texts: list,
    answer: (vectors) => ({ object: 'list', model, data: data(vectors).reverse(), usage: { prompt_tokens: 1 } }),
  };
};

/** A server that makes vectors, by OpenAI's, Ollama's and text-embeddings-inference's protocols at once. */
export const startModelServer = async ({ dimensions = 100, model = 'words', port = 0 } = {}): Promise<ModelServer> => {
  const requests: ModelRequest[] = [];
  const troubles: (ModelTrouble | null)[] = [];
  let weights = 'first';
  let limits: { readonly characters: number; readonly texts: number } | null = null;

  const send = (response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request);
    const path = request.url ?? '';
    const body: unknown = JSON.parse(text);
    const asked = understood(path, body, model);
    const { method = '', headers } = request;
    requests.push({ method, path, headers, body, texts: asked?.texts ?? [] });
    const trouble = troubles.shift() ?? null;
    if (trouble?.kind === 'silence') return;
    if (trouble?.kind === 'lost') {
      request.socket.destroy();
      return;
    }
    if (trouble?.kind === 'status') {
      const { status, body: words = '{"error":"trouble"}', headers: more = {} } = trouble;
      send(response, status, words, more);
      return;
    }
    if (trouble?.kind === 'body') {
      send(response, 200, trouble.body, trouble.type === undefined ? {} : { 'content-type': trouble.type });
      return;
    }
    if (method !== 'POST' || asked === null) {
      send(response, 404, '{"error":"not found"}');
      return;
    }
    if (
      limits &&
      (asked.texts.length > limits.texts || asked.texts.some((one) => one.length > (limits?.characters ?? 0)))
    ) {
      send(response, 413, '{"error":"inputs must have less tokens"}');
      return;
    }
    const long = dimensions + (trouble?.kind === 'longer' ? 1 : 0);
    const vectors = asked.texts.map((one) => vectorOf(one, weights, long));
    send(response, 200, JSON.stringify(asked.answer(trouble?.kind === 'fewer' ? vectors.slice(1) : vectors)));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => send(response, 500, JSON.stringify({ error: String(error) })));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    server.closeAllConnections();
    await closed;
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    trouble: (...next) => void troubles.push(...next),
    calm: () => void troubles.splice(0),
    become: (next) => {
      weights = next;
    },
    limit: (next) => {
      limits = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
