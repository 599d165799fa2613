import type { Account, ApiToken, Invitation, LinkedSignIn, MailLink, Passkey, Session } from '../model/account.ts';

/** What of an account can change. Null leaves a column empty; what is left out stays. */
export type AccountChange = Partial<
  Pick<Account, 'handle' | 'name' | 'email' | 'role' | 'disabledAt' | 'disabledWhy' | 'leavingAt'>
>;

/** Accounts and all that signs one in: a part of `Store`. Of tokens it knows only their SHA-256. */
export interface AccountStore {
  readonly accounts: {
    /** Null where the handle or the address is another's. */
    create(account: Pick<Account, 'id' | 'handle' | 'name' | 'email' | 'role' | 'createdAt'>): Promise<Account | null>;
    get(id: string): Promise<Account | null>;
    byHandle(handle: string): Promise<Account | null>;
    byEmail(email: string): Promise<Account | null>;
    /** False where there is no such account, or the handle or the address is another's. */
    change(id: string, change: AccountChange): Promise<boolean>;
    /** Oldest first, without those who left. */
    list(page: { readonly limit: number; readonly offset: number }): Promise<readonly Account[]>;
    /** Newest first, without those who left: whose handle, name or address has `q` in it, A to Z in whichever case; all where it is empty. */
    find(of: {
      readonly q: string;
      readonly limit: number;
      readonly offset: number;
    }): Promise<{ readonly accounts: readonly Account[]; readonly total: number }>;
    /** Whether a vote, an open letter or an open submission of theirs, made by then (ms since 1970), stands. */
    stood(id: string, by: number): Promise<boolean>;
    /** When accounts were made (ms since 1970), by id; those that there are. */
    born(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
    /** How many can act as operator. */
    operators(): Promise<number>;
    /** Those who asked to be deleted before that time. */
    leaving(before: number): Promise<readonly Account[]>;
    /** Empties an account: name, address and all that signs one in are gone for good; its id and a handle that says nothing stay. */
    empty(id: string, at: number): Promise<void>;
  };
  readonly sessions: {
    open(session: Session): Promise<void>;
    /** With its account; null when there is none, or it ended by `now` or was not seen since `idleSince`. */
    find(
      hash: string,
      at: { readonly now: number; readonly idleSince: number },
    ): Promise<{ readonly session: Session; readonly account: Account } | null>;
    seen(hash: string, at: number): Promise<void>;
    /** Newest first. */
    of(accountId: string): Promise<readonly Session[]>;
    /** Devices that were told under it are told under the session `next` of the same account, or no more. */
    close(accountId: string, hash: string, next?: string): Promise<void>;
    /** All of an account, but for one. Devices are told no more under the others. */
    closeAll(accountId: string, but?: string): Promise<void>;
    /** Forgets what can no longer be used: sessions with the devices told under them, links, flows. */
    sweep(at: { readonly now: number; readonly idleSince: number }): Promise<void>;
  };
  readonly mailLinks: {
    put(link: MailLink): Promise<void>;
    /** Null where it is spent, past its time or was never there. */
    get(hash: string, now: number): Promise<MailLink | null>;
    /** The same, and spends it: of any number who ask at once, one gets it. */
    spend(hash: string, now: number): Promise<MailLink | null>;
  };
  /** What was sent out to come back once. */
  readonly flows: {
    put(flow: {
      readonly hash: string;
      readonly kind: string;
      readonly body: string;
      readonly expiresAt: number;
    }): Promise<void>;
    /** Its body, once. */
    take(hash: string, kind: string, now: number): Promise<string | null>;
  };
  readonly passkeys: {
    /** False where this key is known already. */
    add(passkey: Passkey): Promise<boolean>;
    get(id: string): Promise<Passkey | null>;
    of(accountId: string): Promise<readonly Passkey[]>;
    used(id: string, counter: number, at: number): Promise<void>;
    remove(accountId: string, id: string): Promise<void>;
  };
  readonly linkedSignIns: {
    /** False where it is linked already, to whichever account. */
    add(linked: LinkedSignIn): Promise<boolean>;
    get(issuer: string, subject: string): Promise<LinkedSignIn | null>;
    of(accountId: string): Promise<readonly LinkedSignIn[]>;
    remove(accountId: string, issuer: string, subject: string): Promise<void>;
  };
  readonly apiTokens: {
    add(token: ApiToken): Promise<void>;
    find(hash: string): Promise<{ readonly token: ApiToken; readonly account: Account } | null>;
    of(accountId: string): Promise<readonly ApiToken[]>;
    used(hash: string, at: number): Promise<void>;
    remove(accountId: string, hash: string): Promise<void>;
  };
  readonly invitations: {
    put(invitation: Invitation): Promise<void>;
    get(email: string): Promise<Invitation | null>;
    all(): Promise<readonly Invitation[]>;
    remove(email: string): Promise<void>;
  };
  readonly rates: {
    /** Counts one more under `key`; returns how many there were within `windowMs`, this one included. */
    hit(key: string, at: { readonly now: number; readonly windowMs: number }): Promise<number>;
  };
}
