import type { Paper, PaperDraft, Sighting } from '../model/paper.ts';

/**
 * A paper as one JSON text: a card is one row read. The raw twins are left out where they are the same as the clean text.
 * JSON writes NUL and lone surrogates as escapes, so both engines keep them.
 */
export const docOf = (paper: Paper): string => {
  const { id: _, titleRaw, abstractRaw, ...rest } = paper;
  return JSON.stringify({
    ...rest,
    ...(titleRaw === paper.title ? {} : { titleRaw }),
    ...(abstractRaw === paper.abstract ? {} : { abstractRaw }),
  });
};

export const paperOf = (id: string, doc: string): Paper => {
  const stored = JSON.parse(doc) as Omit<Paper, 'id' | 'titleRaw' | 'abstractRaw'> & Partial<Paper>;
  return { titleRaw: stored.title, abstractRaw: stored.abstract, ...stored, id };
};

const isSaid = (value: unknown): boolean =>
  value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

/**
 * The paper after a source has spoken. A source that is alone has the whole say; where several know the paper, what this
 * one leaves empty stays as the others said it.
 */
export const merge = (old: Paper | null, id: string, draft: PaperDraft, sighting: Sighting): Paper => {
  const { id: _, externalId: __, signals: ___, ...said } = draft;
  const seen = old?.sightings.find((s) => s.source === sighting.source && s.externalId === sighting.externalId);
  const others = old?.sightings.filter((s) => s !== seen) ?? [];
  const sightings = seen ? (old?.sightings ?? []) : [...others, sighting];
  const paper = { ...said, id, sightings };
  if (!old || others.length === 0) return paper;
  const kept = Object.fromEntries(Object.entries(old).filter(([name]) => !isSaid(said[name as keyof typeof said])));
  return { ...paper, ...kept, id, sightings };
};
