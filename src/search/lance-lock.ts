import { mkdir, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Making an index takes well under a second: a lock this old belongs to a process that died. */
const STALE_MS = 10_000;
const LOOK_EVERY_MS = 50;

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

const isStale = async (path: string): Promise<boolean> => {
  const made = await stat(path).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > STALE_MS;
};

/** Runs `work` while no other process makes an index in this folder. Throws what the file system says when it cannot be written. */
export const whileMaking = async <T>(folder: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(folder, { recursive: true });
  const path = `${folder}/making.lock`;
  for (;;) {
    try {
      await mkdir(path);
      break;
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (await isStale(path)) await rm(path, { recursive: true, force: true });
      else await sleep(LOOK_EVERY_MS);
    }
  }
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
};
