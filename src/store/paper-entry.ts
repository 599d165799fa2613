import { isTelling, plainId, titleKey } from '../model/identity.ts';
import type { Extra, PaperDraft, PaperId } from '../model/paper.ts';
import { chunks, nextTurn } from './bulk.ts';
import { digest, keyText } from './key.ts';
import { wordsText } from './paper-doc.ts';
import type { RawRecord } from './raw.ts';
import type { Schema } from './schema.ts';
import type { Gone, Incoming } from './store.ts';

export type SightingRow = Schema['sighting'];

interface Common extends RawRecord {
  readonly source: string;
  readonly externalId: string;
  readonly sightingKey: string;
  /** Of all that the source says, as we read it. */
  readonly draftHash: string;
  /** Identifiers in their plain spelling, the paper's own first. */
  readonly ids: readonly PaperId[];
  readonly primary: boolean;
  /** The square of the ledger; an empty day where the source gives none. */
  readonly day: string;
  readonly category: string | null;
}

/** One thing said of a paper, with the keys and hashes that tell whether it is known. */
export type Entry =
  | (Common & {
      readonly kind: 'paper';
      readonly draft: PaperDraft;
      /** As `wordsText` has it. */
      readonly words: string;
      readonly titleKey: string;
      /** Whether its title says enough to be looked for. */
      readonly isTelling: boolean;
    })
  | (Common & { readonly kind: 'extra'; readonly extra: Extra })
  | (Common & { readonly kind: 'gone' });

const SLICE = 50;

const idsOf = (id: PaperId | null, doi: string | null, aliases: readonly PaperId[] = []): readonly PaperId[] => {
  const dois = doi === null ? [] : doi.split(/\s+/).filter((one) => /^10\.\d{4,9}\/./.test(one));
  const all = [...(id === null ? [] : [id]), ...dois.map((one) => `doi:${one}`), ...aliases];
  return all.length === 1 && id !== null
    ? [keyText(plainId(id))]
    : [...new Set(all.map((one) => keyText(plainId(one))))];
};

const keysOf = (source: string, externalId: string, raw: string) => {
  const sourceKey = keyText(source);
  const externalKey = keyText(externalId);
  const sightingKey = `${sourceKey} ${externalKey}`;
  const json = JSON.stringify(raw);
  return { source, externalId, sourceKey, externalKey, sightingKey, json, rawHash: digest(json) };
};

const paperEntry = ({ source, draft, raw, primary = false, announced }: Incoming): Entry => {
  const key = titleKey(draft.title);
  const { id, externalId, signals, aliases } = draft;
  const words = wordsText(draft);
  return {
    kind: 'paper',
    ...keysOf(source, externalId, raw),
    draft,
    words,
    draftHash: digest(`${words}${JSON.stringify([id, externalId, signals, aliases])}`),
    ids: idsOf(draft.id, draft.doi, draft.aliases),
    titleKey: keyText(key),
    isTelling: isTelling(draft.title, key),
    primary,
    day: (announced ? announced.day : (draft.updated ?? draft.published)) ?? '',
    category: announced ? announced.category : (draft.categories[0] ?? null),
  };
};

const extraEntry = ({ source, extra, raw }: { source: string; extra: Extra; raw: string }): Entry => ({
  kind: 'extra',
  ...keysOf(source, extra.externalId, raw),
  extra,
  draftHash: digest(JSON.stringify(extra)),
  ids: idsOf(extra.id, extra.doi, extra.aliases),
  primary: false,
  day: '',
  category: null,
});

const goneEntry = ({ source, id, externalId, raw, announced }: Gone): Entry => ({
  kind: 'gone',
  ...keysOf(source, externalId, raw),
  draftHash: 'gone',
  ids: idsOf(id, null),
  primary: false,
  day: announced?.day ?? '',
  category: announced?.category ?? null,
});

/** All that a save has to say, in its order: papers, what is added to them, what is gone. */
export const entriesOf = async (
  batch: readonly Incoming[],
  extras: readonly { readonly source: string; readonly extra: Extra; readonly raw: string }[],
  gone: readonly Gone[],
): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  for (const part of chunks(batch, SLICE)) {
    for (const incoming of part) entries.push(paperEntry(incoming));
    await nextTurn();
  }
  for (const one of extras) entries.push(extraEntry(one));
  for (const one of gone) entries.push(goneEntry(one));
  return entries;
};
