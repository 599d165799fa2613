import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Tokenizer } from '@huggingface/tokenizers';
import type { InferenceSession } from 'onnxruntime-node';
import type { Answer, Ask, Setup } from './onnx.ts';

// Tokenising, loading and running a model all block the thread they are on: ONNX Runtime's promises are for show. Hence a thread of its own.

/** One computing thread leaves the other cores to the server. */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false,
  logSeverityLevel: 3,
};

/** Words beyond this many characters cannot reach the model's last token, however short they are. */
const TEXT_CAP = 4_000;

const { folder, dimensions, maxTokens, polite } = workerData as Setup;

// Linux keeps priorities by thread, and 0 is the one that asks; elsewhere this would slow down the whole process.
if (polite && process.platform === 'linux') setPriority(0, 10);

const load = async () => {
  const { default: ort } = await import('onnxruntime-node');
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const tokenizer = new Tokenizer(await read('tokenizer.json'), await read('tokenizer_config.json'));
  const session = await ort.InferenceSession.create(join(folder, 'model_int8.onnx'), OPTIONS);
  return { ort, session, tokenizer };
};

type Engine = Awaited<ReturnType<typeof load>>;

/** Token ids with `[CLS]` and `[SEP]`; what is too long loses its end, never its `[SEP]`. */
const tokensOf = (tokenizer: Tokenizer, text: string): readonly number[] => {
  const { ids } = tokenizer.encode(text.slice(0, TEXT_CAP).toWellFormed());
  const last = ids.at(-1);
  return ids.length <= maxTokens || last === undefined ? ids : [...ids.slice(0, maxTokens - 1), last];
};

/** All vectors of a batch in one array. Texts are padded to the longest of the batch only. */
const embed = async ({ ort, session, tokenizer }: Engine, texts: readonly string[]): Promise<Float32Array> => {
  const batch = texts.map((text) => tokensOf(tokenizer, text));
  const width = Math.max(...batch.map((tokens) => tokens.length));
  const ids = new BigInt64Array(batch.length * width);
  const mask = new BigInt64Array(batch.length * width);
  batch.forEach((tokens, row) => {
    tokens.forEach((token, i) => {
      ids[row * width + i] = BigInt(token);
      mask[row * width + i] = 1n;
    });
  });
  const shape = [batch.length, width];
  const feeds = {
    input_ids: new ort.Tensor('int64', ids, shape),
    attention_mask: new ort.Tensor('int64', mask, shape),
  };
  const { sentence_embedding: output } = await session.run(feeds, ['sentence_embedding']);
  const flat = output?.data;
  if (!(flat instanceof Float32Array) || flat.length !== batch.length * dimensions)
    throw new Error('not a table of vectors');
  return flat;
};

const loading = load();
loading.catch(() => {});

parentPort?.on('message', async ({ n, texts }: Ask) => {
  const answer: Answer = await loading.then(
    async (engine) => {
      try {
        return { n, vectors: await embed(engine, texts) };
      } catch (error) {
        return { n, error: String(error), fatal: false };
      }
    },
    (error: unknown) => ({ n, error: String(error), fatal: true }),
  );
  parentPort?.postMessage(answer);
});
