import { areRivals, bestId, rankOf, sameWork } from '../model/identity.ts';
import type { Paper, PaperId } from '../model/paper.ts';
import { combine } from './paper-doc.ts';
import type { Entry } from './paper-entry.ts';
import { type Known, slugsOf } from './paper-known.ts';

/** A batch being sorted out in memory: which paper each entry is about, and what the papers are by now. */
export interface Sorting {
  /**
   * Null where the entry is about no known paper and makes none. `before` is the paper so far, under the id it has from
   * now on; null for a new one.
   */
  identify(entry: Entry): { readonly id: PaperId; readonly before: Paper | null } | null;
  /** The id that a paper has by now. */
  now(id: PaperId): PaperId;
  /** Keeps what a paper is after `entry`. */
  put(entry: Entry, paper: Paper): void;
  /** Papers that are new or changed, by id. */
  readonly next: ReadonlyMap<PaperId, Paper>;
  /** Former ids of papers that took another, in their order; not all of them are stored. */
  readonly moved: ReadonlyMap<PaperId, PaperId>;
  /** Names that were not known before. */
  readonly named: ReadonlyMap<string, PaperId>;
}

const isArxiv = (id: PaperId): boolean => id.startsWith('arxiv:');

export const sortOut = ({ sightings, aliases, papers, titles }: Known): Sorting => {
  const next = new Map<PaperId, Paper>();
  const moved = new Map<PaperId, PaperId>();
  const named = new Map<string, PaperId>();

  const now = (id: PaperId): PaperId => {
    let at = id;
    for (let to = moved.get(at); to !== undefined; to = moved.get(at)) at = to;
    return at;
  };
  const paperAt = (id: PaperId): Paper | undefined => next.get(id) ?? (moved.has(id) ? undefined : papers.get(id));
  const find = (name: string): PaperId | null => {
    const id = now(named.get(name) ?? aliases.get(name) ?? name);
    return paperAt(id) ? id : null;
  };

  const foundByName = (entry: Entry): PaperId[] => {
    const byId = entry.ids.flatMap((id) => find(id) ?? []);
    const row = sightings.get(entry.sightingKey);
    const seen = row ? find(row.paper_id) : null;
    const [stated] = entry.ids;
    // A source that now names another paper of the same scheme has changed its mind.
    const stays = seen !== null && (stated === undefined || byId.includes(seen) || !areRivals(seen, stated));
    const found = [...new Set(stays ? [seen, ...byId] : byId)];
    // Two arXiv ids are two papers, whatever DOI they share.
    const stating = entry.ids.find(isArxiv);
    const arxiv = stating === undefined ? found.find(isArxiv) : (find(stating) ?? stating);
    return found.filter((id) => !isArxiv(id) || id === arxiv);
  };

  /**
   * Papers of the same title and authors: the best one, and those of a lesser kind of id. Beside papers that were `found` by
   * name, a title proves nothing of another of their kind.
   */
  const foundByTitle = (entry: Entry, found: readonly PaperId[]): PaperId[] => {
    if (entry.kind !== 'paper' || !entry.isTelling) return [];
    const names = [...entry.ids, ...found];
    const twins = [...new Set((titles.get(entry.titleKey) ?? []).map(now))]
      .filter((id) => {
        const paper = paperAt(id);
        return paper && !found.includes(id) && !names.some((own) => areRivals(own, id)) && sameWork(entry.draft, paper);
      })
      .sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
    const [best] = twins;
    if (best === undefined) return [];
    const own = Math.min(...names.map(rankOf));
    return twins.filter(
      (id) => rankOf(id) > Math.min(own, rankOf(best)) || (id === best && (found.length === 0 || rankOf(best) < own)),
    );
  };

  const freshId = (entry: Entry & { kind: 'paper' }): PaperId => {
    const [slug, longer] = slugsOf(entry);
    return find(slug) === null ? slug : longer;
  };

  return {
    identify: (entry) => {
      const byName = foundByName(entry);
      const found = [...byName, ...foundByTitle(entry, byName)];
      if (found.length === 0 && entry.kind !== 'paper') return null;
      const stating = entry.ids.find(isArxiv);
      // An identifier is free where no paper has it, or one that this entry is about.
      const free = entry.ids.filter((id) => {
        const holder = find(id);
        return (holder === null || found.includes(holder)) && (!isArxiv(id) || id === stating);
      });
      const arxiv = found.find(isArxiv);
      const usable = arxiv === undefined ? [...found, ...free] : [arxiv];
      const id = bestId(usable.sort()) ?? freshId(entry as Entry & { kind: 'paper' });
      const base = found
        .flatMap((one) => paperAt(one) ?? [])
        .reduce<Paper | null>((a, b) => (a ? combine(a, b) : b), null);
      for (const one of found) {
        if (one === id) continue;
        moved.set(one, id);
        next.delete(one);
        named.set(one, id);
      }
      for (const one of free) if (one !== id && find(one) === null) named.set(one, id);
      const before = base && { ...base, id };
      if (before && (found.length > 1 || found[0] !== id)) next.set(id, before);
      return { id, before };
    },
    now,
    put: (entry, paper) => {
      next.set(paper.id, paper);
      if (entry.kind !== 'paper' || !entry.isTelling) return;
      const titled = titles.get(entry.titleKey) ?? [];
      if (!titled.includes(paper.id)) titles.set(entry.titleKey, [...titled, paper.id]);
    },
    next,
    moved,
    named,
  };
};
