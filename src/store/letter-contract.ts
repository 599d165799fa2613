import type { Letter, LetterAuthor, LetterId, LetterReport, LetterState, LetterWording } from '../model/letter.ts';
import type { PaperId } from '../model/paper.ts';

/** Asked in the transaction that writes, so that letters sent at once count each other. */
export interface LetterLimit {
  /** How far back its author's letters count, exclusive (ms since 1970). */
  readonly since: number;
  /** Takes their times, oldest first; throws where another would be too many. */
  check(times: readonly number[]): void;
}

/** Letters. Changes come one after another, each a transaction; each may be repeated. Times are ms since 1970. */
export interface LetterStore {
  readonly letters: {
    /**
     * Adds a letter and its first wording; returns it as it stands. One that is there already, by its id, stays as it is.
     * Throws `Fault('not-found')` where there is no such paper.
     */
    add(
      letter: Pick<Letter, 'id' | 'paperId' | 'groupId' | 'parentId' | 'body'> & {
        readonly author: Pick<LetterAuthor, 'id' | 'handle' | 'name'>;
        readonly at: number;
        /** Its throw leaves nothing written. */
        readonly within?: LetterLimit | null;
      },
    ): Promise<{ readonly letter: Letter; readonly isNew: boolean }>;
    /** Another wording of an open letter; the same once more changes nothing. Null where there is no such open letter. */
    edit(change: {
      readonly id: LetterId;
      readonly body: string;
      readonly at: number;
      readonly within?: LetterLimit | null;
    }): Promise<Letter | null>;
    /** Brings a letter from one of the states `from` to another; false where it is in none of them. */
    turn(change: {
      readonly id: LetterId;
      readonly from: readonly LetterState[];
      readonly to: LetterState;
      readonly by: string;
      readonly reason: string | null;
      readonly at: number;
      /** Only where it came to its state after that time. */
      readonly since?: number;
    }): Promise<boolean>;
    get(id: LetterId): Promise<Letter | null>;
    /** All of a paper in every state, oldest first: everyone's, or a group's. */
    ofPaper(paperId: PaperId, groupId?: string | null): Promise<readonly Letter[]>;
    /** All that a reader wrote, latest first. */
    ofAuthor(author: string, limit: number): Promise<readonly Letter[]>;
    /** Oldest first; empty where there is no such letter. */
    wordings(id: LetterId): Promise<readonly LetterWording[]>;
    /** When an author wrote or edited after `since`, oldest first. */
    times(author: string, since: number): Promise<readonly number[]>;
    /** One a letter and reader: the first stays. */
    report(report: LetterReport): Promise<void>;
    /** Of letters that are open or hidden, oldest first; with `groupId` those of that group. */
    reports(limit: number, groupId?: string): Promise<readonly LetterReport[]>;
    /** Those that a reader made, oldest first. */
    reportsBy(reader: string): Promise<readonly LetterReport[]>;
    /** Takes the name and handle an author wrote under out of their letters, and their reports away; the letters stay, under the account. */
    unname(author: string): Promise<void>;
    /** Forgets for good the words, in every wording, of letters deleted before that time. */
    sweep(before: number): Promise<void>;
  };
}
