import type { Day } from '../kernel/day.ts';
import type { Result } from '../kernel/result.ts';
import type { Marginalia } from '../model/library.ts';
import type { Extra, PaperDraft, PaperId } from '../model/paper.ts';

/** Where a paper came in: the line of a document and the position `parse` goes on after. On the wire both count entries of the answer from 1. */
interface Place {
  readonly line: number;
  readonly position: number;
  /** The source's own bytes of this entry. */
  readonly raw: string;
}

/** The day and the category an entry was announced in: the square of the completeness ledger it is counted in. */
export interface Announced {
  /** The source's own datestamp; null where it gives none. */
  readonly day: Day | null;
  /** E.g. `cs.LG`, a venue or a subject; null where it gives none. */
  readonly category: string | null;
}

/** One thing a source says, in the order it says it. */
export type Entry =
  | (Place & {
      readonly kind: 'paper';
      readonly draft: PaperDraft;
      readonly announced?: Announced;
      /** Of bibliographies: keywords, notes and groups, which are the keeper's and not the paper's. */
      readonly margin?: Marginalia;
    })
  | (Place & { readonly kind: 'rejected'; readonly reason: string; readonly announced?: Announced })
  /** The source has taken the paper away (a deleted OAI record). */
  | (Place & {
      readonly kind: 'gone';
      readonly id: PaperId | null;
      readonly externalId: string;
      readonly announced?: Announced;
    })
  /** What an enrichment knows of a paper that is here. */
  | (Place & { readonly kind: 'extra'; readonly extra: Extra })
  /** Says that the papers of this document are, in their order, the front page of a day. Comes before them. */
  | { readonly kind: 'edition'; readonly line: number; readonly position: number; readonly date: Day };

/** An outside service or file format that papers come from. Parsing is pure: bytes in, entries out; no clock, no network. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly homepage: string;
  /** `archive`: the papers' own home (arXiv, OpenReview, bioRxiv). `index`: speaks of papers that live elsewhere; fills only what an archive left empty. */
  readonly authority: 'archive' | 'index';
  /** Guesses from a file's name and its first bytes (decompressed) whether this source wrote it. */
  recognises(file: { readonly name: string; readonly head: string }): boolean;
  /**
   * `resume` skips entries up to and including that position without parsing them. An answer that reports an error (an
   * OAI `<error>`, a feed that says "bad archive") throws `Fault('source-refused')` with one sentence.
   */
  parse(bytes: AsyncIterable<Uint8Array>, options?: { readonly resume?: number }): AsyncIterable<Entry>;
  /** Present where the source can be harvested over the network. */
  readonly wire?: Wire;
  /** Present where single papers can be asked for by their identifiers. */
  readonly lookup?: Lookup;
}

/** One request. GET unless there is a body. */
export interface Ask {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Media types that can be read, e.g. `text/xml`; an answer of another type is refused. Empty takes all. */
  readonly accepts: readonly string[];
}

/** One answer, whole and decompressed: anything but 429, 5xx and redirects, which the fetcher deals with. */
export interface Answer {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  /** Media type without parameters, lower case. */
  readonly type: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Requests that share a key are made one at a time, `gapMs` apart, over all processes of this database. */
export interface Manners {
  readonly key: string;
  readonly gapMs: number;
}

/** What a harvest is asked for. */
export interface Wish {
  readonly from: Day | null;
  readonly until: Day | null;
  readonly set: string | null;
  readonly format: string | null;
}

/** Where a harvest stands, kept with the papers in one transaction: all that the next request is made of. JSON. */
export type HarvestState = Readonly<Record<string, string | number | boolean | null>>;

export type Turn =
  | {
      readonly kind: 'page';
      readonly entries: readonly Entry[];
      /** Null when the list is complete. */
      readonly next: HarvestState | null;
      /** Entries the whole list will have; null where the source does not say. */
      readonly total: number | null;
      /** Where the next run starts when this one is complete (handed to `begin` as `since`); null leaves it as it is. */
      readonly through: string | null;
    }
  /** A valid answer that cannot be the end of the list (an empty page before the total): ask again after a while. */
  | { readonly kind: 'again'; readonly reason: string }
  /** The source has forgotten where we were (an expired token): go on from `next`, which repeats some entries. */
  | { readonly kind: 'restart'; readonly next: HarvestState; readonly reason: string }
  /** The source reports an error, told in one sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How a source is harvested: pure. The service makes the requests, keeps the state and waits as manners demand. */
export interface Wire {
  /** Base address; `BROADSHEET_SOURCE_URLS` replaces it. */
  readonly base: string;
  readonly manners: Manners;
  /** The header that carries the operator's key (`BROADSHEET_SOURCE_KEYS`), where the source knows keys. */
  readonly keyHeader?: string;
  /** When it is harvested where the operator says nothing else; null: only when told to. `cron` has five fields. */
  readonly schedule: { readonly cron: string; readonly zone: string } | null;
  /** The wishes it understands, each with what to write, e.g. `{ set: 'a category, e.g. cs.LG' }`. */
  readonly wishes: Readonly<Partial<Record<keyof Wish, string>>>;
  /** Hours after which silence of this source is worth an alarm; null: never. */
  readonly staleAfterHours: number | null;
  /** Fails with `bad-usage` for a wish it cannot fulfil. `since` is what the last complete run left as `through`. */
  begin(wish: Wish, since: string | null, today: Day): Result<HarvestState, 'bad-usage'>;
  ask(state: HarvestState, base: string): Ask;
  read(state: HarvestState, answer: Answer): Promise<Turn>;
}

/** How papers are asked for by identifier: to resolve pasted ids, and to enrich papers that are here. */
export interface Lookup {
  readonly base: string;
  readonly manners: Manners;
  readonly keyHeader?: string;
  /** Identifiers in one request. */
  readonly most: number;
  /** Whether this source can know a paper of that identifier (`arxiv:…`, `doi:…`, `openreview:…`). */
  takes(id: PaperId): boolean;
  ask(ids: readonly PaperId[], base: string): Ask;
  /** What the answer says of them; ids it does not know are left out. Throws `Fault('source-refused')` where it is an error. */
  read(ids: readonly PaperId[], answer: Answer): Promise<readonly Entry[]>;
}
