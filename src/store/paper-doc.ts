import type { Extra, Link, Paper, PaperDraft, Sighting, Version } from '../model/paper.ts';

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

/** What a draft says of its paper, as the document of a paper of which nobody else has spoken. */
export const wordsText = (draft: PaperDraft): string => {
  const { id: _, externalId: __, signals: ___, aliases: ____, titleRaw, abstractRaw, ...rest } = draft;
  return JSON.stringify({
    ...rest,
    ...(titleRaw === draft.title ? {} : { titleRaw }),
    ...(abstractRaw === draft.abstract ? {} : { abstractRaw }),
  });
};

/** The document of a new paper, from `wordsText`. */
export const newDoc = (words: string, { sightings }: Paper): string =>
  `${words.slice(0, -1)},"sightings":${JSON.stringify(sightings)}}`;

export const paperOf = (id: string, doc: string): Paper => {
  const stored = JSON.parse(doc) as Omit<Paper, 'id' | 'titleRaw' | 'abstractRaw'> & Partial<Paper>;
  return { titleRaw: stored.title, abstractRaw: stored.abstract, ...stored, id };
};

/** What is said of a paper, without who says it. */
type Words = Omit<Paper, 'id' | 'sightings'>;

const isSaid = (value: unknown): boolean =>
  value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0);

const dated = (strong: readonly Version[], weak: readonly Version[]): readonly Version[] => {
  if (weak.length === 0) return strong;
  const byNumber = new Map(weak.map((version) => [version.n, version]));
  for (const version of strong)
    if (version.date !== null || !byNumber.get(version.n)?.date) byNumber.set(version.n, version);
  return [...byNumber.values()].sort((a, b) => a.n - b.n);
};

const linked = (strong: readonly Link[], weak: readonly Link[]): readonly Link[] => {
  const there = new Set(strong.map((link) => link.url));
  return [...strong, ...weak.filter((link) => !there.has(link.url))];
};

const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a);

/** The words of two sources: what `strong` leaves empty is filled from `weak`. Words that belong together stay together. */
const fill = (strong: Words, weak: Words): Words => {
  const filled = Object.fromEntries(
    Object.entries(weak).filter(([name]) => !isSaid(strong[name as keyof Words])),
  ) as Partial<Words>;
  const titled = strong.title === '' ? weak : strong;
  const whole =
    strong.abstract === '' || (strong.abstractCut && weak.abstract !== '' && !weak.abstractCut) ? weak : strong;
  const named = strong.authors.length > 0 || weak.authors.length === 0 ? strong : weak;
  return {
    ...strong,
    ...filled,
    title: titled.title,
    titleRaw: titled.titleRaw,
    abstract: whole.abstract,
    abstractRaw: whole.abstractRaw,
    abstractCut: whole.abstractCut,
    authors: named.authors,
    authorCount: named.authorCount ?? (named === strong && named.authors.length === 0 ? weak.authorCount : null),
    versions: dated(strong.versions, weak.versions),
    updated: later(strong.updated, weak.updated),
    withdrawn: strong.withdrawn || weak.withdrawn,
    links: linked(strong.links, weak.links),
  };
};

const wordsOf = ({ id: _, sightings: __, ...words }: Paper): Words => words;

const isOf = (a: Sighting) => (b: Sighting) => a.source === b.source && a.externalId === b.externalId;

const seenAlso = (sightings: readonly Sighting[], sighting: Sighting): readonly Sighting[] => {
  const seen = sightings.find(isOf(sighting));
  if (!seen) return [...sightings, sighting];
  if (!sighting.primary || seen.primary) return sightings;
  return sightings.map((one) => (one === seen ? { ...seen, primary: true } : one));
};

const latest = ({ versions }: Pick<Paper, 'versions'>): number => Math.max(0, ...versions.map((version) => version.n));

/**
 * The paper after a source has spoken. A source that is alone has the whole say. Where several know the paper, an archive
 * overrides and an index fills: what one leaves empty stays as the others said it, and what is not the paper's archive, or
 * speaks of an older version, fills only what is empty.
 */
export const merge = (old: Paper | null, id: string, draft: PaperDraft, sighting: Sighting): Paper => {
  const { id: _, externalId: __, signals: ___, aliases: ____, ...said } = draft;
  if (!old) return { ...said, id, sightings: [sighting] };
  const sightings = seenAlso(old.sightings, sighting);
  const others = old.sightings.filter((one) => !isOf(sighting)(one));
  if (others.length === 0) {
    // When a paper was first published does not become unknown: some formats only tell the day of the latest version.
    const published = said.published ?? old.published;
    return { ...said, published, versions: dated(said.versions, old.versions), id, sightings };
  }
  const before = wordsOf(old);
  const isIndex = !sighting.primary && others.some((one) => one.primary && one.source !== sighting.source);
  if (isIndex || (said.versions.length > 0 && latest(said) < latest(old)))
    return { ...fill(before, said), id, sightings };
  // Only the archive that spoke before can take back that a paper is withdrawn.
  const isItsWord = sighting.primary === true && others.length < old.sightings.length;
  const words = fill(said, before);
  return { ...words, withdrawn: isItsWord ? said.withdrawn : words.withdrawn, id, sightings };
};

/** Two papers that turned out to be one: the words of the one its archive knows come first. */
export const combine = (a: Paper, b: Paper): Paper => {
  const knows = (paper: Paper): boolean => paper.sightings.some((sighting) => sighting.primary);
  const [strong, weak] = knows(b) && !knows(a) ? [b, a] : [a, b];
  const sightings = b.sightings.reduce(seenAlso, a.sightings);
  return { ...fill(wordsOf(strong), wordsOf(weak)), id: a.id, sightings };
};

/** The paper with what an enrichment adds. */
export const enrich = (old: Paper, extra: Extra, sighting: Sighting): Paper => ({
  ...old,
  doi: old.doi ?? extra.doi,
  journalRef: old.journalRef ?? extra.journalRef,
  license: old.license ?? extra.license,
  links: linked(old.links, extra.links),
  sightings: seenAlso(old.sightings, sighting),
});

export const withdraw = (old: Paper, sighting: Sighting): Paper => ({
  ...old,
  withdrawn: true,
  sightings: seenAlso(old.sightings, sighting),
});

const folded = (text: string): string => text.replace(/\s+/g, ' ').trim();

const differs = (raw: [string, string], clean: [string, string]): boolean =>
  raw[0] !== raw[1] &&
  clean[0] !== clean[1] &&
  folded(raw[0]) !== folded(raw[1]) &&
  folded(clean[0]) !== folded(clean[1]);

/**
 * The version whose words are now former, or null. Other space or other markup is no other wording, nor is an abstract
 * that was missing or cut off before, nor the first word of an archive after those of an index.
 */
export const reworded = (old: Paper, next: Paper, source: string): number | null => {
  if (!old.sightings.some((sighting) => sighting.primary || sighting.source === source)) return null;
  const title = differs([old.titleRaw, next.titleRaw], [old.title, next.title]);
  const abstract =
    old.abstract !== '' &&
    next.abstract !== '' &&
    !old.abstractCut &&
    differs([old.abstractRaw, next.abstractRaw], [old.abstract, next.abstract]);
  return title || abstract ? Math.max(1, latest(old)) : null;
};
