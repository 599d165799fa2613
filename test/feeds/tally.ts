import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Fault } from '../../src/kernel/errors.ts';
import type { Entry } from '../../src/ports/source.ts';
import { feed } from '../../src/sources/feed.ts';

/** What a file holds, counted without anything of ours. */
export interface Counted {
  /** `<item>`, `<entry>` or items of JSON. */
  readonly entries: number;
  /** Those with a title or a text, from which a paper can be made. */
  readonly telling: number;
}

export interface Outcome {
  readonly name: string;
  /** Null where the file is no well-formed feed. */
  readonly counted: Counted | null;
  readonly entries: number;
  readonly papers: number;
  /** Why there are no entries: the sentence of the `Fault`. */
  readonly refused: string | null;
  /** Anything thrown that is no `Fault`, and entries that break the contract. */
  readonly crash: string | null;
}

const walker = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  parseTagValue: false,
  transformTagName: (name) => name.toLowerCase(),
});
const ROOT = /^(?:rss|feed|rdf|channel)$/;
const TELLS = ['title', 'description', 'summary', 'content', 'encoded', 'abstract'];

/** Words anywhere in what the parser made of an element. */
const says = (node: unknown): boolean =>
  typeof node === 'string'
    ? /[\p{L}\p{N}]/u.test(node.replace(/<[^>]*>|&\w+;/g, ''))
    : typeof node === 'object' && node !== null && Object.values(node).some(says);

const countIn = (node: unknown, tally: { entries: number; telling: number }): void => {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    const isEntry = name === 'item' || name === 'entry';
    for (const one of Array.isArray(value) ? value : [value]) {
      if (isEntry) {
        tally.entries += 1;
        if (typeof one === 'object' && TELLS.some((tag) => says(one[tag]))) tally.telling += 1;
      } else countIn(one, tally);
    }
  }
};

const textOf = (bytes: Uint8Array): string | null => {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const bom = head.startsWith('ÿþ') ? 'utf-16le' : head.startsWith('þÿ') ? 'utf-16be' : null;
  const label = bom ?? /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

/** Counts entries of a well-formed feed, in XML or JSON; null for all else. */
export const count = (bytes: Uint8Array): Counted | null => {
  const text = textOf(bytes);
  if (text === null) return null;
  if (text.trimStart().startsWith('{')) {
    try {
      const { items } = JSON.parse(text) as { items: Record<string, unknown>[] };
      const telling = items.filter((item) =>
        [item.title, item.summary, item.content_text, item.content_html].some(says),
      );
      return { entries: items.length, telling: telling.length };
    } catch {
      return null;
    }
  }
  if (XMLValidator.validate(text) !== true) return null;
  try {
    const tree = walker.parse(text) as Record<string, unknown>;
    if (!Object.keys(tree).some((name) => ROOT.test(name))) return null;
    const tally = { entries: 0, telling: 0 };
    countIn(tree, tally);
    return tally;
  } catch {
    return null;
  }
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const wrongIn = (entries: readonly Entry[]): string | null => {
  for (const [i, entry] of entries.entries()) {
    if (entry.kind !== 'paper' && entry.kind !== 'rejected') return `an entry of kind ${entry.kind}`;
    if (entry.position !== i + 1) return `position ${entry.position} for entry ${i + 1}`;
    if (entry.kind === 'paper' && entry.draft.title === '') return 'a paper without a title';
    if (entry.kind === 'rejected' && entry.reason === '') return 'a rejection without a reason';
  }
  return null;
};

/** Reads one file through the source. Never throws. */
export const readThrough = async (name: string, bytes: Uint8Array): Promise<Outcome> => {
  const counted = count(bytes);
  try {
    const entries = await Array.fromAsync(feed.parse(once(bytes)));
    const papers = entries.filter(({ kind }) => kind === 'paper').length;
    return { name, counted, entries: entries.length, papers, refused: null, crash: wrongIn(entries) };
  } catch (error) {
    const refused = error instanceof Fault ? error.message : null;
    return { name, counted, entries: 0, papers: 0, refused, crash: refused === null ? String(error) : null };
  }
};

export interface Summary {
  readonly files: number;
  readonly crashes: readonly string[];
  readonly wellFormed: number;
  readonly counted: Counted;
  /** Over well-formed feeds; at most as many as were counted in each. */
  readonly found: number;
  readonly papers: number;
  /** Entries won from files that are not well formed. */
  readonly beyond: number;
}

export const summaryOf = (outcomes: readonly Outcome[]): Summary => {
  const well = outcomes.filter(({ counted }) => counted !== null) as readonly (Outcome & { counted: Counted })[];
  const sum = <T>(of: readonly T[], what: (one: T) => number): number =>
    of.reduce((total, one) => total + what(one), 0);
  return {
    files: outcomes.length,
    crashes: outcomes.flatMap(({ name, crash }) => (crash === null ? [] : [`${name}: ${crash}`])),
    wellFormed: well.length,
    counted: {
      entries: sum(well, ({ counted }) => counted.entries),
      telling: sum(well, ({ counted }) => counted.telling),
    },
    found: sum(well, ({ counted, entries }) => Math.min(counted.entries, entries)),
    papers: sum(well, ({ counted, papers }) => Math.min(counted.telling, papers)),
    beyond: sum(outcomes, ({ counted, entries }) => (counted === null ? entries : 0)),
  };
};

/** Of what was counted, the least that must be found. */
export const LEAST = 0.95;
