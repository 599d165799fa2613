import { Fault } from '../../src/kernel/errors.ts';
import { ok } from '../../src/kernel/result.ts';
import type { Fetcher } from '../../src/ports/fetcher.ts';
import type { Entry, HarvestState, Source, Turn, Wire, Wish } from '../../src/ports/source.ts';
import { draftOf } from './drafts.ts';

/** Entry number `n` of the scripted archive. */
export const scriptedEntry = (n: number): Entry => ({
  kind: 'paper',
  line: n,
  position: n,
  raw: `{"n":${n}}`,
  announced: { day: '2026-11-20', category: 'cs.LG' },
  draft: draftOf(`2611.${String(n).padStart(5, '0')}`),
});

export interface Script {
  /** Pages of the list. */
  readonly pages: number;
  readonly size: number;
  /** What is said instead of page `n` (from 0) when it is asked for the `time`-th time (from 1); null leaves it. */
  readonly instead?: (page: number, time: number) => Turn | Error | null;
  readonly wishes?: Wire['wishes'];
}

/** A source whose list is made up, with the requests that were made of it. */
export const scriptedSource = (script: Script) => {
  const asked: { page: number; since: string | null; from: string | null }[] = [];
  const times = new Map<number, number>();
  const wire: Wire = {
    base: 'https://archive.example/list',
    manners: { key: 'archive.example', gapMs: 0 },
    keyHeader: 'x-key',
    schedule: { cron: '30 2 * * *', zone: 'UTC' },
    wishes: script.wishes ?? { from: 'a day', until: 'a day' },
    staleAfterHours: 36,
    begin: (wish: Wish, since) => ok({ page: 0, since, from: wish.from }),
    ask: ({ page }, base) => ({ url: `${base}?page=${page}`, accepts: [] }),
    read: async ({ page, since, from }: HarvestState): Promise<Turn> => {
      const n = Number(page);
      asked.push({ page: n, since: since as string | null, from: from as string | null });
      const time = (times.get(n) ?? 0) + 1;
      times.set(n, time);
      const other = script.instead?.(n, time) ?? null;
      if (other instanceof Error) throw other;
      if (other !== null) return other;
      const last = n === script.pages - 1;
      return {
        kind: 'page',
        entries: Array.from({ length: script.size }, (_, i) => scriptedEntry(n * script.size + i)),
        next: last ? null : { page: n + 1, since: since ?? null, from: from ?? null },
        total: script.pages * script.size,
        through: last ? '2026-11-22' : null,
      };
    },
  };
  const source: Source = {
    id: 'scripted',
    title: 'Scripted',
    homepage: 'https://archive.example',
    authority: 'archive',
    recognises: () => false,
    async *parse(bytes) {
      const text = Buffer.concat(await Array.fromAsync(bytes)).toString('utf8');
      const { n } = JSON.parse(text) as { n: number };
      yield scriptedEntry(n);
    },
    wire,
  };
  return { source, asked };
};

/** Answers everything with nothing: what a scripted source says is in its script. */
export const emptyFetcher = (seen: { url: string; key: string | undefined }[] = []): Fetcher => ({
  fetch: async ({ url, headers }, { signal }) => {
    if (signal?.aborted) throw new Fault('interrupted', 'stopped');
    seen.push({ url, key: headers?.['x-key'] });
    return { url, status: 200, type: 'text/plain', headers: {}, body: new Uint8Array() };
  },
});
