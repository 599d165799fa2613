/** The one reader of an instance without accounts: whoever sits at the machine. */
export const OWNER = 'owner';

/** What one may do, each role everything that those before it may. */
export const ROLES = ['anyone', 'reader', 'trusted', 'moderator', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** A person who is signed in, or the owner of an instance without accounts. */
export interface Reader {
  readonly id: string;
  /** Unique, fit for an address: `/readers/{handle}`. */
  readonly handle: string;
  readonly name: string;
  readonly role: Exclude<Role, 'anyone'>;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export const may = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);
