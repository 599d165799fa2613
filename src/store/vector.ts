import type { PaperId } from '../model/paper.ts';
import { chunks, insertRows } from './bulk.ts';
import type { Engine } from './engine.ts';
import { keyText } from './key.ts';
import type { Store } from './store.ts';

/** Little-endian 32-bit floats, as every machine Node runs on keeps them. */
const bytesOf = (vector: Float32Array): Uint8Array => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);

/** Copied, because a buffer of a pool need not start where floats may. */
const vectorOf = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

export const vectors = (engine: Engine): Store['vectors'] => ({
  get: async (modelId, ids) => {
    const found = new Map<PaperId, Float32Array>();
    for (const part of chunks([...new Set(ids)], 500)) {
      const rows = await engine.read
        .selectFrom('vector')
        .select(['paper_id', 'body'])
        .where('model_id', '=', keyText(modelId))
        .where('paper_id', 'in', part.map(keyText))
        .execute();
      for (const row of rows) found.set(row.paper_id, vectorOf(row.body));
    }
    return found;
  },
  put: (modelId, rows) =>
    engine.write((db) => {
      const byId = new Map(rows.map(({ id, vector }) => [keyText(id), bytesOf(vector)]));
      return insertRows(
        db,
        'vector',
        [...byId].map(([paper_id, body]) => ({ model_id: keyText(modelId), paper_id, body })),
        'ON CONFLICT (model_id, paper_id) DO UPDATE SET body = excluded.body',
      );
    }),
});
