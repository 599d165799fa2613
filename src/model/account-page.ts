import type { Account, ApiToken, Invitation, LinkedSignIn, Passkey, Scope, Session } from './account.ts';
import type { Reader } from './reader.ts';

/** The page for signing in. */
export interface SignInPage {
  readonly onward: string;
  /** Title of the paper a vote was pressed for, which signing in counts; null for none. */
  readonly voteFor: string | null;
  readonly byMail: boolean;
  /** Names of the other sites one can sign in with. */
  readonly sites: readonly string[];
  readonly opening: 'open' | 'invited';
}

/** The page a link in a letter leads to: nothing is done yet. */
export interface LinkPage {
  readonly token: string;
  readonly purpose: 'sign-in' | 'new-address';
  readonly email: string;
}

/** A reader's own page. */
export interface AccountPage {
  readonly account: Account;
  readonly now: number;
  /** The session of this very browser. */
  readonly here: Session;
  /** Whether one signed in lately enough to change how one signs in. */
  readonly fresh: boolean;
  readonly sessions: readonly Session[];
  readonly passkeys: readonly Passkey[];
  readonly linked: readonly LinkedSignIn[];
  /** Names of the other sites one can sign in with. */
  readonly sites: readonly string[];
  readonly tokens: readonly ApiToken[];
  /** A token made just now: shown once. */
  readonly newToken: { readonly token: string; readonly scopes: readonly Scope[] } | null;
  readonly byMail: boolean;
  /** Those invited who have not come yet; null where this reader invites nobody. */
  readonly invitations: readonly Invitation[] | null;
  /** What was done just now, or could not be, in a sentence. */
  readonly said: { readonly says: string; readonly wrong: boolean } | null;
}

/** What anyone sees of a reader. */
export interface ReaderPage {
  readonly reader: Reader;
  readonly left: boolean;
}

/** What the setup page asks for. */
export interface SetupPage {
  readonly token: string;
  /** Who would become the operator; null makes a new account. */
  readonly signedIn: Reader | null;
  readonly name: string;
  readonly handle: string;
  readonly email: string;
  readonly wrong: string | null;
}
