import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../../src/kernel/clock.ts';
import type { Account, Scope } from '../../src/model/account.ts';
import type { Role } from '../../src/model/reader.ts';
import { createAccount } from '../../src/services/account.ts';
import { createToken } from '../../src/services/api-token.ts';
import { openSession } from '../../src/services/session.ts';
import { ORIGIN, openSite, type Site } from './app.ts';

/** A clock that a test moves. */
export interface MovingClock extends Clock {
  forward(ms: number): void;
}

export const movingClock = (iso = '2026-11-22T09:00:00Z'): MovingClock => {
  let at = Date.parse(iso);
  return {
    now: () => at,
    forward(ms) {
      at += ms;
    },
  };
};

/** A folder that mail is written into. */
export interface LetterBox {
  /** For `BROADSHEET_MAIL_URL`. */
  readonly url: string;
  /** Every letter so far to an address, oldest first, decoded. */
  letters(to: string): Promise<readonly string[]>;
  /** Waits for the next letter to an address beyond the first `seen`. */
  letter(to: string, seen?: number): Promise<string>;
}

/** A site with accounts, whose letters are files. */
export interface AccountSite extends Site, Omit<LetterBox, 'url'> {
  readonly clock: MovingClock;
}

export const openLetterBox = async (): Promise<LetterBox> => {
  const box = await mkdtemp(join(tmpdir(), 'broadsheet-letters-'));
  const letters = async (to: string): Promise<readonly string[]> => {
    const there = await Promise.all(
      (await readdir(box)).map(async (name) => {
        const path = join(box, name);
        return { path, at: (await stat(path, { bigint: true })).mtimeNs };
      }),
    );
    there.sort((a, b) => (a.at < b.at ? -1 : 1));
    const all = await Promise.all(there.map(({ path }) => readFile(path, 'utf8')));
    return all
      .filter((letter) => new RegExp(`^To: ${to.replace(/[.+]/g, '\\$&')}\\r$`, 'mi').test(letter))
      .map(plainly);
  };
  return {
    url: pathToFileURL(box).href,
    letters,
    async letter(to, seen = 0) {
      for (let n = 0; n < 200; n++) {
        const there = await letters(to);
        if (there.length > seen) return there.at(-1) ?? '';
        await sleep(10);
      }
      throw new Error(`no letter came to ${to}`);
    },
  };
};

export const openAccountSite = async ({
  firstEdition = false,
  env = {},
}: {
  readonly firstEdition?: boolean;
  readonly env?: Readonly<Record<string, string>>;
} = {}): Promise<AccountSite> => {
  const { url, ...box } = await openLetterBox();
  const clock = movingClock();
  const site = await openSite({
    firstEdition,
    clock,
    env: {
      BROADSHEET_ACCOUNTS: 'open',
      BROADSHEET_PUBLIC_URL: ORIGIN,
      BROADSHEET_MAIL_URL: url,
      ...env,
    },
  });
  return { ...site, ...box, clock };
};

/** Quoted-printable undone. */
const plainly = (raw: string): string =>
  raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The token of the link in a letter. */
export const tokenOf = (letter: string): string => /\/sign-in\/link\?t=([\w-]{43})/.exec(letter)?.[1] ?? '';

/** The `Cookie` header that a browser sends after these answers. */
export const cookiesOf = (...answers: readonly Response[]): string => {
  const jar = new Map<string, string>();
  for (const answer of answers)
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
};

let made = 0;

/** An account of a role, made without a letter. */
export const makeAccount = async ({ app }: Site, role: Exclude<Role, 'anyone'> = 'reader'): Promise<Account> => {
  const name = `${role}-${++made}`;
  const account = await createAccount(app, { email: `${name}@example.org`, name, handle: name, role });
  if (account === null) throw new Error('the account was not made');
  return account;
};

/** A `Cookie` header that is signed in to an account. */
export const cookieFor = async ({ app }: Site, { id }: Account): Promise<string> => {
  const token = await openSession(app, { accountId: id, way: 'mail', agent: 'Test', before: null });
  return `broadsheet-session=${token}`;
};

/** A token of an account with these scopes. */
export const tokenFor = async ({ app }: Site, { id }: Account, scopes: readonly Scope[]): Promise<string> => {
  const token = await createToken(app, { accountId: id, name: scopes.join(' '), scopes });
  if (!token.ok) throw new Error(token.message);
  return token.value;
};
