import type { Person } from '../model/person.ts';
import { OWNER } from '../model/reader.ts';
import type { Store } from '../store/store.ts';

type Accounts = Pick<Store, 'accounts'>;

const THE_OWNER: Person = { handle: 'owner', name: 'The owner' };

/** Who the readers of these ids are, by id; accounts that are gone are left out. */
export const peopleOf = async (store: Accounts, ids: readonly string[]): Promise<ReadonlyMap<string, Person>> => {
  const people = new Map<string, Person>();
  for (const id of new Set(ids)) {
    if (id === OWNER) people.set(id, THE_OWNER);
    else {
      const account = await store.accounts.get(id);
      if (account !== null && account.leftAt === null) people.set(id, { handle: account.handle, name: account.name });
    }
  }
  return people;
};

/** The reader of a handle, the owner included; null where there is none any more. */
export const readerNamed = async (
  store: Accounts,
  handle: string,
): Promise<(Person & { readonly id: string }) | null> => {
  if (handle === THE_OWNER.handle) return { ...THE_OWNER, id: OWNER };
  const account = await store.accounts.byHandle(handle);
  return account === null || account.leftAt !== null
    ? null
    : { id: account.id, handle: account.handle, name: account.name };
};
