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

export interface Candidate {
  readonly id: PaperId;
  /** BM25, or cosine. */
  readonly score: number;
}

export interface FacetCounts {
  readonly total: number;
  readonly year: readonly Pick<FacetValue, 'value' | 'count'>[];
  readonly cat: readonly Pick<FacetValue, 'value' | 'count'>[];
  readonly source: readonly Pick<FacetValue, 'value' | 'count'>[];
}

/** A disposable sidecar of the database: it may be deleted at any time and is rebuilt from the change log. */
export interface SearchIndex extends AsyncDisposable {
  /** Sequence number of the last change applied; 0 when new. */
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
  /** Builds or refreshes what makes searching fast. Searches go on meanwhile. */
  optimize(): Promise<void>;
  words(query: Query, limit: number): Promise<readonly Candidate[]>;
  meaning(vector: Float32Array, query: Query | null, limit: number): Promise<readonly Candidate[]>;
  vectorOf(id: PaperId): Promise<Float32Array | null>;
  /** Of those that have one. */
  vectorsOf(ids: readonly PaperId[]): Promise<ReadonlyMap<PaperId, Float32Array>>;
  /** Documents without a vector, newest first. */
  unembedded(limit: number): Promise<readonly { readonly id: PaperId; readonly text: string }[]>;
  setVectors(vectors: readonly { readonly id: PaperId; readonly vector: Float32Array }[]): Promise<void>;
  /** Says whose vectors these are. Vectors of another model are forgotten; one of other dimensions starts the index over. */
  adopt(embedder: { readonly id: string; readonly dimensions: number }): Promise<void>;
  /** Of all papers that pass the filters, or of those `among` them that do. */
  facets(query: Query, among?: readonly PaperId[]): Promise<FacetCounts>;
  /** Ids matching the filters of a query that has no words, newest first. */
  browse(query: Query, limit: number): Promise<readonly Candidate[]>;
  /** When papers were published, in days since 1970; those of no known day are left out. */
  days(ids: readonly PaperId[]): Promise<readonly Candidate[]>;
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]>;
  stats(): Promise<{ readonly documents: number; readonly embedded: number; readonly bytes: number }>;
  /** Throws everything away; `position()` is 0 afterwards. */
  clear(): Promise<void>;
}
