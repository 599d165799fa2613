import type { Evidence, Found } from '../ports/search-index.ts';

/** Evidence in columns: hundreds of objects take longer from thread to thread than they took to find. */
export interface PackedEvidence {
  readonly ids: readonly string[];
  /** Words, coarse, agreement and day of each paper, one after another; NaN for null. */
  readonly numbers: Float64Array;
}

export interface PackedFound extends Omit<Found, 'evidence'> {
  readonly evidence: PackedEvidence;
}

const COLUMNS = 4;

const orNaN = (x: number | null): number => x ?? Number.NaN;
const orNull = (x: number | undefined): number | null => (x === undefined || Number.isNaN(x) ? null : x);

export const packEvidence = (evidence: readonly Evidence[]): PackedEvidence => {
  const numbers = new Float64Array(COLUMNS * evidence.length);
  for (const [i, { words, coarse, agreement, day }] of evidence.entries()) {
    numbers[COLUMNS * i] = orNaN(words);
    numbers[COLUMNS * i + 1] = orNaN(coarse);
    numbers[COLUMNS * i + 2] = agreement;
    numbers[COLUMNS * i + 3] = orNaN(day);
  }
  return { ids: evidence.map(({ id }) => id), numbers };
};

export const unpackEvidence = ({ ids, numbers }: PackedEvidence): readonly Evidence[] =>
  ids.map((id, i) => ({
    id,
    words: orNull(numbers[COLUMNS * i]),
    coarse: orNull(numbers[COLUMNS * i + 1]),
    agreement: numbers[COLUMNS * i + 2] ?? 0,
    day: orNull(numbers[COLUMNS * i + 3]),
  }));

export const packFound = (found: Found): PackedFound => ({ ...found, evidence: packEvidence(found.evidence) });

export const unpackFound = (found: PackedFound): Found => ({ ...found, evidence: unpackEvidence(found.evidence) });
