import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import { ok, type Result } from '../kernel/result.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../store/store.ts';
import { type ImportReport, importFile } from './import.ts';

const CURSOR = 'first-edition';

/**
 * Takes the vendored first edition into an empty instance, so that none is ever without a front page. One that was
 * killed half-way is finished. Null where there is nothing to do.
 */
export const importFirstEdition = async (
  { store, clock, log, sources }: { store: Store; clock: Clock; log: Log; sources: readonly Source[] },
  { file }: { readonly file: string },
): Promise<Result<ImportReport> | null> => {
  const cursor = await store.cursors.get(CURSOR);
  if (cursor?.position === 1) return null;
  if (cursor === null && (await store.papers.count()) > 0) return null;
  await store.cursors.set({ name: CURSOR, position: 0, note: null });
  const { size } = await stat(file);
  const taken = await importFile(
    { store, clock, log, sources },
    { source: 'daily-page', bytes: createReadStream(file), name: file, size },
  );
  if (!taken.ok) return taken;
  await store.cursors.set({ name: CURSOR, position: 1, note: null });
  return ok(taken.value);
};
