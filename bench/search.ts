import { startInstance, waitForSearch } from '../test/support/instance.ts';
import { ms, quantile, type Row } from './row.ts';

const ROUNDS = 15;
const KINDS: Readonly<Record<string, readonly string[]>> = {
  'one common word': ['model', 'learning', 'data', 'language', 'training'],
  'two words': ['video diffusion', 'lidar generation', 'reward model', 'modular addition', 'code reasoning'],
  'a sentence': [
    'how can I get separately editable parts of a mesh',
    'make portrait animation run in real time',
    'why does my reward model prefer long answers',
  ],
};

const timed = async (url: string): Promise<number> => {
  const began = performance.now();
  await (await fetch(url)).arrayBuffer();
  return performance.now() - began;
};

/** Time of search pages and suggestions over HTTP, one warm client, on the first edition. */
export const search = async (): Promise<readonly Row[]> => {
  await using instance = await startInstance();
  await waitForSearch(instance);
  const rows: Row[] = [];
  for (const [kind, queries] of Object.entries(KINDS)) {
    const samples: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const query of queries)
        samples.push(await timed(`${instance.origin}/search?q=${encodeURIComponent(query)}`));
    }
    const warm = samples.slice(queries.length);
    rows.push({
      what: `search page, ${kind}, p50 / p95`,
      figure: `${ms(quantile(warm, 0.5))} / ${ms(quantile(warm, 0.95))}`,
    });
  }
  const typing = ['l', 'li', 'lid', 'lida', 'lidar', 'vid', 'cs', 'rea'];
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const prefix of typing) samples.push(await timed(`${instance.origin}/search/suggest?q=${prefix}`));
  }
  rows.push({
    what: 'suggestions, p50 / p95',
    figure: `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.95))}`,
    bar: '≤ 10 ms p95',
  });
  return rows;
};
