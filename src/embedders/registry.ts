import { join } from 'node:path';
import type { Embedder } from '../ports/embedder.ts';
import { createHttpEmbedder } from './http.ts';
import { createKnownModels } from './known-models.ts';
import { verifyModel } from './manifest.ts';
import { createOnnxEmbedder } from './onnx.ts';
import type { ModelAddress } from './protocols.ts';

const MODELS = join(import.meta.dirname, '../../assets/models');

/** The vendored sentence encoder. */
export const MODEL_FOLDER = join(MODELS, 'all-MiniLM-L6-v2-int8');

/** The vendored table of word vectors, which the search index reads. */
const TABLE_FOLDER = join(MODELS, 'static256');

/** Of `Config`, what says which embedder there is. */
export interface EmbedderSettings {
  /** `auto` is the vendored one. */
  readonly embed: 'auto' | 'off' | ModelAddress;
  readonly embedKey: string;
  /** Where models met elsewhere are remembered. */
  readonly dataDir: string;
}

/**
 * The embedder the settings name; null where it is turned off. Nothing heavy is loaded, and nobody is asked, before its
 * first use. Throws `Fault('model-unavailable')` where the vendored one has no manifest.
 */
export const openEmbedder = ({ embed, embedKey, dataDir }: EmbedderSettings): Embedder | null => {
  if (embed === 'off') return null;
  if (embed === 'auto') return createOnnxEmbedder(MODEL_FOLDER);
  return createHttpEmbedder(embed, { key: embedKey, known: createKnownModels(join(dataDir, 'embedders.json')) });
};

/**
 * Compares what is vendored and in use with its checksums, and asks a model elsewhere who it is: null when all is well, else
 * one sentence.
 */
export const checkEmbedder = async ({ embed }: Pick<EmbedderSettings, 'embed'>): Promise<string | null> =>
  (await verifyModel(TABLE_FOLDER)) ?? (embed === 'auto' ? await verifyModel(MODEL_FOLDER) : null);
