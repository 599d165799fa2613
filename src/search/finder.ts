import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCorrections } from '../model/corrections.ts';
import { instantScores } from '../model/fusion.ts';
import type { Query } from '../model/search-page.ts';
import type { StaticTable } from '../model/static-embedding.ts';
import type { Evidence, FacetCounts, FindRequest, Found } from '../ports/search-index.ts';
import { holdsPhrase, phraseOf } from './accept.ts';
import { type Agreement, agreementWith, agreementWithOne } from './agreement.ts';
import { type Centroids, openCentroids } from './centroids.ts';
import { quantise } from './dot.ts';
import { decodeFine, fineDot } from './fine.ts';
import { idfOf } from './inverter.ts';
import { coarseOf, holding, type Masks, masksOf, type Placed, rankByMeaning, rankByWords } from './ranking.ts';
import { Segment } from './segment.ts';
import { NO_DAY } from './segment-build.ts';
import { COARSE_SCALE, type Manifest, readManifest } from './segment-files.ts';
import { type AskedWord, wantedOf } from './spelling.ts';
import { Tally } from './tally.ts';
import { Top } from './top.ts';
import { wordHash } from './word-table.ts';

/** A paper that shares no word with the query must be this near it (cosine of static vectors), and not much farther than the nearest. */
const NEAR = 0.25;
const NEAR_BEST = 0.5;

/** Answers to queries without words that are kept: the same until something is written. */
const BROWSED = 64;

/** Where a query has phrases, so many times as many papers that hold their words are looked into. */
const DEEPER = 5;

/** Of what was found, the words of so many of the likeliest are looked at in order. */
const LOOKED_AT = 100;

