import type { Lab, Params, PresetId, RunRecord } from '../labs/contract.ts';
import type { Paper } from './paper.ts';

/** A run that is kept, and since when. */
export interface StoredRun {
  readonly record: RunRecord;
  /** ISO time. */
  readonly at: string;
}

/** Which runs are kept: the latest of each lab, version and preset. */
export interface KeptRun {
  readonly lab: string;
  readonly version: number;
  /** Empty for a run of other values. */
  readonly preset: string;
  readonly seeds: number;
  /** Milliseconds since 1970. */
  readonly ranAt: number;
}

/** What a browser downloads to run a lab. */
export interface LabBundle {
  readonly address: string;
  /** As it travels, compressed. */
  readonly bytes: number;
}

/** A lab's page, with the values asked for. */
export interface LabPage {
  readonly lab: Lab;
  /** Null where the paper is not here. */
  readonly paper: Paper | null;
  readonly params: Params;
  /** Null where the values are no preset's. */
  readonly preset: PresetId | null;
  readonly seeds: number;
  /** The first seed. */
  readonly from: number;
  /** The fingerprint of the run that a link tells of; null where it tells of none. */
  readonly told: string | null;
  readonly bundle: LabBundle | null;
  /** Whether it is being written: then the page comes again when its files are saved. */
  readonly watched: boolean;
  readonly stored: StoredRun | null;
}

/** Every name a paper goes by: its id, and its ids at the sources it came from. A lab knows its paper by one of them. */
export const namesOf = ({ id, sightings }: Paper): readonly string[] => [
  id,
  ...sightings.map(({ externalId }) => externalId),
];
