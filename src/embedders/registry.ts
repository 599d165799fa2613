import { join } from 'node:path';
import type { Embedder } from '../ports/embedder.ts';
import { verifyModel } from './manifest.ts';
import { createOnnxEmbedder } from './onnx.ts';

/** The vendored sentence encoder. */
export const MODEL_FOLDER = join(import.meta.dirname, '../../assets/models/all-MiniLM-L6-v2-int8');

/** The embedder Broadsheet comes with. Nothing heavy is loaded before its first use. */
export const openEmbedder = (): Embedder => createOnnxEmbedder(MODEL_FOLDER);

/** Compares the vendored model with its checksums: null when all is well, else one sentence. */
export const checkEmbedder = (): Promise<string | null> => verifyModel(MODEL_FOLDER);