/** Places of the candidates that words and static vectors rank highest. */
const likeliest = (
  known: readonly { readonly words: number | null; readonly coarse: number | null }[],
): Set<number> => {
  const scores = instantScores(known);
  const places = [...known.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  return new Set(places.slice(0, LOOKED_AT));
};

/** Days as heights above the oldest there can be: what is on top is newest, and undated papers come last. */
const heightOf = (day: number): number => (day === NO_DAY ? 1 : day + 1_000_000);

/** Reads the index as one manifest says it is. Another manifest is another finder; segments that both have are shared. */
export class Finder implements Disposable {
  readonly manifest: Manifest;
  readonly placed: readonly Placed[];
  private readonly table: StaticTable;
  private readonly browsed = new Map<string, Found>();
  private readonly centroids: { readonly name: string; readonly points: Centroids } | null;

  constructor(folder: string, table: StaticTable, before: Finder | null) {
    this.table = table;
    this.manifest = readManifest(folder);
    const placed: Placed[] = [];
    let base = 0;
    try {
      for (const entry of this.manifest.segments) {
        const same = before?.placed.find(({ segment }) => segment.entry.name === entry.name)?.segment ?? null;
        const segment = new Segment(folder, entry, same);
        placed.push({ segment, base });
        base += segment.documents;
      }
    } catch (error) {
      for (const { segment } of placed) segment[Symbol.dispose]();
      throw error;
    }
    this.placed = placed;
    const name = this.manifest.centroids;
    this.centroids =
      name === null
        ? null
        : before?.centroids?.name === name
          ? before.centroids
          : { name, points: openCentroids(new Int8Array(readFileSync(join(folder, name))), table.dimensions) };
  }

  /** Reads what searches need into memory, a piece at a time. Without it the first search does. */
  async load(): Promise<void> {
    for (const { segment } of this.placed) await segment.load();
  }

  [Symbol.dispose](): void {
    for (const { segment } of this.placed) segment[Symbol.dispose]();
  }

  get documents(): number {
    return this.manifest.segments.reduce((sum, { documents, dead }) => sum + documents - dead, 0);
  }

  private at(number: number): readonly [Placed, number] {
    let low = 0;
    let high = this.placed.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.placed[middle] as Placed).base <= number) low = middle;
      else high = middle - 1;
    }
    const placed = this.placed[low] as Placed;
    return [placed, number - placed.base];
  }

  private locate(id: string): readonly [Placed, number] | null {
    for (const placed of this.placed) {
      const document = placed.segment.documentOf(id);
      if (document >= 0) return [placed, document];
    }
    return null;
  }

  /** Whether a document has the phrases of a query, and none of those it excludes; null where there is nothing to look into. */
  private phrasesOf(query: Query): ((number: number) => boolean) | null {
    const must = query.phrases.map(phraseOf).filter(({ hashes }) => hashes.length > 1);
    const never = query.not.map(phraseOf).filter(({ hashes }) => hashes.length > 1);
    if (must.length + never.length === 0) return null;
    return (number) => {
      const [{ segment }, document] = this.at(number);
      return (
        must.every((phrase) => holdsPhrase(segment, document, phrase)) &&
        !never.some((phrase) => holdsPhrase(segment, document, phrase))
      );
    };
  }

  find({ query, text, words, near, prefix = false }: FindRequest): Found {
    const masks = masksOf(this.placed, query);
    const { wanted, words: asked, corrected, completed } = wantedOf(this.placed, query, { prefix });
    const phrased = this.phrasesOf(query);
    const lexical = rankByWords(this.placed, wanted, masks, phrased === null ? words : words * DEEPER);
    const vector = near === 0 ? null : this.table.embed(withCorrections(text, [...corrected, ...completed]));
    const meant = vector?.some((x) => x !== 0) ? vector : null;
    const nearest = meant === null ? new Top(1) : rankByMeaning(this.placed, meant, masks, this.centroids, near);
    const quantised = meant === null ? null : quantise(meant, COARSE_SCALE);
    const scores = new Map<number, number>();
    for (const { document, score } of lexical.top.ranked()) {
      if (scores.size === words) break;
      if (phrased === null || phrased(document)) scores.set(document, score);
    }
    const numbers = [...scores.keys()];
    const ranked = nearest.ranked();
    const floor = Math.max(NEAR, (ranked[0]?.score ?? 0) * NEAR_BEST);
    for (const { document, score } of ranked) {
      if (score >= floor && !scores.has(document) && (phrased === null || phrased(document))) numbers.push(document);
    }
    const known = numbers.map((number) => {
      const [placed, document] = this.at(number);
      const score = scores.get(number) ?? lexical.score(placed, document);
      const coarse = quantised === null ? null : coarseOf(placed.segment, document, quantised);
      return { segment: placed.segment, document, words: score > 0 ? score : null, coarse };
    });
    const agreement = asked.length === 1 ? null : this.agreementOf(asked);
    const likely = likeliest(known);
    const evidence = known.map(({ segment, document, words, coarse }, i): Evidence => {
      const day = segment.days[document] ?? NO_DAY;
      return {
        id: segment.idOf(document),
        words,
        coarse,
        agreement: !likely.has(i) ? 0 : (agreement?.(segment.tokens(document)) ?? agreementWithOne(words !== null)),
        day: day === NO_DAY ? null : day,
      };
    });
    return { evidence, corrected, completed, facets: this.count(numbers.map((number) => this.at(number))) };
  }

  /** Words of a query weigh what their most telling term does. */
  private agreementOf(asked: readonly AskedWord[]): Agreement {
    const documents = this.placed.reduce((sum, { segment }) => sum + segment.documents, 0);
    const weigh = (terms: readonly string[]): number => {
      const idfs = terms.map((term) => holding(this.placed, term)).filter((n) => n > 0);
      return idfs.length === 0 ? idfOf(documents, 0) : Math.max(...idfs.map((n) => idfOf(documents, n)));
    };
    return agreementWith(
      asked.map(({ terms, weight }) => ({ hashes: terms.map(wordHash), weight: weight * weigh(terms) })),
    );
  }

  /** Papers that pass the filters, newest first, and how many of what kind there are. */
  browse(query: Query, limit: number): Found {
    const key = JSON.stringify([query, limit]);
    const known = this.browsed.get(key);
    if (known !== undefined) return known;
    const found = this.look(query, limit);
    if (this.browsed.size >= BROWSED) this.browsed.delete(this.browsed.keys().next().value ?? '');
    this.browsed.set(key, found);
    return found;
  }

  private look(query: Query, limit: number): Found {
    const masks = masksOf(this.placed, query);
    const phrased = this.phrasesOf(query);
    const newest = new Top(limit);
    for (const { segment, base } of this.placed) {
      const mask = masks.get(segment) ?? null;
      for (let d = 0; d < segment.documents; d++) {
        if (mask !== null && (((mask[d >>> 5] as number) >>> (d & 31)) & 1) === 0) continue;
        const day = segment.days[d] as number;
        newest.offer(base + d, heightOf(day));
      }
    }
    const sound = newest.ranked().filter(({ document }) => phrased === null || phrased(document));
    const evidence = sound.map(({ document: number }): Evidence => {
      const [{ segment }, document] = this.at(number);
      const day = segment.days[document] ?? NO_DAY;
      return { id: segment.idOf(document), words: null, coarse: null, agreement: 0, day: day === NO_DAY ? null : day };
    });
    return { evidence, corrected: [], completed: [], facets: this.countAll(masks) };
  }

  /** The newest papers, with a way to read their names. */
  *newest(limit: number): Generator<{ readonly id: string; readonly names: () => ReturnType<Segment['names']> }> {
    for (const number of this.newestOf(limit)) {
      const [{ segment }, document] = this.at(number);
      yield { id: segment.idOf(document), names: () => segment.names(document) };
    }
  }

  /** Sorted by counting: a heap of many would keep others waiting. */
  private newestOf(limit: number): Uint32Array {
    let [oldest, latest] = [0, 0];
    for (const { segment } of this.placed)
      for (const day of segment.days) {
        if (day > latest) latest = day;
        else if (day < oldest && day !== NO_DAY) oldest = day;
      }
    // Those without a day come last.
    const placeOf = (day: number): number => (day === NO_DAY ? latest - oldest + 1 : latest - day);
    const counts = new Uint32Array(latest - oldest + 3);
    for (const { segment } of this.placed)
      for (let d = 0; d < segment.documents; d++)
        if (segment.isLive(d)) {
          const place = placeOf(segment.days[d] as number) + 1;
          counts[place] = (counts[place] as number) + 1;
        }
    for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number);
    const newest = new Uint32Array(Math.min(limit, this.documents));
    for (const { segment, base } of this.placed)
      for (let d = 0; d < segment.documents; d++) {
        if (!segment.isLive(d)) continue;
        const place = placeOf(segment.days[d] as number);
        const at = counts[place] as number;
        counts[place] = at + 1;
        if (at < newest.length) newest[at] = base + d;
      }
    return newest;
  }

  private count(places: readonly (readonly [Placed, number])[]): FacetCounts {
    const tally = new Tally();
    for (const [{ segment }, document] of places) tally.in(segment).add(document);
    return tally.facets();
  }

  private countAll(masks: Masks): FacetCounts {
    const tally = new Tally();
    for (const { segment } of this.placed) {
      const mask = masks.get(segment) ?? null;
      const counts = tally.in(segment);
      for (let d = 0; d < segment.documents; d++)
        if (mask === null || (((mask[d >>> 5] as number) >>> (d & 31)) & 1) === 1) counts.add(d);
    }
    return tally.facets();
  }

  /** Cosines of fine vectors to one of `model`, which is whose they are unless it says otherwise; NaN for papers that have none. */
  fine(ids: readonly string[], vector: Float32Array, model: string | null): Float64Array {
    const cosines = new Float64Array(ids.length).fill(Number.NaN);
    const { embedder } = this.manifest;
    if (embedder === null || embedder.dimensions !== vector.length || (model ?? embedder.id) !== embedder.id)
      return cosines;
    for (const [i, id] of ids.entries()) {
      const there = this.locate(id);
      const kept = there?.[0].segment.fine(embedder.tag, there[1], embedder.dimensions) ?? null;
      cosines[i] = (kept === null ? null : fineDot(kept, vector)) ?? Number.NaN;
    }
    return cosines;
  }

  /** Fine vectors as they are kept, of those that have one. */
  fineVectors(ids: readonly string[]): readonly (readonly [id: string, vector: Float32Array])[] {
    const { embedder } = this.manifest;
    if (embedder === null) return [];
    return ids.flatMap((id) => {
      const there = this.locate(id);
      const kept = there?.[0].segment.fine(embedder.tag, there[1], embedder.dimensions) ?? null;
      const vector = kept === null ? null : decodeFine(kept);
      return vector === null ? [] : [[id, vector] as const];
    });
  }

  /** Papers nearest to the middle of some, by static vectors, those themselves left out. */
  near(ids: readonly string[], query: Query, limit: number): readonly Evidence[] {
    const middle = new Float32Array(this.table.dimensions);
    const own = new Set<number>();
    for (const id of ids) {
      const there = this.locate(id);
      if (there === null) continue;
      const [{ segment, base }, document] = there;
      own.add(base + document);
      const { block, places } = segment.coarse;
      const place = places[document] ?? 0xffffffff;
      if (place === 0xffffffff) continue;
      for (let i = 0; i < middle.length; i++)
        middle[i] = (middle[i] as number) + (block.bytes[place * block.length + i] as number) / COARSE_SCALE;
    }
    const norm = Math.hypot(...middle);
    if (norm === 0) return [];
    const vector = middle.map((x) => x / norm);
    const top = rankByMeaning(this.placed, vector, masksOf(this.placed, query), this.centroids, limit + own.size);
    return top
      .ranked()
      .filter(({ document }) => !own.has(document))
      .slice(0, limit)
      .map(({ document: number, score }) => {
        const [{ segment }, document] = this.at(number);
        const day = segment.days[document] ?? NO_DAY;
        return {
          id: segment.idOf(document),
          words: null,
          coarse: score,
          agreement: 0,
          day: day === NO_DAY ? null : day,
        };
      });
  }
}
