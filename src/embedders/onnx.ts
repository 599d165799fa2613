import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { LRUCache } from 'lru-cache';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '../kernel/errors.ts';
import type { Embedder } from '../ports/embedder.ts';
import { type Manifest, readManifest } from './manifest.ts';

type Ort = typeof import('onnxruntime-node');

/** Texts computed at once. Larger batches are no faster on a CPU and take memory by the square of the longest text. */
const BATCH = 8;

/** Words beyond this many characters cannot reach the model's last token, however short they are. */
const TEXT_CAP = 4_000;

/** Texts up to this length (queries, mostly) are kept with their vectors. */
const CACHED_LENGTH = 256;
const CACHED = 500;

interface Engine {
  readonly ort: Ort;
  readonly session: InferenceSession;
  readonly tokenizer: Tokenizer;
  readonly manifest: Manifest;
}

/** One thread for each run leaves the other cores to the server; no arena, so that memory of a long batch is given back. */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: false,
  enableMemPattern: false,
  logSeverityLevel: 3,
};

const load = async (folder: string, manifest: Manifest): Promise<Engine> => {
  try {
    const { default: ort } = (await import('onnxruntime-node')) as unknown as { default: Ort };
    const [vocabulary, settings] = await Promise.all(
      ['tokenizer.json', 'tokenizer_config.json'].map(async (name) =>
        JSON.parse(await readFile(join(folder, name), 'utf8')),
      ),
    );
    const session = await ort.InferenceSession.create(join(folder, 'model_int8.onnx'), OPTIONS);
    return { ort, session, tokenizer: new Tokenizer(vocabulary, settings), manifest };
  } catch (cause) {
    throw new Fault('model-unavailable', `The embedding model in ${folder} cannot be loaded.`, { cause });
  }
};

/** Token ids with `[CLS]` and `[SEP]`; what is too long loses its end, never its `[SEP]`. */
const tokensOf = ({ tokenizer, manifest }: Engine, text: string): readonly number[] => {
  const { ids } = tokenizer.encode(text.slice(0, TEXT_CAP).toWellFormed());
  const last = ids.at(-1);
  return ids.length <= manifest.maxTokens || last === undefined ? ids : [...ids.slice(0, manifest.maxTokens - 1), last];
};

/** Pads to the longest of the batch only. */
const run = async ({ ort, session, manifest }: Engine, batch: readonly (readonly number[])[]) => {
  const width = Math.max(...batch.map((ids) => ids.length));
  const ids = new BigInt64Array(batch.length * width);
  const mask = new BigInt64Array(batch.length * width);
  batch.forEach((tokens, row) => {
    tokens.forEach((token, i) => {
      ids[row * width + i] = BigInt(token);
      mask[row * width + i] = 1n;
    });
  });
  const shape = [batch.length, width];
  const feeds: Record<string, Tensor> = {
    input_ids: new ort.Tensor('int64', ids, shape),
    attention_mask: new ort.Tensor('int64', mask, shape),
  };
  const { sentence_embedding: output } = await session.run(feeds, ['sentence_embedding']);
  if (output === undefined) throw new Fault('model-unavailable', 'The embedding model gave no answer.');
  const flat = output.data as Float32Array;
  return batch.map((_, row) => flat.slice(row * manifest.dimensions, (row + 1) * manifest.dimensions));
};

/** Sentence vectors by ONNX Runtime, on its own threads. The model is loaded on first use. Throws `Fault('model-unavailable')`. */
export const createOnnxEmbedder = (folder: string): Embedder => {
  const manifest = readManifest(folder);
  const weights = manifest.files['model_int8.onnx']?.sha256.slice(0, 8) ?? 'unknown';
  const cache = new LRUCache<string, Float32Array>({ max: CACHED });
  let loading: Promise<Engine> | null = null;
  const engine = (): Promise<Engine> => {
    loading ??= load(folder, manifest).catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  const embed = async (texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = new Array(texts.length);
    const missing: { at: number; text: string }[] = [];
    texts.forEach((text, at) => {
      const known = cache.get(text);
      if (known === undefined) missing.push({ at, text });
      else vectors[at] = known;
    });
    if (missing.length === 0) return vectors;
    const ready = await engine();
    const work: { at: number; text: string; tokens: readonly number[] }[] = [];
    for (const item of missing) {
      work.push({ ...item, tokens: tokensOf(ready, item.text) });
      if (work.length % BATCH === 0) await breathe();
    }
    work.sort((a, b) => a.tokens.length - b.tokens.length);
    for (let i = 0; i < work.length; i += BATCH) {
      signal?.throwIfAborted();
      const batch = work.slice(i, i + BATCH);
      const rows = await run(
        ready,
        batch.map((item) => item.tokens),
      );
      batch.forEach(({ at, text }, row) => {
        const vector = rows[row] as Float32Array;
        vectors[at] = vector;
        if (text.length <= CACHED_LENGTH) cache.set(text, vector);
      });
    }
    return vectors;
  };

  return {
    id: `${manifest.name}@${weights}`,
    dimensions: manifest.dimensions,
    embed,
    async [Symbol.asyncDispose]() {
      const loaded = await loading?.catch(() => null);
      loading = null;
      await loaded?.session.release();
    },
  };
};
