import type { PaperId } from '../model/paper.ts';
import type { FacetValue, Query, Suggestion } from '../model/search-page.ts';

/** What the index knows of a paper. `vector` is null until it has been embedded. */
export interface IndexDoc {
  readonly id: PaperId;
  readonly title: string;
  readonly abstract: string;
  readonly authors: readonly string[];
  readonly organisation: string | null;
  readonly categories: readonly string[];
  readonly sources: readonly string[];
  /** `YYYY-MM-DD` or null. */
  readonly published: string | null;
  readonly vector: Float32Array | null;
  /** What `has:` finds it by, e.g. `code`. */
  readonly has?: readonly string[];
}

export interface FacetCounts {
  readonly total: number;
  readonly year: readonly Pick<FacetValue, 'value' | 'count'>[];
  readonly cat: readonly Pick<FacetValue, 'value' | 'count'>[];
  readonly source: readonly Pick<FacetValue, 'value' | 'count'>[];
}

/** What the index knows of a paper in answer to a query. */
export interface Evidence {
  readonly id: PaperId;
  /** BM25; null where it shares no word with the query. */
  readonly words: number | null;
  /** Cosine of the static vectors; null where either has none. */
  readonly coarse: number | null;
  /** How far its words agree with the query's in number and order, 0 … 1; 0 for those that are far from the best. */
  readonly agreement: number;
  /** Published, in days since 1970. */
  readonly day: number | null;
}

/** A query, and papers beside which no other is looked at, or that are passed over. */
export interface AskedQuery extends Query {
  readonly only?: readonly PaperId[];
  readonly never?: readonly PaperId[];
}

export interface FindRequest {
  readonly query: AskedQuery;
  /** What the static vector of the query is made from. */
  readonly text: string;
  /** How many to find by words, and by meaning. */
  readonly words: number;
  readonly near: number;
  /** True while the last of the free words is still being typed: it also stands for what begins with it. */
  readonly prefix?: boolean;
}

export interface Found {
  /** Those found by words, best first, then those found by meaning alone. */
  readonly evidence: readonly Evidence[];
  /** Words that stand for others that no paper holds: as written, `[typed, taken]`. */
  readonly corrected: readonly (readonly [typed: string, taken: string])[];
  /** The word still being typed, where it is none by itself: `[typed, taken]`. */
  readonly completed: readonly (readonly [typed: string, taken: string])[];
  /** Of what was found. */
  readonly facets: FacetCounts;
}

/** A disposable sidecar of the database: it may be deleted at any time and is rebuilt from the change log. */
export interface SearchIndex extends AsyncDisposable {
  /** Sequence number of the last change applied; 0 when new, or when what is there cannot be read. */
  position(): Promise<number>;
  /**
   * Upserts and deletes, then records `position`, so that applying the same changes twice is harmless. With `after`, throws
   * `Fault('index-unavailable')` and changes nothing when the index is not at that position (it was started over meanwhile).
   */
  apply(changes: {
    readonly upserts: readonly IndexDoc[];
    readonly deletes: readonly PaperId[];
    readonly position: number;
    readonly after?: number;
  }): Promise<void>;
  /** Makes searching as fast as it can be. Searches and changes go on meanwhile. */
  optimize(): Promise<void>;
  /** Papers for a query with words, by words and by static vectors at once. */
  find(request: FindRequest): Promise<Found>;
  /** Papers that pass the filters of a query without words, newest first, and facets of all that do. */
  browse(query: AskedQuery, limit: number): Promise<Found>;
  /** Cosines to a vector of the embedder whose vectors are kept, of those that have one. None where `model` is another's id. */
  fine(ids: readonly PaperId[], vector: Float32Array, model?: string): Promise<ReadonlyMap<PaperId, number>>;
  /** The embedder's vectors, of those that have one. */
  vectorsOf(ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, Float32Array>>;
  /** Papers nearest in meaning to the middle of some, by static vectors, best first; those themselves are left out. */
  near(ids: readonly PaperId[], query: Query, limit: number): Promise<readonly Evidence[]>;
  /** Papers without a vector of the embedder, newest first. */
  unembedded(limit: number): Promise<readonly PaperId[]>;
  setVectors(vectors: readonly { readonly id: PaperId; readonly vector: Float32Array }[]): Promise<void>;
  /** Says whose vectors these are. Vectors of another model are forgotten. */
  adopt(embedder: { readonly id: string; readonly dimensions: number }): Promise<void>;
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]>;
  stats(): Promise<{ readonly documents: number; readonly embedded: number; readonly bytes: number }>;
  /** Throws everything away; `position()` is 0 afterwards. */
  clear(): Promise<void>;
}
