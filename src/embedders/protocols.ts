/** How the servers speak that make vectors. */
export type Protocol = 'openai' | 'ollama' | 'tei';

/** A server and its model. */
export interface ModelAddress {
  readonly protocol: Protocol;
  /** Base address without a slash at its end. */
  readonly url: string;
  /** Empty where the server has only one. */
  readonly model: string;
}

interface Speech {
  /** Path after the base address. */
  readonly path: (url: string) => string;
  readonly body: (model: string, texts: readonly string[]) => object;
  /** The table of vectors in an answer, in the order of the texts; undefined where there is none. */
  readonly vectors: (answer: unknown) => readonly unknown[] | undefined;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

const list = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

/** OpenAI numbers its vectors; those who speak its protocol mostly do, and not always send them in order. */
const inOrder = (data: readonly unknown[]): readonly unknown[] => {
  const at = data.map((one) => field(one, 'index'));
  const numbered = new Set(at).size === data.length && at.every((n) => Number.isInteger(n));
  const sorted = numbered ? data.toSorted((a, b) => Number(field(a, 'index')) - Number(field(b, 'index'))) : data;
  return sorted.map((one) => field(one, 'embedding'));
};

export const SPEECHES: Readonly<Record<Protocol, Speech>> = {
  openai: {
    path: (url) => (URL.parse(url)?.pathname === '/' ? '/v1/embeddings' : '/embeddings'),
    body: (model, texts) => ({ model, input: texts }),
    vectors: (answer) => {
      const data = list(field(answer, 'data'));
      return data && inOrder(data);
    },
  },
  ollama: {
    path: () => '/api/embed',
    body: (model, texts) => ({ model, input: texts }),
    vectors: (answer) => list(field(answer, 'embeddings')),
  },
  tei: {
    path: () => '/embed',
    body: (_model, texts) => ({ inputs: texts, truncate: true }),
    vectors: list,
  },
};

/** One vector of length one. A string says what is wrong. */
const unitOf = (row: unknown): Float32Array | string => {
  if (!Array.isArray(row) || row.length === 0) return 'something else than vectors';
  if (!row.every((x) => typeof x === 'number' && Number.isFinite(x)))
    return 'vectors with components that are no numbers';
  const norm = Math.hypot(...(row as readonly number[]));
  if (!(norm > 0) || !Number.isFinite(norm)) return 'a vector without a direction';
  return Float32Array.from(row as readonly number[], (x) => x / norm);
};

/** Vectors of length one for `texts` texts, all of the same dimensions. A string ends the sentence “… answered with”. */
export const readVectors = (protocol: Protocol, answer: unknown, texts: number): readonly Float32Array[] | string => {
  const rows = SPEECHES[protocol].vectors(answer);
  if (rows === undefined) return 'something else than vectors';
  if (rows.length !== texts) return `${rows.length} vectors for ${texts} texts`;
  const vectors: Float32Array[] = [];
  for (const row of rows) {
    const vector = unitOf(row);
    if (typeof vector === 'string') return vector;
    if (vector.length !== (vectors[0] ?? vector).length) return 'vectors of different dimensions';
    vectors.push(vector);
  }
  return vectors;
};
