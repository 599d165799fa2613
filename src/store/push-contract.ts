import type { PaperId } from '../model/paper.ts';
import type { PushDevice, PushKeys, PushNote, PushRow, PushState } from '../model/push.ts';

/** A leased message, and whom it is for. */
export interface LeasedPush {
  readonly row: PushRow;
  readonly device: PushDevice;
}

/** Web push: a part of `Store`. Devices go with the session they are told under, and what waits for them with them. */
export interface PushStore {
  readonly pushDevices: {
    /**
     * Keeps a device. One that is here is its reader's with the session given; another reader's passes to who brings the same
     * keys, for that is the same browser. `taken`: another's, with other keys. `full`: the reader has `most` others.
     */
    put(
      device: Omit<PushDevice, 'toldAt' | 'trouble'>,
      limit: { readonly most: number },
    ): Promise<'kept' | 'taken' | 'full'>;
    get(id: string): Promise<PushDevice | null>;
    /** Oldest first. */
    of(reader: string): Promise<readonly PushDevice[]>;
    /** Those who have a device, in the order of their ids, after one of them. */
    readers(page: { readonly after: string; readonly limit: number }): Promise<readonly string[]>;
    remove(reader: string, id: string): Promise<void>;
    /** Whosever it is: its push service no longer knows it. */
    drop(id: string): Promise<void>;
    /** Forgets all of a reader: devices, what waits for them, what they were told of. */
    forget(reader: string): Promise<void>;
    count(): Promise<number>;
  };
  readonly pushOutbox: {
    /**
     * One transaction: a message to each device of a reader (or to one), and the papers as told. Returns how many messages are
     * new: none where a device was told of one of the papers meanwhile, or the same note was written before.
     */
    fill(of: {
      readonly reader: string;
      readonly device?: string;
      readonly note: PushNote;
      readonly papers: readonly PaperId[];
      readonly at: number;
    }): Promise<number>;
    /** Takes up to `limit` that are due and nobody else's, with a lease until `now + leaseMs`. */
    lease(by: {
      readonly owner: string;
      readonly now: number;
      readonly leaseMs: number;
      readonly limit: number;
    }): Promise<readonly LeasedPush[]>;
    /** What became of a message, on its device too. Also of one whose lease another has taken: what is sent is sent. */
    settle(of: {
      readonly id: string;
      readonly state: 'sent' | 'failed';
      readonly at: number;
      readonly error: string | null;
    }): Promise<void>;
    /** Gives one back, not to be tried before `at`; counted as an attempt where there is an error. */
    giveBack(
      owner: string,
      of: { readonly id: string; readonly at: number; readonly error: string | null },
    ): Promise<void>;
    /** Of those papers, the ones a reader's devices were told of. */
    told(reader: string, ids: readonly PaperId[]): Promise<ReadonlySet<PaperId>>;
    counts(): Promise<Readonly<Record<PushState, number>>>;
    /** Forgets what was settled, and told, before that time (ms since 1970). */
    sweep(before: number): Promise<void>;
  };
  readonly pushKeys: {
    /** The keys that are kept; of any number who make some at once, those of one. */
    vapid(make: () => PushKeys, at: number): Promise<PushKeys>;
  };
}
