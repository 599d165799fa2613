import type { Engine } from './engine.ts';
import { entriesOf } from './paper-entry.ts';
import { sortOut } from './paper-identify.ts';
import { readKnown, sightingsOf } from './paper-known.ts';
import type { Store } from './store.ts';

/** What `save` would take a batch for, without saving anything; see the contract in `store.ts`. */
export const knownPapers =
  ({ read }: Engine): Store['papers']['known'] =>
  async (batch) => {
    const entries = await entriesOf(batch, [], []);
    const sorting = sortOut(await readKnown(read, entries, await sightingsOf(read, entries)));
    return entries.map((entry) => (sorting.identify(entry)?.before ?? null) !== null);
  };
