import type { Context } from 'hono';
import type { AboutPage } from '../model/pages.ts';
import { aboutView } from '../views/about.ts';
import type { Edge, Env } from './edge.ts';
import { frameOf } from './frame.ts';
import { sendOnce } from './send.ts';

const indexStats = (edge: Edge): Promise<AboutPage['index']> => edge.index.stats().catch(() => null);

export const aboutPage =
  (edge: Edge) =>
  async (c: Context<Env>): Promise<Response> => {
    const { store } = edge;
    const [papers, dates, latest, counts, index] = await Promise.all([
      store.papers.count(),
      store.editions.dates(),
      store.editions.latest(),
      store.papers.countsBySource(),
      indexStats(edge),
    ]);
    const paperCounts = new Map(counts.map(({ key, papers: n }) => [key, n]));
    const sources = edge.sources.map(({ id, title, homepage }) => ({
      id,
      title,
      homepage,
      papers: paperCounts.get(id) ?? 0,
    }));
    const about: AboutPage = {
      version: edge.version,
      papers,
      editions: dates.length,
      latest: latest?.date ?? null,
      sources,
      index,
      engine: store.engine,
    };
    return sendOnce(c, aboutView(about, frameOf(edge, c)));
  };
