import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStaticTable, type StaticTable } from '../model/static-embedding.ts';

const FOLDER = join(import.meta.dirname, '../../assets/models/static256');

/** The vendored table of word vectors. */
export const openTable = (): StaticTable =>
  openStaticTable(readFileSync(join(FOLDER, 'static256.bin')), readFileSync(join(FOLDER, 'vocab.txt'), 'utf8'));
