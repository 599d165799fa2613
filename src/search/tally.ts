import type { FacetCounts } from '../ports/search-index.ts';
import type { Segment } from './segment.ts';
import { NO_DAY } from './segment-build.ts';

/** How many values of a facet are worth showing. */
const VALUES = 24;

/** First days of the years from `FIRST` on, and of the one after the last. */
const FIRST = 1900;
const YEARS = Int32Array.from({ length: 301 }, (_, i) => Date.UTC(FIRST + i, 0, 1) / 86_400_000);

const yearOf = (day: number): number => {
  if (day < (YEARS[0] as number) || day >= (YEARS[YEARS.length - 1] as number))
    return new Date(day * 86_400_000).getUTCFullYear();
  let year = Math.floor(day / 365.2425) + 1970 - FIRST;
  while (day < (YEARS[year] as number)) year--;
  while (day >= (YEARS[year + 1] as number)) year++;
  return FIRST + year;
};

const most = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, VALUES);

const add = (counts: Map<string, number>, value: string, n: number): void => {
  if (n > 0) counts.set(value, (counts.get(value) ?? 0) + n);
};

/** Counts in one segment, by the numbers it has for names. */
class SegmentTally {
  readonly segment: Segment;
  readonly years = new Map<number, number>();
  readonly cats: Uint32Array;
  readonly origins: Uint32Array;
  total = 0;

  constructor(segment: Segment) {
    this.segment = segment;
    this.cats = new Uint32Array(segment.categories.length);
    this.origins = new Uint32Array(segment.sources.length);
  }

  add(document: number): void {
    const { days, cats, origins } = this.segment;
    this.total++;
    const day = days[document] as number;
    if (day !== NO_DAY) {
      const year = yearOf(day);
      this.years.set(year, (this.years.get(year) ?? 0) + 1);
    }
    for (let i = cats.starts[document] as number; i < (cats.starts[document + 1] as number); i++)
      this.cats[cats.values[i] as number] = (this.cats[cats.values[i] as number] as number) + 1;
    for (let i = origins.starts[document] as number; i < (origins.starts[document + 1] as number); i++)
      this.origins[origins.values[i] as number] = (this.origins[origins.values[i] as number] as number) + 1;
  }
}

/** Counts documents by year, category and source. */
export class Tally {
  private readonly segments = new Map<Segment, SegmentTally>();

  in(segment: Segment): SegmentTally {
    let tally = this.segments.get(segment);
    if (tally === undefined) {
      tally = new SegmentTally(segment);
      this.segments.set(segment, tally);
    }
    return tally;
  }

  facets(): FacetCounts {
    let total = 0;
    const year = new Map<string, number>();
    const cat = new Map<string, number>();
    const source = new Map<string, number>();
    for (const tally of this.segments.values()) {
      total += tally.total;
      for (const [value, n] of tally.years) add(year, String(value), n);
      for (const [i, n] of tally.cats.entries()) add(cat, tally.segment.categories[i] ?? '', n);
      for (const [i, n] of tally.origins.entries()) add(source, tally.segment.sources[i] ?? '', n);
    }
    return { total, year: most(year), cat: most(cat), source: most(source) };
  }
}
